"""情報提供ネットワークシステム: a person's link code at one body takes another's place."""

from __future__ import annotations

from renkei_conformance.case import NETWORK, Scenario, Stateful, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.forge.bodies import ForgedBody
from renkei_conformance.life import FETCHER, fetch, problem, refused, taken
from renkei_conformance.lower.network import Heard
from renkei_conformance.network_side import NetworkSide, member
from renkei_conformance.oracles import network as rules
from renkei_conformance.told import Told
from renkei_conformance.wire import Unreadable, read_object, sha256_b64u, unb64u
from renkei_fixtures import instants
from renkei_fixtures.messages import both

TYP = "renkei-link-code-change"
NOTICE_S = 3600


def _person(network: NetworkSide) -> int:
    """A resident that no other case asked about."""
    used = network.state.codes
    return next(n for n in range(9_000, 12_000) if not any(other == n for _, other in used))


def _changes(network: NetworkSide, since: int) -> list[Heard]:
    """The changes that bodies of the forge were pushed since then."""
    network.parties.settle()
    return [one for one in network.parties.tap.heard()[since:] if one.typ == TYP]


def _reissued(network: NetworkSide, who: ForgedBody, n: int) -> list[Heard]:
    """Have `who`'s code of the person replaced in an hour: the changes that were pushed."""
    network.code_of(who.code, n)
    since = len(network.parties.tap.heard())
    network.reissue(who.code, n, NOTICE_S)
    return _changes(network, since)


def _codes(change: Heard) -> list[object]:
    try:
        codes = read_object(unb64u(str(change.envelope.get("subjects")))).get("link_codes")
    except Unreadable:
        return []
    return codes if isinstance(codes, list) else []


def _new_code(network: NetworkSide, who: ForgedBody, n: int, changes: list[Heard]) -> str:
    """The code that takes the old one's place. `Inconclusive` unless one was told."""
    told = [code for one in changes if one.claims.get("to") == who.code for code in _codes(one)]
    new = [code for code in told if code != network.code_of(who.code, n)]
    if not new:
        raise Inconclusive(both("conformance.reason.no_code_change"))
    return str(new[0])


def _asked(network: NetworkSide, code: str) -> tuple[Told, str]:
    """Ask about the person whom the asker calls so: what is said, and the exchange number."""
    reply, said = network.send(network.asker.inquiry(network.answerer.code, [code], {"tax_year": "2025"}))
    return said, str(member(reply, "exchange_number"))


def _delivered_codes(network: NetworkSide, number: str) -> list[str]:
    delivered = network.answerer.delivered(number)
    return list(network.answerer.received(delivered).link_codes) if delivered is not None else []


# N-COD-001 ネットワークは、リンクコードを付け替えるとき、effective_at より前に、その団体へ、署名した
#   renkei-link-code-change により古いコードと新しいコードをこの順で知らせなければならない。
# N-COD-002 ネットワークは、リンクコードの付替えを、そのコードを持つ団体以外に知らせてはならない。
@case(
    "N-COD-01",
    verifies=["N-COD-001", "N-COD-002"],
    role=NETWORK,
    family="identity",
    kind=Scenario(),
    ja="リンクコードの付替えを、その団体だけに知らせる",
    en="A replaced link code is told to its body, and to nobody else",
)
def test_change_told(network: NetworkSide, ev: Evidence) -> None:
    n, who = _person(network), network.answerer
    effective_at = network.parties.clock.now().timestamp() + NOTICE_S
    changes = _reissued(network, who, n)
    mine = [one for one in changes if one.claims.get("to") == who.code]
    why = both("conformance.why.code_change_told")
    others = [one.claims.get("to") for one in changes if one not in mine]
    if ev.check("N-COD-001", equal("changes", 1, len(mine), why)):
        (change,) = mine
        codes, claims = _codes(change), change.claims
        own = sha256_b64u(str(change.envelope.get("subjects")).encode())
        at = instants.parse(str(claims.get("effective_at"))).timestamp()
        ev.check_all(
            "N-COD-001", rules.of_the_network(who.signed(change.envelope.get("header"), "change"), TYP, "change")
        )
        ev.check("N-COD-001", equal("change.subjects_sha256", own, claims.get("subjects_sha256"), why))
        ev.check("N-COD-001", equal("change.subjects.link_codes[0]", network.code_of(who.code, n), codes[0], why))
        ev.check("N-COD-001", equal("change.subjects.link_codes", 2, len({*codes}), why))
        ev.check("N-COD-001", equal("change.effective_at", True, abs(at - effective_at) < 60, why))
    ev.check("N-COD-002", equal("changes.to", [], others, both("conformance.why.code_change_others")))


# N-COD-003 ネットワークは、effective_at までは、古いリンクコードによる照会も、知らせた新しいリンクコードによる照会も
#   受け付けなければならない。
# N-COD-004 ネットワークは、effective_at 以後に届いた、古いリンクコードによる照会を、subject 段階の link_code_invalid
#   （403）で拒否しなければならない。
# N-COD-005 ネットワークは、effective_at 以後、新しいリンクコードによる照会を受け付け、同じ者についての照会として
#   配信しなければならない。
@case(
    "N-COD-02",
    verifies=["N-COD-003", "N-COD-004", "N-COD-005"],
    role=NETWORK,
    family="identity",
    kind=Stateful(),
    ja="照会者の付け替えたコードは、effective_at を境に古いものから新しいものへ替わる",
    en="The asker's replaced code: the old one up to effective_at, the new one from then on",
)
def test_asker_code_replaced(network: NetworkSide, ev: Evidence) -> None:
    n, who = _person(network), network.asker
    old = network.code_of(who.code, n)
    changes = _reissued(network, who, n)
    person, why = [network.code_of(network.answerer.code, n)], both("conformance.why.code_holds")
    before, _ = _asked(network, old)
    ev.check("N-COD-003", equal("old code before effective_at", "accepted", before.sort, why))
    new = _new_code(network, who, n, changes)
    early, _ = _asked(network, new)
    ev.check("N-COD-003", equal("new code before effective_at", "accepted", early.sort, why))
    network.pass_time(NOTICE_S)
    late, number = _asked(network, old)
    ev.check("N-COD-004", refused("old code after effective_at", late, 403, "link_code_invalid", "subject"))
    ev.check("N-COD-004", equal("old code delivered", [], _delivered_codes(network, number), why))
    after, number = _asked(network, new)
    ev.check("N-COD-005", equal("new code after effective_at", "accepted", after.sort, why))
    ev.check("N-COD-005", equal("new code delivered", person, _delivered_codes(network, number), why))


# N-COD-006 ネットワークは、effective_at 以後に受け付けた照会を受信者の新しいリンクコードで配信し、それより前に受け付けた
#   連携の応答は古いリンクコードのまま受け付けなければならない。
@case(
    "N-COD-03",
    verifies=["N-COD-006"],
    role=NETWORK,
    family="identity",
    kind=Stateful(),
    ja="提供者の付け替えたコード: 先の連携は古いもので終わり、後の照会は新しいもので届く",
    en="The provider's replaced code: an open exchange ends with the old one, later inquiries bear the new one",
)
def test_answerer_code_replaced(network: NetworkSide, ev: Evidence) -> None:
    n, who, why = _person(network), network.answerer, both("conformance.why.code_delivered")
    old = network.code_of(who.code, n)
    changes = _reissued(network, who, n)
    new = _new_code(network, who, n, changes)
    carried = network.carry(network.inquiry(n))
    ev.check("N-COD-006", equal("before effective_at", [old], list(who.received(carried.delivered).link_codes), why))
    network.pass_time(NOTICE_S)
    _, number = _asked(network, network.code_of(network.asker.code, n))
    ev.check("N-COD-006", equal("after effective_at", [new], _delivered_codes(network, number), why))
    _, said = network.send(who.answer(carried.delivered), who)
    ev.check("N-COD-006", equal("answer with the old code", "accepted", said.sort, why))


# N-COD-007 ネットワークは、リンクコードの付替えを、送る団体には 202 が返るまで同じバイトで送り直し、取得する団体には
#   taken の確認応答まで渡し続け、その後は渡してはならない。
@case(
    "N-COD-04",
    verifies=["N-COD-007"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="リンクコードの付替えを、受け取られるまで送り直す",
    en="A link-code change is sent again until it is taken",
)
def test_change_sent_until_taken(network: NetworkSide, ev: Evidence) -> None:
    n, who, why = _person(network), network.answerer, both("conformance.why.code_change_again")
    since = len(network.parties.tap.heard())
    network.parties.tap.say_next(who.code, problem(503, "busy", "transport"), problem(503, "busy", "transport"))
    _reissued(network, who, n)
    for _ in range(3):
        network.pass_time(10)
    tried = [one for one in _changes(network, since) if one.claims.get("to") == who.code]
    network.parties.tap.say_next(who.code)  # what was not met with these replies is no other case's
    ev.check("N-COD-007", equal("pushed", 3, len(tried), why))
    ev.check("N-COD-007", equal("different bytes", 1, len({one.request.body for one in tried}), why))


@case(
    "N-COD-05",
    verifies=["N-COD-007"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="取得する団体には、確認応答までリンクコードの付替えを渡す",
    en="A body that fetches is offered a link-code change until it acknowledges it",
)
def test_change_offered_until_taken(network: NetworkSide, ev: Evidence) -> None:
    n, why = _person(network), both("conformance.why.code_change_again")
    network.body(FETCHER)
    network.code_of(FETCHER, n)
    network.reissue(FETCHER, n, NOTICE_S)
    offered = []
    for _ in range(2):
        offered.append([one for one in fetch(network, FETCHER) if one.typ == TYP])
        network.pass_time(61)
    ev.check("N-COD-007", equal("offered", [1, 1], [len(one) for one in offered], why))
    if not offered[-1]:
        raise Inconclusive(both("conformance.reason.no_code_change"))
    number = str(offered[-1][0].claims.get("message_id")).replace("-", "")
    items = member(taken(network, FETCHER, offered[-1][0]), "items")
    ev.check("N-COD-007", equal("items", [{"exchange_number": number, "state": "delivered"}], items, why))
    network.pass_time(61)
    left = [one for one in fetch(network, FETCHER) if one.typ == TYP]
    ev.check("N-COD-007", equal("offered after taken", 0, len(left), why))
