"""児童扶養手当: a body that the table gives nothing asks (branch 1-q), as the product meets it that would have to ask.

A town without a welfare office has no row of its own for the allowance: it passes the claim on to the prefecture and asks
nothing. A product that looks up affair, procedure and information, but not for whom the row is, would ask all the same.
"""

from __future__ import annotations

from renkei_conformance.asker import Asker
from renkei_conformance.case import INQUIRER, Scenario, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.inquiring import stays
from renkei_conformance.oracles import authority
from renkei_conformance.questions import Question
from renkei_fixtures.instants import japan_date
from renkei_fixtures.messages import both
from renkei_fixtures.standard.scenarios import scenarios

AT_MOST = 4
STORY = scenarios()["use_case_1"]


# I-ASK-001 照会者は、権限表に根拠のない照会の依頼を拒否し、ネットワークに送ってはならない。
@case(
    "SCN-UC1-Q",
    verifies=["I-ASK-001"],
    role=INQUIRER,
    family="authority",
    kind=Scenario(),
    ja="ほかの種類の団体だけに根拠がある照会は、担当の職責からの依頼でも送らない",
    en="What the table gives to another kind of body alone is not asked, though the section has the affair",
)
def test_anothers_ground(asker: Asker, ev: Evidence) -> None:
    branch = next(one for one in STORY.branches if one.id == "1-q")
    ev.step("branch", number=branch.id, text=branch.text)
    asker.ask()
    questions = on_anothers_ground(asker)
    if not questions:
        raise Inconclusive(both("conformance.reason.no_such_question"))
    for question in questions[:AT_MOST]:
        stays(asker, "I-ASK-001", question)
    asker.ask()


def on_anothers_ground(asker: Asker) -> list[Question]:
    """Questions that are wrong in one thing: the row is for another kind of body. One for each affair and information."""
    standard, on = asker.forge.standard, japan_date(asker.parties.clock.now())
    provider = asker.question().provider
    found: dict[tuple[str, str, str], Question] = {}
    for row in standard.authority:
        for charged in authority.charged_with(standard, row.affair, asker.body, on):
            question = Question(provider, row.affair, row.procedure, row.information, charged)
            if asker.codes_due(question) == {"authority_not_granted"}:
                found.setdefault((row.affair, row.procedure, row.information), question)
    return list(found.values())
