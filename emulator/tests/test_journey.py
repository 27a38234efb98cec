"""The two journeys from end to end in one process: a clerk asks, another body answers, the clerk has the result."""

import asyncio
import json

import pytest

from renkei_emulator.quirks import Quirks
from renkei_emulator.testing import ASKER, NOON, PROVIDER, SEED, Still, asker_number, claims_of, link_code, parsed, tap
from renkei_emulator.world import HttpReply, HttpRequest, Slowly
from renkei_fixtures.instants import render
from renkei_fixtures.residents import individual_number, resident, situation, tax_records

ORDINARY = 40


def told(coroutine_function, *args, **kwargs):
    """Run a story in a world of two bodies that know residents 0–59."""

    async def story():
        world = await Still.begin(**kwargs)
        await world.load(range(60))
        await world.introduce(range(60))
        try:
            return await coroutine_function(world, *args)
        finally:
            await world.here.close()

    return asyncio.run(story())


def newest(n, tax_year="2025"):
    return [record for record in tax_records(SEED, PROVIDER, n) if record.tax_year == tax_year][-1]


def test_an_answer_holds_exactly_the_items_that_the_affair_needs():
    answered = told(lambda world: world.answer(ORDINARY))

    record = newest(ORDINARY).record["taxation"]
    assert answered["state"] == "collected"
    assert answered["results"] == [
        {
            "item_no": 1,
            "own_number": asker_number(ORDINARY),
            "result": "provided",
            "status": newest(ORDINARY).status,
            "as_of": newest(ORDINARY).as_of,
            "record": {
                "taxation": {
                    "tax_year": "2025",
                    "general_portion": {"total_income": record["general_portion"]["total_income"]},
                    "deductions": {"disability_deduction": record["deductions"]["disability_deduction"]},
                    "person_info": record["person_info"],
                }
            },
        }
    ]


def test_another_affair_gets_another_set():
    other = {"affair": "AF-02", "procedure": "PR-0201", "responsibility": "PA-STAFF"}

    answered = told(lambda world: world.answer(ORDINARY, **other))

    assert (
        answered["results"][0]["record"]["taxation"]["annual_tax"] == newest(ORDINARY).record["taxation"]["annual_tax"]
    )


def test_the_year_that_was_asked_is_the_year_that_is_answered():
    subjects = [{"own_number": asker_number(ORDINARY), "keys": {"tax_year": "2024"}}]

    answered = told(lambda world: world.answer(ORDINARY, subjects=subjects))

    assert answered["results"][0]["record"]["taxation"]["tax_year"] == "2024"
    assert answered["results"][0]["as_of"] == newest(ORDINARY, "2024").as_of


def test_of_two_copies_the_one_loaded_last_counts():
    n = situation("reassessed")

    answered = told(lambda world: world.answer(n))

    assert answered["results"][0]["as_of"] == newest(n).as_of


def test_an_undeclared_person_is_answered_with_the_year_alone():
    answered = told(lambda world: world.answer(situation("undeclared")))

    assert answered["results"][0]["status"] == "4"
    assert answered["results"][0]["record"] == {"taxation": {"tax_year": "2025"}}


@pytest.mark.parametrize("who", ["unknown code", "no record"])
def test_a_stranger_and_a_person_without_record_are_answered_alike(who):
    async def story(world):
        n = situation("no_record")
        if who == "unknown code":
            n = 70  # known to the asker alone
            await world.introduce([n], "codes-2")
        heard = tap(world)
        answered = await world.answer(n)
        bodies = [len(json.loads(request.body).get("body", "")) for _, request in heard.sent if request.body]
        return answered, [length for length in bodies if length]

    answered, lengths = told(story)

    assert [result["result"] for result in answered["results"]] == ["no_record"]
    assert answered["results"][0].keys() == {"item_no", "own_number", "result"}
    assert len(set(lengths)) == 1  # inquiry and answer, padded alike


def test_what_travels_shows_no_number_of_the_body_and_no_individual_number():
    async def story(world):
        heard = tap(world)
        await world.answer(ORDINARY)
        return b"".join(request.body for _, request in heard.sent)

    travelled = told(story)

    assert resident(SEED, PROVIDER, ORDINARY).own_number.encode() not in travelled
    assert individual_number(SEED, PROVIDER, ORDINARY).encode() not in travelled
    assert link_code(ASKER, resident(SEED, PROVIDER, ORDINARY)).encode() not in travelled


def test_the_same_question_asked_twice_goes_out_once():
    async def story(world):
        heard = tap(world)
        first = await world.business(ASKER, "ask", question_text())
        second = await world.business(ASKER, "ask", question_text())
        return first, second, [r for _, r in heard.sent if r.method == "POST"]

    def question_text():
        subjects = [{"own_number": asker_number(3), "keys": {"tax_year": "2025"}}]
        ask = {"ask_id": "q", "to": PROVIDER, "affair": "AF-01", "procedure": "PR-0101", "subjects": subjects}
        return ask | {"information": "income_tax_certificate", "responsibility": "CRA-STAFF"}

    first, second, sent = told(story)

    assert parsed(first)["exchange_number"] == parsed(second)["exchange_number"]
    assert len(sent) == 1


def test_a_question_that_our_own_table_does_not_allow_does_not_leave_the_house():
    async def story(world):
        heard = tap(world)
        answered = await world.answer(ORDINARY, responsibility="TAX-STAFF")
        return answered, [r for _, r in heard.sent if r.method == "POST"]

    answered, sent = told(story)

    assert (answered["state"], answered["code"], answered["stage"]) == (
        "refused",
        "responsibility_not_granted",
        "authority",
    )
    assert sent == []


# --- manual handling --------------------------------------------------------------------------------------------------
def test_a_protected_person_is_not_answered_until_a_person_decides():
    async def story(world):
        before = await world.answer(situation("protected"))
        waiting = parsed(await world.business(PROVIDER, "collect", {}))["waiting"]
        return before, waiting

    before, waiting = told(story)

    assert before["state"] == "accepted"
    assert [(w["exchange_number"], w["reason"]) for w in waiting] == [(before["exchange_number"], "protected")]


async def decided(world, decision, **who):
    asked = await world.answer(situation("protected"))
    officials = {"drafted_by": "o-7", "approved_by": "o-8"} | who
    order = {"exchange_number": asked["exchange_number"], "decision": decision, **officials}
    said = await world.business(PROVIDER, "decide", order)
    await world.here.settle()
    return said, await world.collect(asked["ask_id"])


def test_release_answers_as_if_nobody_had_been_asked():
    said, answered = told(decided, "release")

    assert parsed(said)["state"] == "released"
    assert answered["results"][0]["result"] == "provided"
    assert answered["results"][0]["as_of"] == newest(situation("protected")).as_of


def test_withholding_says_so_and_not_why():
    said, answered = told(lambda world: decided(world, "withhold", ground="protection order"))

    assert parsed(said)["state"] == "withheld"
    assert answered["results"] == [
        {"item_no": 1, "own_number": asker_number(situation("protected")), "result": "withheld"}
    ]


@pytest.mark.parametrize("more", [{}, {"ground": " "}])
def test_nothing_is_withheld_without_a_ground_and_the_ground_is_kept_at_home(more):
    async def story(world):
        refused, _ = await decided(world, "withhold", **more)
        (waiting,) = parsed(await world.business(PROVIDER, "collect", {}))["waiting"]
        order = {"exchange_number": waiting["exchange_number"], "decision": "withhold", "ground": "dv"}
        await world.business(PROVIDER, "decide", order | {"drafted_by": "o-1", "approved_by": "o-2"})
        return refused, await world.log(PROVIDER, "personal_audit")

    refused, lines = told(story)

    assert (refused.status, parsed(refused)["code"]) == (422, "ground_missing")
    assert [line["ground"] for line in lines if line["event"] == "withheld"] == ["dv"]


def test_who_drafts_does_not_approve():
    said, answered = told(lambda world: decided(world, "release", approved_by="o-7"))

    assert (said.status, parsed(said)["code"]) == (422, "approval_not_separate")
    assert answered["state"] == "accepted"


def test_a_waiting_inquiry_is_decided_once():
    async def story(world):
        said, _ = await decided(world, "release")
        number = parsed(said)["exchange_number"]
        order = {"exchange_number": number, "decision": "withhold", "drafted_by": "o-1", "approved_by": "o-2"}
        return await world.business(PROVIDER, "decide", order)

    again = told(story)

    assert (again.status, parsed(again)["code"]) == (409, "not_waiting")


# --- resending --------------------------------------------------------------------------------------------------------
def answers_sent(heard):
    return [r.body for _, r in heard.sent if r.body and claims_of(json.loads(r.body)["header"]).get("in_reply_to")]


@pytest.mark.parametrize(
    "trouble",
    [HttpReply(503, {"retry-after": "1"}), HttpReply(429, {}), HttpReply(500), None, Slowly(HttpReply(202), None)],
)
def test_an_answer_that_was_not_taken_goes_out_again_as_the_same_bytes(trouble):
    async def story(world):
        heard = tap(world)
        tries = []

        def meddle(_address, request):
            is_answer = request.body and "in_reply_to" in claims_of(json.loads(request.body)["header"])
            if is_answer and not tries:
                tries.append(request)
                if isinstance(trouble, Slowly):
                    raise trouble
                return trouble
            return request

        heard.meddle = meddle
        asked = await world.ask(ORDINARY)
        await world.here.settle()
        before = await world.collect(asked["ask_id"])
        world.clock.advance(2)
        await world.here.settle()
        return before, await world.collect(asked["ask_id"]), answers_sent(heard)

    before, after, sent = told(story)

    assert (before["state"], after["state"]) == ("accepted", "collected")
    assert len(sent) == 2
    assert sent[0] == sent[1]


def test_an_answer_is_not_sent_again_before_its_time():
    async def story(world):
        heard = tap(world)
        heard.meddle = lambda _a, r: HttpReply(503, {"retry-after": "60"}) if answers_sent_one(r) else r
        await world.ask(ORDINARY)
        await world.here.settle()
        world.clock.advance(59)
        await world.here.settle()
        return answers_sent(heard)

    def answers_sent_one(request):
        return request.body and "in_reply_to" in claims_of(json.loads(request.body)["header"])

    assert len(told(story)) == 1


def test_an_answer_that_the_network_refuses_is_never_sent_again():
    async def story(world):
        heard = tap(world)
        problem = b'{"type":"about:blank","status":409,"code":"exchange_closed","stage":"state"}'

        def meddle(_address, request):
            is_answer = request.body and "in_reply_to" in claims_of(json.loads(request.body)["header"])
            return HttpReply(409, {}, problem) if is_answer else request

        heard.meddle = meddle
        asked = await world.ask(ORDINARY)
        await world.here.settle()
        world.clock.advance(1000)
        await world.here.settle()
        store = world.here.nodes[PROVIDER].desk.store
        return answers_sent(heard), store.inquiry_state(asked["exchange_number"])

    sent, state = told(story)

    assert len(sent) == 1
    assert state == "closed_by_network"


def test_when_the_network_is_silent_the_question_waits_and_goes_out_later():
    async def story(world):
        heard = tap(world)
        heard.meddle = lambda _a, r: None if r.method == "POST" else r
        asked = await world.ask(ORDINARY)
        heard.meddle = lambda _a, r: r
        world.clock.advance(2)
        await world.here.settle()
        return asked, await world.collect(asked["ask_id"])

    asked, answered = told(story)

    assert (asked["state"], asked["exchange_number"]) == ("sent", None)
    assert answered["state"] == "collected"


# --- repeats ----------------------------------------------------------------------------------------------------------
def test_an_inquiry_delivered_twice_gets_the_same_202_and_no_second_answer():
    async def story(world):
        heard = tap(world)
        delivered = []
        bodies = world.here.wire.near["near:bodies"]

        async def keep(request):
            delivered.append(request)
            return await bodies(request)

        world.here.wire.near["near:bodies"] = keep
        await world.answer(ORDINARY)
        first = next(r for r in delivered if "permit" in json.loads(r.body))
        again = await world.here.handle("bodies", first)
        await world.here.settle()
        return again, answers_sent(heard)

    again, sent = told(story)

    assert again.status == 202
    assert parsed(again)["state"] == "delivered"
    assert len(sent) == 1


def test_an_expired_exchange_is_told_to_the_clerk():
    async def story(world):
        asked = await world.answer(situation("protected"))
        world.clock.advance(8 * 86400)
        await world.here.tick()
        await world.here.settle()
        return await world.collect(asked["ask_id"])

    assert told(story)["state"] == "expired"


# --- answers that are not right ---------------------------------------------------------------------------------------
def spoiled_answer(spoil):
    """An exchange in which the delivered answer is spoiled on its way to the asker."""

    async def story(world):
        bodies = world.here.wire.near["near:bodies"]
        replies = []

        async def meddle(request):
            members = json.loads(request.body)
            if "receipt" in members and "header" in members:
                request = HttpRequest(
                    request.method, request.path, request.headers, json.dumps(spoil(members)).encode()
                )
                replies.append(await bodies(request))
                return replies[-1]
            return await bodies(request)

        world.here.wire.near["near:bodies"] = meddle
        heard = tap(world)
        asked = await world.answer(ORDINARY)
        posts = [claims_of(json.loads(r.body)["header"]) for _, r in heard.sent if r.body]
        items = [claims["items"][0] for claims in posts if "items" in claims]
        return asked, replies[0], items

    return told(story)


def test_a_right_answer_is_acknowledged_as_accepted():
    asked, reply, items = spoiled_answer(lambda members: members)

    assert (asked["state"], reply.status) == ("collected", 202)
    assert [item["outcome"] for item in items] == ["accepted"]


def flipped(token, at):
    return token[:at] + ("A" if token[at] != "A" else "B") + token[at + 1 :]


@pytest.mark.parametrize(
    ("spoil", "code", "stage"),
    [
        (lambda m: {k: v for k, v in m.items() if k != "receipt"}, "receipt_missing", "permit"),
        (lambda m: m | {"receipt": flipped(m["receipt"], -10)}, "receipt_invalid", "permit"),
        (lambda m: m | {"receipt": m["header"]}, "receipt_invalid", "permit"),
        (lambda m: m | {"body": flipped(m["body"], -10)}, "receipt_mismatch", "permit"),
    ],
)
def test_a_spoiled_answer_gets_202_and_a_signed_rejection(spoil, code, stage):
    def guarded(members):
        return spoil(members) if "receipt" in members else members

    asked, reply, items = spoiled_answer(guarded)

    assert reply.status == 202
    assert (asked["state"], asked["code"], asked["stage"]) == ("rejected", code, stage)
    assert [(item["outcome"], item["code"], item["stage"]) for item in items] == [("rejected", code, stage)]
    assert asked["results"] == []


def test_an_answer_of_bad_form_gets_a_problem_and_no_acknowledgement():
    asked, reply, items = spoiled_answer(lambda members: members | {"extra": "x"})

    assert (reply.status, parsed(reply)["code"]) == (400, "envelope_member_unknown")
    assert items == []
    assert asked["state"] == "accepted"


def test_time_on_the_wire_is_the_clocks():
    async def story(world):
        heard = tap(world)
        await world.ask(ORDINARY)
        return [claims_of(json.loads(r.body)["header"]) for _, r in heard.sent if r.body]

    assert told(story)[0]["issued_at"] == render(NOON)


# --- authority again --------------------------------------------------------------------------------------------------
def test_a_release_walks_the_whole_way_again_authority_included():
    async def story(world):
        asked = await world.answer(situation("protected"))
        desk = world.here.nodes[PROVIDER].desk
        desk.body = desk.body.model_copy(update={"editions": ("2031Z",)})
        order = {"exchange_number": asked["exchange_number"], "decision": "release"}
        await world.business(PROVIDER, "decide", order | {"drafted_by": "o-1", "approved_by": "o-2"})
        await world.here.settle()
        return await world.collect(asked["ask_id"])

    answered = told(story)

    assert (answered["state"], answered["code"], answered["stage"]) == ("refused", "edition_not_supported", "authority")


def test_bodies_with_awkward_order_of_members_understand_each_other():
    answered = told(lambda world: world.answer(ORDINARY), quirks=Quirks(member_order=True))

    assert answered["state"] == "collected"
