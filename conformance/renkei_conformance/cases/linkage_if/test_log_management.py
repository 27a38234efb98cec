"""ログ管理機能（連携IF）: access record and audit log, of everything and without a single person in it."""

from __future__ import annotations

from renkei_conformance.case import PROVIDER, Scenario, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.exporting import exported, exported_until
from renkei_conformance.oracles import records
from renkei_conformance.product import Product


# P-REC-001 提供者は、受け付けた照会ごとに、処理通番、送信元、事務、連携情報及び職責をもつアクセス記録を連携IFに
#   残さなければならない。
@case(
    "REC-01",
    verifies=["P-REC-001"],
    role=PROVIDER,
    family="records",
    kind=Scenario(),
    needs=["records_export"],
    ja="受け付けた照会ごとに、アクセス記録を残す",
    en="Every accepted exchange has its access line",
)
def test_access_line_of_an_exchange(product: Product, ev: Evidence) -> None:
    exchange = product.ask()
    header = exchange.draft.header
    due = {name: header[name] for name in ("from", "affair", "information", "responsibility")}
    export = exported_until(product, "access", exchange.number)
    ev.check("P-REC-001", records.holds(export.rows, {"exchange_number": exchange.number, **due}, "access"))


# P-REC-002 提供者は、拒否ごとに、符号 code と段階 stage をもつ監査記録を連携IFに残さなければならない。
@case(
    "REC-02",
    verifies=["P-REC-002"],
    role=PROVIDER,
    family="records",
    kind=Scenario(),
    needs=["records_export"],
    ja="拒否ごとに、コードと段階を監査ログに残す",
    en="Every refusal has its audit line with code and stage",
)
def test_audit_line_of_a_refusal(product: Product, ev: Evidence) -> None:
    for spoil in ("permit.to_another_body", "responsibility.unknown", "content.hash_of_another_content"):
        draft = product.inquiry().spoil(spoil)
        said = product.put(draft)
        if said.sort != "refused":
            continue
        export = exported(product, "audit")
        lines = [
            row for row in export.rows if draft.message_id in row.values() or draft.exchange_number in row.values()
        ]
        ev.check("P-REC-002", records.holds(lines, {"code": said.code, "stage": said.stage}, "audit"))


# P-REC-003 提供者は、連携IFの記録に、リンクコード、識別番号、項目の値などの個人情報を含めてはならない。
@case(
    "REC-03",
    verifies=["P-REC-003"],
    role=PROVIDER,
    family="records",
    kind=Scenario(),
    needs=["records_export"],
    ja="連携IFの記録に個人データを含めない",
    en="No personal data in the linkage interface's logs",
)
def test_no_person_in_the_linkage_logs(product: Product, ev: Evidence) -> None:
    person = product.people.of("all_deductions")
    product.ask(person)
    product.put(product.inquiry(person).spoil("key.unknown"))
    held = person.last("2025")
    income = str(held.record["taxation"]["general_portion"]["total_income"]) if held and held.record else ""  # type: ignore[index]
    values = {"link code": person.link_code, "own number": person.own_number, "total income": income}
    for log in ("access", "audit"):
        ev.check_all("P-REC-003", records.shows_none(exported(product, log), values, log))


# P-REC-005 提供者は、書き出す各行の prev_sha256 を、直前の行のバイト列のハッシュとしなければならない。
@case(
    "REC-05",
    verifies=["P-REC-005"],
    role=PROVIDER,
    family="records",
    kind=Scenario(),
    needs=["log_chain"],
    ja="記録の各行が、直前の行のハッシュを持つ",
    en="Every line of a log holds the hash of the line before",
)
def test_lines_are_chained(product: Product, ev: Evidence) -> None:
    product.ask()
    product.ask()
    for log in ("access", "audit", "business"):
        ev.check_all("P-REC-005", records.chained(exported(product, log), log))


# P-REC-006 提供者は、書き出しの最後に、行数と最後の行のハッシュを示す署名した封 renkei-record-seal を付けなけれ
#   ばならない。
@case(
    "REC-06",
    verifies=["P-REC-006"],
    role=PROVIDER,
    family="records",
    kind=Scenario(),
    needs=["log_chain"],
    ja="取り出した記録が、署名された封で終わる",
    en="An export ends with a signed seal",
)
def test_export_is_sealed(product: Product, ev: Evidence) -> None:
    product.ask()
    for log in ("access", "business"):
        export = exported(product, log)
        seal = product.read_signed(export.seal, "seal")
        ev.check_all("P-REC-006", records.sealed(export, seal, product.forge.product, log))
