"""情報提供ネットワークシステム: a person's own records for the portal, and what either side keeps from them."""

from __future__ import annotations

from renkei_conformance.case import NETWORK, Scenario, Stateful, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.life import refused
from renkei_conformance.network_side import BYSTANDER, NetworkSide, member
from renkei_fixtures.messages import both
from renkei_fixtures.municipalities import load_bodies


def _portal() -> str:
    return next(code for code, body in load_bodies().items() if body.kind == "portal")


def _person(network: NetworkSide) -> int:
    """A resident that no other case asked about."""
    used = network.state.codes
    return next(n for n in range(7_000, 9_000) if not any(other == n for _, other in used))


def told(network: NetworkSide, n: int) -> list[object]:
    """What the portal is told of resident `n`. `Inconclusive` when it is told nothing readable."""
    portal = network.body(_portal())
    query = portal.query(None, "records", link_code=network.code_of(portal.code, n))
    reply, said = network.send(query, portal)
    rows = member(reply, "records")
    if not isinstance(rows, list):
        raise Inconclusive(both("conformance.reason.no_records", told=said.words))
    return rows


# N-HID-001 ネットワークは、住民ポータルが自らのリンクコードで示した本人の記録を、その者についての連携ご
#   とに一行ずつ返さなければならない。
@case(
    "N-HID-01",
    verifies=["N-HID-001"],
    role=NETWORK,
    family="records",
    kind=Scenario(),
    ja="本人の記録を、ポータルに過不足なく返す",
    en="A person's own records are told to the portal, all of them and nobody else's",
)
def test_own_records(network: NetworkSide, ev: Evidence) -> None:
    n = _person(network)
    carried = network.carry(network.inquiry(n))
    network.carry(network.inquiry(n + 1))
    network.answered(carried)
    came_to_nothing = network.carry(network.inquiry(n))
    network.send(network.asker.withdrawal(came_to_nothing.draft, came_to_nothing.exchange_number))
    rows = told(network, n)
    why = both("conformance.why.own_records")
    names = ("from", "to", "affair", "information")
    due = [{name: one.draft.header[name] for name in names} for one in (carried, came_to_nothing)]
    got = [{name: row.get(name) for name in names} for row in rows if isinstance(row, dict)]
    ev.check("N-HID-001", equal("records", due, got, why))


# N-HID-002 ネットワークは、照会で record_disclosure を hidden とされた記録を
#   、本人への記録に含めてはならない。
# N-HID-004 ネットワークは、非開示の記録のために、空の行、番号の飛び又は件数の違いを残してはならない。
@case(
    "N-HID-02",
    verifies=["N-HID-002", "N-HID-004"],
    role=NETWORK,
    family="records",
    kind=Scenario(),
    ja="非開示の照会は、跡を残さず記録から除く",
    en="A hidden inquiry leaves no row and no trace of one",
)
def test_hidden_inquiry(network: NetworkSide, ev: Evidence) -> None:
    n = _person(network)
    network.carry(network.inquiry(n))
    before = told(network, n)
    network.carry(network.inquiry(n, record_disclosure="hidden"))
    network.carry(network.inquiry(n))
    after = told(network, n)
    why = both("conformance.why.hidden")
    rows = [row for row in after if isinstance(row, dict) and "affair" in row]
    ev.check("N-HID-002", equal("rows with an affair", 2, len(rows), why))
    others = [row for row in after if row not in rows]
    ev.check("N-HID-004", equal("other rows", [], others, why))
    ev.check("N-HID-004", equal("the first row", before, after[:1], why))


# N-HID-003 ネットワークは、照会者又は提供者の renkei-disclosure により、終わった連携
#   の記録も、その後の非開示又は開示としなければならない。
@case(
    "N-HID-03",
    verifies=["N-HID-003"],
    role=NETWORK,
    family="records",
    kind=Stateful(),
    ja="どちらの側も、後から記録を非開示にし、また戻せる",
    en="Either side hides a record afterwards, and shows it again",
)
def test_hidden_afterwards(network: NetworkSide, ev: Evidence) -> None:
    n = _person(network)
    carried = network.carry(network.inquiry(n))
    network.answered(carried)
    network.send(network.asker.acknowledgement(network.relayed(carried)))
    why = both("conformance.why.hidden_afterwards")
    for side in (network.asker, network.answerer):
        for word, due in (("hidden", 0), ("normal", 1)):
            _, said = network.send(side.disclosure(carried.exchange_number, word), side)
            ev.check("N-HID-003", equal("disclosure", "accepted", said.sort, why))
            ev.check("N-HID-003", equal(f"rows after {word}", due, len(told(network, n)), why))
    network.check_state("N-HID-003", carried, "collected")


# N-HID-005 ネットワークは、一方の側の renkei-disclosure を、他方の側に知らせてはなら
#   ない。
@case(
    "N-HID-05",
    verifies=["N-HID-005"],
    role=NETWORK,
    family="identity",
    kind=Stateful(),
    ja="非開示としたことは、相手の側に知らせない",
    en="That one side hides a record is not told to the other",
)
def test_disclosure_not_passed_on(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carry(network.inquiry(_person(network)))
    before = len(network.parties.tap.heard(carried.exchange_number))
    for side in (network.asker, network.answerer):
        network.send(side.disclosure(carried.exchange_number, "hidden"), side)
    network.parties.settle()
    heard = [one.typ for one in network.parties.tap.heard(carried.exchange_number)][before:]
    ev.check("N-HID-005", equal("messages", [], heard, both("conformance.why.disclosure_silent")))


# N-HID-006 ネットワークは、当事者でない団体の renkei-disclosure を、state 段階
#   の exchange_unknown（404）で拒否しなければならない。
@case(
    "N-HID-06",
    verifies=["N-HID-006"],
    role=NETWORK,
    family="authority",
    kind=Stateful(),
    ja="当事者でない団体は、記録を非開示にできない",
    en="Nobody but the two sides hides a record",
)
def test_disclosure_by_others(network: NetworkSide, ev: Evidence) -> None:
    n = _person(network)
    carried = network.carry(network.inquiry(n))
    bystander = network.body(BYSTANDER)
    _, said = network.send(bystander.disclosure(carried.exchange_number, "hidden"), bystander)
    ev.check("N-HID-006", refused("disclosure", said, 404, "exchange_unknown", "state"))
    ev.check("N-HID-006", equal("rows", 1, len(told(network, n)), both("conformance.why.own_records")))


# N-HID-007 ネットワークは、住民ポータルでない団体による本人の記録の問合せを、authority 段階の
#    authority_not_granted（403）で拒否しなければ
#   ならない。
@case(
    "N-HID-07",
    verifies=["N-HID-007"],
    role=NETWORK,
    family="authority",
    kind=Scenario(),
    ja="ポータルでない団体に、本人の記録を返さない",
    en="A person's records are told to no other body than the portal",
)
def test_records_for_others(network: NetworkSide, ev: Evidence) -> None:
    n = _person(network)
    network.carry(network.inquiry(n))
    told(network, n)
    query = network.asker.query(None, "records", link_code=network.code_of(network.asker.code, n))
    _, said = network.send(query)
    ev.check("N-HID-007", refused("query", said, 403, "authority_not_granted", "authority"))
