"""What Allure is told of a case besides its steps: names, labels, links, parameters and a text in both languages.

epic = role · feature = function of the standard · story = the case's title · severity by the level of its clauses
"""

from __future__ import annotations

import hashlib
import re

from allure_commons.model2 import Label, Link, Parameter, Status, StatusDetails, TestResult

from renkei_conformance.case import Case
from renkei_conformance.setup import RunSetup
from renkei_fixtures import run_record
from renkei_fixtures.discretion import Discretion
from renkei_fixtures.messages import both
from renkei_fixtures.standard import Standard, Text

REPORT = "../report.html"
"""Where the clause and the case stand in full, from the folder of the results."""
_DROPPED = frozenset({"host", "thread", "package", "parentSuite", "suite", "subSuite", "tag"})
_MARKS = re.compile(r"([\\`*_{}\[\]<>#|])")


def describe(
    result: TestResult,
    case: Case,
    finished: run_record.CaseFinished,
    setup: RunSetup,
    discretion: Discretion,
    failures: list[str],
) -> None:
    """Fill in everything but status and steps. The history id is the case's own, whatever its function is called."""
    lang, standard = setup.lang, setup.standard
    result.name = f"{case.id} {case.title.of(lang)}"
    result.fullName = f"renkei.{case.role}.{case.family}.{case.id}"
    result.titlePath = ["renkei", case.role, case.family]
    result.testCaseId = result.historyId = hashlib.md5(case.id.encode(), usedforsecurity=False).hexdigest()
    kept = [label for label in result.labels if label.name not in _DROPPED]
    result.labels = [*kept, *(Label(name, value) for name, value in labels(case, finished, standard, lang))]
    result.links = links(case, finished, standard, lang)
    result.parameters = parameters(case, finished, setup)
    result.description = discretion.text(description(case, finished, standard))
    if result.status != Status.PASSED and result.statusDetails is not None:
        result.statusDetails = _details(result.statusDetails, finished, lang, discretion, failures)


def labels(case: Case, finished: run_record.CaseFinished, standard: Standard, lang: str) -> list[tuple[str, str]]:
    """Name and value, in an order that does not change."""
    rows = [standard.clauses[clause] for clause in case.verifies if clause in standard.clauses]
    functions = dict.fromkeys(row.function for row in rows)
    found = [("epic", both(f"reports.claim.roles.{case.role}").of(lang))]
    found += [("feature", standard.functions[one].text.of(lang)) for one in functions if one in standard.functions]
    found += [("story", case.title.of(lang)), ("severity", severity(case, standard)), ("suite", case.family)]
    found += [("case", case.id), ("kind", case.kind_name), ("verdict", finished.verdict)]
    found += [("clause", clause) for clause in clauses_of(case, finished)]
    tags = [case.kind_name, *(["smoke"] if case.smoke else []), *case.verifies, *case.spoils]
    return found + [("tag", tag) for tag in dict.fromkeys(tags)]


def severity(case: Case, standard: Standard) -> str:
    """By the strongest level among its clauses; a smoke case blocks everything else."""
    levels = {standard.clauses[clause].level for clause in case.verifies if clause in standard.clauses}
    if "MUST" in levels:
        return "blocker" if case.smoke else "critical"
    return "normal" if "SHOULD" in levels else "minor"


def clauses_of(case: Case, finished: run_record.CaseFinished) -> list[str]:
    """Those that the case declares, and standing ones that it saw broken."""
    return list(dict.fromkeys([*case.verifies, *finished.clauses]))


def links(case: Case, finished: run_record.CaseFinished, standard: Standard, lang: str) -> list[Link]:
    """Each clause and the case itself, in the report beside the results."""
    found = []
    for clause in clauses_of(case, finished):
        row = standard.clauses.get(clause)
        name = f"{clause} {row.text.of(lang)}" if row else clause
        found.append(Link("clause", f"{REPORT}#clause-{clause}", name))
    return [*found, Link("report", f"{REPORT}#case-{case.id}", case.id)]


def parameters(case: Case, finished: run_record.CaseFinished, setup: RunSetup) -> list[Parameter]:
    """What the case was run with; excluded from the history, which is the case's alone."""
    values = {
        "seed": str(setup.seed),
        "edition": setup.standard.edition,
        "product": f"{setup.product.name} {setup.product.version}",
        "spoil": ", ".join(case.spoils),
        "inputs_sha256": finished.inputs_sha256 or "",
    }
    return [Parameter(name, value, excluded=True) for name, value in values.items() if value]


def description(case: Case, finished: run_record.CaseFinished, standard: Standard) -> str:
    """Markdown: title, verdict with its reason, and every clause, in Japanese and then in English."""
    return "\n\n".join(_in(lang, case, finished, standard) for lang in ("ja", "en"))


def _in(lang: str, case: Case, finished: run_record.CaseFinished, standard: Standard) -> str:
    words = {row.id: row.text.of(lang) for row in standard.verdicts if row.scope == "case"}
    reason = f" — {_plain(finished.reason, lang)}" if finished.reason else ""
    lines = [f"**{_plain(case.title, lang)}** — {words[finished.verdict]}{reason}", ""]
    for clause in clauses_of(case, finished):
        row, verdict = standard.clauses.get(clause), finished.clauses.get(clause)
        if row is not None:
            told = f" — {words[verdict]}" if verdict else ""
            lines.append(f"- **{clause}** ({row.level}){told}: {_plain(row.text, lang)}")
    return "\n".join(lines)


def _plain(text: Text, lang: str) -> str:
    return _MARKS.sub(r"\\\1", " ".join(text.of(lang).split()))


def _details(
    told: StatusDetails, finished: run_record.CaseFinished, lang: str, discretion: Discretion, failures: list[str]
) -> StatusDetails:
    """The reason in the reader's language and both sides of every failed check, in place of a traceback of ours.

    Only a fault of ours keeps its traceback. The message goes on naming the kind of ending, for `categories.json`.
    """
    kind = (told.message or "").partition(":")[0].rpartition(".")[2]
    reason = finished.reason.of(lang) if finished.reason else ""
    trace = told.trace if finished.verdict == "examiner_fault" else "\n".join(failures) or reason
    return StatusDetails(message=discretion.text(f"{kind}: {reason}"), trace=discretion.text(trace or ""))
