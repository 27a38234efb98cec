"""The files themselves, from the templates in `text/`."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from pprint import pformat
from typing import Any
from urllib.parse import urlsplit

from renkei_conformance.drivers import MESSAGES
from renkei_conformance.kit import Kit
from renkei_conformance.opened import claims_of
from renkei_conformance.repro import kit_file
from renkei_conformance.repro.script import Failed, Opener, Step, failed_cases, loads_for, of_persons, raw_of, trimmed
from renkei_conformance.repro.spoil_text import text_of
from renkei_conformance.wire import sha256_b64u
from renkei_fixtures.messages import both
from renkei_fixtures.run_record import BUNDLED, Expected, Line, Message, RunStarted
from renkei_fixtures.standard import Standard

SHOWN = 400


@dataclass(frozen=True)
class Written:
    """What was written for one failed case: names below the run's directory, and until when the curl line holds."""

    case: str
    python: str
    curl: str
    holds_until: str | None


@dataclass(frozen=True)
class _Run:
    started: RunStarted
    at: str
    lines: Sequence[Line]
    standard: Standard
    kit: Kit

    @property
    def addresses(self) -> tuple[str, str, str]:
        sides = [self.started.profile.get(name) for name in ("network_side", "business_side")]
        network, business = (side if isinstance(side, dict) else {} for side in sides)
        return str(network.get("address", "")), str(network.get("listen", "")), str(business.get("address", ""))


def write_files(
    out: Path, lines: Sequence[Line], standard: Standard, kit: Kit, kit_members: Mapping[str, Any]
) -> list[Written]:
    """Write `repro/` for the failed cases of a record; nothing where no case failed.

    Nothing either for a product that fetches its messages: what lay in its box is not what a single file can send.
    """
    first = lines[0].event
    assert isinstance(first, RunStarted)
    cases = {case.id: case for line in lines if isinstance(line.event, Expected) for case in line.event.cases}
    failed = failed_cases(lines, cases)
    side = first.profile.get("network_side")
    if not failed or (isinstance(side, dict) and side.get("delivery") == "pull"):
        return []
    (out / "repro").mkdir(exist_ok=True)
    key_file = out / "repro" / "kit.json"
    key_file.touch(mode=0o600)
    key_file.write_bytes(kit_file.rendered(kit_members))
    run = _Run(first, lines[0].at, lines, standard, kit)
    opener = Opener(kit)
    written = [_one(out / "repro", run, trimmed(one, opener, run.at)) for one in failed]
    index = {one.case: {"python": one.python, "curl": one.curl, "holds_until": one.holds_until} for one in written}
    (out / "repro" / "index.json").write_text(json.dumps(index, indent=1) + "\n", "utf-8")
    return written


def _one(where: Path, run: _Run, failed: Failed) -> Written:
    python, line = where / f"{failed.case.id}.py", where / f"{failed.case.id}.sh"
    until = _until(failed.last)
    alone = failed.case.role == "provider" and not failed.beyond
    text = _python(run, failed, python.name) if alone else _filled("impossible.txt", _words(run, failed))
    python.write_text(text, "utf-8")
    (where / f"{failed.case.id}.body").write_bytes(failed.last.raw)
    line.write_text(_line(run, failed, until, where), "utf-8")
    line.chmod(0o755)
    return Written(failed.case.id, f"repro/{python.name}", f"repro/{line.name}", until)


# The Python file


def _python(run: _Run, failed: Failed, name: str) -> str:
    made, numbers = _made(failed)
    shas = [sha256_b64u(step.raw) for step in failed.steps]
    steps = [_step(run, failed, step, numbers.get(sha)) for step, sha in zip(failed.steps, shas, strict=True)]
    steps[-1]["last"] = True
    exchanges = sorted({number for step in failed.steps if (number := step.exchange_number)})
    spoils = [str(row["spoil"]) for row in made if row.get("stage")]
    values = {
        **_words(run, failed),
        "FILE": name,
        "LISTEN": run.addresses[1],
        "UNTIL": _crl_until(run),
        "TITLE": repr(f"{failed.case.id} {failed.case.title.ja} / {failed.case.title.en}"),
        "CLAUSE": repr(failed.check.clause),
        "EXPECTED_VALUE": _literal(failed.check.expected),
        "GOT_VALUE": _literal(failed.check.got),
        "ADDRESSES": repr(run.addresses),
        "CLOCK": repr(run.at if run.started.product.kind == BUNDLED else None),
        "SILENCE": "0.4" if failed.look else "1.2",
        "SPOILS": _spoils(dict.fromkeys(spoils)),
        "STEPS": _literal(steps),
        "MADE": _literal(made),
        "LOOK": repr(failed.look),
        "EXCHANGES": _literal(exchanges),
        "ATTEMPTS": _literal(_attempts(run, failed)),
    }
    return _filled("head.txt", values) + _text("machinery.txt")


def _made(failed: Failed) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Every message once, in order; by its hash its place. One that the forge did not note goes as it went."""
    made: list[dict[str, Any]] = []
    numbers: dict[str, int] = {}
    for step in failed.steps:
        sha = sha256_b64u(step.raw)
        if step.is_business or sha in numbers:
            continue
        recipe = failed.recipes.get(sha)
        numbers[sha] = len(made)
        made.append(dict(recipe) if recipe is not None and _can_be_made(recipe) else {"frozen": _frozen(step)})
    return made, numbers


def _can_be_made(recipe: Mapping[str, Any]) -> bool:
    return not recipe["stage"] or recipe["left"] is not None or text_of(str(recipe["spoil"]), "spoil") is not None


def _frozen(step: Step) -> dict[str, Any]:
    headers = {"content-type": step.sent.headers.get("content-type", "")}
    return {"path": step.sent.path, "headers": headers, "body_b64": base64.b64encode(step.raw).decode()}


def _step(run: _Run, failed: Failed, step: Step, message: int | None) -> dict[str, Any]:
    opener = Opener(run.kit)
    heard = [opener.of(one, run.at) for one, _ in step.heard]
    then: dict[str, Any] = {"reply": _reply(step.reply), "heard": heard, "came": step.came, "names": {}}
    if step.is_business:
        return _business(failed, step, then)
    then["names"] = _names(step.raw, message)
    programme = _programme(failed, step.exchange_number)
    return {"message": message, **({"programme": programme} if programme else {}), "then": then}


def _business(failed: Failed, step: Step, then: dict[str, Any]) -> dict[str, Any]:
    """A load that only prepared what came later is cut down to the persons that were asked about, and not compared."""
    body = {name: value for name, value in json.loads(step.raw).items() if value is not None}
    operation, quiet = str(step.sent.path).strip("/"), False
    del then["reply"]["media_type"]  # the driver of interface B does not tell it
    if operation == "load":
        then["names"] = {str(body.get("load_id")): "(load id)"}
        quiet = step is not failed.steps[-1] and not (_reply(step.reply)["body"] or {}).get("set_aside")
    if quiet:
        codes = set(_codes(failed, failed.steps))
        body = of_persons(body, (row["own_number"] for row in body["link_codes"] if row["link_code"] in codes))
        then["reply"] = None
    return {"business": operation, "body": body, "then": then} | ({"quiet": True} if quiet else {})


def _names(raw: bytes, message: int | None) -> dict[str, str]:
    """What both then and now has one name: ids of the message and the hash of its header."""
    try:
        token = json.loads(raw).get("header")
    except (ValueError, AttributeError):
        token = None
    found = {
        "message_id": claims_of(raw).get("message_id"),
        "exchange_number": claims_of(raw, "permit").get("exchange_number"),
        "header_sha256": sha256_b64u(token) if isinstance(token, str) and token.isascii() else None,
    }
    return {str(value): f"(message {message}: {name})" for name, value in found.items() if value}


def _programme(failed: Failed, number: str | None) -> list[str]:
    """How the messages of this exchange were met, where one was put off or its reply lost on purpose."""
    met = [reply for step in failed.steps for one, reply in step.heard
           if claims_of(raw_of(one)).get("exchange_number") == number]  # fmt: skip
    said = ["lost" if reply is None else "busy" if reply.status == 503 else "taken" for reply in met]
    return said if {"lost", "busy"} & set(said) else []


def _reply(reply: Message | None) -> dict[str, Any]:
    if reply is None:
        return {"status": None, "media_type": None, "body": None}
    raw = raw_of(reply)
    try:
        body = json.loads(raw)
    except ValueError:
        body = raw.decode("utf-8", "replace")
    media_type = next((value for name, value in reply.headers.items() if name.lower() == "content-type"), "")
    return {"status": reply.status, "media_type": media_type.partition(";")[0] or None, "body": body}


def _attempts(run: _Run, failed: Failed) -> list[dict[str, Any]]:
    """The scene alone where one place was looked at, then everything from the beginning of the case."""
    whole = range(len(failed.steps))
    scene = range(failed.scene, len(failed.steps))
    wanted = [scene, whole] if failed.look and failed.scene else [whole]
    return [{"loads": _loads(run, failed, numbers), "steps": list(numbers)} for numbers in wanted]


def _loads(run: _Run, failed: Failed, numbers: range) -> list[dict[str, Any]]:
    codes = _codes(failed, failed.steps[numbers[0] :])
    return loads_for(run.lines, failed.steps[numbers[0]].seq, codes)


def _codes(failed: Failed, steps: Iterable[Step]) -> Iterator[str]:
    """The product's own link codes in these steps' messages."""
    for step in steps:
        recipe = failed.recipes.get(sha256_b64u(step.raw)) or {}
        yield from (recipe.get("received_subjects") or {}).get("link_codes") or ()


def _spoils(spoils: Iterable[str]) -> str:
    """The functions that can stand alone, and the table by which the bench finds them."""
    texts, table = [], []
    for number, spoil in enumerate(spoils):
        text = text_of(spoil, f"spoil_{number}")
        if text is not None:
            texts.append(f"{text}\n")
            table.append(f'    "{spoil}": spoil_{number},')
    return "\n\n".join(["", *texts, "\n".join(["SPOILS = {", *table, "}"])]) if texts else "SPOILS = {}"


# The curl line


def _line(run: _Run, failed: Failed, until: str | None, where: Path) -> str:
    address, listen, business = run.addresses
    step = failed.last
    base = business if step.is_business else address
    headers = {"content-type": step.sent.headers.get("content-type", "application/json")}
    words = [f"-H '{name}: {value}'" for name, value in headers.items()]
    words += ['-H "authorization: Bearer $RENKEI_TOKEN"'] if step.is_business else []
    visible = _visible(failed)
    note = both("conformance.repro.seen" if visible else "conformance.repro.unseen")
    values = {
        **_words(run, failed),
        "UNTIL": until or "–",
        "BODY": run.started.product.body,
        "SEED": str(run.started.seed),
        "PORT": str(urlsplit(f"//{listen}").port or "-"),
        "NOTE_JA": note.ja,
        "NOTE_EN": note.en,
        "FORMER": _former(failed, where, address) if visible else "",
        "URL": f"{base.rstrip('/')}{step.sent.path or MESSAGES}",
        "HEADERS": " ".join(words),
        "BODY_FILE": f"{failed.case.id}.body",
        "JUDGE": _judge(step) if visible else "exit 3",
    }
    return _filled("line.txt", values)


def _visible(failed: Failed) -> bool:
    """Whether the reply alone shows the failure: what was looked at is the reply, or it is the business side's word."""
    if failed.case.role != "provider":
        return False
    if failed.last.reply is None or failed.last.is_business:
        return failed.last.reply is not None and failed.last.sent.path == "/load"
    return failed.look[:1] in (["told"], ["reply"]) and not _told_later(failed)


def _told_later(failed: Failed) -> bool:
    """A 202, where a 202 was right and the failure came afterwards."""
    expected = failed.check.expected
    wanted = isinstance(expected, dict) and expected.get("told") == "refused"
    reply = failed.last.reply
    return reply is not None and reply.status == 202 and not wanted


def _judge(step: Step) -> str:
    """The same status, and the same code where there is one: the failure shows again."""
    assert step.reply is not None
    body = _reply(step.reply)["body"]
    code = body.get("code") if isinstance(body, dict) else None
    loaded = body.get("loaded") if isinstance(body, dict) else None
    # A product's words come into a shell here: a code as the standard writes them, a number, and nothing else.
    part = "*"
    if isinstance(code, str) and re.fullmatch("[a-z0-9_]{1,64}", code):
        part = f'*\\"{code}\\"*'
    elif isinstance(loaded, int):
        part = f'*\\"loaded\\":{loaded}[!0-9]*|*\\"loaded\\":\\ {loaded}[!0-9]*'
    found = "|".join(f"{one}{step.reply.status}" for one in part.split("|"))
    return f'case "$reply" in\n{found}) exit 1 ;;\n*) exit 0 ;;\nesac'


def _former(failed: Failed, where: Path, address: str) -> str:
    """Messages of the scene that must go before: the first use of an id that is used again."""
    lines = []
    scene = [step for step in failed.steps[failed.scene :] if not step.is_business]
    for number, step in enumerate(scene[:-1] if not failed.last.is_business else (), start=1):
        name = f"{failed.case.id}.before-{number}.body"
        (where / name).write_bytes(step.raw)
        kind = step.sent.headers.get("content-type", "")
        url = f"{address.rstrip('/')}{step.sent.path or MESSAGES}"
        lines.append(f"curl -sS -X POST {url} -H 'content-type: {kind}' --data-binary @{name} >/dev/null || exit 3\n")
    return "".join(lines)


def _until(step: Step) -> str | None:
    """`expires_at` of the message; None for what has none."""
    found = claims_of(step.raw).get("expires_at")
    return found if isinstance(found, str) else None


# Words


def _words(run: _Run, failed: Failed) -> dict[str, str]:
    check = failed.check
    row = run.standard.clauses.get(check.clause)
    texts = [row.text.ja, row.text.en] if row else []
    return {
        "ID": failed.case.id,
        "TITLE_JA": failed.case.title.ja,
        "TITLE_EN": failed.case.title.en,
        "CLAUSES": "\n  ".join([check.clause, *map(_safe, texts)]),
        "CLAUSE": check.clause,
        "WHY_JA": _safe(check.why.ja) if check.why else "–",
        "WHY_EN": _safe(check.why.en) if check.why else "–",
        "PATH": _safe(check.path or "–"),
        "EXPECTED": _short(check.expected),
        "GOT": _short(check.got),
    }


def _short(value: object) -> str:
    text = _safe(json.dumps(value, ensure_ascii=True))
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"


def _safe(text: str) -> str:
    """For a docstring and a comment: nothing that could end either."""
    return " ".join(text.replace("\\", "\\\\").replace('"""', "'''").split())


def _literal(value: object) -> str:
    return pformat(value, width=118, sort_dicts=False)


def _crl_until(run: _Run) -> str:
    return f"{run.at} + 7 days"


def _filled(name: str, values: Mapping[str, str]) -> str:
    """The template with its places filled; what a value says is never looked at again."""
    return re.sub("@@([A-Z_]+)@@", lambda place: values[place[1]], _text(name))


def _text(name: str) -> str:
    return files("renkei_conformance.repro").joinpath("text", name).read_text("utf-8")
