"""What a failed case did, sorted out of its record: steps, what came of each, and the place that was looked at."""

import base64
import json

import pytest

from renkei_conformance.repro.script import failed_cases, loads_for, look_of
from renkei_fixtures.run_record import CaseFinished, Check, ExpectedCase, Line, Message, Text

CASE = ExpectedCase(
    id="C-1", title=Text(ja="文", en="text"), clauses=("P-1",), role="provider", family="items", kind="x"
)


def lines(*events):
    return [Line.model_construct(seq=n, at="", event=event) for n, event in enumerate(events)]


def message(direction, status=None, door="N", body="{}", path="/renkei/1/messages", method="POST"):
    return Message(case="C-1", direction=direction, door=door, method=method, path=path, status=status, body=body)


def token(**claims):
    part = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{part}.AA"


def inquiry(number):
    return json.dumps({"header": token(message_id=f"m {number}"), "permit": token(exchange_number=number)})


def answer(number):
    return json.dumps({"header": token(exchange_number=number), "body": "x"})


def sort_out(*events):
    broken = Check(
        case="C-1", clause="P-1", ok=False, expected={"told": "refused"}, got={"status": 202}, path="refusal"
    )
    end = CaseFinished(case="C-1", verdict="fail", clauses={"P-1": "fail"}, seconds=0.1)
    (found,) = failed_cases(lines(*events, broken, end), {"C-1": CASE})
    return found


def test_an_answer_quicker_than_the_line_of_its_inquiry_belongs_to_that_inquiry():
    found = sort_out(
        message("sent", body=inquiry("F1")), message("heard", 202),
        message("heard", body=answer("F2")), message("sent", 202),
        message("sent", body=inquiry("F2")), message("heard", 202),
    )  # fmt: skip

    assert [step.exchange_number for step in found.steps] == ["F1", "F2"]
    assert [len(step.heard) for step in found.steps] == [0, 1]


def test_an_answer_written_down_after_the_check_is_still_part_of_it():
    broken = Check(case="C-1", clause="P-1", ok=False, path="refusal")
    end = CaseFinished(case="C-1", verdict="fail", clauses={"P-1": "fail"}, seconds=0.1)
    late = [message("heard", body=answer("F1")), message("sent", 202)]
    after = [message("sent", body=inquiry("F2")), message("heard", 202)]
    events = [message("sent", body=inquiry("F1")), message("heard", 202), broken, *late, *after, end]
    (found,) = failed_cases(lines(*events), {"C-1": CASE})

    assert [(step.exchange_number, len(step.heard)) for step in found.steps] == [("F1", 1)]


def test_what_only_looks_whether_somebody_is_there_is_no_step_and_the_emulated_network_is_told():
    found = sort_out(
        message("sent", method="GET"), message("heard", 404, method="GET"),
        message("sent", door="W"), message("heard", 202, door="W"),
        message("sent", door="B", path="/load"), message("heard", 200, door="B", path="/load"),
    )  # fmt: skip

    assert [step.sent.path for step in found.steps] == ["/load"]
    assert found.beyond


def test_a_reply_lost_on_purpose_is_told_from_one_that_was_given():
    found = sort_out(
        message("sent", body=inquiry("F1")), message("heard", 202),
        message("heard", body=answer("F1")),
        message("heard", body=answer("F1")), message("sent", 202),
    )  # fmt: skip

    assert [reply.status if reply else None for _, reply in found.steps[0].heard] == [None, 202]


@pytest.mark.parametrize(
    ("path", "expected", "look"),
    [
        ("refusal", {"told": "refused"}, ["told"]),
        ("reply", {"told": "accepted"}, ["told", "answers"]),
        ("problem.code", None, ["reply"]),
        ("answer.header.part", 1, ["answer", "header", "part"]),
        ("record.a.b[2].c", 1, ["answer", "results", 0, "record", "a", "b", 2, "c"]),
        ("results[0].as_of", "x", ["answer", "results", 0, "as_of"]),
        ("answer", None, ["answer"]),
        ("answers.content.salt", 2, []),
        ("load", None, []),
    ],
)
def test_where_a_check_looked_follows_from_its_path(path, expected, look):
    assert look_of(Check(case="C", clause="P", ok=False, expected=expected, path=path)) == look


def test_loads_keep_only_the_persons_that_were_asked_about_and_only_what_came_before():
    def load(*numbers):
        rows = [{"own_number": one} for one in numbers]
        codes = [{"own_number": one, "link_code": f"code {one}"} for one in numbers]
        body = {"load_id": "l", "records": rows, "link_codes": codes, "handling": []}
        return message("sent", door="B", path="/load", body=json.dumps(body))

    record = lines(load("1", "2"), load("3"), load("1"))

    assert [body["records"] for body in loads_for(record, 2, ["code 1"])] == [[{"own_number": "1"}]]
    assert len(loads_for(record, 9, ["code 1"])) == 2


def test_an_answer_written_down_under_the_next_case_is_still_this_ones():
    late = message("heard", body=answer("F1")).model_copy(update={"case": "C-2"})
    broken = Check(case="C-1", clause="P-1", ok=False, path="answers")
    end = CaseFinished(case="C-1", verdict="fail", clauses={"P-1": "fail"}, seconds=0.1)
    events = [message("sent", body=inquiry("F1")), message("heard", 202), broken, end, late]
    (found,) = failed_cases(lines(*events), {"C-1": CASE})

    assert [reply.status if reply else None for _, reply in found.steps[0].heard] == [202]


def test_what_was_asked_again_until_it_was_there_is_one_step():
    def records(status):
        return [
            message("sent", door="B", path="/records"),
            message("heard", status, door="B", path="/records", body=str(status)),
        ]

    found = sort_out(*records(200), *records(200), message("sent", door="B", path="/collect"), *records(201))

    assert [step.sent.path for step in found.steps] == ["/records", "/collect", "/records"]
    assert found.steps[0].reply is not None
