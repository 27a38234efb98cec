"""What the terminal shows fits eighty columns in both languages, and names what did not pass."""

from pathlib import Path

import pytest

from renkei import language, progress
from renkei.terminal import columns, padded, wrapped
from renkei_fixtures.run_record import CaseFinished, Expected, Problem
from renkei_fixtures.standard import load
from renkei_fixtures.text import Text
from renkei_reports.fold import fold_lines
from renkei_reports.testing import VENDOR, every_verdict, expected_case, passing

LONG = Text(ja="とても長い題名の試験項目で、一行には収まらないほどの説明を含むもの" * 3, en="A very long title " * 9)


@pytest.fixture(params=["ja", "en"])
def lang(request):
    before = language.current()
    language.choose(request.param)
    yield request.param
    language.choose(before)


def closing(record):
    report = fold_lines(record.lines, load())
    return list(progress.closing_lines(report, Path("out"), bundled=report.is_reference))


def test_a_japanese_character_takes_two_columns():
    assert (columns("合格 a"), columns("e\u0301")) == (6, 1)
    assert padded("合格", 6) == "合格  "
    assert padded("不合格である", 6) == "不合… "


def test_a_long_line_is_broken_where_it_may_be_and_loses_nothing():
    text = "条項: 適用 89 = 合格 13（ほかに対象外 9、除外 5）。" * 4
    lines = list(wrapped(text))

    assert all(columns(line) <= 80 for line in lines)
    assert len(lines) > 2
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert not any(line.strip().startswith(("、", "。", "）")) for line in lines)


def test_the_closing_lines_fit_and_name_clause_case_and_how_to_repeat_it(lang):
    lines = closing(every_verdict(fault=True))

    assert all(columns(line) <= 80 for line in lines)
    told = "\n".join(lines)
    assert "P-SIG-001 C-SIG-1" in told
    assert "renkei replay out C-SIG-1" in told
    assert told.index("P-SIG-001") < told.index("P-SIG-002")


def test_a_run_in_which_all_passed_lists_nothing(lang):
    assert not any("P-SIG-001" in line or "replay" in line for line in closing(passing(VENDOR)))


def test_the_bundled_reference_is_named_in_the_last_line(lang):
    last = closing(passing())[-1]

    assert ("参照実装" if lang == "ja" else "bundled reference") in last
    assert columns(last) <= 80


def test_each_case_is_one_line_with_its_title_and_a_problem_is_told_whole(lang, capsys):
    shown = progress.Progress(load())
    shown(Expected(clauses=(), cases=(expected_case("C-1", "P-SIG-001", title=LONG),)))
    shown(CaseFinished(case="C-1", verdict="inconclusive", seconds=1.0))
    shown(Problem(label="configuration", text=LONG))
    case, *problem = capsys.readouterr().out.splitlines()

    assert columns(case) <= 80
    assert case.startswith("[  1/1] C-1")
    assert LONG.of(lang)[:10] in case
    assert all(columns(line) <= 80 for line in problem)
    assert LONG.of(lang).replace(" ", "") in "".join(problem).replace(" ", "")


def test_a_number_stays_with_its_word():
    lines = list(wrapped("Clauses: " + " + ".join(["10\u00a0not\u00a0tested"] * 9)))

    assert len(lines) > 1
    assert all(line.endswith(("tested", "+")) for line in lines)
    assert "10 not tested" in lines[0]
