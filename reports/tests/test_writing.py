"""All reports of a run directory at once, in both languages."""

import json
from pathlib import Path

import pytest

from renkei_fixtures.errors import SetupError
from renkei_fixtures.run_record import CaseFinished, CaseStarted, Check
from renkei_fixtures.text import Text
from renkei_reports import write_all
from renkei_reports.testing import (
    HOSTILE,
    VENDOR,
    RecordBuilder,
    every_verdict,
    expected_case,
    expected_clause,
    passing,
)


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_every_report_is_written_beside_the_record(tmp_path: Path, lang: str) -> None:
    report = write_all(every_verdict(text=HOSTILE).write(tmp_path), lang)

    assert {"run.ndjson", "report.json", "report.html", "junit.xml", "summary.md"} == {
        path.name for path in tmp_path.iterdir()
    }
    assert report.verdict == json.loads((tmp_path / "report.json").read_text("utf-8"))["verdict"]


def test_the_same_record_gives_the_same_bytes(tmp_path: Path) -> None:
    directories = [passing().write(tmp_path / name) for name in ("a", "b")]
    for directory in directories:
        write_all(directory, "ja")

    one, other = ({path.name: path.read_bytes() for path in directory.iterdir()} for directory in directories)
    assert one == other


def test_no_report_names_a_person_whom_the_record_names(tmp_path: Path) -> None:
    number = "000000000123456"
    record = RecordBuilder(VENDOR)
    record.expect([expected_clause("P-SIG-001")], [expected_case("C-1", "P-SIG-001")])
    record.add(CaseStarted(case="C-1"))
    record.exchange("C-1", request=f'{{"records":[{{"own_number":"{number}"}}]}}', reply="{}", door="B")
    said = Text(ja=f"{number} が漏れた", en=f"{number} leaked")
    record.add(Check(case="C-1", clause="P-SIG-001", ok=False, got=f"answered for {number}", why=said))
    record.add(CaseFinished(case="C-1", verdict="fail", reason=said, clauses={"P-SIG-001": "fail"}, seconds=0.1))
    record.finish("not_conformant", 1, {"P-SIG-001": "fail"})
    write_all(record.write(tmp_path), "ja")

    for name in ("report.json", "report.html", "junit.xml", "summary.md"):
        assert number not in (tmp_path / name).read_text("utf-8"), name


def test_a_truncated_record_still_gives_every_report(tmp_path: Path) -> None:
    report = write_all(passing(VENDOR).write(tmp_path, cut=300), "ja")

    assert report.verdict == "incomplete"
    assert (tmp_path / "report.html").exists()


def test_a_tampered_record_gives_no_report(tmp_path: Path) -> None:
    passing().write(tmp_path)
    path = tmp_path / "run.ndjson"
    path.write_bytes(path.read_bytes().replace(b'"ok":true', b'"ok":"yes, surely"', 1))

    with pytest.raises(SetupError):
        write_all(tmp_path, "ja")

    assert not (tmp_path / "report.json").exists()


def test_a_directory_that_cannot_be_written_is_the_operators_to_mend(tmp_path: Path) -> None:
    passing().write(tmp_path)
    (tmp_path / "report.html").mkdir()

    with pytest.raises(SetupError) as caught:
        write_all(tmp_path, "ja")

    assert str(tmp_path / "report.html") == caught.value.where


def test_the_short_summary_holds_verdict_and_denominator(tmp_path: Path) -> None:
    write_all(every_verdict(text=HOSTILE).write(tmp_path), "en")
    summary = (tmp_path / "summary.md").read_text("utf-8")

    assert summary.startswith("# 連携太郎 3.2.1 — not conformant\n")
    assert "4 applicable = 1 passed + 1 failed" in summary
    assert "<script>" not in summary.replace("\\<", "")


def test_the_summary_of_the_bundled_reference_says_so_first(tmp_path: Path) -> None:
    write_all(passing().write(tmp_path), "en")

    assert (tmp_path / "summary.md").read_text("utf-8").startswith("# Bundled reference — reference conformant\n")
