"""照会キー: copies chosen by a day, rows by a period, and keys that are no days."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from renkei_conformance.asking_more import ask_for, by_hand
from renkei_conformance.case import PROVIDER, Negative, Property, case
from renkei_conformance.errors import Inconclusive
from renkei_conformance.evidence import Evidence
from renkei_conformance.finding import equal
from renkei_conformance.forge.draft import Draft
from renkei_conformance.informations import asked_keys, having, widest
from renkei_conformance.itemwise import Told
from renkei_conformance.oracles import copies as oracle
from renkei_conformance.oracles import items
from renkei_conformance.people import Person
from renkei_conformance.product import Product
from renkei_conformance.strategies import copies
from renkei_fixtures.messages import both
from renkei_fixtures.standard.rows import Information, Item

DAYS = ("2024-02-29", "2025-03-31", "2025-04-01")
"""Days of copies: a leap day, the last and the first day of a fiscal year."""
NO_ROWS = "no rows"
MOVES = ("2023-12-31", "2024-01-01", "2024-02-29", "2024-03-31", "2024-04-01")


# P-KEY-001 提供者は、基準日による照会に、基準日以前で最も新しい日の副本で応答しなければならない。
# P-KEY-002 提供者は、基準日以前の副本がないときは、結果 no_record で応答しなければならない。
@case(
    "KEY-01",
    verifies=["P-KEY-001", "P-KEY-002"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="基準日の前日・当日・翌日で、その日に最も新しい副本を提供する",
    en="On the day before, the day and the day after: the copy that was the newest on that day",
)
def test_as_of_a_day(product: Product, ev: Evidence) -> None:
    tables = having(product, "key_as_of")
    # Loaded out of order: the last one loaded is not the newest day.
    held = {
        table.id: tuple(
            copies.made(ev.run.standard, table, day=day, number=n)
            for n, day in ((2, DAYS[2]), (0, DAYS[0]), (1, DAYS[1]))
        )
        for table in tables
    }
    person = product.fresh()[0].holding(*(one for each in held.values() for one in each))
    ev.step("load", count=len(person.held))
    product.people.load([person], automatic=by_hand(product, held))
    for table in tables:
        for day in _around(DAYS):
            keys = asked_keys(table, held[table.id][0], day)
            due = oracle.due(table, person.held, keys)
            result = ask_for(product, person, table, keys).result
            clause = "P-KEY-001" if due is not None else "P-KEY-002"
            got = _copy_of(product, table, person, result) if due is not None else str(result.get("result"))
            expected = "no_record" if due is None else due.as_of
            if got is not None:
                ev.check(clause, equal(f"{table.id} as of {day}", expected, got, both(f"conformance.why.{clause}")))


# P-KEY-003 提供者は、期間による照会に、開始日と終了日を含むその期間の行をすべて、かつその行だけを提供しなければな
#   らない。
# P-KEY-004 提供者は、期間に入る行がないときは、結果 no_record で応答しなければならない。
@case(
    "KEY-03",
    verifies=["P-KEY-003", "P-KEY-004"],
    role=PROVIDER,
    family="items",
    kind=Property(),
    ja="期間の開始日と終了日の当日の行を含め、期間の行だけを提供する",
    en="The rows of a period and no others, those of its first and last day included",
)
def test_within_a_period(product: Product, ev: Evidence) -> None:
    tables = having(product, "key_period")
    held = {table.id: copies.made(ev.run.standard, table, _moving(table), rows=len(MOVES)) for table in tables}
    person = product.fresh()[0].holding(*held.values())
    ev.step("load", count=len(held))
    product.people.load([person], automatic=by_hand(product, held))
    for table in tables:
        whole = ask_for(product, person, table, asked_keys(table, held[table.id])).result
        if _days(table, whole.get("record")) != sorted(MOVES):
            raise Inconclusive(both("conformance.reason.rows_not_whole"))  # P-ITM-014 says what is wrong
        for first, last in _periods(MOVES):
            keys = asked_keys(table, held[table.id]) | _ends(table, first, last)
            due = oracle.due(table, person.held, keys)
            result = ask_for(product, person, table, keys).result
            due_days = _days(table, due.record if due else None)
            clause = "P-KEY-004" if due_days == NO_ROWS else "P-KEY-003"
            got = _days(table, result.get("record")) if result.get("result") == "provided" else result.get("result")
            ev.check(clause, equal(f"{table.id} {first} {last}", due_days, got, both(f"conformance.why.{clause}")))


# P-KEY-005 提供者は、照会キーの日付が暦にある日のYYYY-MM-DDでない照会を、content 段階の key_invalid（422）で拒
#   否しなければならない。
@case(
    "KEY-05",
    verifies=["P-KEY-005"],
    role=PROVIDER,
    family="items",
    kind=Negative(
        "key.day_31_of_february",
        also=(
            "key.leap_day_of_a_common_year",
            "key.month_13",
            "key.day_unknown",
            "key.day_without_separators",
            "key.day_with_slashes",
        ),
    ),
    ja="暦にない日や別の形の日付を照会キーとする照会を拒否する",
    en="A key that is no day of the calendar, or a day in another form, is refused",
)
def test_key_no_day(product: Product) -> None:
    product.negative(_inquiry(product, "key_date"))


# P-KEY-006 提供者は、期間の終了日が開始日より前の照会を、content 段階の key_invalid（422）で拒否しなければならな
#   い。
@case(
    "KEY-06",
    verifies=["P-KEY-006"],
    role=PROVIDER,
    family="items",
    kind=Negative("key.period_turned_round"),
    ja="終了日が開始日より前の期間の照会を拒否する",
    en="A period that ends before it begins is refused",
)
def test_period_turned_round(product: Product) -> None:
    product.negative(_inquiry(product, "key_period"))


def _copy_of(product: Product, table: Information, person: Person, result: Mapping[str, object]) -> str | None:
    """Which copy this is, told by its record, or by its time where the record was altered; None where by neither."""
    if result.get("result") != "provided":
        return str(result.get("result"))
    affair = widest(product, table).affair
    for held in person.copies(table.id):
        if Told(product.ev.run.standard, affair, held, result).due_record == result.get("record"):
            return held.as_of
    times = [held.as_of for held in person.copies(table.id)]
    return str(result.get("as_of")) if result.get("as_of") in times else None


def _inquiry(product: Product, feature: str) -> Draft:
    """A right inquiry about a person with a copy, for the spoil to change its keys."""
    table = having(product, feature)[0]
    held = copies.made(product.ev.run.standard, table)
    person = product.fresh()[0].holding(held)
    product.people.load([person], automatic=by_hand(product, [table.id]))
    row = widest(product, table)
    keys = asked_keys(table, held)
    return product.inquiry(person, information=table.id, affair=row.affair, procedure=row.procedure, keys=keys)


def _around(days: tuple[str, ...]) -> list[str]:
    """The day before, the day itself and the day after each of them, each once."""
    found = [date.fromisoformat(day) + timedelta(days=step) for day in days for step in (-1, 0, 1)]
    return [day.isoformat() for day in dict.fromkeys(found)]


def _periods(days: tuple[str, ...]) -> list[tuple[str, str]]:
    """Periods whose ends fall on days, beside them, and between them."""
    before = (date.fromisoformat(days[0]) - timedelta(days=1)).isoformat()
    return [
        (days[0], days[-1]),
        (days[1], days[2]),
        (days[3], days[3]),
        (_next(days[1]), days[4]),
        (days[0], _before(days[4])),
        ("2024-03-01", "2024-03-30"),
        ("2000-01-01", before),
    ]


def _next(day: str) -> str:
    return (date.fromisoformat(day) + timedelta(days=1)).isoformat()


def _before(day: str) -> str:
    return (date.fromisoformat(day) - timedelta(days=1)).isoformat()


def _ends(table: Information, first: str, last: str) -> dict[str, str]:
    ends = {"period_from": first, "period_to": last}
    return {key.id: ends[key.match] for key in table.keys if key.match in ends}


def _moving(table: Information) -> Callable[[Item, int], object]:
    """Rows on the days of `MOVES`, and every other day of the record before them."""

    def override(item: Item, row: int) -> object:
        if item.id == table.period_item:
            return MOVES[row % len(MOVES)]
        return "2000-01-01" if item.type == "date" and str(table.period_group) not in item.path else copies.PLAIN

    return override


def _days(table: Information, record: object) -> list[object] | str:
    """The days of the rows that stand, in whatever order; `no rows` where there is no group."""
    group: object = record
    for name in table.item(str(table.period_group)).path:
        group = group.get(name) if isinstance(group, dict) else None
    if group == []:
        return "an empty array"
    found = [
        value
        for path, value in (items.leaves(record) if isinstance(record, dict) else ())
        if items.name_of(path) == table.period_item
    ]
    return sorted(found, key=str) or NO_ROWS
