"""An exported log: what its lines must hold and must not, chain and seal (PROTOCOL §6 *Records*; clauses P-REC-…, N-REC-001)."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from renkei_conformance.finding import Finding, equal
from renkei_conformance.forge.reader import Signed
from renkei_conformance.wire import Json, Unreadable, read_object, sha256_b64u
from renkei_fixtures import instants
from renkei_fixtures.messages import both

PERSONAL = re.compile(rb',"personal":\{.*\}(?=\}$)', re.DOTALL)
"""Personal data stands in a member of its own, the last one; the chain runs over its salted hash (`personal_sha256`)."""


@dataclass(frozen=True)
class Export:
    """One export: the lines as bytes and as objects, the seal's token, what could not be read."""

    lines: tuple[bytes, ...]
    rows: tuple[Json, ...]
    seal: str | None
    troubles: tuple[Unreadable, ...] = ()

    def of_exchange(self, exchange_number: str | None) -> tuple[Json, ...]:
        """Lines that name this exchange."""
        return tuple(row for row in self.rows if row.get("exchange_number") == exchange_number)

    def of_message(self, message_id: str) -> tuple[Json, ...]:
        """Lines that name this message."""
        return tuple(row for row in self.rows if row.get("message_id") == message_id)


def read_export(raw: bytes) -> Export:
    """NDJSON: one object per line, the seal line last. What is no object is kept as trouble."""
    lines, rows, troubles, seal = [], [], [], None
    for number, line in enumerate(part for part in raw.split(b"\n") if part):
        try:
            row = read_object(line, f"log[{number}]")
        except Unreadable as trouble:
            troubles.append(trouble)
            continue
        if set(row) == {"seal"}:
            seal = str(row["seal"])
        else:
            lines.append(line)
            rows.append(row)
    return Export(tuple(lines), tuple(rows), seal, tuple(troubles))


def readable(export: Export) -> tuple[Finding, ...]:
    """Every line is a JSON object."""
    why = both("conformance.rule.log_readable")
    found = tuple(Finding(False, one.expected, one.got, one.path, why) for one in export.troubles)
    return found or (Finding(True, "lines", "lines", "log", why),)


def holds(rows: Sequence[Json], expected: Mapping[str, object], path: str = "log") -> Finding:
    """Some line has all these members with these values (P-REC-001, -002, -004)."""
    why = both("conformance.rule.log_line")
    got = [{name: row.get(name) for name in expected} for row in rows]
    return Finding(dict(expected) in got, dict(expected), got, path, why)


def shows_none(export: Export, values: Mapping[str, str], path: str = "log") -> tuple[Finding, ...]:
    """None of these values stands in any line (P-REC-003). `values`: what → value; got tells the line, never the value."""
    why = both("conformance.rule.log_without_personal_data")
    return tuple(
        equal(f"{path}: {what}", [], [n for n, line in enumerate(export.lines) if value.encode() in line], why)
        for what, value in values.items()
        if value
    )


def chained(export: Export, path: str = "log") -> tuple[Finding, ...]:
    """Each line names the hash of the line before it, within one day (P-REC-005). Needs the whole log, at least two lines."""
    why = both("conformance.rule.log_chain")
    found = []
    for number in range(1, len(export.lines)):
        row, former = export.rows[number], export.rows[number - 1]
        if _day(row) == _day(former):
            got = row.get("prev_sha256")
            lawful = line_hashes(export.lines[number - 1])
            found.append(Finding(got in lawful, lawful[0], got, f"{path}[{number}].prev_sha256", why))
    return tuple(found) or (Finding(False, "two lines of one day or more", len(export.lines), path, why),)


def sealed(export: Export, seal: Signed | None, body: str, log: str) -> tuple[Finding, ...]:
    """The export ends with a seal by the body over the number of lines and the last of them (P-REC-006)."""
    why = both("conformance.rule.log_seal")
    if seal is None or seal.claims is None:
        return (Finding(False, "a seal line", export.seal, "seal", why),)
    claims = seal.claims
    lawful = line_hashes(export.lines[-1]) if export.lines else ()
    signer = list(seal.signer.san) if seal.signer else None
    return (
        equal("seal.typ", "renkei-record-seal", (seal.jose or {}).get("typ"), why),
        equal("seal.signature", True, seal.signature_valid, why),
        equal("seal.certificate", [f"urn:renkei:body:{body}" if body != "network" else "urn:renkei:network"], signer, why),
        equal("seal.body", body, claims.get("body"), why),
        equal("seal.log", log, claims.get("log"), why),
        equal("seal.lines", len(export.lines), claims.get("lines"), why),
        Finding(not lawful or claims.get("last_sha256") in lawful, next(iter(lawful), None), claims.get("last_sha256"),
                "seal.last_sha256", why),
    )  # fmt: skip


def line_hashes(line: bytes) -> tuple[str, ...]:
    """Hashes by which a line may be named: of its bytes and, where it shows personal data, of its bytes without them."""
    without = PERSONAL.sub(b"", line)
    return (sha256_b64u(line),) if without == line else (sha256_b64u(without), sha256_b64u(line))


def joined(one: Export, other: Export, exchange_number: str) -> Finding:
    """Both logs have lines of this exchange (P-REC-007)."""
    counts = {
        "linkage_if": len(one.of_exchange(exchange_number)),
        "intermediate_if": len(other.of_exchange(exchange_number)),
    }
    return Finding(all(counts.values()), {"linkage_if": "1 or more", "intermediate_if": "1 or more"}, counts, "logs",
                   both("conformance.rule.log_joined"))  # fmt: skip


def _day(row: Json) -> object:
    try:
        return instants.japan_date(instants.parse(str(row.get("at"))))
    except ValueError:
        return str(row.get("at"))[:10]
