"""Expected and got side by side, the difference marked: whole lines, and within a changed line the words that differ."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from markupsafe import Markup

_WORD = re.compile(r"\w+|\s+|[^\w\s]")
_MOST = 400  # lines on either side; comparing more takes longer than reading helps
_CUT = Markup('<mark class="gone">{}</mark>')
_PUT = Markup('<mark class="come">{}</mark>')


def marked(expected: str, got: str) -> tuple[Markup, Markup]:
    """Both texts escaped, with `mark` around what stands only on that side. Equal texts come back unmarked."""
    left, right = expected.splitlines(), got.splitlines()
    if max(len(left), len(right)) > _MOST:
        return Markup("{}").format(expected), Markup("{}").format(got)
    out_left: list[Markup] = []
    out_right: list[Markup] = []
    # A comma at the end says what follows, not what the line is.
    bare_left, bare_right = ([line.rstrip(",") for line in lines] for lines in (left, right))
    for tag, i, i_end, j, j_end in SequenceMatcher(None, bare_left, bare_right, autojunk=False).get_opcodes():
        if tag == "replace" and i_end - i == j_end - j:
            pairs = [_words(one, other) for one, other in zip(left[i:i_end], right[j:j_end], strict=True)]
            out_left += [pair[0] for pair in pairs]
            out_right += [pair[1] for pair in pairs]
            continue
        plain = Markup("{}")
        out_left += [(plain if tag == "equal" else _CUT).format(line) for line in left[i:i_end]]
        out_right += [(plain if tag == "equal" else _PUT).format(line) for line in right[j:j_end]]
    return Markup("\n").join(out_left), Markup("\n").join(out_right)


def _words(one: str, other: str) -> tuple[Markup, Markup]:
    """Two lines, the words marked that the other line does not have in that place."""
    left, right = _WORD.findall(one), _WORD.findall(other)
    out_left, out_right = Markup(""), Markup("")
    for tag, i, i_end, j, j_end in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        here, there = "".join(left[i:i_end]), "".join(right[j:j_end])
        out_left += Markup("{}").format(here) if tag == "equal" or not here else _CUT.format(here)
        out_right += Markup("{}").format(there) if tag == "equal" or not there else _PUT.format(there)
    return out_left, out_right
