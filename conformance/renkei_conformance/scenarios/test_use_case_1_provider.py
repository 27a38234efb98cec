"""児童扶養手当 認定請求: use case 1 as the provider meets it, step by step and branch by branch.

The city under examination is where the family lived on 1 January; a clerk of another city asks. Steps that happen in an
office or on paper are told and not examined (`standard/data/scenarios/use_case_1.toml` says which cases see what).
"""

from __future__ import annotations

from renkei_conformance import itemwise, rowwise
from renkei_conformance.asking import ask_about, load_and_ask
from renkei_conformance.asking_more import told_of
from renkei_conformance.case import PROVIDER, Scenario, case
from renkei_conformance.deciding import APPROVER, DRAFTER, GROUND
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import Finding, equal
from renkei_conformance.forge.reader import OpenedAnswer
from renkei_conformance.informations import asked_keys, everything
from renkei_conformance.itemwise import Told
from renkei_conformance.oracles import answer
from renkei_conformance.people import INFORMATION, Held, Person
from renkei_conformance.product import Product
from renkei_fixtures.messages import both
from renkei_fixtures.standard.rows import Information
from renkei_fixtures.standard.scenarios import scenarios

STORY = scenarios()["use_case_1"]
AFFAIR, CERTIFICATION, YEAR = "AF-01", "PR-0101", "2025"
CLAIMANT, CHILD, MOTHER = "claimant", "claimant_child", "claimant_mother"
ASKED = (
    (CLAIMANT, INFORMATION),
    (CLAIMANT, "resident_record"),
    (CLAIMANT, "household_composition"),
    (CHILD, "resident_record"),
    (CHILD, "household_composition"),
    (MOTHER, INFORMATION),
)
"""Whom to ask about what, of what a city holds; pensions and placements are asked of other bodies."""
HISTORY = "residence_history"


# P-ITM-001 提供者は、連携情報と事務について定められた必要最小限の項目を、過不足なく提供しなければならない。
# P-ANS-003 提供者は、応答のヘッダーの in_reply_to、inquiry_sha256、exchange_number、edition 及び information を
#   照会のものとし、単件では part を 1、last_part を true としなければならない。
# P-IDC-004 提供者の応答の subjects は、許可証とともに届いたリンクコードを同じ順序で持ち、そのハッシュをヘッダー
#   の subjects_sha256 としなければならない。
@case(
    "SCN-UC1-STEPS",
    verifies=["P-ITM-001", "P-ANS-003", "P-IDC-004"],
    role=PROVIDER,
    family="items",
    kind=Scenario(),
    ja="児童扶養手当の認定請求の16段階: 請求者、児童、祖母について、必要な情報を必要な分だけ提供する",
    en="The sixteen steps of a claim: of claimant, child and grandmother what is needed, and no more",
)
def test_the_steps_of_a_claim(product: Product, ev: Evidence) -> None:
    _steps(ev, "1", "2", "3", "4")
    tables = {table.id: table for table in everything(product)}
    family = product.people.knowing((CLAIMANT, CHILD, MOTHER), list(tables))
    _steps(ev, "5", "6", "7")
    for who, information in ASKED:
        table = tables.get(information)
        if table is None or not family[who].copies(information):
            continue
        _steps(ev, "8", "9", "10")
        _asked(product, ev, family[who], table)
    _steps(ev, "11", "12", "13", "14", "15", "16")


# P-ITM-006 提供者は、未申告、課税権なし又は未確定の者について、その状態コードとともに相当年度だけを提供しなけれ
#   ばならない。
# P-ITM-009 提供者は、同じ者、連携情報及び照会キーの記録が登録し直されたときは、最後に登録された記録を提供しなけ
#   ればならない。
@case(
    "SCN-UC1-A",
    verifies=["P-ITM-006", "P-ITM-009"],
    role=PROVIDER,
    family="items",
    kind=Scenario(),
    ja="未申告・未確定の後に申告や賦課があり、新しい処理通番で照会し直す",
    en="Undeclared or not yet assessed; declared since, and asked again under a new exchange number",
)
def test_undeclared_then_declared(product: Product, ev: Evidence) -> None:
    assessed = product.people.ordinary.last(YEAR)
    assert assessed is not None
    for branch, situation in (("1-a", "undeclared"), ("1-c", "not_determined")):
        _branch(ev, branch)
        before = product.people.of(situation).last(YEAR)
        assert before is not None
        person = product.fresh()[0].holding(before)
        product.people.load([person])
        told = ask_about(product, person, procedure=CERTIFICATION)
        ev.check("P-ITM-006", itemwise.status(told))
        due = {"taxation": {"tax_year": YEAR}}
        ev.check("P-ITM-006", equal("record", due, told.result.get("record"), both("conformance.why.unassessed")))
        load_and_ask(product, ev, "P-ITM-009", person, assessed, procedure=CERTIFICATION)


# P-ITM-003 提供者は、照会キーで指定された年度の記録を提供しなければならない。
@case(
    "SCN-UC1-B",
    verifies=["P-ITM-003"],
    role=PROVIDER,
    family="items",
    kind=Scenario(),
    ja="6月30日の請求は前の年度、7月1日の請求は次の年度の所得を見る",
    en="A claim of 30 June looks at one year's income, one of 1 July at the next",
)
def test_two_years(product: Product, ev: Evidence) -> None:
    _branch(ev, "1-b")
    for year in ("2024", "2025", "2024"):
        for situation in (CLAIMANT, MOTHER):
            person = product.people.of(situation)
            ev.step("ask", person=person.label, year=year)
            ev.check("P-ITM-003", itemwise.year(ask_about(product, person, year=year, procedure=CERTIFICATION)))


# P-ITM-006 提供者は、未申告、課税権なし又は未確定の者について、その状態コードとともに相当年度だけを提供しなけれ
#   ばならない。
# P-ITM-002 提供者は、業務システムから登録された値を変えずに提供しなければならない。
@case(
    "SCN-UC1-D",
    verifies=["P-ITM-006", "P-ITM-002"],
    role=PROVIDER,
    family="items",
    kind=Scenario(),
    ja="1月1日に住所がなく課税権なし。異動履歴から、次に照会する市区町村をたどる",
    en="Not resident on 1 January: no right to tax; the history of moves says whom to ask next",
)
def test_moved_after_the_levy_date(product: Product, ev: Evidence) -> None:
    _branch(ev, "1-d")
    told = ask_about(product, product.people.of("no_tax_right"), procedure=CERTIFICATION)
    ev.check("P-ITM-006", itemwise.status(told))
    history = next((table for table in everything(product) if table.id == HISTORY), None)
    if history is None:  # nothing to follow: of the certificate, too, what was loaded is told unchanged
        ev.check_all("P-ITM-002", itemwise.values(told))
        return
    for situation in ("moved_twice", "moved_on_1_january", "moved_on_2_january"):
        person = product.people.knowing((situation,), (HISTORY,))[situation]
        if person.copies(HISTORY):
            told = told_of(product, person, history, asked_keys(history, person.copies(HISTORY)[-1]))
            ev.check_all("P-ITM-002", rowwise.leaves(told, "P-ITM-002"))


# P-ITM-009 提供者は、同じ者、連携情報及び照会キーの記録が登録し直されたときは、最後に登録された記録を提供しなけ
#   ればならない。
@case(
    "SCN-UC1-F",
    verifies=["P-ITM-009"],
    role=PROVIDER,
    family="items",
    kind=Scenario(),
    ja="過年度更正の後は、更正後の額を提供する",
    en="After an earlier year was reassessed: the corrected amounts",
)
def test_an_earlier_year_reassessed(product: Product, ev: Evidence) -> None:
    _branch(ev, "1-f")
    first, corrected = (one for one in product.people.of("reassessed").held if one.tax_year == YEAR)
    person = product.fresh()[0]
    for copy in (first, corrected):
        person = load_and_ask(product, ev, "P-ITM-009", person, copy, procedure=CERTIFICATION)


# P-MAN-001 提供者は、手動応答とされた者への照会を 202 で受け付け、職員の判断があるまで応答してはならない。
# P-MAN-003 提供者は、職員が提供しないと決めたときは、理由を付けず、ほかの結果と同じ大きさで、結果 withheld の応
#   答を送らなければならない。
@case(
    "SCN-UC1-H",
    verifies=["P-MAN-001", "P-MAN-003"],
    role=PROVIDER,
    family="authority",
    kind=Scenario(),
    needs=["manual"],
    ja="DV: 加害者側の団体が児童を照会しても、ほかの手動応答と見分けられない",
    en="Violence: the abuser's city asks about the child, and cannot tell it from any other manual case",
)
def test_the_abusers_city_asks(product: Product, ev: Evidence) -> None:
    _branch(ev, "1-g")
    _branch(ev, "1-h")
    template = product.people.ordinary.last(YEAR)
    assert template is not None
    child, other = (person.holding(template) for person in product.fresh(2))
    product.people.load([child, other], manual=[child, other])
    left = product.deliver(product.inquiry(child, procedure=CERTIFICATION), "P-MAN-001")
    product.watch("P-MAN-001", left.draft.exchange_number)  # nobody decides this one, to the end of the run
    about_the_child, about_the_other = (_withheld(product, ev, person) for person in (child, other))
    ev.check_all("P-MAN-003", answer.alike(about_the_child, about_the_other))


def _withheld(product: Product, ev: Evidence, person: Person) -> OpenedAnswer:
    """Ask about a person under manual handling, see silence, withhold by two officials, open the answer."""
    delivery = product.deliver(product.inquiry(person, procedure=CERTIFICATION), "P-MAN-001")
    product.parties.settle()
    number = str(delivery.draft.exchange_number)
    ev.check("P-MAN-001", product.silence(number))
    ev.step("decide", decision="withhold")
    outcome = product.business(lambda upper: upper.decide(number, "withhold", DRAFTER, APPROVER, GROUND))
    if not outcome.done:
        raise Inconclusive(both("conformance.reason.not_decided", detail=f"{outcome.status} {outcome.raw[:120]!r}"))
    opened = delivery.answer()
    if opened is None:
        raise Inconclusive(both("conformance.reason.stalled"))
    product.watch("P-ANS-010", number, allowed=1)  # what was decided, and nothing beside it
    return opened


def _asked(product: Product, ev: Evidence, person: Person, table: Information) -> None:
    """One of the inquiries of the claim, answered: bound to it, about the asked person, the minimum set."""
    held = person.copies(table.id)[-1]
    keys = asked_keys(table, held)
    exchange = product.ask(person, information=table.id, affair=AFFAIR, procedure=CERTIFICATION, keys=keys)
    product.judge(exchange, "P-ANS-003", "P-IDC-004")
    told = Told(ev.run.standard, AFFAIR, held, exchange.result)
    if not itemwise.provided(told).ok:
        raise Inconclusive(both("conformance.reason.not_provided", got=str(exchange.result.get("result"))))
    ev.check_all("P-ITM-001", _minimum(told, held))


def _minimum(told: Told, held: Held) -> tuple[Finding, ...]:
    return (itemwise.minimum_set(told),) if held.information == INFORMATION else rowwise.minimum(told)


def _steps(ev: Evidence, *numbers: str) -> None:
    for number in numbers:
        step = STORY.step(number)
        ev.step("scenario", number=number, who=step.who, text=step.text)


def _branch(ev: Evidence, branch_id: str) -> None:
    branch = next(one for one in STORY.branches if one.id == branch_id)
    ev.step("branch", number=branch_id, text=branch.text)
