"""問診: is everything set up, and if not, whose is it? Quick looks at the doors, then one plain inquiry about a test person.

Every finding is *ok*, a *note*, or a problem with a label (configuration, examiner, product) and its way out. It is no
examination: a product that is healthy here may still fail every clause.

N: GET, and an empty POST that a product must refuse with a problem of the standard
B: collect (address, token), records (whether what is claimed is there)
inquiry: certificates, body, keys, clock and data, read off the one reply
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from renkei_conformance.case import PROVIDER, Case, Positive
from renkei_conformance.drivers import MESSAGES, Door, DoorTrouble, Reply, Request, Rubbish
from renkei_conformance.errors import CaseStopped
from renkei_conformance.evidence import Evidence, RunEvidence
from renkei_conformance.forge.deliver import Delivery, json_object
from renkei_conformance.forge.reader import OpenedAnswer
from renkei_conformance.profile import Profile
from renkei_conformance.record import Record
from renkei_conformance.setup import RunSetup
from renkei_conformance.stage import RunStage
from renkei_conformance.told import ahead_by_date, told
from renkei_conformance.upper import UpperTester
from renkei_fixtures.errors import SetupError
from renkei_fixtures.instants import parse
from renkei_fixtures.messages import both
from renkei_fixtures.residents import resident, situation
from renkei_fixtures.residents.copies import records
from renkei_fixtures.standard import Standard, Text

Label = Literal["configuration", "examiner", "product"]
TRUST = frozenset({"certificate_unknown", "certificate_chain_invalid"})
BEHIND = frozenset({"issued_in_future", "certificate_not_yet_valid"})
AHEAD = frozenset({"message_expired", "permit_expired", "certificate_expired", "query_too_old"})
ALLOWED, NOTED = timedelta(seconds=300), timedelta(seconds=60)
PREFERRED = "income_tax_certificate"


@dataclass(frozen=True)
class Finding:
    """One thing looked at. `label` None: nothing is wrong; `note`: worth knowing, but no problem."""

    check: str
    text: Text
    label: Label | None = None
    where: str | None = None
    note: bool = False


def ok(check: str, key: str, **values: object) -> Finding:
    """All is well."""
    return Finding(check, both(f"doctor.{key}", **values))


def problem(check: str, label: Label, key: str, where: str | None = None, **values: object) -> Finding:
    """Something to mend; its text ends with the way out."""
    return Finding(check, both(f"doctor.{key}", **values), label, where)


def of_setup(check: str, error: SetupError, label: Label = "configuration") -> list[Finding]:
    """What the operator set up wrong, one finding each."""
    rendered = [(one, Text(ja=one.alone("ja"), en=one.alone("en"))) for one in error.problems]
    return [Finding(check, text, label, one.where) for one, text in rendered]


# --- the doors --------------------------------------------------------------------------------------------------------
def network_side(door: Door, address: str, seconds: float, now: datetime) -> Iterator[Finding]:
    """Whether a product of the standard is there, and what time it has."""
    try:
        door.send(Request("GET", MESSAGES), seconds)
        reply = door.send(Request("POST", MESSAGES, {"content-type": "application/vnd.renkei+json"}), seconds)
    except Rubbish as trouble:
        yield problem("network_side", "configuration", "n_no_http", address, address=address, detail=trouble.detail)
        return
    except DoorTrouble as trouble:
        yield problem("network_side", "configuration", "n_unreachable", address, address=address, detail=trouble.detail)
        return
    said = json_object(reply.body) or {}
    if reply.media_type != "application/problem+json" or "code" not in said:
        got = f"{reply.status} {reply.media_type or '-'}"
        yield problem("network_side", "configuration", "n_no_product", address, address=address, got=got)
    else:
        yield ok("network_side", "n_there", address=address)
    if (ahead := ahead_by_date(reply, now)) is not None:
        yield from clock(ahead)


def clock(ahead: timedelta) -> Iterator[Finding]:
    """How far the product's clock is ahead of ours."""
    seconds = round(ahead.total_seconds())
    if abs(ahead) > ALLOWED:
        yield problem("clock", "configuration", "clock_off", seconds=f"{seconds:+d}")
    elif abs(ahead) > NOTED:
        yield Finding("clock", both("doctor.clock_near", seconds=f"{seconds:+d}"), note=True)
    else:
        yield ok("clock", "clock_ok", seconds=f"{seconds:+d}")


def fetches(profile: Profile) -> Finding:
    """A body that pulls has no address to knock at."""
    return Finding("network_side", both("doctor.n_pull", listen=profile.network_side.listen), note=True)


def business_side(upper: UpperTester, profile: Profile) -> Iterator[Finding]:
    """Whether interface B takes the token, and has what the product file claims of it."""
    where = profile.business_side.where
    if profile.business_side.driver == "attended":
        yield Finding(
            "business_side", both("doctor.b_attended", operator=str(profile.business_side.operator)), note=True
        )
        return
    try:
        outcome = upper.collect()
    except Rubbish as trouble:
        yield problem("business_side", "configuration", "b_no_http", where, address=where, detail=trouble.detail)
        return
    except DoorTrouble as trouble:
        yield problem("business_side", "configuration", "b_unreachable", where, address=where, detail=trouble.detail)
        return
    if outcome.status in (401, 403):
        yield problem(
            "business_side", "configuration", "b_token", "business_side.token", address=where, status=outcome.status
        )
    elif outcome.status == 404:
        yield problem("business_side", "configuration", "b_address", where, address=where)
    elif not outcome.done:
        yield problem("business_side", "product", "b_collect", where, address=where, status=outcome.status)
    else:
        yield ok("business_side", "b_there", address=where)
        yield from _claims(upper, profile, outcome.member("waiting"))


def _claims(upper: UpperTester, profile: Profile, waiting: object) -> Iterator[Finding]:
    if profile.claims("manual") and not isinstance(waiting, list):
        yield problem("claims", "product", "claim_manual", "product.options")
    if not profile.claims("records_export"):
        missing = "claim_chain_alone" if profile.claims("log_chain") else None
        if missing:
            yield problem("claims", "configuration", missing, "product.options")
        yield Finding("claims", both("doctor.claim_no_export"), note=True)
        return
    try:
        outcome = upper.records("access")
    except DoorTrouble as trouble:
        yield problem("claims", "product", "claim_export", "product.options", got=trouble.detail)
        return
    last = json_object(outcome.raw.strip().rpartition(b"\n")[2]) or {}
    if outcome.status != 200:
        yield problem("claims", "product", "claim_export", "product.options", got=outcome.status)
    elif profile.claims("log_chain") and "seal" not in last:
        yield problem("claims", "product", "claim_chain", "product.options")
    else:
        yield ok("claims", "claims_ok", options=", ".join(profile.product.options) or "-")


def informations(profile: Profile, standard: Standard, kind: str) -> Iterator[Finding]:
    """Whether a body of this kind provides what the product file names."""
    for name in profile.product.provided:
        if name in standard.informations and kind not in standard.informations[name].provider_kinds:
            yield problem("claims", "configuration", "claim_information", "product.informations", name=name, kind=kind)


# --- one inquiry ------------------------------------------------------------------------------------------------------
def inquire(setup: RunSetup) -> Iterator[Finding]:
    """A plain inquiry about the taxed test person, through the forge; what the reply tells of the set-up."""
    record = Record(None, setup.parties.clock.now)
    stage = RunStage(setup, RunEvidence(record, setup.standard))
    title = both("doctor.title")
    row = Case("doctor", title, (), PROVIDER, "envelope", Positive(), (), False, "first", "", "")
    forge = stage.forge(Evidence(stage.evidence, row))
    inbox, listen = setup.parties.tap.inbox, setup.parties.profile.network_side.listen
    if inbox is not None and not inbox.attended(setup.parties.clock.patience("startup")):
        yield problem("network_side", "configuration", "never_fetched", listen, listen=listen)
        return
    person = resident(setup.seed, stage.body, situation("taxed"))
    found = _copy(setup, stage.body, person.n)
    if found is None:
        yield Finding("data", both("doctor.data_unknown"), note=True)
        return
    information, keys = found
    try:
        (code,) = stage.people.link_codes(stage.body, [person.serial])
        draft = forge.inquiry([code], keys, information=information)
        delivery = forge.deliver(draft, resends=0)
    except CaseStopped as stopped:
        yield Finding("inquiry", stopped.reason, "examiner")
        return
    said = told(delivery.reply, delivery.trouble, setup.standard)
    if said.sort == "refused":
        in_step = clocks_in_step(delivery.reply, setup.parties.clock.now())
        yield _refused(said.code or "", stage.parties.profile, in_step=in_step)
    elif said.sort == "accepted":
        yield from _answered(delivery, stage, information)
    else:
        yield problem("inquiry", "product", "inquiry_broken", got=said.words)


def _copy(setup: RunSetup, body: str, n: int) -> tuple[str, dict[str, object]] | None:
    claimed = setup.parties.profile.product.provided
    for name in sorted(claimed, key=lambda one: one != PREFERRED):
        rows = records(setup.seed, body, n, name) if name in setup.standard.informations else ()
        if rows:
            return name, dict(rows[-1].keys)
    return None


def clocks_in_step(reply: Reply | None, now: datetime) -> bool:
    """Whether the product's own `Date` says that its clock is right: then a refusal for time is the product's mistake."""
    ahead = ahead_by_date(reply, now)
    return ahead is not None and abs(ahead) <= ALLOWED


def _refused(code: str, profile: Profile, *, in_step: bool = False) -> Finding:
    where = profile.network_side.address or profile.network_side.listen
    if code in TRUST:
        return problem("inquiry", "configuration", "inquiry_untrusted", where, code=code)
    if code == "not_for_us":
        return problem("inquiry", "configuration", "inquiry_other_body", where, body=profile.product.body)
    if code == "decryption_failed":
        return problem("inquiry", "configuration", "inquiry_other_key", where, body=profile.product.body)
    if code in BEHIND and not in_step:
        return problem("clock", "configuration", "clock_behind", where, code=code)
    if code in AHEAD and not in_step:
        return problem("clock", "configuration", "clock_ahead", where, code=code)
    return problem("inquiry", "product", "inquiry_refused", where, code=code)


def _answered(delivery: Delivery, stage: RunStage, information: str) -> Iterator[Finding]:
    opened = delivery.answer()
    if opened is None:
        refusal = next((one.claims for one in delivery.heard() if one.typ == "renkei-refusal"), None)
        if refusal is not None:
            yield _refused(str(refusal.get("code")), stage.parties.profile)
        else:
            yield problem("inquiry", "product", "inquiry_silent", listen=stage.parties.profile.network_side.listen)
        return
    yield from _clock_of(opened, stage.parties.clock.now())
    signer, body = opened.signer, stage.body
    if not opened.signature_valid or signer is None or opened.troubles:
        detail = "; ".join(f"{one.path}: {one.code}" for one in opened.troubles) or "signature"
        yield problem("inquiry", "product", "answer_unreadable", detail=detail)
        return
    yield ok("inquiry", "inquiry_ok", body=body)
    spoken = stage.setup.standard.informations[information].text
    result = str((opened.results or ({},))[0].get("result"))
    if result == "provided":
        yield ok("data", "data_ok", information=spoken)
    else:
        yield problem("data", "configuration", "data_missing", result=result, information=spoken)


def _clock_of(opened: OpenedAnswer, now: datetime) -> Iterator[Finding]:
    try:
        ahead = parse(str((opened.header or {})["issued_at"])) - now
    except (KeyError, ValueError):
        return
    if abs(ahead) > NOTED:  # else the door has told it
        yield from clock(ahead)


def settled(findings: Sequence[Finding]) -> list[Finding]:
    """Nothing is called well by one look that another look found wrong, and a clock is told once."""
    wrong = {finding.check for finding in findings if finding.label is not None}
    clocks = [one for one in findings if one.check == "clock" and one.label is not None]
    kept = [one for one in findings if one.label is not None or one.note or one.check not in wrong]
    return [one for one in kept if one.check != "clock" or one.label is None or one is clocks[0]]


def worst(findings: Sequence[Finding]) -> int:
    """The exit code: 0 all set up, 4 configuration or examiner, 1 only the product."""
    labels = {finding.label for finding in findings}
    return 4 if labels & {"configuration", "examiner"} else 1 if "product" in labels else 0
