"""Which language this person reads: `--lang`, then RENKEI_LANG, then the locale; English when nothing is said."""

from __future__ import annotations

import os
from typing import Literal

Lang = Literal["ja", "en"]
_chosen: list[Lang] = ["en"]


def said_lang(args: list[str]) -> Lang:
    """Find the language before any option is parsed, so that even a wrong option is refused in it."""
    said = ""
    for before, word in zip(["", *args], args, strict=False):
        if before == "--lang":
            said = word
        elif word.startswith("--lang="):
            said = word.removeprefix("--lang=")
    said = said or os.environ.get("RENKEI_LANG", "")
    if not said:
        said = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
    return "ja" if said.lower().startswith("ja") else "en"


def choose(lang: Lang) -> None:
    """Fix the language of this process."""
    _chosen[0] = lang


def current() -> Lang:
    """Return the language of this process."""
    return _chosen[0]


def tell(key: str, **values: object) -> str:
    """Return the catalogue's text `key` in the language of this process, with `values` filled in."""
    from renkei_fixtures.messages import text  # noqa: PLC0415 - the catalogue is read only when a word is needed

    return text(key, _chosen[0], **values)
