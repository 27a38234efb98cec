"""Informations in the seed's two layouts, with keys, sizes, states, minimum sets and rules; code tables."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from renkei_fixtures.eras import eras
from renkei_fixtures.standard.rows import Information, Item, Rule
from renkei_reports.standard.inserts import Sources, code, codes, dates, insert
from renkei_reports.standard.model import Heading, Listing, Para, Part, Table


@insert("informations")
def informations(src: Sources) -> Iterator[Part]:
    """Every information of the edition in full."""
    for row in sorted(src.standard.informations.values(), key=lambda one: one.number):
        yield Heading(2, f"information-{row.id}", f"{row.number}. {src.of(row.text)} `{row.id}`")
        yield from _facts(src, row)
        yield from _keys(src, row)
        yield from _interface(src, row)
        yield from _data_list(src, row)
        yield from _status(src, row)
        yield from _minimum(src, row)
        yield from _rules(src, row)


def _facts(src: Sources, row: Information) -> Iterator[Part]:
    facts: list[tuple[str, str]] = [
        ("information", code(row.id)),
        ("version", code(row.version)),
        ("subject_kind", code(row.subject_kind)),
        ("padded_size", f"{row.padded_size} {src.say('bytes')}"),
        ("handling", src.say(f"answer.{row.answer}")),
        ("provider_kinds", codes(row.provider_kinds)),
        ("answering", codes(row.answering_responsibilities)),
        ("status_table", code(row.status_table) or "–"),
        ("basis", code(row.basis)),
    ]
    facts += [(name, code(value)) for name, value in _more(row)]
    facts.append(("source", row.source))
    if row.excluded:
        facts.append(("excluded", "; ".join(f"{src.of(one.text)} ({one.source})" for one in row.excluded)))
    yield Table(
        src.heads("fact", "value"), tuple((src.say(f"fact.{name}"), value) for name, value in facts), (), "facts"
    )
    yield from (Para(src.of(said), "note") for said in (row.note, row.contradiction) if said is not None)


def _more(row: Information) -> Iterator[tuple[str, Any]]:
    for name in ("form", "period_group", "period_item"):
        if value := getattr(row, name):
            yield name, value


def _keys(src: Sources, row: Information) -> Iterator[Part]:
    yield Heading(3, f"keys-{row.id}", f"{src.say('keys')} ({src.of(row.text)})")
    if not row.keys:
        yield Para(src.say("no_keys"))
        return
    rows = tuple((code(key.id), code(key.type), str(key.digits), code(key.match), src.of(key.text)) for key in row.keys)
    yield Table(src.heads("key", "type", "digits", "match", "description"), rows)


def _name(src: Sources, item: Item) -> str:
    return "　" * item.level + (item.ja if src.lang == "ja" else item.en)


def _affairs(src: Sources, row: Information) -> Para:
    """Which affairs the last columns of both layouts are."""
    known = src.standard.affairs
    return Para(" · ".join(f"{code(affair)} {src.of(known[affair].text)}" for affair in row.minimum if affair in known))


def _interface(src: Sources, row: Information) -> Iterator[Part]:
    """インターフェース仕様: what is provided (○) and used (△) by which affair."""
    yield Heading(3, f"interface-{row.id}", f"{src.say('interface')} ({src.of(row.text)})")
    yield _affairs(src, row)
    rows = []
    for item in row.items:
        provides = "O" if item.kind == "leaf" else ""
        uses = ["I" if item.id in least else "" for least in row.minimum.values()]
        has_code = (src.say("yes"), code(item.code)) if item.code else (src.say("no"), "")
        if item.kind == "group":
            has_code = ("", "")
        rows.append(
            (item.number, _name(src, item), *has_code, item.type or "", str(item.digits or ""), provides, *uses)
        )
    head = (
        *src.heads("number", "item_name", "has_code", "code_name", "type", "digits", "provider"),
        *row.minimum,
    )
    yield Table(head, tuple(rows), (), "items")


def _path(row: Information, item: Item) -> str:
    """Where the item stands in `record`; `[]` after what is an array."""
    names = (f"{name}[]" if row.item(name).occurs_max != 1 else name for name in item.path)
    return ".".join(names) or "record"


def _data_list(src: Sources, row: Information) -> Iterator[Part]:
    """データ一覧: types, occurrences, descriptions, and which affair uses the item."""
    yield Heading(3, f"items-{row.id}", f"{src.say('data_list')} ({src.of(row.text)})")
    rows = []
    for item in row.items:
        times = f"{item.occurs_min}..{'*' if item.occurs_max is None else item.occurs_max}"
        uses = ["○" if item.id in least else "" for least in row.minimum.values()]
        about = [src.of(item.note), item.source]
        if item.order_by is not None:
            about.insert(0, src.say("order_by", item=item.order_by))
        rows.append(
            (
                item.number,
                _name(src, item),
                code(_path(row, item)),
                item.type or item.kind,
                str(item.digits or ""),
                code(item.code),
                times,
                " · ".join(part for part in about if part),
                *uses,
            )
        )
    head = (
        *src.heads("number", "item_name", "path", "type", "digits", "code_name", "occurs", "description"),
        *row.minimum,
    )
    yield Table(head, tuple(rows), (), "items")


def _status(src: Sources, row: Information) -> Iterator[Part]:
    if row.status_table is None:
        return
    table = src.standard.codes[row.status_table]
    yield Heading(3, f"status-{row.id}", f"{src.say('status')} ({src.of(row.text)})")
    rows = []
    for one in table.codes:
        standing = row.status_items.get(one.code, "assessed")
        shown = src.say("assessed") if standing == "assessed" else codes(standing)
        rows.append((code(one.code), src.of(one.text), shown))
    yield Table(src.heads("status", "meaning", "items_standing"), tuple(rows))


def _minimum(src: Sources, row: Information) -> Iterator[Part]:
    yield Heading(3, f"minimum-{row.id}", f"{src.say('minimum')} ({src.of(row.text)})")
    rows = []
    for affair, least in row.minimum.items():
        named = src.standard.affairs.get(affair)
        rows.append((f"{code(affair)} {src.of(named.text) if named else ''}", codes(least)))
    yield Table(src.heads("affair", "items"), tuple(rows), (), "minimum")


def _rules(src: Sources, row: Information) -> Iterator[Part]:
    if not row.rules:
        return
    yield Heading(3, f"rules-{row.id}", f"{src.say('rules')} ({src.of(row.text)})")
    yield Listing(tuple(f"{src.of(rule.text)} ({_machine(rule)})" for rule in row.rules))


def _machine(rule: Rule) -> str:
    """The rule as the table has it: kind, and the members that it has."""
    members = [("total", code(rule.total)), ("parts", codes(rule.parts)), ("status", code(rule.status))]
    members.append(("values", codes(rule.values)))
    return ", ".join([f"`{rule.kind}`", *(f"{name} {value}" for name, value in members if value)])


@insert("catalogue")
def catalogue(src: Sources) -> Iterator[Part]:
    """Names in the catalogue whose items this edition does not hold."""
    rows = [row for row in src.standard.catalogue.values() if row.id not in src.standard.informations]
    yield Table(src.heads("id", "name", "source"), tuple((code(r.id), src.of(r.text), r.source) for r in rows))


@insert("codes")
def code_tables(src: Sources) -> Iterator[Part]:
    """Every code table with the validity of its codes."""
    for table in src.standard.codes.values():
        yield Heading(3, f"codes-{table.id}", f"{src.of(table.text)} `{table.id}`")
        yield Para(f"{src.say('head.source')}: {table.source}")
        rows = tuple((code(one.code), src.of(one.text), dates(one)) for one in table.codes)
        yield Table(
            src.heads("code", "meaning", "valid"), rows, tuple(f"codes-{table.id}-{c.code}" for c in table.codes)
        )


@insert("eras")
def all_eras(src: Sources) -> Iterator[Part]:
    """First and last day of every era."""
    rows = tuple((code(era.code), src.of(era.text), str(era.first), str(era.last or "")) for era in eras())
    yield Table(src.heads("code", "name", "first", "last"), rows)
