"""The drawing shows who spoke to whom, also where the examiner only listened."""

from typing import Any

from renkei_fixtures.run_record import Message
from renkei_reports.report import Numbered
from renkei_reports.routes import Route, routes_of
from renkei_reports.testing import envelope

_PRODUCT_TO_NET, _NET_TO_PRODUCT = Route("product", "network"), Route("network", "product")


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

    assert _routes({**sent, "door": "N"}, {**heard, "door": "N"}) == [_NET_TO_PRODUCT, _PRODUCT_TO_NET]
    assert _routes({**sent, "door": "W"}, {**heard, "door": "W"}) == [
        Route("examiner", "network"),
        Route("network", "examiner"),
    ]
    assert _routes({**sent, "door": "B"}, {**heard, "door": "B"}) == [
        Route("business", "product"),
        Route("product", "business"),
    ]


def test_the_business_side_of_another_body_is_not_the_products() -> None:
    ask = {"direction": "sent", "door": "B", "path": "/business/1/482013/ask"}

    assert _routes(ask) == [Route("business", "counterpart")]
    assert _routes({**ask, "path": "/business/1/001015/ask"}) == [Route("business", "product")]


def test_a_counterparts_inquiry_goes_through_the_network_and_the_reply_is_the_networks() -> None:
    body = envelope("renkei-inquiry", {"from": "482013", "to": "001015"})
    inquiry = {"direction": "sent", "door": "N", "body": body}

    assert _routes(inquiry, {"direction": "heard", "door": "N", "status": 202}) == [
        Route("counterpart", "product", "network"),
        _PRODUCT_TO_NET,
    ]


def test_an_answer_goes_through_the_network_to_whom_it_is_addressed() -> None:
    answer = {"direction": "heard", "door": "N", "body": envelope("renkei-answer", {"from": "001015", "to": "482013"})}

    assert _routes(answer, {"direction": "sent", "door": "N", "status": 202}) == [
        Route("product", "counterpart", "network"),
        _NET_TO_PRODUCT,
    ]


def test_an_answer_sent_within_an_inquiry_does_not_change_whose_reply_is_whose() -> None:
    inquiry = {"direction": "sent", "door": "N", "body": envelope("renkei-inquiry", {"from": "482013", "to": "001015"})}
    answer = {"direction": "heard", "door": "N", "body": envelope("renkei-answer", {"from": "001015", "to": "482013"})}
    replies = ({"direction": "heard", "door": "N", "status": 202}, {"direction": "sent", "door": "N", "status": 202})

    assert _routes(inquiry, answer, *replies)[2:] == [_PRODUCT_TO_NET, _NET_TO_PRODUCT]


def test_what_was_only_handed_on_went_all_the_way() -> None:
    asked = {"direction": "heard", "door": "W", "body": envelope("renkei-inquiry", {"from": "001015", "to": "482013"})}
    delivered = {**asked, "body": envelope("renkei-inquiry", {"from": "482013", "to": "001015"})}
    replied = {"direction": "sent", "door": "W", "status": 202}

    assert _routes(asked, replied) == [_PRODUCT_TO_NET, _NET_TO_PRODUCT]
    assert _routes(delivered, replied) == [_NET_TO_PRODUCT, _PRODUCT_TO_NET]
    assert _routes({**asked, "method": "GET", "path": "/renkei/1/crl", "body": None}) == [_PRODUCT_TO_NET]


def test_a_message_for_a_body_that_the_examiner_plays_ends_with_the_counterpart() -> None:
    for_other = {"direction": "heard", "door": "W", "body": envelope("renkei-inquiry", {"from": "1", "to": "482013"})}

    assert _routes(for_other) == [Route("network", "counterpart")]
