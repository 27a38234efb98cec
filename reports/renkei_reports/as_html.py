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

from renkei_fixtures.messages import both
from renkei_fixtures.standard import Standard, load
from renkei_fixtures.text import Text
from renkei_reports.discretion import Discretion
from renkei_reports.drawing import share_bar
from renkei_reports.page import DEPTHS, Depth, cases_of, groups_of, profile_rows
from renkei_reports.report import Report
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
    style, script = _asset("report.css"), _asset("report.js")
    allowed = f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    policy = f"default-src 'none'; {allowed}; base-uri 'none'; form-action 'none'"
    cases = cases_of(report, standard, depth)
    return _template().render(
        lang=lang,
        policy=policy,
        style=Markup(style),  # noqa: S704 - our own file, guarded by the policy's hash
        script=Markup(script),  # noqa: S704
        report=report,
        run=report.run,
        title=title_of(report),
        groups=groups_of(report, standard),
        cases=cases,
        discreet=Discretion(report.cases).words,
        attention=[shown for shown in cases if not shown.good],
        shares=share_bar((verdict, getattr(report.clause_totals, name)) for name, verdict in _SUM),
        sum=_SUM,
        profile=profile_rows(report.run.profile),
        command=command_of(report),
        clause_rows=standard.clauses,
        edition=standard.edition,
        authority_rows=len(standard.authority),
        meaning=name_of(standard, "run", report.verdict).meaning,
        name=lambda verdict: spoken(name_of(standard, "case", verdict).text),
        order=_order(standard),
        symbols=_SYMBOLS,
        said=said,
        spoken=spoken,
        both=lambda key, **values: both(f"reports.{key}", **values),
        visible=visible,
    )


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
