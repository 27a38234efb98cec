"""The drawing shows who spoke to whom, also where the examiner only listened."""

from typing import Any

from renkei_fixtures.run_record import Message
from renkei_reports.report import Numbered
from renkei_reports.routes import Route, routes_of
from renkei_reports.testing import envelope


def _routes(*messages: dict[str, Any]) -> list[Route]:
    trace = [
        Numbered(
            seq=seq, at="t", event=Message.model_validate({"case": "C", "method": "POST", "path": "/m", **message})
        )
        for seq, message in enumerate(messages)
    ]
    return list(routes_of(trace, "001015").values())


def test_what_the_examiner_sends_goes_to_the_party_behind_the_door_and_comes_back() -> None:
    sent, heard = {"direction": "sent"}, {"direction": "heard", "status": 202}
    there, back = ("examiner", "product"), ("product", "examiner")

    assert _routes({**sent, "door": "N"}, {**heard, "door": "N"}) == [there, back]
    assert _routes({**sent, "door": "B"}, {**heard, "door": "B"}) == [there, back]
    assert _routes({**sent, "door": "W"}, {**heard, "door": "W"}) == [("examiner", "network"), ("network", "examiner")]


def test_an_answer_that_the_product_sends_to_the_played_network_ends_at_the_examiner() -> None:
    answer = {"direction": "heard", "door": "N", "body": envelope("renkei-answer", {"from": "001015", "to": "482013"})}

    assert _routes(answer, {"direction": "sent", "door": "N", "status": 202}) == [
        ("product", "examiner"),
        ("examiner", "product"),
    ]


def test_what_was_only_handed_on_went_all_the_way() -> None:
    asked = {"direction": "heard", "door": "W", "body": envelope("renkei-inquiry", {"from": "001015", "to": "482013"})}
    delivered = {**asked, "body": envelope("renkei-inquiry", {"from": "482013", "to": "001015"})}
    replied = {"direction": "sent", "door": "W", "status": 202}

    assert _routes(asked, replied) == [("product", "network"), ("network", "product")]
    assert _routes(delivered, replied) == [("network", "product"), ("product", "network")]
    assert _routes({**asked, "method": "GET", "path": "/renkei/1/crl", "body": None}) == [("product", "network")]


def test_a_message_for_a_body_that_the_examiner_plays_ends_with_the_examiner() -> None:
    for_other = {"direction": "heard", "door": "W", "body": envelope("renkei-inquiry", {"from": "1", "to": "482013"})}

    assert _routes(for_other) == [("network", "examiner")]
