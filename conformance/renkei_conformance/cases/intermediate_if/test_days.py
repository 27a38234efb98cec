"""年月日: days as they were loaded, unknown parts unknown, eras as the register writes them; no day, no row."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from renkei_conformance import rowwise
from renkei_conformance.asking_more import property_of_copies
from renkei_conformance.case import PROVIDER, Property, case
from renkei_conformance.evidence import Evidence
from renkei_conformance.informations import having, widest
from renkei_conformance.oracles import days
from renkei_conformance.people import Held
from renkei_conformance.product import Product
from renkei_conformance.setting_aside import Wrong, present, with_value, wrong_rows
from renkei_conformance.strategies import copies
from renkei_fixtures.standard.rows import Information, Item, Rule

UNKNOWN = ("1940-05-00", "1940-00-00", "0000-00-00", "1868-00-00")
BOUNDARIES = (
    "2024-02-29",
    "2000-02-29",
    "2024-03-31",
    "2024-04-01",
    "2025-01-01",
    "2024-12-31",
    "1989-01-07",
    "2019-05-01",
    # Before the first second of many a machine's clock.
    "1968-02-29",
    "1912-07-30",
)
LONG_AGO = "1900-01-01"
"""Every other day of a record with an era form: no rule on the order of days is in its way."""
NO_DAYS = ("2025-02-29", "2024-02-31", "2024-13-01", "20240229", "2024/02/29", "2024-2-9")
OTHERWISE_UNKNOWN = ("1940-00-17", "1940-99-99", "0000-05-00", "1940", "")


# P-DAT-001 提供者は、一部又は全部が不詳の年月日を、不詳の部分を00としたまま提供しなければならない。
@case(
    "DAT-01",
    verifies=["P-DAT-001"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="年月日不詳は、分からない部分を00のまま提供する",
    en="Partly unknown dates are provided with 00 where they are unknown",
)
def test_partly_unknown(product: Product, ev: Evidence) -> None:
    examples = _everywhere(product, ev, "item_date_partial", UNKNOWN)
    property_of_copies(
        product, "P-DAT-001", examples, lambda told: [("P-DAT-001", one) for one in rowwise.leaves(told, "P-DAT-001")]
    )


# P-DAT-002 提供者は、年月日を、登録された日のままYYYY-MM-DDで提供しなければならない。
@case(
    "DAT-02",
    verifies=["P-DAT-002"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="うるう日、改元日、年度と年の変わり目の日付を、登録されたとおりに提供する",
    en="Leap days, days of a change of era, turns of the year and of the fiscal year stay the day that was loaded",
)
def test_days_as_loaded(product: Product, ev: Evidence) -> None:
    examples = _everywhere(product, ev, "item_date", BOUNDARIES)
    property_of_copies(
        product, "P-DAT-002", examples, lambda told: [("P-DAT-002", one) for one in rowwise.leaves(told, "P-DAT-002")]
    )


# P-DAT-003 提供者は、暦にない日や別の形の年月日を持つ行を除外しなければならない。
@case(
    "DAT-03",
    verifies=["P-DAT-003"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="暦にない日や別の形の日付の行を除外する",
    en="Rows with a day that the calendar has not, or in another form, are set aside",
)
def test_no_day_no_row(product: Product, ev: Evidence) -> None:
    for table in having(product, "item_date"):
        wrong_rows(product, "P-DAT-003", table, *_spoiled(ev, table, "date", NO_DAYS))


# P-DAT-004 提供者は、右からの00でない形で不詳を表した年月日を持つ行を除外しなければならない。
@case(
    "DAT-04",
    verifies=["P-DAT-004"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="右からの00でない不詳の書き方の行を除外する",
    en="Rows whose date is unknown otherwise than by 00 from the right are set aside",
)
def test_unknown_otherwise(product: Product, ev: Evidence) -> None:
    for table in having(product, "item_date_partial"):
        wrong_rows(product, "P-DAT-004", table, *_spoiled(ev, table, "date_partial", OTHERWISE_UNKNOWN))


# P-DAT-005 提供者は、元号のコードと和暦の年月日を、改元日の旧元号による記載を含めて登録されたとおりに提供しなけれ
#   ばならない。
@case(
    "DAT-05",
    verifies=["P-DAT-005"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="改元日はどちらの元号でも、元年は01として、登録されたとおりに提供する",
    en="Either era on the day of a change, and 01 for a first year, as loaded",
)
def test_eras_as_loaded(product: Product, ev: Evidence) -> None:
    examples = [
        held
        for table in having(product, "item_era")
        for rule in _told_rules(product, table)
        for day in days.change_days()
        for later in (True, False)
        if (held := _in_era(ev, table, rule, day, later=later)) is not None
    ]
    property_of_copies(
        product, "P-DAT-005", examples, lambda told: [("P-DAT-005", one) for one in rowwise.in_eras(told)]
    )


# P-DAT-006 提供者は、和暦の年月日が西暦の年月日と同じ日を示さない行を除外しなければならない。
@case(
    "DAT-06",
    verifies=["P-DAT-006"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="和暦と西暦が同じ日でない行を除外する",
    en="Rows whose era form means another day than the Gregorian one are set aside",
)
def test_another_day_of_the_era(product: Product, ev: Evidence) -> None:
    for table in having(product, "item_era"):
        rule = _told_rules(product, table)[0]
        good = _in_era(ev, table, rule, date(1989, 1, 8), later=True)
        if good is None:
            continue
        total, era, ymd = fields_of(table, rule)
        wrong = []
        # 平成 a day too early, a year 00, the wrong era, a day beside.
        for day, code, text in (
            ("1989-01-07", "4", "010107"), ("2019-05-01", "5", "000501"), ("1989-01-08", "3", "010108"),
            ("2019-05-01", "5", "010502"),
        ):  # fmt: skip
            held = _with_era(good, (total, era, ymd), (day, code, text))
            wrong.append(Wrong(f"{day} as {code} {text}", ymd.id, held, frozenset({total.id, era.id})))
        wrong_rows(product, "P-DAT-006", table, good, wrong)


def _told_rules(product: Product, table: Information) -> list[Rule]:
    """The rules on era forms that the widest affair is told."""
    told = table.minimum[widest(product, table).affair]
    return [rule for rule in table.rules if rule.kind == "era_same_day" and set(rule.parts) <= set(told)]


def _everywhere(product: Product, ev: Evidence, feature: str, values: tuple[str, ...]) -> list[Held]:
    """For every claimed information with such items, one copy for each value, in every free item of that type."""
    kind = feature.removeprefix("item_")
    return [
        copies.made(ev.run.standard, table, _dated(kind, value))
        for table in having(product, feature)
        for value in values
    ]


def _dated(kind: str, value: str) -> Callable[[Item, int], object]:
    """The value in every item of the type; a copy has one row of what repeats, so that no order is in its way."""
    return lambda item, row: value if item.type == kind else copies.PLAIN


def _spoiled(ev: Evidence, table: Information, kind: str, values: tuple[str, ...]) -> tuple[Held, list[Wrong]]:
    """A good copy, and for each value one with it in an item of this type."""
    typed = [item for item in table.items if item.type == kind]
    good = copies.showing(ev.run.standard, table, typed)
    fields = [item for item in typed if present(good, item)]
    order = {item.order_by for item in table.items}
    fields = [item for item in fields if item.id not in order] or fields
    if not fields:
        return good, []
    wrong = []
    for place, value in enumerate(values):
        item = fields[place % len(fields)]
        wrong.append(Wrong(f"{item.id} {value!r}", item.id, with_value(good, item, value)))
    return good, wrong


def _in_era(ev: Evidence, table: Information, rule: Rule, day: date, *, later: bool) -> Held | None:
    """A copy with this day in an era form, of the later or of the earlier era of a day of change.

    None where no plain copy has the form: it stands with some of the codes only.
    """
    total, era, ymd = fields_of(table, rule)

    def override(item: Item, row: int) -> object:
        if item.id == total.id:
            return day.isoformat()
        return LONG_AGO if item.type in ("date", "date_partial") else copies.PLAIN

    for number in range(copies.CODES_TRIED):
        plain = copies.made(ev.run.standard, table, override, number=number)
        if present(plain, total) and present(plain, era) and present(plain, ymd):
            code, text = days.era_of(day, later=later)
            return _with_era(plain, (total, era, ymd), (day.isoformat(), code, text))
    return None


def fields_of(table: Information, rule: Rule) -> tuple[Item, Item, Item]:
    """The day, the era and the date of the era that a rule binds."""
    return table.item(rule.total or ""), table.item(rule.parts[0]), table.item(rule.parts[1])


def _with_era(held: Held, fields: tuple[Item, ...], values: tuple[str, ...]) -> Held:
    for item, value in zip(fields, values, strict=True):
        held = with_value(held, item, value)
    return held
