"""連携確認機能（照会者）: the items of every information that the product may ask for, through repeated groups."""

from __future__ import annotations

from renkei_conformance.asked_items import askable, asked_about, refused_everywhere
from renkei_conformance.asker import Asker
from renkei_conformance.bringing import as_load, brought
from renkei_conformance.case import INQUIRER, Negative, Property, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.informations import features
from renkei_conformance.oracles import handed, results
from renkei_conformance.people import Held
from renkei_conformance.questions import Question
from renkei_conformance.strategies import copies, hazards
from renkei_fixtures.standard.rows import Information

ROWS = 3


def _plain(asker: Asker, table: Information) -> Held:
    return copies.made(asker.forge.standard, table, rows=ROWS)


def _exchanged(asker: Asker, ev: Evidence, question: Question, held: Held) -> None:
    """Answered right, taken, and handed over as answered."""
    questioned = asker.exchange(asked_about(asker, question, held))
    row = asker.row_until(questioned.ask.ask_id, results.collected)
    (due,) = asker.answers_due(questioned)
    table = asker.forge.standard.informations[question.information]
    for clause, finding in handed.handed(table, row, due, questioned.person.own_number):
        if clause in ev.case.verifies:
            ev.check(clause, finding)


# I-BUS-001 照会者は、業務側に、応答の結果を、応答にあるとおり（as_of、状態、項目と値）に渡さなければならない。
@case(
    "IQ-ALL-01",
    verifies=["I-BUS-001"],
    role=INQUIRER,
    family="items",
    kind=Property(),
    ja="照会できるすべての連携情報の正しい応答を受け取り、そのまま業務側に渡す",
    en="Right answers about every information that may be asked for are taken and handed over as answered",
)
def test_every_information(asker: Asker, ev: Evidence) -> None:
    for name, question in askable(asker).items():
        for held in copies.edges(asker.forge.standard, asker.forge.standard.informations[name]):
            _exchanged(asker, ev, question, held)


# I-BUS-007 照会者は、繰返しの集団項目の行を、応答にある数と順序のまま、業務側に渡さなければならない。
@case(
    "IQ-ALL-02",
    verifies=["I-BUS-007"],
    role=INQUIRER,
    family="items",
    kind=Property(),
    ja="繰り返す項目の行を、一つも欠かさず、順序を変えずに業務側に渡す",
    en="Rows of repeated groups are handed over whole and in their order",
)
def test_rows_handed_over(asker: Asker, ev: Evidence) -> None:
    for name, question in askable(asker, lambda table: "item_repeated" in features(table)).items():
        for count in (1, ROWS):
            table = asker.forge.standard.informations[name]
            _exchanged(asker, ev, question, copies.made(asker.forge.standard, table, rows=count))


# I-BUS-008 照会者は、文字を、正規化その他の変換をせずに、応答にあるとおりに業務側に渡さなければならない。
@case(
    "IQ-ALL-03",
    verifies=["I-BUS-008"],
    role=INQUIRER,
    family="items",
    kind=Property(),
    ja="「か゚」や正規化で変わる文字を、変えずに業務側に渡す",
    en="か゚ and characters that normalisation changes are handed over as answered",
)
def test_characters_handed_over(asker: Asker, ev: Evidence) -> None:
    for name, question in _telling(asker, "item_text").items():
        table = asker.forge.standard.informations[name]
        said, less = (
            copies.made(asker.forge.standard, table, hazards.texts_of(holds), rows=ROWS)
            for holds in (_everything, asker.parties.upper.holds)
        )
        # What the business side cannot be shown is left out of the answer, character by character.
        (held,) = brought(ev, asker.parties.upper, [said], as_load) or [less]
        _exchanged(asker, ev, question, held)


def _everything(text: str) -> bool:
    return True


# I-BUS-009 照会者は、一部が不明な年月日を、補わずに、応答にあるとおりに業務側に渡さなければならない。
@case(
    "IQ-ALL-04",
    verifies=["I-BUS-009"],
    role=INQUIRER,
    family="items",
    kind=Property(),
    ja="一部又は全部が不明な年月日を、補わずに業務側に渡す",
    en="Days of which a part or all is unknown are handed over as answered",
)
def test_partly_unknown_days_handed_over(asker: Asker, ev: Evidence) -> None:
    for name, question in _telling(asker, "item_date_partial").items():
        table = asker.forge.standard.informations[name]
        for number in range(len(hazards.PARTLY_KNOWN)):
            override = hazards.partly_known(table, number)
            _exchanged(asker, ev, question, copies.made(asker.forge.standard, table, override, rows=1))


def _telling(asker: Asker, feature: str) -> dict[str, Question]:
    """Questions that are told an item of this kind."""
    tables = asker.forge.standard.informations
    found = askable(asker, lambda table: feature in features(table))
    return {name: one for name, one in found.items() if feature in features(tables[name], one.affair)} or found


# I-ITM-001 照会者は、必要最小限の項目より多くの項目をもつ応答を、content 段階の item_not_permitted で拒否しなけれ
#   ばならない。
@case(
    "IQ-ALL-11",
    verifies=["I-ITM-001"],
    role=INQUIRER,
    family="items",
    kind=Negative("leaf.unknown"),
    ja="どの連携情報でも、繰り返す項目の中でも、余分な項目のある応答を拒否する",
    en="A surplus item is refused in every information, in rows too",
)
def test_surplus_everywhere(asker: Asker) -> None:
    refused_everywhere(asker, lambda table: _plain(asker, table))


# I-ITM-002 照会者は、必要な項目が一つでも足りない応答を、content 段階の item_missing で拒否しなければならない。
@case(
    "IQ-ALL-12",
    verifies=["I-ITM-002"],
    role=INQUIRER,
    family="items",
    kind=Negative("leaf.missing"),
    ja="どの連携情報でも、繰り返す項目の中でも、項目の足りない応答を拒否する",
    en="A missing item is refused in every information, in rows too",
)
def test_missing_everywhere(asker: Asker) -> None:
    refused_everywhere(asker, lambda table: _plain(asker, table))


# I-ITM-003 照会者は、項目の型又は桁数が項目表と異なる応答を、content 段階の item_invalid で拒否しなければならない
#   。
@case(
    "IQ-ALL-13",
    verifies=["I-ITM-003"],
    role=INQUIRER,
    family="items",
    kind=Negative("leaf.wrong_type", also=("leaf.too_long",)),
    ja="どの連携情報でも、型又は桁数の違う項目の応答を拒否する",
    en="An item of another type or too long is refused in every information, in rows too",
)
def test_types_everywhere(asker: Asker) -> None:
    refused_everywhere(asker, lambda table: _plain(asker, table))


# I-ITM-005 照会者は、コード表にない、又は有効でないコードをもつ応答を、content 段階の code_not_in_force で拒否しな
#   ければならない。
@case(
    "IQ-ALL-14",
    verifies=["I-ITM-005"],
    role=INQUIRER,
    family="items",
    kind=Negative("leaf.code_unknown"),
    ja="どの連携情報でも、コード表にないコードの応答を拒否する",
    en="A code that no table has is refused in every information, in rows too",
)
def test_codes_everywhere(asker: Asker) -> None:
    refused_everywhere(asker, lambda table: _plain(asker, table))


# I-ITM-009 照会者は、JIS X 0213 にない文字（私用領域の文字、異体字セレクタ及び半角カナを含む。）をもつ N 項目の応
#   答を、content 段階の item_invalid で拒否しなければならない。
@case(
    "IQ-ALL-15",
    verifies=["I-ITM-009"],
    role=INQUIRER,
    family="items",
    kind=Negative(
        "text.private_use",
        also=("text.outside_the_repertoire", "text.half_width_kana", "text.variation_selector"),
    ),
    ja="外字など、JIS X 0213にない文字の応答を拒否する",
    en="Private use and other characters outside JIS X 0213 are refused",
)
def test_characters_refused(asker: Asker) -> None:
    refused_everywhere(asker, lambda table: _plain(asker, table))


# I-ITM-010 照会者は、実在しない日、又は定められた不明の表し方によらない年月日をもつ応答を、content 段階の item_in
#   valid で拒否しなければならない。
@case(
    "IQ-ALL-16",
    verifies=["I-ITM-010"],
    role=INQUIRER,
    family="items",
    kind=Negative("day.impossible", also=("day.partly_unknown", "day.known_beneath_unknown")),
    ja="実在しない日や、定めによらない不明年月日の応答を拒否する",
    en="A day that there is not, or one unknown in another way than prescribed, is refused",
)
def test_days_refused(asker: Asker) -> None:
    refused_everywhere(asker, lambda table: _plain(asker, table))


# I-ITM-011 照会者は、繰返しの項目が配列でない、又はその行が定められた順序にない応答を、content 段階の item_invali
#   d で拒否しなければならない。
@case(
    "IQ-ALL-17",
    verifies=["I-ITM-011"],
    role=INQUIRER,
    family="items",
    kind=Negative("rows.out_of_order", also=("rows.not_in_an_array",)),
    ja="繰り返す項目の行の順序が違う、又は配列でない応答を拒否する",
    en="Rows in another order, or in no array, are refused",
)
def test_rows_refused(asker: Asker) -> None:
    refused_everywhere(asker, lambda table: _plain(asker, table), others_on=None)
