"""What the claimed informations have: their features, by which clauses apply or do not, and how each is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta

from renkei_conformance.errors import Inconclusive
from renkei_conformance.oracles import authority
from renkei_conformance.people import INFORMATION, Held
from renkei_conformance.product import Product
from renkei_fixtures.instants import japan_date
from renkei_fixtures.messages import both
from renkei_fixtures.municipalities import COUNTERPART
from renkei_fixtures.standard import Standard
from renkei_fixtures.standard.rows import AuthorityRow, Code, Information, Item

AFFAIR = "AF-01"
"""The affair of use case 1, under which its informations are asked for."""
FIRST_DAY, LAST_DAY = "1900-01-01", "2099-12-31"


def features(table: Information, affair: str | None = None) -> frozenset[str]:
    """The values of a clause's `applies` that an information fulfils by its keys, and by the items that are told.

    `affair`: told under this one (None: under any). What nobody is told is in no answer that could be looked at.
    """
    told = {name for key, names in table.minimum.items() if affair in (None, key) for name in names}
    found = {f"key_{key.match}" for key in table.keys if key.match == "as_of"}
    found |= {"key_period" for key in table.keys if key.match == "period_from"}
    found |= {"key_date" for key in table.keys if key.type == "date"}
    for item in table.items:
        if item.id in told:
            found |= set(_of_item(item))
        elif item.kind == "group" and item.occurs_max != 1 and any(item.id in table.item(name).path for name in told):
            found.add("item_repeated")
    found |= {"item_era" for rule in table.rules if rule.kind == "era_same_day" and set(rule.parts) <= told}
    return frozenset(found)


def _of_item(item: Item) -> Iterable[str]:
    named = {"N": "item_text", "date": "item_date", "date_partial": "item_date_partial"}
    if item.type in named:
        yield named[item.type]
    if is_digits(item):
        yield "item_digits"
    if item.id.endswith("_reduced"):
        yield "item_reduced"


def is_digits(item: Item) -> bool:
    """An item whose value may be digits alone, with a zero in front that a number would lose."""
    return item.type in ("9", "X") and item.code is None and (item.digits or 0) > 1


def claimed_features(standard: Standard, claimed: Sequence[str]) -> frozenset[str]:
    """The features of all claimed informations together."""
    tables = [standard.informations[name] for name in claimed if name in standard.informations]
    dated = {"item_code_ended"} if any(ended_codes(standard, table) for table in tables) else set()
    return frozenset().union(dated, *(features(table) for table in tables))


def ended_codes(standard: Standard, table: Information) -> list[tuple[Item, Code]]:
    """Coded items and codes of theirs that have ended, but for items on whose code a rule depends."""
    bound = {rule.total for rule in table.rules}
    coded = [(item, standard.codes[item.code]) for item in table.items if item.code and item.id not in bound]
    return [(item, code) for item, codes in coded for code in codes.codes if code.valid_to is not None]


def having(product: Product, feature: str | None = None) -> list[Information]:
    """The claimed informations with this feature that the counterpart may ask for.

    Without a feature all but the income and tax certificate, which has cases of its own. Such as officials release are
    there where the product claims manual handling: then a person can be marked for automatic handling.
    """
    standard = product.ev.run.standard
    found = [standard.informations[name] for name in product.parties.profile.product.informations]
    return [
        table
        for table in found
        if (table.answer == "auto" or product.parties.profile.claims("manual"))
        and grants(product, table)
        and (table.id != INFORMATION if feature is None else feature in features(table, widest(product, table).affair))
    ]


def everything(product: Product) -> list[Information]:
    """All the claimed informations that the counterpart may ask for, the income and tax certificate included."""
    main = product.ev.run.standard.informations.get(INFORMATION)
    claimed = product.parties.profile.product.informations
    return [*([main] if main is not None and INFORMATION in claimed else ()), *having(product)]


def grants(product: Product, table: Information) -> list[AuthorityRow]:
    """The rows by which the counterpart may ask the product for it, without consent or disaster."""
    on = japan_date(product.parties.clock.now())
    known = product.state.granted
    if (table.id, on) not in known:
        standard, body = product.ev.run.standard, product.parties.profile.product.body
        rows = authority.grantable(standard, COUNTERPART, body, on, table.id)
        known[table.id, on] = [row for row in rows if authority.charged_with(standard, row.affair, COUNTERPART, on)]
    return known[table.id, on]


def widest(product: Product, table: Information) -> AuthorityRow:
    """Of those a row of the use case's affair, or of the affair that may see most. `Inconclusive` without any."""
    rows = grants(product, table)
    if not rows:
        raise Inconclusive(both("conformance.reason.not_forgeable", spoil=table.id, detail="no authority row"))
    return max(rows, key=lambda row: (row.affair == AFFAIR, len(table.minimum[row.affair])))


def asked_keys(table: Information, held: Held, day: str | None = None) -> dict[str, str]:
    """The keys of a question that this copy answers: its own, of a period the whole calendar.

    `day`: as of that day; else the day after the copy's own, for the very day is a matter of P-KEY-001.
    """
    keys: dict[str, str] = {}
    for key in table.keys:
        ends: Mapping[str, str] = {"period_from": FIRST_DAY, "period_to": LAST_DAY}
        keys[key.id] = ends[key.match] if key.match in ends else held.keys[key.id]
        if key.match == "as_of":
            after = date.fromisoformat(held.keys[key.id]) + timedelta(days=1)
            keys[key.id] = day or after.isoformat()
    return keys


def copy_keys(table: Information, day: str, year: str = "2025") -> dict[str, str]:
    """Keys to load a copy of any information with: a day where one is called for, the year or zeros otherwise."""
    keys = {}
    for key in table.keys:
        if key.match in ("exact", "as_of"):
            keys[key.id] = day if key.type == "date" else year.rjust(key.digits, "0")[: key.digits]
    return keys
