"""児童扶養手当の認定請求、照会者の側: use case 1 as the city meets it that decides the claim (steps 4 to 11 and branches).

The clerk asks about the claimant and about the supporter who shares the household, each for the year that the allowance
goes by; what the city holds itself is looked up inside. Undeclared, undetermined and unknown persons, a wrong year, a late
answer and a withdrawn claim are what makes the day long.
"""

from __future__ import annotations

from dataclasses import replace

from renkei_conformance.asker import Asker
from renkei_conformance.asker_trial import kept_back
from renkei_conformance.case import INQUIRER, Scenario, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import Finding, equal
from renkei_conformance.inquiring import judged, stays
from renkei_conformance.oracles import results
from renkei_conformance.questioner import Questioned
from renkei_conformance.wire import Json

CLAIMANT, SUPPORTER = "single_parent", "taxed"
UNDECLARED, UNDETERMINED = "undeclared", "not_determined"
TAX_OFFICIAL, ENDED_POST = "TAX-STAFF", "CRA-SUPPORT"


# I-INQ-011 照会者は、照会の to、affair、procedure 及び information を、業務側が依頼したものとしなければならない。
# I-ASK-003 照会者は、自団体が保有する情報を、ネットワークを通じて自団体に照会してはならない。
# I-BUS-001 照会者は、業務側に、応答の結果を、応答にあるとおり（as_of、状態、項目と値）に渡さなければならない。
@case(
    "SCN-UC1-ASK",
    verifies=["I-INQ-011", "I-ASK-003", "I-BUS-001"],
    role=INQUIRER,
    family="items",
    kind=Scenario(),
    ja="児童扶養手当の認定請求: 請求者と扶養義務者の所得を照会し、業務システムに取り込む",
    en="Child rearing allowance: the incomes of claimant and supporter are asked and imported",
)
def test_claimant_and_supporter(asker: Asker, ev: Evidence) -> None:
    for situation in (CLAIMANT, SUPPORTER):
        ev.step("ask", person=situation, year="-")
        questioned = asker.ask(asker.product.people.of(situation))
        judged(asker, questioned, "I-INQ-011")
        asker.exchange(questioned)
        _imported(asker, ev, questioned, asker.answers_due(questioned))
    stays(asker, "I-ASK-003", asker.question().to(asker.body))


# I-BUS-001 照会者は、業務側に、応答の結果を、応答にあるとおり（as_of、状態、項目と値）に渡さなければならない。
# I-BUS-006 照会者は、受け付けられた照会の処理通番と状態 accepted を業務側に示さなければならない。
@case(
    "SCN-UC1-STATES",
    verifies=["I-BUS-001", "I-BUS-006"],
    role=INQUIRER,
    family="items",
    kind=Scenario(),
    ja="児童扶養手当の認定請求: 未申告、未確定、該当なしを区別して取り込み、申告の後に新しい処理通番で照会し直す",
    en="Child rearing allowance: undeclared, undetermined and unknown are told apart, and asked again under a new number",
)
def test_states_and_asking_again(asker: Asker, ev: Evidence) -> None:
    for situation in (UNDECLARED, UNDETERMINED):
        questioned = asker.exchange(asker.ask(asker.product.people.of(situation)))
        _imported(asker, ev, questioned, asker.answers_due(questioned))
    unknown = asker.ask()
    none: list[Json] = [{"item_no": 1, "result": "no_record"}]
    asker.exchange(unknown, draft=asker.answer(unknown, none))
    _imported(asker, ev, unknown, none)
    again = asker.ask(unknown.person, unknown.question)
    row = asker.row_until(again.ask.ask_id, results.in_state("accepted"))
    shown, why = row.get("exchange_number"), results.WHY_NUMBER
    ev.check(
        "I-BUS-006", Finding(shown == again.number != unknown.number, again.number, shown, "asks.exchange_number", why)
    )
    asker.exchange(again)
    _imported(asker, ev, again, asker.answers_due(again))
    _imported(asker, ev, unknown, none)


# I-ITM-004 照会者は、年度など照会キーと等しいはずの項目が依頼したキーと異なる応答を、content 段階の item_invali
#   d で拒否しなければならない。
# I-AUT-001 照会者は、応答の職責がその連携情報を受け持つ提供者の職責でないとき、authority 段階の responsibility_n
#   ot_granted で拒否しなければならない。
# I-ASK-002 照会者は、その事務を担当しない、照会できない、又は発令期間外の職責による照会の依頼を拒否し、ネットワ
#   ークに送ってはならない。
@case(
    "SCN-UC1-WRONG",
    verifies=["I-ITM-004", "I-AUT-001", "I-ASK-002"],
    role=INQUIRER,
    family="items",
    kind=Scenario(),
    ja="児童扶養手当の認定請求: 年度違い、受け持ちでない部署の応答を取り込まず、担当でない職員の照会を送らない",
    en="Child rearing allowance: another year or another section is not imported; who is not charged does not ask",
)
def test_wrong_year_section_and_official(asker: Asker, ev: Evidence) -> None:
    for clause, spoil in (("I-ITM-004", "item.of_another_key"), ("I-AUT-001", "charge.of_another_information")):
        questioned = asker.ask(asker.product.people.of(CLAIMANT))
        if ev.check(clause, asker.put_after(questioned, asker.answer(questioned), spoil)):
            ev.check("I-BUS-003", kept_back(asker, questioned))
    for responsibility in (TAX_OFFICIAL, ENDED_POST):
        stays(asker, "I-ASK-002", replace(asker.question(), responsibility=responsibility))


# I-STA-002 照会者は、期限切れ、取下げ、拒否などで終わった照会への遅れた応答を拒否し、業務側に渡してはならない。
# I-BUS-006 照会者は、受け付けられた照会の処理通番と状態 accepted を業務側に示さなければならない。
@case(
    "SCN-UC1-LATE",
    verifies=["I-STA-002", "I-BUS-006"],
    role=INQUIRER,
    family="envelope",
    kind=Scenario(),
    ja="児童扶養手当の認定請求: 手動応答を待つ照会は照会中のまま示し、取り下げた照会への応答は取り込まない",
    en="Child rearing allowance: a question that waits is shown as such; an answer after withdrawal is not imported",
)
def test_late_and_withdrawn(asker: Asker, ev: Evidence) -> None:
    waiting, withdrawn = asker.ask(), asker.ask()
    row = asker.row_until(waiting.ask.ask_id, results.in_state("accepted"))
    ev.check_all("I-BUS-006", results.state(row, "accepted", None, None))
    receipt = asker.parties.tap.forged.close(withdrawn.number, "withdrawn")
    asker.deliver_receipt(receipt)
    ev.check("I-STA-002", asker.put_after(withdrawn, asker.answer(withdrawn), "state.after_withdrawal"))
    ev.check("I-STA-002", kept_back(asker, withdrawn))
    asker.exchange(waiting)
    row = asker.row_until(waiting.ask.ask_id, results.collected)
    ev.check("I-BUS-006", equal("asks.exchange_number", waiting.number, row.get("exchange_number"), results.WHY_NUMBER))


def _imported(asker: Asker, ev: Evidence, questioned: Questioned, due: list[Json]) -> None:
    """The business system gets these results and no others."""
    row = asker.row_until(questioned.ask.ask_id, results.collected)
    ev.check_all("I-BUS-001", results.shown(row, due, questioned.person.own_number))
