"""What the examiner brings to interface B, written as sheets of a layout. `NotServed` for what the layout cannot say."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from renkei_conformance.upper import Ask, Load, NotServed
from renkei_fixtures.messages import both
from renkei_fixtures.sheets import Column, Layout, NotCarried, flat, record_columns, write_sheet
from renkei_fixtures.sheets.drop import HANDLING, HEADERS, LINK_CODES, Operation, subject_columns
from renkei_fixtures.standard import Standard, Text

Rows = Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class Written:
    """Sheets by the name of their files."""

    layout: Layout
    standard: Standard

    def load(self, load: Load) -> dict[str, bytes]:
        """header, records, link_codes, handling; those without rows are left out."""
        said: Mapping[str, Any] = load.as_json()
        files = self.header("load", said) | self.sheet("link_codes", LINK_CODES, said["link_codes"])
        marks = [
            {key: value for key, value in row.items() if value != ""} for row in said["handling"]
        ]  # no reason is none
        files |= self.sheet("handling", HANDLING, marks)
        if load.information is not None:
            columns = record_columns(self.standard.informations[load.information])
            files |= self.sheet("records", columns, load.records)
        return files

    def ask(self, ask: Ask) -> dict[str, bytes]:
        """header, subjects."""
        said: Mapping[str, Any] = ask.as_json()
        columns = subject_columns(self.standard.informations[ask.information])
        return self.header("ask", said) | self.sheet("subjects", columns, said["subjects"])

    def limit(self, said: Load | Ask) -> Text | None:
        """See `UpperTester.limit`."""
        try:
            self.load(said) if isinstance(said, Load) else self.ask(said)
        except NotServed as limit:
            return limit.reason
        return None

    def holds(self, text: str) -> bool:
        """Whether the code page has these characters, and gives them back as they were."""
        try:
            return text.encode(self.layout.encoding).decode(self.layout.encoding) == text
        except UnicodeError:
            return False

    def header(self, operation: Operation, said: Mapping[str, Any]) -> dict[str, bytes]:
        """The one row of `header`."""
        columns = HEADERS[operation]
        return self.sheet("header", columns, [{one.name: said.get(one.name) for one in columns}])

    def sheet(self, name: str, columns: Sequence[Column], rows: Rows) -> dict[str, bytes]:
        """One sheet. A member that is `null` at the outermost level is what it is when left out."""
        if not rows:
            return {}
        kept = [{key: value for key, value in row.items() if value is not None} for row in rows]
        try:
            content = write_sheet(self.layout, columns, [flat(columns, row) for row in kept])
        except NotCarried as limit:
            got = repr(limit.got)[:60]
            raise NotServed(both("conformance.reason.not_carried", item=limit.item, got=got)) from limit
        return {self.named(name): content}

    def named(self, name: str) -> str:
        """The file of a sheet."""
        return f"{name}{self.layout.suffix}"
