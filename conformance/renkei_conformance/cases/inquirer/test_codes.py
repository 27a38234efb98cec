"""連携確認機能（照会者）: codes of an answer and the days on which their tables have them."""

from __future__ import annotations

from renkei_conformance.asked_items import askable, asked_about, refused_everywhere
from renkei_conformance.asker import Asker
from renkei_conformance.case import INQUIRER, Negative, Property, case
from renkei_conformance.strategies import copies, since_ended


# I-ITM-020 照会者は、コード表にあっても、副本更新日時（as_of）の日本の日付に有効でないコードをもつ応答を、content 段
#   階の code_not_in_force で拒否しなければならない。
@case(
    "IQ-COD-01",
    verifies=["I-ITM-020"],
    role=INQUIRER,
    family="items",
    kind=Negative("leaf.code_ended", also=("leaf.code_not_begun",)),
    ja="廃止されたコードや施行前のコードの応答を拒否する",
    en="A code that has ended or not begun on the copy's day is rejected",
)
def test_codes_out_of_force(asker: Asker) -> None:
    refused_everywhere(asker, lambda table: copies.made(asker.forge.standard, table))


# I-ITM-021 照会者は、副本更新日時（as_of）の日本の日付に有効であったコードを、その後に廃止されていても、受け入れな
#   ければならない。
@case(
    "IQ-COD-02",
    verifies=["I-ITM-021"],
    role=INQUIRER,
    family="items",
    kind=Property(),
    ja="副本の日付に有効であったコードを、その後の廃止にかかわらず受け取る",
    en="A code that was in force on the copy's day is taken, though it has ended since",
)
def test_codes_that_ended_since(asker: Asker) -> None:
    standard = asker.forge.standard
    for question in askable(asker, lambda table: since_ended.copy(standard, table) is not None).values():
        held = since_ended.copy(standard, standard.informations[question.information])
        assert held is not None
        asker.exchange(asked_about(asker, question, held), "I-ITM-021")
