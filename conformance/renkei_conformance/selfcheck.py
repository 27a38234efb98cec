"""The suite's own eyesight: a named fault is put into the parties, the whole set runs, and the fault must show.

The parent looks once at every role with nothing armed, then there is one forked child for each fault, `jobs` at a time,
in process, on a still clock, without Allure. A fault is
*caught* when a clause fails, and caught *exactly* when the failed clauses are the declared ones, or follow from them by
`entails`. A `vendor` fault meets the whole set; a `mirror`, which is there for the lint and not counted, only the cases
that claim to kill it. With nothing armed nothing may fail, whatever the seed: every failure there is a false alarm.
Resumable: a fault's row is taken over from an earlier `selfcheck.json` of the same suite, standard and seed.

The examiner knows no emulator: `build(look)` is handed in and puts the parties together.
"""

from __future__ import annotations

import gc
import hashlib
import json
import os
import sys
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from renkei_conformance.case import Role, catalogue
from renkei_conformance.coverage import killers
from renkei_conformance.identity import PACKAGE_SUFFIXES, of_tree
from renkei_conformance.runner import run
from renkei_conformance.setup import RunResult, RunSetup
from renkei_fixtures.standard import DATA, Standard
from renkei_fixtures.standard.rows import Fault

ROLES: tuple[Role, ...] = get_args(Role)


@dataclass(frozen=True)
class Look:
    """One run to be made: what is armed in the party of which role, with which seed, and with which cases (none: all)."""

    armed: tuple[str, ...]
    role: Role
    seed: int
    only: tuple[str, ...] = ()
    delivery: Literal["push", "pull"] = "push"

    @property
    def name(self) -> str:
        """For a person."""
        return ", ".join(self.armed) or f"{self.role}, {self.delivery}, seed {self.seed}"


Build = Callable[[Look], RunSetup]


@dataclass(frozen=True)
class Sighting:
    """One row of the matrix. `due` = declared and entailed; `cases` are those that failed, so the killers."""

    fault: str
    role: str
    kind: str
    blind: bool
    breaks: tuple[str, ...]
    due: tuple[str, ...]
    failed: tuple[str, ...]
    inconclusive: tuple[str, ...]
    cases: tuple[str, ...]
    verdict: str
    caught: bool
    exact: bool
    seconds: float


@dataclass(frozen=True)
class Eyesight:
    """The outcome. `false_alarms`: clauses that failed with nothing armed, per role, and roles that did not pass."""

    matrix: tuple[Sighting, ...]
    false_alarms: tuple[str, ...]
    examples_cap: int
    hashes: Mapping[str, str] = field(default_factory=dict)

    @property
    def counted(self) -> tuple[Sighting, ...]:
        """The vendor faults; mirrors are for the lint alone."""
        return tuple(row for row in self.matrix if row.kind == "vendor")

    def as_json(self) -> dict[str, Any]:
        """`selfcheck.json`."""
        counted, blind = self.counted, [row for row in self.counted if row.blind]
        return {
            "faults": len(counted),
            "caught": sum(row.caught for row in counted),
            "exact": sum(row.exact for row in counted),
            "false_alarms": len(self.false_alarms),
            "blind": {"faults": len(blind), "caught": sum(row.caught for row in blind),
                      "rate": _rate(sum(row.caught for row in blind), len(blind))},
            "examples_cap": self.examples_cap,
            "hashes": dict(self.hashes),
            "alarms": list(self.false_alarms),
            "matrix": [asdict(row) for row in self.matrix],
        }  # fmt: skip

    @property
    def sound(self) -> bool:
        """Every counted fault caught, nothing cried without a cause."""
        return not self.false_alarms and all(row.caught for row in self.counted)


def selfcheck(
    build: Build,
    standard: Standard,
    *,
    seed: int,
    seeds: int = 1,
    out: Path | None = None,
    jobs: int = 2,
    only: Collection[str] = (),
    progress: Callable[[Sighting], None] = lambda row: None,
) -> Eyesight:
    """Run the whole set once for each fault, and once for nothing per role and seed (`seeds` of them, from `seed` on).

    `only`: these faults alone. Needs `os.fork`.
    """
    hashes = identity(seed, seeds)
    known = _earlier(out, hashes)
    faults = [row for row in standard.faults.values() if row.role in ROLES and (not only or row.id in only)]
    todo = [Look((), role, one) for one in range(seed, seed + seeds) for role in ROLES]
    fetching: tuple[Role, ...] = ("provider", "inquirer")
    todo += [Look((), role, one, delivery="pull") for role in fetching for one in range(seed, seed + seeds)]
    todo += [look_at(standard, row, seed) for row in faults if row.id not in known]
    rows, cap = dict(known), 0
    alarms: list[str] = []

    def so_far() -> Eyesight:
        matrix = tuple(rows[row.id] for row in faults if row.id in rows)
        return Eyesight(matrix, tuple(alarms), cap, hashes)

    for look, seen in _looked_at(todo, len(ROLES), lambda look: _look(build, standard, look), jobs):
        if not look.armed:
            alarms += [f"{look.name}: {what}" for what in seen["alarms"]]
            cap = seen["examples_cap"]
        else:
            row = _sighting(**seen["row"])
            rows[row.fault] = row
            progress(row)
        if out is not None:  # after every row, so that an interrupted run is taken up where it ended
            write(so_far(), out)
    return so_far()


def identity(seed: int, seeds: int) -> dict[str, str]:
    """What a matrix was made from: an older one holds only for the same suite, standard and seeds."""
    suite, tables = of_tree(Path(__file__).parent, PACKAGE_SUFFIXES), of_tree(DATA, (".toml", ".csv"))
    return {"suite": suite, "standard": tables, "seed": str(seed), "seeds": str(seeds)}


def look_at(standard: Standard, fault: Fault, seed: int) -> Look:
    """The run that is to show this fault."""
    cases = tuple(row.id for row in killers(fault, catalogue())) if fault.kind == "mirror" else ()
    pulled = any(standard.clauses[clause].applies == "pull" for clause in fault.breaks)
    return Look((fault.id,), fault.role, seed, cases, "pull" if pulled else "push")


def part_of(faults: Iterable[str], parts: int, pick: str) -> tuple[str, ...]:
    """One part in `parts` of the faults, at least one; another `pick` takes another part, the same one the same."""
    shuffled = sorted(faults, key=lambda fault: hashlib.sha256(f"{pick}/{fault}".encode()).digest())
    return tuple(sorted(shuffled[: -(-len(shuffled) // parts)]))


def entailed(standard: Standard, clauses: Collection[str]) -> frozenset[str]:
    """The clauses and everything that must break with them, however many steps away."""
    due, more = set(clauses), list(clauses)
    while more:
        for clause in standard.clauses[more.pop()].entails:
            if clause not in due:
                due.add(clause)
                more.append(clause)
    return frozenset(due)


def write(eyesight: Eyesight, out: Path) -> None:
    """`selfcheck.json` and `selfcheck.md` in `out`."""
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(eyesight.as_json(), ensure_ascii=False, indent=1)
    (out / "selfcheck.json").write_text(text + "\n", "utf-8")
    (out / "selfcheck.md").write_text(as_markdown(eyesight), "utf-8")


def as_markdown(eyesight: Eyesight) -> str:
    """The matrix for people: fault, what it breaks, what failed, by which cases."""
    totals = eyesight.as_json()
    lines = [
        "# selfcheck",
        "",
        f"faults {totals['faults']} · caught {totals['caught']} · exact {totals['exact']} · "
        f"false alarms {totals['false_alarms']} · blind {totals['blind']['caught']}/{totals['blind']['faults']} · "
        f"examples cap {totals['examples_cap']}",
        "",
        "made from: " + " · ".join(f"{name} `{value}`" for name, value in eyesight.hashes.items()),
        "",
        "| fault | breaks | failed | caught | exact | cases |",
        "|---|---|---|---|---|---|",
    ]
    for row in eyesight.matrix:
        marks = ("yes" if row.caught else "**no**", "yes" if row.exact else "no")
        cells = [row.fault, " ".join(row.breaks), " ".join(row.failed) or "-", *marks, " ".join(row.cases) or "-"]
        lines.append(f"| {' | '.join(cells)} |")
    lines += ["", *(f"- false alarm: {alarm}" for alarm in eyesight.false_alarms)]
    return "\n".join(lines).rstrip() + "\n"


# --- inside ----------------------------------------------------------------------------------------------------------


def _look(build: Build, standard: Standard, look: Look) -> dict[str, Any]:
    """In the child: build, run, and tell what was seen."""
    setup = build(look)
    result = run(setup)
    if not look.armed:
        return {"alarms": _alarms(result), "examples_cap": setup.examples_cap}
    return {"row": asdict(sighting(standard, standard.faults[look.armed[0]], result))}


def sighting(standard: Standard, fault: Fault, result: RunResult) -> Sighting:
    """What one run with this fault armed has shown."""
    failed = result.clauses_with("fail") | result.clauses_with("warn")
    due = entailed(standard, fault.breaks)
    exact = failed == due and result.verdict != "examiner_fault"
    return Sighting(
        fault.id, fault.role, fault.kind, fault.blind, fault.breaks, tuple(sorted(due)), tuple(sorted(failed)),
        tuple(sorted(result.clauses_with("inconclusive"))),
        tuple(sorted(case.case for case in result.cases.values() if case.verdict in ("fail", "warn"))),
        result.verdict, bool(failed) and result.verdict == "not_conformant", exact,
        round(sum(case.seconds for case in result.cases.values()), 3),
    )  # fmt: skip


def _alarms(result: RunResult) -> list[str]:
    """With nothing armed everything passes; whatever does not is named."""
    wrong = [f"{clause} {one.verdict}" for clause, one in result.clauses.items() if one.verdict != "pass"]
    if result.exit_code != 0 and not wrong:
        wrong.append(result.verdict)
    return wrong + [f"{fault.strip().splitlines()[-1]}" for fault in result.faults]


def _sighting(**members: Any) -> Sighting:
    lists = {"breaks", "due", "failed", "inconclusive", "cases"}
    read: dict[str, Any] = {name: tuple(value) if name in lists else value for name, value in members.items()}
    return Sighting(**read)


def _earlier(out: Path | None, hashes: Mapping[str, str]) -> dict[str, Sighting]:
    """Rows of an earlier, perhaps interrupted run that still hold: same suite, standard and seed."""
    path = out / "selfcheck.json" if out is not None else None
    if path is None or not path.exists():
        return {}
    try:
        earlier = json.loads(path.read_text("utf-8"))
        if earlier["hashes"] != dict(hashes):
            return {}
        return {row["fault"]: _sighting(**row) for row in earlier["matrix"]}
    except (ValueError, KeyError, TypeError):
        return {}


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _looked_at(
    todo: list[Look], here: int, look: Callable[[Look], dict[str, Any]], at_once: int
) -> Iterator[tuple[Look, dict[str, Any]]]:
    """The first ones `here`, the others in children: these inherit what was imported and worked out once (an eighth of
    their time)."""
    for one in todo[:here]:
        yield one, look(one)
    gc.collect()
    gc.freeze()  # else each child copies what it only counts
    yield from _forked(todo[here:], look, at_once)


def _forked(
    jobs: list[Look], look: Callable[[Look], dict[str, Any]], at_once: int
) -> Iterator[tuple[Look, dict[str, Any]]]:
    """Each job in a child of its own, `at_once` at a time. RuntimeError when a child falls: a bug of ours."""
    waiting = list(jobs)
    running: dict[int, tuple[Look, int]] = {}
    while waiting or running:
        while waiting and len(running) < at_once:
            job = waiting.pop(0)
            pid, pipe = _fork(lambda job=job: look(job))  # type: ignore[misc]
            running[pid] = (job, pipe)
        pid = next(iter(running))
        job, pipe = running.pop(pid)
        with os.fdopen(pipe, "rb") as told:
            said = told.read()
        os.waitpid(pid, 0)
        yield job, _heard(job, said)


def _heard(job: Look, said: bytes) -> dict[str, Any]:
    found = json.loads(said) if said else {"fell": "no word"}
    if "fell" in found:
        raise RuntimeError(f"selfcheck of {job.name} fell:\n{found['fell']}")
    seen: dict[str, Any] = found
    return seen


def _fork(look: Callable[[], dict[str, Any]]) -> tuple[int, int]:
    sys.stdout.flush()
    sys.stderr.flush()
    read, write_end = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write_end)
        return pid, read
    try:
        said = json.dumps(look())
    except BaseException:
        said = json.dumps({"fell": traceback.format_exc()})
    try:
        os.close(read)
        with os.fdopen(write_end, "wb") as pipe:
            pipe.write(said.encode())
    finally:
        os._exit(0)
