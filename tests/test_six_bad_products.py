"""Bad products found out for the right reason: the reference behind a network side that misbehaves.

Two more of the six, whose fault is in what they hold, are in `test_bad_records.py`.
"""

import json

import pytest

from renkei_conformance.drivers import Reply
from renkei_conformance.opened import claims_of
from renkei_fixtures.standard import load

STANDARD = load()
ACCEPTS_A_RIGHT_INQUIRY, ANSWER_IS_BOUND = "P-TRN-001", "P-ANS-003"
# Refused to a business system over B, or by a message of its own when officials have decided: no reply of N says it.
ELSEWHERE = {"P-MAN-004", "P-MAN-009", "P-MAN-011", "P-COR-003", "P-COR-004", "P-DSC-003", "P-DSC-007"}
ONE_OF_EACH_STAGE = {"P-FRM-001", "P-SIG-001", "P-FRS-002", "P-PRM-002", "P-AUT-001", "P-CNT-001"}

pytestmark = pytest.mark.slow


def refusing(result):
    """The clauses of this run that say what must be refused in a reply on N."""
    negative = {clause for clause in result.clauses if STANDARD.clauses[clause].negative}
    return negative - ELSEWHERE


def problem(code, request):
    """The refusal with this code, as the standard says it, naming the message that is refused."""
    row = STANDARD.refusals[code]
    members = {"type": "about:blank", "status": row.http, "code": code, "stage": row.stage}
    named = {"message_id": claims_of(request.body), "exchange_number": claims_of(request.body, "permit")}
    members |= {name: claims[name] for name, claims in named.items() if claims.get(name)}
    return Reply(row.http, {"content-type": "application/problem+json"}, json.dumps(members).encode())


def taken(request):
    """A 202 to whatever it is."""
    number = claims_of(request.body, "permit").get("exchange_number", "0" * 32)
    body = json.dumps({"exchange_number": number, "state": "delivered"})
    return Reply(202, {"content-type": "application/json"}, body.encode())


class Misbehaving:
    """The product's door: `answer(request, right)` gives the reply in place of the reference's right one."""

    def __init__(self, door, answer, ask_reference=True):
        self.door, self.answer, self.ask_reference = door, answer, ask_reference

    def send(self, request, timeout):
        right = self.door.send(request, timeout) if self.ask_reference else None
        return self.answer(request, right)


def behind(answer, ask_reference=True):
    return lambda world: {"product": Misbehaving(world.parties.product, answer, ask_reference)}


def test_always_500_fails_for_not_taking_a_right_inquiry_and_earns_nothing_for_its_refusals(examined):
    result = examined(behind(lambda request, right: Reply(500, {}, b""), ask_reference=False))

    assert (result.exit_code, result.verdict) == (1, "not_conformant")
    assert ACCEPTS_A_RIGHT_INQUIRY in result.clauses_with("fail")
    assert refusing(result) & result.clauses_with("pass") == set()


def test_always_refusing_fails_for_that_and_earns_nothing_for_the_one_code_that_it_has_right(examined):
    result = examined(behind(lambda request, right: problem("permit_invalid", request), ask_reference=False))

    assert (result.exit_code, result.verdict) == (1, "not_conformant")
    assert ACCEPTS_A_RIGHT_INQUIRY in result.clauses_with("fail")
    assert refusing(result) & result.clauses_with("pass") == set()


def test_always_accepting_fails_every_clause_that_says_what_must_be_refused(examined):
    def answer(request, right):
        return right if right.status == 202 else taken(request)

    result = examined(behind(answer))

    assert (result.exit_code, result.verdict) == (1, "not_conformant")
    assert result.clauses_with("fail") >= ONE_OF_EACH_STAGE
    assert refusing(result) & result.clauses_with("pass") == set()


def test_refusing_with_the_right_code_of_another_stage_fails_every_such_clause(examined):
    def answer(request, right):
        if right.status < 400:
            return right
        stage = json.loads(right.body)["stage"]
        return problem("key_invalid" if stage == "permit" else "permit_invalid", request)

    result = examined(behind(answer))

    assert (result.exit_code, result.verdict) == (1, "not_conformant")
    assert result.clauses_with("fail") >= ONE_OF_EACH_STAGE
    assert refusing(result) & result.clauses_with("pass") == set()
    assert ACCEPTS_A_RIGHT_INQUIRY in result.clauses_with("pass")


def test_replaying_an_earlier_right_answer_fails_for_answering_another_exchange(examined):
    def change(world):
        line, first = world.product.line, []

        def out(request, on=line.to):
            if claims_of(request.body).get("in_reply_to"):
                first.append(request)
                return on(first[0])
            return on(request)

        line.to = out
        return {}

    result = examined(change)

    assert (result.exit_code, result.verdict) == (1, "not_conformant")
    assert ANSWER_IS_BOUND in result.clauses_with("fail")
