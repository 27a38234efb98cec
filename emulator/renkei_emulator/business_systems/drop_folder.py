"""A business system that exchanges files: reads what appears in a drop folder, in its own code page and form, and brings
it over interface B as any other would.

A line that cannot be read, and a row that interface B sets aside, are told with line, column, item, reason and the way
out in the sheet `set_aside`; the good rows load, and the counts add up to the lines of the file.
"""

from __future__ import annotations

import asyncio
import json
import traceback
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

from renkei_fixtures.messages import both
from renkei_fixtures.sheets import (
    Cell,
    Column,
    Layout,
    NotCarried,
    flat,
    nested,
    read_sheet,
    record_columns,
    write_sheet,
)
from renkei_fixtures.sheets.drop import (
    ASKS,
    HANDLING,
    HEADERS,
    LINK_CODES,
    NDJSON,
    OUT,
    REPLY,
    SET_ASIDE,
    WAITING,
    Operation,
    asked_columns,
    folders,
    put,
    subject_columns,
)

if TYPE_CHECKING:
    from renkei_fixtures.standard import Standard

POLL_S = 0.02
Members = dict[str, Any]
Send = Callable[[str, Members], Awaitable[tuple[int, bytes]]]
"""An operation of interface B with its members: HTTP status and body of the reply."""


@dataclass
class DropFolder:
    """One body's drop folder. ``send`` speaks interface B of that body."""

    root: Path
    layout: Layout
    standard: Standard
    send: Send
    _asked: dict[str, str] = field(default_factory=dict)

    async def serve(self) -> None:
        """Take what appears, in the order of the names, until cancelled. OSError where the folder cannot be used."""
        inbox, outbox = folders(self.root)
        while True:
            for folder in sorted(one for one in inbox.iterdir() if not one.name.startswith(".")):
                if not (outbox / folder.name).exists():
                    await self.take(folder)
            await asyncio.sleep(POLL_S)

    async def take(self, folder: Path) -> None:
        """One folder of `in`, answered by one of the same name in `out`."""
        operation = folder.name.partition("-")[2]
        try:
            if operation not in get_args(Operation):
                files = self._reply(400, {"code": "operation_unknown"})
            else:
                files = await self._operate(operation, folder)  # type: ignore[arg-type]
        except _Unreadable as unreadable:
            files = self._reply(422, {"code": "sheet_unreadable"}) | self._sheet(
                "set_aside", SET_ASIDE, unreadable.rows
            )
        except Exception:
            traceback.print_exc()
            files = self._reply(500, {"code": "internal_error"})
        put(self.root / OUT, folder.name, files)

    async def _operate(self, operation: Operation, folder: Path) -> dict[str, bytes]:
        header, aside = self._read(folder, "header", HEADERS[operation])
        if aside or len(header) > 1:
            raise _Unreadable([row for _, row in aside])
        members: Members = header[0][1] if header else {}
        if operation == "load":
            return await self._load(folder, members)
        if operation == "ask":
            return await self._ask(folder, members)
        status, body = await self.send(operation, members)
        if operation == "records" and status == 200:
            return self._reply(status, {}) | {NDJSON: body}
        said = json.loads(body)
        files = self._reply(status, said)
        if operation == "collect" and status == 200:
            files |= self._sheet("waiting", WAITING, said["waiting"]) | self._asks(said["asks"])
        return files

    # --- load -------------------------------------------------------------------------------------------------------
    async def _load(self, folder: Path, members: Members) -> dict[str, bytes]:
        sheets: dict[str, Sequence[Column]] = {"link_codes": LINK_CODES, "handling": HANDLING}
        information = self.standard.informations.get(members.get("information", ""))
        if information is not None:
            sheets["records"] = record_columns(information)
        aside: list[Members] = []
        lines: dict[str, list[int]] = {}
        for name, columns in sheets.items():
            good, bad = self._read(folder, name, columns)
            # An information without keys has no column for them; interface B wants the empty object.
            members[name] = [{"keys": {}, **row} if name == "records" else row for _, row in good]
            lines[name] = [line for line, _ in good]
            aside += [row for _, row in bad]
        status, body = await self.send("load", members)
        said = json.loads(body)
        for row in said.get("set_aside", []):
            aside.append(self._told(row, lines[row["list"]], sheets[row["list"]]))
        return self._reply(status, said) | self._sheet("set_aside", SET_ASIDE, aside)

    def _told(self, row: Mapping[str, Any], lines: Sequence[int], columns: Sequence[Column]) -> Members:
        """What interface B set aside, with the place in the file that it came from."""
        line = lines[row["row"]]
        path = str(row["item"]).removeprefix("record.")
        column = next((n for n, one in enumerate(columns, 1) if one.name == path), 1)
        place = {"line": line, "column": column, "item": row["item"]}
        words = both("fixtures.sheet.content", reason=row["reason"], expected=row["expected"], got=row["got"], **place)
        return {**row, **place, "row": line - self._first, "message": self._spoken(words)}

    # --- questions --------------------------------------------------------------------------------------------------
    async def _ask(self, folder: Path, members: Members) -> dict[str, bytes]:
        information = self.standard.informations.get(members.get("information", ""))
        members["subjects"] = []
        if information is not None:
            good, bad = self._read(folder, "subjects", subject_columns(information))
            if bad:
                raise _Unreadable([row for _, row in bad])
            members["subjects"] = [{"keys": {}, **row} for _, row in good]
            self._asked[members.get("ask_id", "")] = information.id
        status, body = await self.send("ask", members)
        return self._reply(status, json.loads(body))

    def _asks(self, asks: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
        by_information: dict[str, list[Members]] = {}
        for asked in asks:
            information = self._asked.get(asked["ask_id"])
            for result in asked["results"] if information is not None else ():
                by_information.setdefault(str(information), []).append({"ask_id": asked["ask_id"], **result})
        files = self._sheet("asks", ASKS, [{c.name: asked.get(c.name) for c in ASKS} for asked in asks])
        aside: list[Members] = []
        for name, results in by_information.items():
            sheet, columns = f"results-{name}", asked_columns(self.standard.informations[name])
            told = [self._untold(sheet, columns, place, result) for place, result in enumerate(results)]
            shown = [result for result, one in zip(results, told, strict=True) if one is None]
            files |= self._sheet(sheet, columns, shown)
            aside += [one for one in told if one is not None]
        return files | self._sheet("set_aside", SET_ASIDE, aside)

    def _untold(self, sheet: str, columns: Sequence[Column], place: int, result: Members) -> Members | None:
        """Why a result is in no sheet: this code page lacks one of its characters. It keeps back no other result."""
        try:
            self._sheet(sheet, columns, [result])
        except NotCarried as limit:
            got, expected = ascii(limit.got)[1:-1], self.layout.encoding
            where = {"line": 0, "column": 0, "item": limit.item}
            words = both("fixtures.sheet.code_page", expected=expected, got=got, **where)
            said = {"reason": "code_page", "expected": expected, "got": got, "message": self._spoken(words)}
            return {"list": sheet, "row": place, **where, **said}
        return None

    # --- sheets -----------------------------------------------------------------------------------------------------
    @property
    def _first(self) -> int:
        """The line of the first row: rows count from 0."""
        return 2 if self.layout.heading and self.layout.form == "csv" else 1

    def _read(
        self, folder: Path, name: str, columns: Sequence[Column]
    ) -> tuple[list[tuple[int, Members]], list[tuple[int, Members]]]:
        """Good rows and those set aside, each with its line. A sheet that is not there has none."""
        try:
            raw = (folder / f"{name}{self.layout.suffix}").read_bytes()
        except FileNotFoundError:
            return [], []
        sheet = read_sheet(self.layout, columns, raw)
        aside = []
        for one in sheet.troubles:
            row: Members = {"list": name, "row": max(0, one.line - self._first), "line": one.line, "column": one.column}
            row |= {"item": one.item, "reason": one.reason, "expected": one.expected, "got": one.got}
            aside.append((one.line, row | {"message": self._spoken(one.text)}))
        return [(line, nested(columns, cells)) for line, cells in sheet.rows], aside

    def _spoken(self, text: Any) -> str:
        return str(text.ja if self.layout.names == "ja" else text.en)

    def _reply(self, status: int, said: Mapping[str, Any]) -> dict[str, bytes]:
        row = {column.name: said.get(column.name) for column in REPLY}
        return self._sheet("reply", REPLY, [row | {"status": status}])

    def _sheet(self, name: str, columns: Sequence[Column], rows: Sequence[Mapping[str, Any]]) -> dict[str, bytes]:
        if not rows:
            return {}
        cells = [
            self._cells(columns, {key: value for key, value in row.items() if value not in (None, "")}) for row in rows
        ]
        return {f"{name}{self.layout.suffix}": write_sheet(self.layout, columns, cells)}

    def _cells(self, columns: Sequence[Column], row: Mapping[str, Any]) -> list[Cell | None]:
        """A row's cells. A plain text that this code page or width cannot hold is escaped and cut: better told so than not."""
        cells = flat(columns, row)
        for place, column in enumerate(columns):
            one = [cells[place]]
            try:
                write_sheet(
                    self.layout,
                    (column,),
                    [
                        [
                            *one,
                        ]
                    ]
                    if one[0] is not None
                    else [],
                )
            except NotCarried:
                if column.path[0] == "record" or not isinstance(cells[place], str):
                    raise
                cells[place] = ascii(cells[place])[1:-1][: column.chars].strip()
        return cells


class _Unreadable(Exception):  # noqa: N818 - the sender's sheet
    def __init__(self, rows: list[Members]) -> None:
        super().__init__(len(rows))
        self.rows = rows
