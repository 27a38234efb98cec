"""What interface B must show of a question and its results (clauses I-BUS-…, I-STA-…, I-REC-…)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from renkei_conformance.finding import Finding, equal
from renkei_conformance.oracles.items import dotted, leaves
from renkei_conformance.people import Person
from renkei_conformance.questions import Question
from renkei_conformance.wire import Json
from renkei_fixtures.messages import both
from renkei_fixtures.text import Text

WHY_FIRST = both("conformance.rule.first_answer_stays")
WHY_AGAIN = both("conformance.rule.answer_again")
WHY_SAME = both("conformance.rule.same_results")
WHY_NUMBER = both("conformance.rule.number_shown")
WHY_CORRECTED = both("conformance.rule.correction_shown")
Refusal = tuple[str, str]
ENDS: tuple[tuple[str, str, Refusal | None], ...] = (
    ("state.after_expiry", "expired", None),
    ("state.after_withdrawal", "withdrawn", None),
    ("state.after_refusal", "refused", ("temporarily_unable", "service")),
)
"""Spoil, the state that the receipt before the late answer names, code and stage."""
FINAL_STATES: tuple[tuple[str, Refusal | None], ...] = (
    ("expired", None),
    ("undeliverable", None),
    ("refused", ("authority_not_granted", "authority")),
)
SITUATIONS = ("taxed", "zero_income", "non_taxable", "undeclared", "largest_digits", "smallest_digits", "no_deductions")
"""Residents whose answers differ in status, zeros, size and what is absent."""


def collected(row: Mapping[str, object]) -> bool:
    """Interface B has the results."""
    return row.get("state") == "collected" and bool(row.get("results"))


def provided(row: Mapping[str, object]) -> bool:
    """The first result is a provided one."""
    found = row.get("results")
    return (
        isinstance(found, list) and bool(found) and isinstance(found[0], dict) and found[0].get("result") == "provided"
    )


def in_state(due: str) -> Callable[[Mapping[str, object]], bool]:
    """Whether a question is shown in this state."""
    return lambda row: row.get("state") == due


def state(row: Mapping[str, object], due: str, code: str | None, stage: str | None) -> tuple[Finding, ...]:
    """The question's state and, where there are any, code and stage."""
    why = both("conformance.rule.question_state")
    said = {"state": due} | ({} if code is None else {"code": code, "stage": stage})
    return (equal("asks", said, {name: row.get(name) for name in said}, why),)


def shown(row: Mapping[str, object], due: Sequence[Json], own_number: str) -> tuple[Finding, ...]:
    """The results are those that were answered, each under the own number that was asked about."""
    why = both("conformance.rule.results_as_answered")
    found = row.get("results")
    rows = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    findings = [equal("asks.results", len(due), len(rows), why)]
    for number, (expected, got) in enumerate(zip(due, rows, strict=False)):
        findings += _one(f"asks.results[{number}]", {**expected, "own_number": own_number}, got, why)
    return tuple(findings)


def _one(path: str, due: Json, got: Json, why: Text) -> list[Finding]:
    findings = [equal(f"{path}.{name}", value, got.get(name), why) for name, value in due.items() if name != "record"]
    wanted, came = (
        dict(leaves(part)) if isinstance(part, dict) else {} for part in (due.get("record"), got.get("record"))
    )
    findings.append(equal(f"{path}.record", sorted(map(dotted, wanted)), sorted(map(dotted, came)), why))
    findings += [
        equal(f"{path}.record.{dotted(leaf)}", value, came[leaf], why) for leaf, value in wanted.items() if leaf in came
    ]
    return findings


def access_due(inquiry: Mapping[str, object]) -> tuple[Json, ...]:
    """What the access lines of an exchange say: one at its acceptance, as the inquiry had it, one at the answer."""
    asked: Json = {name: inquiry.get(name) for name in ("from", "to", "affair", "information")}
    return asked, {"from": inquiry.get("to"), "to": inquiry.get("from"), "information": inquiry.get("information")}


def personal(person: Person, question: Question) -> dict[str, str]:
    """What must not stand in a log of the linkage IF: what → value."""
    held = person.copies(question.information)[-1]
    values = [str(value) for _, value in leaves(held.record or {}) if len(str(value)) >= 6]
    first = values[0] if values else ""
    return {"link code": person.link_code, "own number": person.own_number, "an item": first}
