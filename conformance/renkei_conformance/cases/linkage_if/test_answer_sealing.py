"""暗号・署名機能: how an answer is signed and sealed."""

from __future__ import annotations

from renkei_conformance.case import PROVIDER, Property, Scenario, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.oracles import answer
from renkei_conformance.product import Product


# P-ANS-001 提供者は、応答のヘッダーに、SAN が自らの from である有効な署名用証明書で署名しなければならない。
@case(
    "ANS-01",
    verifies=["P-ANS-001"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    smoke=True,
    ja="応答を自団体の有効な証明書で署名する",
    en="An answer is signed under the provider's own valid certificate",
)
def test_signed_by_a_valid_certificate(product: Product) -> None:
    product.judge(product.ask(), "P-ANS-001")
    product.judge(product.ask(product.people.of("no_record")), "P-ANS-001")


# P-ANS-002 提供者は、応答の本文を照会の reply_kid の鍵に封じ、JOSE ヘッダーを定められたパラメーターだけとしなけ
#   ればならない。
@case(
    "ANS-02",
    verifies=["P-ANS-002"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="応答を、照会が指定した証明書に宛てて封をする",
    en="An answer is sealed to the key that the inquiry named",
)
def test_sealed_to_the_reply_key(product: Product) -> None:
    product.judge(product.ask(), "P-ANS-002")


# P-ANS-004 提供者は、応答の本文に 128 ビット以上の salt と、ヘッダーと同じ message_id、from、to、exchange_numbe
#   r を入れ、そのハッシュを content_sha256 としなければならない。
@case(
    "ANS-04",
    verifies=["P-ANS-004"],
    role=PROVIDER,
    family="envelope",
    kind=Scenario(),
    ja="応答の本文をヘッダと結び付ける",
    en="An answer's content is bound to its header",
)
def test_content_bound_to_the_header(product: Product) -> None:
    product.judge(product.ask(), "P-ANS-004")


# P-ANS-008 提供者は、応答ごとに新しい message_id、salt 及び一時鍵を用いなければならない。
@case(
    "ANS-08",
    verifies=["P-ANS-008"],
    role=PROVIDER,
    family="envelope",
    kind=Property(),
    ja="応答ごとに新しい識別子・ソルト・一時鍵を使う",
    en="Every answer has a fresh id, salt and ephemeral key",
)
def test_nothing_used_twice(product: Product, ev: Evidence) -> None:
    same_person_twice = [product.ask().answer, product.ask().answer]
    others = [product.ask(product.people.of(name)).answer for name in ("non_taxable", "no_record")]
    ev.check_all("P-ANS-008", answer.fresh([*same_person_twice, *others]))
