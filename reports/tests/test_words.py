"""Every text that a report asks for is in the catalogue, and none lies there unused."""

import re
from pathlib import Path

import renkei_reports
from renkei_fixtures import messages, run_record

_HOUSE = Path(renkei_reports.__file__).parent
# Keys put together at run time, by their beginning.
_MADE_UP = (
    "problem.",
    "item.set_",
    "uncovered.",
    "drawing.",
    "contradiction.",
    "claim.",
    "hash.",
    "scope.",
    "filter.",
    "allure.",
    "scenario.",
)


def _source() -> str:
    files = [*_HOUSE.rglob("*.py"), *_HOUSE.rglob("*.j2"), Path(run_record.__file__)]
    return "\n".join(path.read_text("utf-8") for path in files if path.name != "testing.py")


def test_every_text_that_is_asked_for_is_in_the_catalogue() -> None:
    asked = re.findall(r"""(?:said|both)\(\s*["'](?:reports\.)?([a-z_.]+)["']\s*[,)]""", _source())

    assert len(asked) > 80
    assert [key for key in asked if f"reports.{key}" not in messages.catalogue()] == []


def test_no_text_of_the_catalogue_lies_there_unused() -> None:
    source = _source()
    keys = [key.removeprefix("reports.") for key in messages.catalogue() if key.startswith("reports.")]
    plain = [key for key in keys if not key.startswith(_MADE_UP)]

    # An error's two texts go by the error's own name.
    names = {re.sub(r"\.(what|remedy)$", "", key) for key in plain}
    assert [name for name in sorted(names) if not re.search(rf"""["'.]{re.escape(name)}["']""", source)] == []
