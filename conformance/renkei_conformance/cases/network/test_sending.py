"""情報提供ネットワークシステム: sending again, and the inboxes of bodies that fetch."""

from __future__ import annotations

from renkei_conformance.case import NETWORK, Scenario, Stateful, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.life import FETCHER, attempts, fetch, inquiry_to, problem, taken
from renkei_conformance.network_side import NetworkSide, member
from renkei_fixtures.messages import both

LEASE_S = 60.0
PAUSES = (1.0, 2.0, 4.0)
SPREAD = 0.2


# N-DLV-001 ネットワークは、配信に 429 又は 503 と Retry-After で応じられたときは、その時間の後に同一のバイト列を再び配信しなければな
#   らない。
@case(
    "N-DLV-01",
    verifies=["N-DLV-001"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="混雑していれば、言われた時間の後に同じ電文を送り直す",
    en="Where the receiver is busy, the same bytes come again after the time it named",
)
def test_busy_receiver(network: NetworkSide, ev: Evidence) -> None:
    busy = [problem(status, code, "transport", 20) for status, code in ((503, "busy"), (429, "too_many_requests"))]
    carried = network.carried_to(*busy)
    why = both("conformance.why.retry_after")
    for tries in (1, 2):
        network.pass_time(19)
        ev.check("N-DLV-001", equal("deliveries before", tries, len(attempts(network, carried)), why))
        network.pass_time(1.5)
        ev.check("N-DLV-001", equal("deliveries after", tries + 1, len(attempts(network, carried)), why))
    ev.check("N-DLV-001", equal("different bytes", 1, len(set(attempts(network, carried))), why))
    network.check_state("N-DLV-001", carried, "delivered")


# N-DLV-002 ネットワークは、配信に返信がなかったときは、1 秒、2 秒、4 秒と（±20 %、長くとも 300 秒の）間をおいて同一のバイト列を再び
#   配信しなければならない。
@case(
    "N-DLV-02",
    verifies=["N-DLV-002"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="返信がなければ、間を倍にしながら同じ電文を送り直す",
    en="Without a reply the same bytes come again, after pauses that double",
)
def test_silent_receiver(network: NetworkSide, ev: Evidence) -> None:
    carried = network.carried_to(*[None] * len(PAUSES))
    why = both("conformance.why.backoff")
    for tries, pause in enumerate(PAUSES, start=1):
        network.pass_time(pause * (1 - SPREAD) - 0.1)
        ev.check("N-DLV-002", equal("deliveries before", tries, len(attempts(network, carried)), why))
        network.pass_time(pause * 2 * SPREAD + 0.2)
        ev.check("N-DLV-002", equal("deliveries after", tries + 1, len(attempts(network, carried)), why))
    ev.check("N-DLV-002", equal("different bytes", 1, len(set(attempts(network, carried))), why))


# N-DLV-003 ネットワークは、429 以外の 4xx で拒否された配信を再び配信してはならない。
@case(
    "N-DLV-03",
    verifies=["N-DLV-003"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="拒否された配信を繰り返さない",
    en="A refused delivery is not made again",
)
def test_refused_for_good(network: NetworkSide, ev: Evidence) -> None:
    for refusal in (problem(409, "message_id_reused", "freshness"), problem(403, "authority_not_granted", "authority")):
        carried = network.carried_to(refusal)
        network.pass_time(600)
        why = both("conformance.why.never_again")
        ev.check("N-DLV-003", equal("deliveries", 1, len(attempts(network, carried)), why))


# N-INB-001 ネットワークは、受信箱から渡した電文を 60 秒のあいだ再び渡さず、受領も応答も拒否もされないときは、その後に再び渡さなけれ
#   ばならない。
@case(
    "N-INB-01",
    verifies=["N-INB-001"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="受信箱から渡した電文は、60秒の貸出しの後に再び渡す",
    en="What an inbox gave out is offered again after a lease of 60 s",
)
def test_lease(network: NetworkSide, ev: Evidence) -> None:
    number = inquiry_to(network, FETCHER)
    why = both("conformance.why.lease")
    for step, (pause, due) in enumerate(((0.0, 1), (LEASE_S - 1, 0), (2.0, 1))):
        network.pass_time(pause)
        got = [one for one in fetch(network, FETCHER) if one.exchange_number == number]
        ev.check("N-INB-001", equal(f"query {step + 1}", due, len(got), why))


# N-INB-002 ネットワークは、受信箱から渡しただけでは状態を accepted のままとし、受領の確認で delivered としなければならない。
@case(
    "N-INB-02",
    verifies=["N-INB-002"],
    role=NETWORK,
    family="envelope",
    kind=Stateful(),
    ja="貸出しは配信ではなく、受領の確認で配信となる",
    en="A lease is no delivery; `taken` is",
)
def test_lease_is_no_delivery(network: NetworkSide, ev: Evidence) -> None:
    number = inquiry_to(network, FETCHER)
    why = both("conformance.why.lease")
    (message,) = [one for one in fetch(network, FETCHER) if one.exchange_number == number]
    state = network.state_of(number)
    ev.check("N-INB-002", equal("state after the lease", "accepted", state, why))
    reply = taken(network, FETCHER, message)
    due = [{"exchange_number": number, "state": "delivered"}]
    ev.check("N-INB-002", equal("reply.items", due, member(reply, "items"), why))
    network.pass_time(LEASE_S + 1)
    again = [one for one in fetch(network, FETCHER) if one.exchange_number == number]
    ev.check("N-INB-002", equal("offered after `taken`", 0, len(again), why))


# N-INB-003 ネットワークは、受信箱の問合せに max を超える電文を渡してはならない。
@case(
    "N-INB-03",
    verifies=["N-INB-003"],
    role=NETWORK,
    family="envelope",
    kind=Scenario(),
    ja="受信箱の問合せには、max までの電文を渡す",
    en="An inbox query gets at most as many messages as it asks for",
)
def test_most_at_once(network: NetworkSide, ev: Evidence) -> None:
    fetch(network, FETCHER)
    numbers = [inquiry_to(network, FETCHER, n) for n in (0, 1, 2)]
    why = both("conformance.why.inbox_max")
    two, rest = fetch(network, FETCHER, most=2), fetch(network, FETCHER)
    ev.check("N-INB-003", equal("messages", 2, len(two), why))
    got = sorted({str(one.exchange_number) for one in (*two, *rest)} & set(numbers))
    ev.check("N-INB-003", equal("messages in both", sorted(numbers), got, why))


# N-INB-004 ネットワークは、受信箱の問合せに、他の団体宛ての電文を渡してはならない。
@case(
    "N-INB-04",
    verifies=["N-INB-004"],
    role=NETWORK,
    family="identity",
    kind=Scenario(),
    ja="他の団体の受信箱は開かない",
    en="Nobody gets what lies in another body's inbox",
)
def test_boxes_of_others(network: NetworkSide, ev: Evidence) -> None:
    number = inquiry_to(network, FETCHER)
    why = both("conformance.why.inbox_others")
    for other in ("001023", network.asker.code):
        got = [one for one in fetch(network, other) if one.exchange_number == number]
        ev.check("N-INB-004", equal(f"messages for {other}", 0, len(got), why))
    mine = [one for one in fetch(network, FETCHER) if one.exchange_number == number]
    ev.check("N-INB-004", equal(f"messages for {FETCHER}", 1, len(mine), why))
