"""Item records (連携情報の項目) as trees: is a value what its row says, what is missing, and what of it may be told.

A record nests by groups, members are item ids; a group or leaf that may repeat is an array. Absent, zero and empty are
three things: empty is no value, zero is one, absent is said by leaving the member out.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from renkei_emulator.record_rules import broken_rules, disordered
from renkei_emulator.values import value_fault

if TYPE_CHECKING:
    from renkei_fixtures.standard.rows import CodeTable, Information, Item


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


def between_items(
    information: Information,
    record: Mapping[str, Any],
    status: str | None,
    keys: Mapping[str, object],
    allowed: Collection[str] | None = None,
) -> list[Finding]:
    """What is wrong between the items of a record without `findings`: order of rows, then rules."""
    paths = {item.id: ".".join(item.path) for item in information.items}
    found = [*disordered(information, record), *broken_rules(information, record, status, keys, allowed)]
    return [Finding(one.code, paths[one.item], one.rule, one.got) for one in found]


@dataclass(frozen=True)
class _Rule:
    codes: Mapping[str, CodeTable]
    on: date
    required: Collection[str] | None
    allowed: Collection[str] | None

    def requires(self, node: Node) -> bool:
        # A group that may be absent takes its required items with it.
        if node.item.occurs_min == 0:
            return False
        if node.item.kind == "leaf":
            return self.required is None or node.item.id in self.required
        return any(self.requires(child) for child in node.children.values())

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
