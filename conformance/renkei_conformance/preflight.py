"""Before the first case: is everybody there, and do keys and tokens fit? A problem found here is the operator's,
labelled *configuration*, and there is no verdict on the product.

A product that is there and answers nonsense is no configuration problem: the cases find that out.
"""

from __future__ import annotations

from datetime import timedelta

from renkei_conformance.case import INQUIRER, PROVIDER, Case, Positive
from renkei_conformance.doctor import clocks_in_step
from renkei_conformance.drivers import MESSAGES, Door, DoorTrouble, Request, Rubbish
from renkei_conformance.errors import CaseStopped
from renkei_conformance.evidence import Evidence
from renkei_conformance.forge.deliver import Delivery
from renkei_conformance.stage import RunStage
from renkei_conformance.told import told
from renkei_fixtures.errors import SetupError
from renkei_fixtures.instants import parse
from renkei_fixtures.messages import both
from renkei_fixtures.run_record import BUNDLED, Problem
from renkei_fixtures.standard import Text

DIRECTORY = "/renkei/1/bodies"
CLOCK = {"issued_in_future": "behind", "message_expired": "ahead", "permit_expired": "ahead"}
CLOCK_MAY_BE_AHEAD = timedelta(seconds=300)
UNTRUSTED = frozenset({"certificate_unknown", "certificate_chain_invalid"})


def preflight(stage: RunStage) -> list[Problem]:
    """Every problem found, at most one of each kind; none means that the examination can begin."""
    parties = stage.parties
    found: list[Problem | None] = []
    if parties.network is not None:
        found.append(_speaks(stage, parties.network, DIRECTORY, "network"))
    if not {PROVIDER, INQUIRER}.isdisjoint(stage.setup.roles):
        found.append(_there(stage))
        if not any(found):
            found += [_business(stage), _kit(stage)]
    if PROVIDER in stage.setup.roles and not any(found):
        found.append(_trusts(stage))
    return [problem for problem in found if problem is not None]


def _speaks(stage: RunStage, door: Door, path: str, where: str) -> Problem | None:
    try:
        door.send(Request("GET", path), stage.parties.clock.seconds("reply"))
    except Rubbish:
        return None
    except DoorTrouble as trouble:
        return _problem(both("conformance.preflight.unreachable", address=where, detail=trouble.detail), where)
    return None


def _there(stage: RunStage) -> Problem | None:
    """A product that is pushed to speaks HTTP at its address; one that fetches comes for its messages."""
    parties, where = stage.parties, stage.parties.profile.network_side
    if parties.tap.inbox is None:
        return _speaks(stage, parties.product, MESSAGES, where.address)
    parties.settle()
    if parties.tap.inbox.asked or parties.tap.inbox.attended(parties.clock.patience("startup")):
        return None
    return _problem(both("conformance.preflight.never_fetched", address=where.listen), where.listen)


def _business(stage: RunStage) -> Problem | None:
    side = stage.parties.profile.business_side
    if side.driver == "attended":
        return None  # an operator is asked only for what a case needs
    where = side.where
    try:
        outcome = stage.parties.upper.collect()
    except Rubbish:
        return None
    except DoorTrouble as trouble:
        return _problem(both("conformance.preflight.unreachable", address=where, detail=trouble.detail), where)
    if outcome.status in (401, 403):
        text = both("conformance.preflight.token", address=where, status=outcome.status)
        return _problem(text, "business_side.token")
    if outcome.status == 404:
        return _problem(both("conformance.preflight.no_such_body", address=where), "business_side.address")
    return None


def _kit(stage: RunStage) -> Problem | None:
    try:
        stage.parties.kit.body(stage.body)
        stage.people.fresh("preflight")
    except SetupError as error:
        text = Text(ja=error.render("ja"), en=error.render("en"))
        return _problem(text, error.where)
    return None


def _trusts(stage: RunStage) -> Problem | None:
    """One right inquiry, whose only use is to hear *I do not know your certificates*: then the kit is not installed."""
    title = Text(ja="事前確認", en="pre-flight")
    row = Case("preflight", title, (), PROVIDER, "envelope", Positive(), (), False, "first", "", "")
    forge = stage.forge(Evidence(stage.evidence, row))
    try:
        person = stage.people.fresh("preflight")[0]
        delivery = forge.deliver(forge.inquiry([person.link_code], {"tax_year": "2025"}))
    except CaseStopped:
        return None
    said = told(delivery.reply, delivery.trouble, stage.setup.standard)
    stage.parties.settle()
    where = stage.parties.profile.network_side.address
    if said.code in UNTRUSTED:
        return _problem(both("conformance.preflight.untrusted", code=said.code), where)
    if stage.setup.product.kind == BUNDLED or stage.parties.clock.is_still:
        return None  # one clock for all, or one that begins in another year
    now = stage.parties.clock.now()
    if said.code in CLOCK and not clocks_in_step(delivery.reply, now):
        return _problem(both(f"doctor.clock_{CLOCK[said.code]}", code=said.code), where)
    return _clock(stage, delivery, where) if said.sort == "accepted" else None


def _clock(stage: RunStage, delivery: Delivery, where: str) -> Problem | None:
    """An answer of the future: with such a clock every later verdict would be about the clock."""
    if clocks_in_step(delivery.reply, stage.parties.clock.now()):
        return None
    for heard in delivery.answers():
        try:
            ahead = parse(str(heard.claims["issued_at"])) - stage.parties.clock.now()
        except (KeyError, ValueError):
            continue
        if ahead > CLOCK_MAY_BE_AHEAD:
            return _problem(both("doctor.clock_off", seconds=f"{ahead.total_seconds():+.0f}"), where)
    return None


def _problem(text: Text, where: str) -> Problem:
    return Problem(label="configuration", text=text, where=where)
