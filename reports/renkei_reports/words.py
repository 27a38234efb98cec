"""Words for the page: both languages side by side in the file, one of them shown.

Everything that comes out is escaped `Markup`; whoever adds text to a page adds it through here or through Jinja2's
own escaping.
"""

from __future__ import annotations

import json
from typing import Any

from markupsafe import Markup

from renkei_fixtures.messages import both
from renkei_fixtures.text import Text
from renkei_reports.visible import visible


def spoken(text: Text) -> Markup:
    """`text` in both languages, each in an element with its `lang`; the stylesheet shows the one that was chosen."""
    ja, en = visible(text.ja), visible(text.en)
    if ja == en:
        return Markup("{}").format(ja)
    return Markup('<span class="t" lang="ja">{}</span><span class="t" lang="en">{}</span>').format(ja, en)


def said(key: str, **values: object) -> Markup:
    """The catalogue's entry `reports.<key>` in both languages, its placeholders filled."""
    return spoken(both(f"reports.{key}", **values))


def as_json_text(value: Any) -> str:
    """A value of a check as a person reads it: text as it is, everything else as indented JSON."""
    if value is None:
        return "–"
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, indent=1)
