"""Item records (連携情報の項目) as trees: is a value what its row says, what is missing, and what of it may be told.

A record nests by groups, members are item ids; a group or leaf that may repeat is an array. Absent, zero and empty are
three things: empty is no value, zero is one, absent is said by leaving the member out.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from renkei_fixtures.standard.rows import CodeTable, Information, Item, Key

_X = re.compile(r"[ -~]+", re.ASCII)
_9 = re.compile(r"[0-9]+", re.ASCII)
# No private use, no variation selector, no surrogate: they are no characters of JIS X 0213.
_NOT_N = re.compile("[\x00-\x1f\x7f\ue000-\uf8ff\ufe00-\ufe0f\U000e0100-\U000e01ef\U000f0000-\U0010ffff]")


class Finding(NamedTuple):
    """What is wrong with one item: `item_missing`, `item_not_permitted`, `item_invalid`, `code_not_in_force`."""

    code: str
    path: str
    expected: str
    got: str


@dataclass(frozen=True)
class Node:
    """A row of the item list with the rows below it."""

    item: Item
    children: Mapping[str, Node]


_TREES: dict[int, tuple[Information, Mapping[str, Node]]] = {}


def tree(information: Information) -> Mapping[str, Node]:
    """The members of a record of ``information``: what stands below the level-0 root."""
    known = _TREES.get(id(information))
    if known is None:  # a row holds mappings, so it has no hash; kept with its tree, its id stays its own
        known = _TREES[id(information)] = (information, _grown(information))
    return known[1]


def _grown(information: Information) -> Mapping[str, Node]:
    below: dict[str | None, list[Item]] = {}
    roots = [item for item in information.items if item.level == 0]
    for item in information.items:
        if item.level > 0:
            below.setdefault(item.parent, []).append(item)

    def grow(parent: str | None) -> dict[str, Node]:
        return {item.id: Node(item, grow(item.id)) for item in below.get(parent, ())}

    return {**grow(None), **{id_: node for root in roots for id_, node in grow(root.id).items()}}


# --- one value ------------------------------------------------------------------------------------------------------
def value_fault(type_: str | None, digits: int | None, value: object) -> str | None:
    """What was expected, where ``value`` is not of the type; None where it is. ``X`` and ``N`` are never empty."""
    most = digits or 1
    if type_ == "S9":
        fits = type(value) is int and abs(value) < 10**most
        return None if fits else f"whole number of at most {most} digits"
    if not isinstance(value, str):
        return f"text {type_} {most}"
    if type_ == "9":
        fits = bool(_9.fullmatch(value)) and len(value) <= most
    elif type_ == "X":
        fits = bool(_X.fullmatch(value)) and len(value) <= most
    else:
        fits = 0 < len(value) <= most and not _NOT_N.search(value)
    return None if fits else f"{type_} {most}"


def key_faults(keys: Sequence[Key], given: Mapping[str, object]) -> Iterator[tuple[str, str, str]]:
    """(key, expected, got) for every inquiry key that is missing, unknown or of the wrong form."""
    for key in keys:
        if key.id not in given:
            yield key.id, f"{key.type} {key.digits}", "nothing"
        elif expected := value_fault(key.type, key.digits, given[key.id]):
            yield key.id, expected, repr(given[key.id])
    known = {key.id for key in keys}
    for name in given:
        if name not in known:
            yield name, f"one of {', '.join(sorted(known)) or 'none'}", name


# --- one record -----------------------------------------------------------------------------------------------------
def findings(
    information: Information,
    record: object,
    codes: Mapping[str, CodeTable],
    on: date,
    required: Collection[str] | None = None,
    allowed: Collection[str] | None = None,
) -> list[Finding]:
    """Everything wrong with a record.

    ``required``: leaf ids that must stand (None: what the item list requires). ``allowed``: leaf ids that may stand
    (None: all). ``on``: the date on which codes must be in force.
    """
    rule = _Rule(codes, on, required, allowed)
    return list(_of_group(tree(information), record, "", rule))


@dataclass(frozen=True)
class _Rule:
    codes: Mapping[str, CodeTable]
    on: date
    required: Collection[str] | None
    allowed: Collection[str] | None

    def requires(self, node: Node) -> bool:
        if self.required is None:
            return node.item.occurs_min > 0
        return any(leaf in self.required for leaf in _leaves(node))

    def allows(self, node: Node) -> bool:
        return self.allowed is None or any(leaf in self.allowed for leaf in _leaves(node))


def _leaves(node: Node) -> Iterator[str]:
    if node.item.kind == "leaf":
        yield node.item.id
    for child in node.children.values():
        yield from _leaves(child)


def _of_group(nodes: Mapping[str, Node], members: object, path: str, rule: _Rule) -> Iterator[Finding]:
    if not isinstance(members, dict):
        yield Finding("item_invalid", path, "object", _short(members))
        return
    for name, node in nodes.items():
        here = f"{path}.{name}" if path else name
        if name not in members:
            if rule.requires(node):
                yield Finding("item_missing", here, "present", "absent")
        elif not rule.allows(node):
            yield Finding("item_not_permitted", here, "absent", "present")
        else:
            yield from _of_occurrences(node, members[name], here, rule)
    for name in members:
        if name not in nodes:
            yield Finding("item_not_permitted", f"{path}.{name}" if path else name, "absent", "present")


def _of_occurrences(node: Node, value: object, path: str, rule: _Rule) -> Iterator[Finding]:
    most = node.item.occurs_max
    if most == 1:
        yield from _of_one(node, value, path, rule)
        return
    least = max(node.item.occurs_min, 1)
    if not isinstance(value, list) or len(value) < least or (most is not None and len(value) > most):
        yield Finding("item_invalid", path, f"list of {least} to {most or 'any number'}", _short(value))
        return
    for n, each in enumerate(value):
        yield from _of_one(node, each, f"{path}[{n}]", rule)


def _of_one(node: Node, value: object, path: str, rule: _Rule) -> Iterator[Finding]:
    item = node.item
    if item.kind == "group":
        yield from _of_group(node.children, value, path, rule)
        return
    if expected := value_fault(item.type, item.digits, value):
        yield Finding("item_invalid", path, expected, _short(value))
    elif item.code is not None:
        row = rule.codes[item.code].code(str(value))
        if row is None or not row.valid_from <= rule.on <= (row.valid_to or rule.on):
            yield Finding("code_not_in_force", path, f"a code of {item.code} in force on {rule.on}", _short(value))


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."


# --- what may be told -----------------------------------------------------------------------------------------------
def project(information: Information, record: Mapping[str, Any], leaves: Collection[str]) -> dict[str, Any]:
    """The record with these leaves and no others; groups that would be empty are left out."""
    return _kept(tree(information), record, leaves)


def _kept(nodes: Mapping[str, Node], members: Mapping[str, Any], leaves: Collection[str]) -> dict[str, Any]:
    kept: dict[str, Any] = {}
    for name, node in nodes.items():
        if name not in members:
            continue
        value = members[name]
        if node.item.kind == "leaf":
            if name in leaves:
                kept[name] = value
        elif isinstance(value, list):
            if groups := [group for each in value if (group := _kept(node.children, each, leaves))]:
                kept[name] = groups
        elif group := _kept(node.children, value, leaves):
            kept[name] = group
    return kept


def from_keys(information: Information, keys: Mapping[str, Any], leaves: Collection[str]) -> dict[str, Any]:
    """The record of which nothing is known but its keys: an item with a key's name has the key's value."""
    return _filled(tree(information), {name: value for name, value in keys.items() if name in leaves})


def _filled(nodes: Mapping[str, Node], values: Mapping[str, Any]) -> dict[str, Any]:
    filled: dict[str, Any] = {}
    for name, node in nodes.items():
        if node.item.kind == "leaf":
            if name in values:
                filled[name] = values[name]
        elif group := _filled(node.children, values):
            filled[name] = group
    return filled
