"""After a run: the files by which its failures are repeated, beside its record."""

from __future__ import annotations

from pathlib import Path

from renkei_conformance.parties import Parties
from renkei_conformance.repro import kit_file
from renkei_conformance.repro.writing import Written, write_files
from renkei_conformance.setup import RunResult
from renkei_fixtures.errors import SetupError
from renkei_fixtures.run_record import read_lines
from renkei_fixtures.standard import Standard


def write(out: Path, parties: Parties, standard: Standard, result: RunResult) -> list[Written]:
    """Write them where a case failed, while the emulated network can still be asked what it serves.

    Raises `SetupError` when the directory cannot be written.
    """
    if not any(case.verdict == "fail" for case in result.cases.values()):
        return []
    kit, patience = parties.kit, parties.clock.seconds("reply")
    members = kit_file.of(kit, result.odd_keys, parties.profile.product.body, parties.network, patience)
    try:
        return write_files(out, list(read_lines(out / "run.ndjson")), standard, kit, members)
    except OSError as error:
        raise SetupError("cli.out_unwritable", where=str(out), got=str(error)) from error
