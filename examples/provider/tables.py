"""The standard's tables (`renkei standard render`, folder `tables/`), and what they decide: authority, items, keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

from .wire import Json, Refused

Path_ = tuple[str, ...]


class Wrong(Exception):  # noqa: N818 - a row of our own business side that does not fit
    """Where, why, what was expected and what stood there."""

    def __init__(self, item: str, reason: str, expected: object, got: object) -> None:
        super().__init__(item)
        self.members = {"item": item, "reason": reason, "expected": str(expected), "got": str(got)[:80]}


class Tables:
    """Rows as they were rendered, by id where they have one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.informations: dict[str, Json] = {row["id"]: row for row in self._rows("informations")}
        self.authority = self._rows("authority")
        self.responsibilities: dict[str, Json] = {row["id"]: row for row in self._rows("responsibilities")}
        self.bodies: dict[str, Json] = {row["code"]: row for row in self._rows("bodies")}
        self.refusals: dict[str, Json] = {row["code"]: row for row in self._rows("refusals")}
        self.types: dict[str, Json] = {row["typ"]: row for row in self._rows("message_types")}

    def _rows(self, name: str) -> list[Json]:
        rows: list[Json] = json.loads((self._folder / f"{name}.json").read_text("utf-8"))
        return rows

    @cached_property
    def codes(self) -> dict[str, Json]:
        return {table["id"]: table for table in self._rows("codes")}

    @cached_property
    def characters(self) -> frozenset[str]:
        """Those of JIS X 0213; of 25 the string has two code points."""
        found: list[str] = json.loads((self._folder / "jisx0213.json").read_text("utf-8"))
        return frozenset(found)

    @cached_property
    def typs(self) -> set[str]:
        return {*self.types, "renkei-official", "renkei-body"}

    # --- stage authority ------------------------------------------------------------------------------------------

    def check_authority(self, claims: Json, body: str, provides: set[str], day: str) -> None:
        """The steps of stage authority but for the reply key. Raises Refused."""
        information = self.informations.get(claims["information"])
        known = information is not None and claims["information"] in provides
        if claims["edition"] not in self.bodies[body]["editions"] or not known or information is None:
            raise Refused("edition_not_supported")
        if information["version"] != claims["information_version"]:
            raise Refused("edition_not_supported")
        if "from_principal" in claims or "to_principal" in claims:
            raise Refused("delegation_not_granted")
        if "disaster_id" in claims:
            raise Refused("disaster_not_declared")
        rows = [row for row in self.authority if self._grants(row, claims, body, day)]
        if not rows:
            raise Refused("authority_not_granted")
        consent = [row for row in rows if row["ground"] == "table_consent"]
        if "consent_ref" in claims and not consent:
            raise Refused("authority_not_granted")
        if "consent_ref" not in claims and len(consent) == len(rows):
            raise Refused("consent_required")
        if not self._charged(claims, day):
            raise Refused("responsibility_not_granted")

    def _grants(self, row: Json, claims: Json, body: str, day: str) -> bool:
        asker, ours = self.bodies.get(claims["from"]), self.bodies[body]
        return (
            asker is not None
            and all(row[name] == claims[name] for name in ("affair", "procedure", "information"))
            and (row["inquirer_kind"], row["provider_kind"]) == (asker["kind"], ours["kind"])
            and row["inquirer_body"] in ("*", claims["from"])
            and row["provider_body"] in ("*", body)
            and in_force(row, day)
            and (row["edition_from"] or "") <= claims["edition"] <= (row["edition_to"] or "~")
            and (row["initiator"] != "official" or "official" in claims)
        )

    def _charged(self, claims: Json, day: str) -> bool:
        row = self.responsibilities.get(claims["responsibility"])
        return (
            row is not None
            and in_force(row, day)
            and "ask" in row["may"]
            and claims["affair"] in row["affairs"]
            and self.bodies[claims["from"]]["kind"] in row["body_kinds"]
        )

    def answering_section(self, information: str, body: str, day: str) -> str:
        """The responsibility that answers for an information. Raises Refused where nobody is charged with it."""
        for name in self.informations[information]["answering_responsibilities"]:
            row = self.responsibilities[name]
            if in_force(row, day) and information in row["answers"] and self.bodies[body]["kind"] in row["body_kinds"]:
                return str(name)
        raise Refused("temporarily_unable")

    # --- inquiry keys ---------------------------------------------------------------------------------------------

    def keys_fit(self, information: str, keys: object, *, loaded: bool = False) -> bool:
        """Exactly the information's keys, each of its form; a loaded copy has none that name a period."""
        rows = [
            row for row in self.informations[information]["keys"] if not (loaded and row["match"].startswith("period_"))
        ]
        if not isinstance(keys, dict) or set(keys) != {row["id"] for row in rows}:
            return False
        if not all(value_fits(row, keys[row["id"]], self.characters) for row in rows):
            return False
        period = {row["match"]: keys[row["id"]] for row in rows}
        return period.get("period_from", "") <= period.get("period_to", "~")

    # --- records --------------------------------------------------------------------------------------------------

    def leaf_items(self, information: str) -> dict[Path_, Json]:
        return {tuple(i["path"]): i for i in self.informations[information]["items"] if i["kind"] == "leaf"}

    def check_record(self, information: str, record: object, day: str, standing: list[str] | None) -> None:
        """A loaded record against the item list; `standing`: the only items that the status lets stand. Raises Wrong."""
        rows = [item for item in self.informations[information]["items"] if item["level"] > 0]
        if not isinstance(record, dict):
            raise Wrong("record", "item_invalid", "an object", type(record).__name__)
        self._check_group((), record, rows, day, standing)

    def _check_group(
        self, at: Path_, group: Json, rows: list[Json], day: str, standing: list[str] | None, within: str = "record"
    ) -> None:
        here = {item["path"][-1]: item for item in rows if tuple(item["path"][:-1]) == at}
        for name, value in group.items():
            path = f"{within}.{name}"
            item = here.get(name)
            if item is None or (standing is not None and item["kind"] == "leaf" and item["id"] not in standing):
                raise Wrong(path, "item_not_permitted", "an item of the list", name)
            for where, one in self._occurrences(item, value, path):
                if item["kind"] == "leaf":
                    self._check_leaf(item, one, where, day)
                elif isinstance(one, dict) and one:
                    self._check_group((*at, name), one, rows, day, standing, where)
                else:
                    raise Wrong(where, "item_invalid", "an object", one)
        for name, item in here.items():
            if standing is None and item["occurs_min"] and name not in group:
                raise Wrong(f"{within}.{name}", "item_missing", "a value", "none")

    @staticmethod
    def _occurrences(item: Json, value: object, path: str) -> list[tuple[str, Any]]:
        """Each with its path."""
        if (item["occurs_max"] or 1) == 1:
            return [(path, value)]
        if not isinstance(value, list) or not max(1, item["occurs_min"]) <= len(value) <= item["occurs_max"]:
            raise Wrong(path, "item_invalid", f"{item['occurs_min']} to {item['occurs_max']} rows", value)
        return [(f"{path}[{number}]", one) for number, one in enumerate(value)]

    def _check_leaf(self, item: Json, value: object, path: str, day: str) -> None:
        if not value_fits(item, value, self.characters):
            raise Wrong(path, "item_invalid", f"{item['type']} {item['digits']}", value)
        if item["code"] and not self.code_in_force(item["code"], str(value), day):
            raise Wrong(path, "code_not_in_force", item["code"], value)

    def code_in_force(self, table: str, code: object, day: str) -> bool:
        return any(row["code"] == code and in_force(row, day) for row in self.codes[table]["codes"])

    def project(self, information: str, affair: str, status: str | None, record: Json) -> Json:
        """What an answer holds of a record: the affair's minimum set, cut to what the status lets stand."""
        row = self.informations[information]
        wanted = set(row["minimum"][affair])
        standing = row["status_items"].get(status, "assessed") if status is not None else "assessed"
        return _kept(record, wanted if standing == "assessed" else wanted & set(standing))


def _kept(group: Json, wanted: set[str]) -> Json:
    found = {name: _narrowed(name, value, wanted) for name, value in group.items()}
    return {name: value for name, value in found.items() if value not in ({}, [], None)}


def _narrowed(name: str, value: Any, wanted: set[str]) -> Any:
    if isinstance(value, dict):
        return _kept(value, wanted)
    if isinstance(value, list) and value and isinstance(value[0], dict):
        return [row for one in value if (row := _kept(one, wanted))]
    return value if name in wanted else None


def in_force(row: Json, day: str) -> bool:
    return bool(row["valid_from"] <= day and (row["valid_to"] is None or day <= row["valid_to"]))


# --- values ---------------------------------------------------------------------------------------------------------


def value_fits(item: Json, value: object, known: frozenset[str] = frozenset()) -> bool:
    """Whether a value has its item's form ("Types of items, and characters"). `known`: the characters of type N."""
    kind, digits = item["type"], item["digits"]
    if kind == "S9":
        return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 10**digits
    if not isinstance(value, str) or not value:
        return False
    if kind == "N":
        characters = list(jis_characters(value, known))
        return None not in characters and len(characters) <= digits
    if kind in ("date", "date_partial"):
        return _is_day(value, partial=kind == "date_partial")
    allowed = "0123456789" if kind == "9" else "".join(map(chr, range(0x20, 0x7F)))
    return len(value) <= digits and all(char in allowed for char in value)


def jis_characters(text: str, known: frozenset[str]) -> Iterator[str | None]:
    """The characters of JIS X 0213 of a text: one for か゚, though it is two code points; None for what is none."""
    at = 0
    while at < len(text):
        piece = pair if (pair := text[at : at + 2]) in known else text[at]
        yield piece if piece in known else None
        at += len(piece)


def _is_day(value: str, *, partial: bool) -> bool:
    parts = value.split("-")
    if [len(part) for part in parts] != [4, 2, 2] or not all(p.isascii() and p.isdigit() for p in parts):
        return False
    year, month, day = parts
    if partial and day == "00":
        return month == "00" or ("01" <= month <= "12" and year != "0000")
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True
