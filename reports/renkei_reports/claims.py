"""What the product claims to be (its product file), in words where the catalogue has them, by key where it has not.

The product file grows (drivers, options, roles); whatever stands in it is shown, in its order, known here or not.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from renkei_fixtures.messages import both, catalogue
from renkei_fixtures.standard import Standard
from renkei_fixtures.text import Text
from renkei_reports.discretion import without_secrets
from renkei_reports.visible import visible

INFORMATIONS_OF_THE_SEED = 87
"""Linked informations over the eight use cases (seed §3)."""
# What names the item stands above these lines; ways and places stand in the whole file below them.
_ELSEWHERE = {"name", "vendor", "version", "body", "address", "listen", "token", "kit", "folder", "layout", "format"}


@dataclass(frozen=True)
class Claim:
    """One line: its name, its values, and what of how many where that can be said."""

    key: str
    label: Text
    values: tuple[Text, ...]
    share: Text | None = None


def claims_of(profile: Mapping[str, Any], standard: Standard) -> list[Claim]:
    """Every member of the product file but those that name the item and those that are addresses.

    Nor what a product would provide that is examined as an inquirer alone: nobody has looked at that.
    """
    members = list(_members(without_secrets(profile)))
    said = dict(members)
    only_asks = said.get("asks") is not None and "provider" not in said.get("roles", ())
    hidden = _ELSEWHERE | ({"informations"} if only_asks else set())
    return [
        _claim(key, value, standard)
        for key, value in members
        if key == "options" or (key not in hidden and value not in ([], None, ""))
    ]


def whole_profile(profile: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The product file as printed: dotted keys and their values, tokens hidden."""
    rows: list[tuple[str, str]] = []

    def walk(prefix: str, value: Any) -> None:
        if isinstance(value, Mapping):
            for name, part in value.items():
                walk(f"{prefix}.{name}" if prefix else str(name), part)
        else:
            shown = (
                ", ".join(map(str, value)) if isinstance(value, list | tuple) else "" if value is None else str(value)
            )
            rows.append((visible(prefix), visible(shown) or "–"))

    walk("", without_secrets(profile))
    return rows


def _members(value: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """The leaves by their own name; the tables of the file are only its order."""
    for key, part in value.items():
        if isinstance(part, Mapping):
            yield from _members(part)
        else:
            yield str(key), part


def _claim(key: str, value: Any, standard: Standard) -> Claim:
    parts = list(value) if isinstance(value, list | tuple) else [value]
    label = _known(f"claim.{key}") or _same(key)
    values = tuple(_value(key, part, standard) for part in parts) or (both("reports.claim.none"),)
    share = None
    if key == "informations":
        names = ("n", "of", "here")
        counts = (len(parts), INFORMATIONS_OF_THE_SEED, len(standard.informations))
        share = both("reports.claim.informations_share", **dict(zip(names, counts, strict=True)))
    elif key == "roles":
        roles = {clause.role for clause in standard.clauses.values()} - {"network"}
        share = both("reports.claim.share", n=len(parts), of=len(roles))
    return Claim(key, label, values, share)


def _value(key: str, value: Any, standard: Standard) -> Text:
    """A value with its name, if there is one; the value itself always."""
    raw = visible(str(value))
    named = _known(f"claim.{key}.{value}")
    if key in ("informations", "asks"):
        row = standard.informations.get(str(value)) or standard.catalogue.get(str(value))
        named = row.text if row else None
    if isinstance(value, int) and not isinstance(value, bool) and named is None and value > 999:
        return _same(f"{value:,}")
    if named is None:
        return _same(raw)
    ja, en = visible(named.ja), visible(named.en)
    return Text(ja=ja if ja == raw else f"{ja}（{raw}）", en=en if en == raw else f"{en} ({raw})")


def _known(key: str) -> Text | None:
    return both(f"reports.{key}") if f"reports.{key}" in catalogue() else None


def _same(text: str) -> Text:
    return Text(ja=text, en=text)
