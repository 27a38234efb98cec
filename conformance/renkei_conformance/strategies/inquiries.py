"""Inquiries from the tables: every question that a row grants, and questions beside the rows with what is due on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from renkei_conformance.oracles import authority
from renkei_conformance.wire import Json
from renkei_fixtures.standard import Standard


@dataclass(frozen=True)
class Question:
    """Who asks whom for what, under which responsibility; `codes` are due (none: granted)."""

    inquirer: str
    provider: str
    affair: str
    procedure: str
    information: str
    responsibility: str
    codes: frozenset[str]

    @property
    def claims(self) -> Json:
        """As `Forge.inquiry` takes them."""
        names = ("affair", "procedure", "information", "responsibility")
        return {name: getattr(self, name) for name in names}


def granted(standard: Standard, inquirers: Sequence[str], provider: str, on: date) -> tuple[Question, ...]:
    """Every question about an information with items that the tables let these bodies ask: the fixed list.

    Questions that need a consent or a declared disaster are left out: they have cases of their own.
    """
    return tuple(
        question
        for inquirer in inquirers
        for row in authority.grantable(standard, inquirer, provider, on)
        for responsibility in authority.charged_with(standard, row.affair, inquirer, on)
        if row.information in standard.informations
        and (
            question := _question(
                standard, inquirer, provider, row.affair, row.procedure, row.information, responsibility, on
            )
        )
        and not question.codes
    )


def beside(standard: Standard, inquirers: Sequence[str], provider: str, on: date) -> SearchStrategy[Question]:
    """Questions put together from the tables at will, that no row or no charge grants: the generated surplus."""
    steps = [(affair.id, procedure) for affair in standard.affairs.values() for procedure in affair.procedures]
    questions = st.builds(
        lambda inquirer, step, information, responsibility: _question(
            standard, inquirer, provider, step[0], step[1], information, responsibility, on
        ),
        st.sampled_from(list(inquirers)),
        st.sampled_from(steps),
        st.sampled_from(list(standard.informations)),
        st.sampled_from(list(standard.responsibilities)),
    )
    return questions.filter(lambda question: bool(question.codes - {"consent_required"}))


def member_orders() -> SearchStrategy[int]:
    """Keys for `Draft.reordered`: members of every JSON object in another order, white space between (P-FRM-012)."""
    return st.integers(0, 2**32 - 1)


def _question(
    standard: Standard,
    inquirer: str,
    provider: str,
    affair: str,
    procedure: str,
    information: str,
    responsibility: str,
    on: date,
) -> Question:
    header = {
        "from": inquirer, "to": provider, "affair": affair, "procedure": procedure, "information": information,
        "responsibility": responsibility, "edition": standard.edition,
    }  # fmt: skip
    codes = authority.due(standard, header, on).codes
    return Question(inquirer, provider, affair, procedure, information, responsibility, codes)
