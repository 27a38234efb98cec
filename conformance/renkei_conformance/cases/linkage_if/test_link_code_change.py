"""A person's link code at the provider takes another's place: the network says so, and nobody else may."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from renkei_conformance.case import PROVIDER, Scenario, Stateful, case
from renkei_conformance.drivers import Reply
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.people import Person
from renkei_conformance.product import Exchange, Product
from renkei_conformance.told import told
from renkei_fixtures.messages import both
from renkei_fixtures.municipalities import COUNTERPART

NOTICE = timedelta(hours=1)


def _known_and_new(product: Product) -> tuple[Person, str]:
    """A person of this case alone, loaded with a certificate, and a code that nobody has."""
    template = product.people.ordinary.last("2025")
    assert template is not None
    one, other = product.fresh(2)
    person = replace(one, held=(template,))
    product.people.load([person])
    return person, other.link_code


def _short(product: Product, reply: Reply | None) -> dict[str, object]:
    return told(reply, None, product.ev.run.standard).short()


def _result(product: Product, person: Person, code: str) -> object:
    """What is answered about the person when asked by this code; that one which means nobody is taken is P-IDC-002's."""
    return product.exchange(product.inquiry(replace(person, link_code=code)), "P-IDC-002").result.get("result")


def _bears(ev: Evidence, clause: str, exchange: Exchange, asked: str, other: str) -> None:
    """The code that was asked by, not the person's other one. Anybody else's is P-IDC-004's business, decided elsewhere."""
    codes = list(exchange.answer.link_codes)
    if codes in ([asked], [other]):
        ev.check(clause, equal("subjects.link_codes", [asked], codes, both("conformance.why.change_used")))


# P-COD-001 提供者は、ネットワークが署名した renkei-link-code-change を 202 で受け取らなければならない。古いリンク
#   コードを知らないときも同じである。
# P-COD-002 提供者は、付替えを受け取った後、新しいリンクコードによる照会に、古いリンクコードの者として応答しなければならない。
# P-COD-003 提供者は、付替えを受け取った後も、古いリンクコードによる照会に、古いリンクコードのまま応答しなければならない。
@case(
    "COD-01",
    verifies=["P-COD-001", "P-COD-002", "P-COD-003"],
    role=PROVIDER,
    family="identity",
    kind=Stateful(),
    needs=["link_code_change"],
    ja="付替えの後は、新しいコードでも古いコードでも同じ者として、照会のコードで応答する",
    en="After a change both codes mean the person, and the answer bears the code that was asked by",
)
def test_change_taken(product: Product, ev: Evidence) -> None:
    person, new = _known_and_new(product)
    used, taken = both("conformance.why.change_used"), both("conformance.why.change_taken")
    reply = product.bring(*product.forge.link_code_change(person.link_code, new, NOTICE))
    if not product.fetches:
        ev.check("P-COD-001", equal("reply", {"told": "accepted", "status": 202}, _sorted(product, reply), taken))
    by_new = product.ask(replace(person, link_code=new))
    ev.check("P-COD-002", equal("results[0].result", "provided", by_new.result.get("result"), used))
    _bears(ev, "P-COD-002", by_new, new, person.link_code)
    product.ask()  # somebody else: a code left over from the exchange before is then not the new one
    by_old = product.ask(person)
    ev.check("P-COD-003", equal("results[0].result", "provided", by_old.result.get("result"), used))
    _bears(ev, "P-COD-003", by_old, person.link_code, new)
    stranger, other = product.fresh(2)
    reply = product.bring(*product.forge.link_code_change(stranger.link_code, other.link_code, NOTICE))
    if product.fetches:
        ev.check("P-COD-001", equal("results[0].result", "provided", by_new.result.get("result"), taken))
    else:
        ev.check("P-COD-001", equal("reply", {"told": "accepted", "status": 202}, _sorted(product, reply), taken))


# P-COD-006 提供者は、受け取った renkei-link-code-change と同一のバイト列に、再び 202 を返さなければならない。
@case(
    "COD-02",
    verifies=["P-COD-006"],
    role=PROVIDER,
    family="identity",
    kind=Stateful(),
    needs=["link_code_change"],
    ja="同じ付替えが再び届いても受け取る",
    en="A change that comes again is taken again",
)
def test_change_repeated(product: Product, ev: Evidence) -> None:
    person, new = _known_and_new(product)
    why = both("conformance.why.change_taken")
    change = product.forge.link_code_change(person.link_code, new, NOTICE)
    for _ in range(3):
        reply = product.bring(*change)
        if not product.fetches:
            ev.check("P-COD-006", equal("reply", {"told": "accepted", "status": 202}, _sorted(product, reply), why))
    ev.check("P-COD-006", equal("results[0].result", "provided", _result(product, person, new), why))


# P-COD-004 提供者は、ネットワークでない者が署名した renkei-link-code-change を、sender 段階の certificate_not_of_sender
#   （403）で拒否し、用いてはならない。
# P-COD-005 提供者は、subjects の文字列のハッシュが subjects_sha256 と一致しない renkei-link-code-change を、subject
#   段階の subjects_hash_mismatch（400）で拒否し、用いてはならない。
@case(
    "COD-03",
    verifies=["P-COD-004", "P-COD-005"],
    role=PROVIDER,
    family="identity",
    kind=Scenario(),
    needs=["link_code_change"],
    ja="団体が署名した付替え、署名されたハッシュと違う付替えを拒否する",
    en="A change signed by a body, or with other codes than were signed, is refused",
)
def test_change_refused(product: Product, ev: Evidence) -> None:
    person, new = _known_and_new(product)
    old, (forged, changed, signed) = person.link_code, (one.link_code for one in product.fresh(3))
    why, body = both("conformance.why.change_refused"), product.parties.kit.body(COUNTERPART)
    by_a_body = product.forge.link_code_change(old, forged, NOTICE, signer=body.signing)
    other_codes = product.forge.link_code_change(old, changed, NOTICE, hashed=signed)
    wrong = {
        "P-COD-004": (forged, by_a_body, 403, "certificate_not_of_sender", "sender"),
        "P-COD-005": (changed, other_codes, 400, "subjects_hash_mismatch", "subject"),
    }
    for clause, (code_of_it, change, status, code, stage) in wrong.items():
        reply = product.bring(*change)
        if not product.fetches:
            due = {"told": "refused", "status": status, "code": code, "stage": stage}
            ev.check(clause, equal("reply", due, _short(product, reply), why))
        ev.check(clause, equal("results[0].result", "no_record", _result(product, person, code_of_it), why))
    # The clean twin of both is taken and used.
    product.bring(*product.forge.link_code_change(old, new, NOTICE))
    if _result(product, person, new) != "provided":
        raise Inconclusive(both("conformance.reason.change_not_taken"))


def _sorted(product: Product, reply: Reply | None) -> dict[str, object]:
    return {name: value for name, value in _short(product, reply).items() if name != "words"}
