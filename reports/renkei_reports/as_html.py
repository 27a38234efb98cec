"""`report.html`: one file, both languages, no network request, at most five megabytes.

A content security policy in the page forbids every load and every script and style but the two written in it (named by
their hashes), so that hostile evidence could not act even if it escaped its escaping.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import zip_longest
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from renkei_fixtures.messages import both, catalogue
from renkei_fixtures.municipalities import load_bodies
from renkei_fixtures.standard import Standard, load
from renkei_fixtures.text import LANGUAGES, Text
from renkei_reports.claims import claims_of, whole_profile
from renkei_reports.discretion import Discretion
from renkei_reports.drawing import share_bar
from renkei_reports.figures import shipped
from renkei_reports.functions import function_rows, groups_of, not_passed
from renkei_reports.page import DEPTHS, Depth, cases_of
from renkei_reports.report import Report
from renkei_reports.scenario import scenarios_of
from renkei_reports.verdicts import name_of
from renkei_reports.visible import visible
from renkei_reports.words import said, spoken

LIMIT = 5_000_000  # bytes: a report must be mailable
_SYMBOLS = {
    "pass": "✓",
    "fail": "✕",
    "warn": "!",
    "inconclusive": "?",
    "not_tested": "–",
    "examiner_fault": "⚠",
    "not_applicable": "○",
}
_SECTIONS = (
    ("attention", "attention.heading"),
    ("functions", "functions.heading"),
    ("clauses", "clauses.heading"),
    ("scenario", "scenario.heading"),
    ("uncovered", "uncovered.heading"),
    ("cases", "cases.heading"),
    ("scope", "scope.heading"),
    ("own", "own.heading"),
)
# The six that add up to the denominator, as `totals.clauses` names them, and their verdicts.
_SUM = (
    ("passed", "pass"),
    ("failed", "fail"),
    ("warned", "warn"),
    ("inconclusive", "inconclusive"),
    ("not_tested", "not_tested"),
    ("examiner_fault", "examiner_fault"),
)


def render(report: Report, lang: str, standard: Standard | None = None, *, limit: int = LIMIT) -> str:
    """The page, opened in `lang` ("ja" or "en"). The deepest evidence that keeps it under `limit` bytes is taken.

    Without any evidence the page is as small as it gets and is returned whatever its size.
    """
    tables = standard or load()
    for depth in DEPTHS:
        page = _render(report, lang, tables, depth)
        if len(page.encode()) <= limit:
            break
    return page


def write(report: Report, path: Path, lang: str, standard: Standard | None = None) -> None:
    path.write_text(render(report, lang, standard), encoding="utf-8")


def _render(report: Report, lang: str, standard: Standard, depth: Depth) -> str:
    title = title_of(report)
    style, script = _asset("report.css") + page_rules(report, title), _asset("report.js")
    allowed = f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    cases = cases_of(report, standard, depth)
    figures, scenarios = shipped(), scenarios_of(report, standard)
    roles = list(dict.fromkeys(row.role for row in standard.clauses.values() if row.id in _ids(report)))
    return _template().render(
        lang=lang,
        policy=policy,
        style=Markup(style),  # noqa: S704 - our own file and escaped texts, guarded by the policy's hash
        script=Markup(script),  # noqa: S704
        report=report,
        run=report.run,
        title=title,
        groups=groups_of(report, standard),
        functions=function_rows(report, standard),
        scenarios=scenarios,
        roles=roles,
        role_text=lambda role: both(f"reports.claim.roles.{role}"),
        cases=cases,
        discreet=Discretion(report.cases).words,
        not_passed=not_passed(report, standard),
        bad_cases=_bad_cases(report),
        attention=[shown for shown in cases if not shown.good],
        shares=share_bar((verdict, getattr(report.clause_totals, name)) for name, verdict in _SUM),
        sum=_SUM,
        claims=claims_of(report.run.profile, standard),
        profile=whole_profile(report.run.profile),
        body_name=_body_name(report.run.product.body),
        command=command_of(report),
        clause_rows=standard.clauses,
        fault_rows=standard.faults,
        verdict_rows=[row for row in standard.verdicts if row.scope == "case"],
        figures=figures,
        figures_same=figures is not None and figures.of_same_state(report.run.hashes),
        edition=standard.edition,
        authority_rows=len(standard.authority),
        meaning=name_of(standard, "run", report.verdict).meaning,
        name=lambda verdict: spoken(name_of(standard, "case", verdict).text),
        order=_order(standard),
        symbols=_SYMBOLS,
        sections=[one for one in _SECTIONS if one[0] != "scenario" or scenarios],
        hash_name=_hash_name,
        said=said,
        spoken=spoken,
        both=lambda key, **values: both(f"reports.{key}", **values),
        visible=visible,
    )


def page_rules(report: Report, title: Text) -> str:
    """Head and foot of every printed page, in the language that is shown: item and verdict, run, page of pages."""
    rules = []
    for lang in LANGUAGES:
        run = f"Renkei {report.run.run_id}"
        warning = both("reports.page.running").of(lang)
        rules.append(
            f'html[lang="{lang}"] body {{ page: {lang}; }}\n'
            f"@page {lang} {{ size: A4; margin: 17mm 14mm 17mm;"
            f' @top-left {{ content: "{_css(title.of(lang))}"; font-size: 8pt; }}'
            f' @top-right {{ content: "{_css(warning)}"; font-size: 7pt; }}'
            f' @bottom-left {{ content: "{_css(run)}"; font-size: 7pt; }}'
            f' @bottom-right {{ content: counter(page) " / " counter(pages); font-size: 8pt; }} }}\n'
        )
    return "".join(rules)


def _css(text: str) -> str:
    """Foreign text inside a CSS string: everything but letters, digits and spaces as an escape, so that nothing can end it."""
    return "".join(
        one if one == " " or (one.isalnum() and one.isascii()) else f"\\{ord(one):x} " for one in visible(text)
    )


def _bad_cases(report: Report) -> dict[str, list[str]]:
    """Clause → the cases in which it did not pass."""
    found: dict[str, list[str]] = {}
    for case in report.cases:
        for clause, verdict in case.clauses.items():
            if verdict not in ("pass", "not_applicable"):
                found.setdefault(clause, []).append(case.id)
    return found


def _ids(report: Report) -> frozenset[str]:
    return frozenset(clause.id for clause in report.clauses)


def _body_name(code: str) -> Text | None:
    """The name of the body under which the product was examined; None for a code that is nobody's here."""
    row = load_bodies().get(code)
    return row.text if row is not None else None


def _hash_name(key: str) -> Markup:
    return said(f"hash.{key}") if f"reports.hash.{key}" in catalogue() else Markup("{}").format(visible(key))


def title_of(report: Report) -> Text:
    """The title. Of the bundled reference it never says less than that it is one."""
    if report.verdict == "reference_conformant":
        return both("reports.page.title_reference_ok")
    if report.is_reference:
        return both("reports.page.title_reference", words=report.words)
    product = report.run.product
    return both("reports.page.title", product=product.name, version=product.version, words=report.words)


def command_of(report: Report) -> str:
    """The command that repeats the run: same seed, same set, same product file where one was used."""
    parts = ["renkei", "certify"]
    if not report.is_reference:
        parts += ["--product", _option(report.run.argv, "--product") or "renkei.toml"]
    if report.run.set != "full":
        parts += ["--set", report.run.set]
    return visible(" ".join([*parts, "--seed", str(report.run.seed)]))


def _option(argv: Sequence[str], name: str) -> str | None:
    """The value of an option as it was given, `--name VALUE` or `--name=VALUE`."""
    for argument, following in zip_longest(argv, argv[1:]):
        if argument == name:
            return following
        if argument.startswith(f"{name}="):
            return argument.removeprefix(f"{name}=")
    return None


def _order(standard: Standard) -> Text:
    names = [row.text for row in standard.verdicts if row.scope == "case"]
    return Text(ja=" · ".join(name.ja for name in names), en=" · ".join(name.en for name in names))


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("renkei_reports"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")


@cache
def _asset(name: str) -> str:
    return files("renkei_reports").joinpath("templates", name).read_text("utf-8")


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
