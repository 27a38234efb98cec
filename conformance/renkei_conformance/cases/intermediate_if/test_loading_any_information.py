"""個別連携業務接続: rows that are wrong between their items are set aside, whatever information they are of."""

from __future__ import annotations

from renkei_conformance import breaking
from renkei_conformance.case import PROVIDER, Property, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.informations import everything, having
from renkei_conformance.product import Product
from renkei_conformance.setting_aside import wrong_rows
from renkei_conformance.strategies import copies


# P-BUS-003 提供者は、項目間の規則に反する行を、その項目と理由を示して除外しなければならない。
@case(
    "BUS-03",
    verifies=["P-BUS-003"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="合計・件数・日付の前後・項目の有無の規則に反する行を除外する",
    en="Rows that break a rule on sums, counts, the order of days or what must stand are set aside",
)
def test_rules_between_items(product: Product, ev: Evidence) -> None:
    for table in everything(product):
        good = copies.made(ev.run.standard, table, number=0)
        wrong_rows(product, "P-BUS-003", table, good, breaking.broken_rules(ev.run.standard, table, good))


# P-BUS-004 提供者は、副本更新日時の日本の日付に有効でないコードを持つ行を除外しなければならない。
@case(
    "BUS-04",
    verifies=["P-BUS-004"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="廃止されたコードや施行前のコードの行を除外する",
    en="Rows with a code that has ended or not begun are set aside",
)
def test_codes_out_of_force(product: Product, ev: Evidence) -> None:
    for table in everything(product):
        good = copies.made(ev.run.standard, table)
        wrong_rows(product, "P-BUS-004", table, good, breaking.codes_out_of_force(ev.run.standard, table, good))


# P-BUS-005 提供者は、繰り返しの回数が上限を超える行、空の配列を持つ行、並び順が昇順でない行を除外しなければならない。
@case(
    "BUS-05",
    verifies=["P-BUS-005"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="繰返しが多すぎる行、空の行、順序の違う行を除外する",
    en="Rows with too many occurrences, an empty array, or members out of order are set aside",
)
def test_occurrences(product: Product, ev: Evidence) -> None:
    for table in having(product, "item_repeated"):
        good = copies.made(ev.run.standard, table)
        wrong_rows(product, "P-BUS-005", table, good, breaking.wrong_occurrences(ev.run.standard, table))
