"""Faults of characters and of days: what a database, a codec or a calendar does to them on the way."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from renkei_emulator.characters import foreign, jis_length, reduce_text
from renkei_emulator.faults.by_item import DROP, brought_leaves, each_leaf, forgiven, told, told_leaves
from renkei_emulator.faults.tolerance import Fault
from renkei_emulator.intermediate_if.business_connection import RowWrong
from renkei_emulator.reduction import SUBSTITUTE, forms
from renkei_emulator.rooms import BodyRooms

VARIANTS = str.maketrans("邉邊齋齊德", "辺辺斎斉徳")
MICROSOFT = str.maketrans("〜‖−", "～∥－")
NARROW = str.maketrans("０１２３４５６７８９ＡＢＣ", "0123456789ABC")


# --- characters -----------------------------------------------------------------------------------------------------
def _texts(change: Callable[[str, int], str]) -> Callable[[Any, Any], Any]:
    """A change of every text of type N."""
    return lambda item, value: change(value, item.digits or 1) if item.type == "N" and isinstance(value, str) else value


def _form(name: Any) -> Fault:
    return told_leaves(_texts(lambda text, digits: unicodedata.normalize(name, text)))


def _bytes(text: str, digits: int) -> str:
    return text.encode()[: 2 * digits].decode("utf-8", "ignore")


def _units(text: str, digits: int) -> str:
    return text.encode("utf-16-le")[: 2 * digits].decode("utf-16-le", "ignore")


def _counted(length: Callable[[str], int], times: int = 1) -> Fault:
    """A text that is longer by this count than its item allows is set aside."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        check = rooms.row_checks["records"]

        def strict(row: Any, information: Any, standard: Any) -> Mapping[str, Any]:
            kept = check(row, information, standard)

            def look(item: Any, value: Any) -> Any:
                if item.type == "N" and length(value) > times * (item.digits or 1):
                    raise RowWrong(f"record.{item.id}", "item_invalid", f"N {item.digits}", value)
                return value

            each_leaf(information, kept["record"], look)
            return kept

        return replace(rooms, row_checks={**rooms.row_checks, "records": strict})

    return fault


def _cut(text: str, digits: int) -> str:
    while (jis_length(text) or 0) > digits:
        text = text[:-1]
    return text


def _passed(passes: Callable[[str], bool]) -> Fault:
    """Characters outside JIS X 0213 go through as they are, where all of them ``passes``."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        check = rooms.row_checks["records"]

        def careless(row: Any, information: Any, standard: Any) -> Mapping[str, Any]:
            found: list[str] = []
            each_leaf(information, row.get("record"), lambda item, value: found.extend(_foreign(item, value)))
            if not found or not all(passes(char) for char in found):
                return check(row, information, standard)
            kept = {name: row[name] for name in ("own_number", "keys", "as_of", "record")}
            return kept | {"information": information.id, "status": row.get("status")}

        return replace(rooms, row_checks={**rooms.row_checks, "records": careless})

    return fault


def _foreign(item: Any, value: Any) -> list[str]:
    return foreign(value) if item.type == "N" and isinstance(value, str) else []


def _geta(text: str, digits: int) -> str:
    return "".join(SUBSTITUTE if foreign(char) else char for char in text) if _gaiji(text) else text


def _gaiji(text: str) -> bool:
    return any("\ue000" <= char <= "\uf8ff" for char in text)


def _reduced_in_silence(text: str, digits: int) -> str:
    return reduce_text(text, forms(), SUBSTITUTE)[0] if any(char in forms() for char in text) else text


def _flagged(change: Callable[[str], str], flag: str) -> Fault:
    """Texts with 外字 are changed, and their flag says so: what is wrong is the change."""

    def fault(rooms: BodyRooms) -> BodyRooms:
        check = rooms.row_checks["records"]

        def changed(row: Any, information: Any, standard: Any) -> Mapping[str, Any]:
            names = {item.id for item in information.items}

            def walk(value: Any) -> Any:
                if isinstance(value, list):
                    return [walk(each) for each in value]
                if not isinstance(value, dict):
                    return value
                members = {name: walk(each) for name, each in value.items()}
                for name, text in list(members.items()):
                    if f"{name}_reduced" in names and isinstance(text, str) and foreign(text):
                        members[name], members[f"{name}_reduced"] = change(text), flag
                return members

            return check({**row, "record": walk(row.get("record"))}, information, standard)

        return replace(rooms, row_checks={**rooms.row_checks, "records": changed})

    return fault


def foreign_row_without_item(rooms: BodyRooms) -> BodyRooms:
    check = rooms.row_checks["records"]

    def vague(row: Any, information: Any, standard: Any) -> Mapping[str, Any]:
        found: list[str] = []
        each_leaf(information, row.get("record"), lambda item, value: found.extend(_foreign(item, value)))
        if found:
            raise RowWrong("record", "conversion_error", "", "?")
        return check(row, information, standard)

    return replace(rooms, row_checks={**rooms.row_checks, "records": vague})


# --- days -----------------------------------------------------------------------------------------------------------
def _unknown(change: Callable[[str], Any]) -> Fault:
    """A date of which a part is unknown is changed as it is told."""
    return told_leaves(
        lambda item, value: change(value) if item.type == "date_partial" and "-00" in str(value) else value
    )


def _days(change: Callable[[str], Any]) -> Fault:
    """A whole day is changed as it is told."""
    return told_leaves(
        lambda item, value: (
            change(value) if item.type in ("date", "date_partial") and "-00" not in str(value) else value
        )
    )


def _day_before(text: str) -> str:
    return (date.fromisoformat(text) - timedelta(days=1)).isoformat()


def _roll_over(item: Any, value: Any) -> Any:
    if item.type != "date" or not isinstance(value, str) or len(value) != 10 or value[5:7] != "02":
        return value
    return f"{value[:5]}03-0{int(value[8:]) - 28}" if value[8:] in ("30", "31") or value == "2025-02-29" else value


def _separated(item: Any, value: Any) -> Any:
    if item.type == "date" and isinstance(value, str) and len(value) == 8 and value.isdigit():
        return f"{value[:4]}-{value[4:6]}-{value[6:]}"
    return value.replace("/", "-") if item.type == "date" and isinstance(value, str) else value


def _eras(change: Callable[[dict[str, Any], str, str, str], None], on_load: bool) -> Fault:
    """An era form is changed: ``change(members, total, era, ymd)`` where all three stand together."""

    def mend(information: Any, record: Any) -> Any:
        rules = [rule for rule in information.rules if rule.kind == "era_same_day"]

        def walk(value: Any) -> Any:
            if isinstance(value, list):
                return [walk(each) for each in value]
            if not isinstance(value, dict):
                return value
            members = {name: walk(each) for name, each in value.items()}
            for rule in rules:
                if all(name in members for name in (rule.total, *rule.parts)):
                    change(members, rule.total, *rule.parts)
            return members

        return walk(record)

    if not on_load:
        return told(mend)
    from renkei_emulator.faults.by_item import brought  # noqa: PLC0415

    return brought(lambda row, information: {**row, "record": mend(information, row["record"])})


def _first_year_as_zero(members: dict[str, Any], total: str, era: str, ymd: str) -> None:
    if str(members[ymd]).startswith("01"):
        members[ymd] = "00" + members[ymd][2:]


def _later_era(members: dict[str, Any], total: str, era: str, ymd: str) -> None:
    changed = {"1912-07-30": ("2", "010730"), "1926-12-25": ("3", "011225")}
    if members[total] in changed:
        members[era], members[ymd] = changed[members[total]]


def _heisei_on_the_seventh(members: dict[str, Any], total: str, era: str, ymd: str) -> None:
    if (members[era], members[ymd]) == ("4", "010107"):
        members[era], members[ymd] = "3", "640107"


def _first_year_taken_as_zero(members: dict[str, Any], total: str, era: str, ymd: str) -> None:
    if str(members[ymd]).startswith("00"):
        members[ymd] = "01" + members[ymd][2:]


FAULTS: dict[str, Fault] = {
    "text_normalised_to_nfc": _form("NFC"),
    "text_normalised_to_nfkc": _form("NFKC"),
    "text_decomposed": _form("NFD"),
    "text_through_code_page_932": told_leaves(_texts(lambda text, digits: text.translate(MICROSOFT))),
    "variants_unified": told_leaves(_texts(lambda text, digits: text.translate(VARIANTS))),
    "full_width_made_narrow": told_leaves(_texts(lambda text, digits: text.translate(NARROW))),
    "text_cut_at_bytes": told_leaves(_texts(_bytes)),
    "text_cut_at_utf16_units": told_leaves(_texts(_units)),
    "length_in_code_points": _counted(len),
    "length_in_bytes": _counted(lambda text: len(text.encode()), times=3),
    "too_long_text_cut": brought_leaves(_texts(_cut)),
    "foreign_characters_passed_on": _passed(lambda char: True),
    "half_width_kana_passed_on": _passed(lambda char: "\uff61" <= char <= "\uff9f"),
    "emoji_passed_on": _passed(lambda char: char > "\U0001f000"),
    "geta_without_a_flag": brought_leaves(_texts(_geta)),
    "reduced_without_a_flag": brought_leaves(_texts(_reduced_in_silence)),
    "foreign_characters_dropped": _flagged(lambda text: "".join(c for c in text if not foreign(c)), "1"),
    "whole_text_replaced": _flagged(lambda text: SUBSTITUTE * len(text), "2"),
    "foreign_row_without_item": foreign_row_without_item,
    "unknown_day_becomes_the_first": _unknown(lambda text: text.replace("-00", "-01").replace("0000", "1900")),
    "unknown_date_becomes_null": _unknown(lambda text: None),
    "unknown_date_left_out": _unknown(lambda text: DROP),
    "unknown_parts_as_nines": _unknown(lambda text: text.replace("-00", "-99")),
    "day_shifted_by_a_time_zone": _days(_day_before),
    "leap_day_moved": _days(lambda text: text.replace("-02-29", "-02-28")),
    "date_without_separators": _days(lambda text: text.replace("-", "")),
    "no_day_rolled_over_on_load": brought_leaves(_roll_over),
    "other_forms_of_days_taken": brought_leaves(_separated),
    "any_form_of_not_knowing_taken": forgiven(lambda wrong: wrong.expected.endswith("unknown parts 00 from the right")),
    "first_year_of_an_era_as_00": _eras(_first_year_as_zero, on_load=False),
    "era_reckoned_from_the_day": _eras(_later_era, on_load=False),
    "heisei_from_7_january": _eras(_heisei_on_the_seventh, on_load=True),
    "year_00_of_an_era_taken": _eras(_first_year_taken_as_zero, on_load=True),
}
