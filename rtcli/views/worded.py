"""Two texts as one, with the words that differ marked, with and without colour."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from typing import Final

from rich.text import Text

from rtcli.views.text import said

_ONLY_BEFORE: Final = ("[-", "-]", "red")
_ONLY_AFTER: Final = ("{+", "+}", "green")
_AROUND: Final = 8
"""How many words of a long stretch that is the same are shown on either side."""
_MANY: Final = 1000
"""Between texts with more words than these, words that come very often are not what others are lined up by."""


def worded(before: str, after: str) -> Text:
    """The words of both: ``It is [-foggy-] {+sunny+} in London.``."""
    one, other = before.split(), after.split()
    parts: list[Text] = []
    matcher = SequenceMatcher(None, one, other, autojunk=len(other) > _MANY)
    for kind, start_a, end_a, start_b, end_b in matcher.get_opcodes():
        if kind == "equal":
            parts.append(Text(said(_shortened(one[start_a:end_a]))))
            continue
        for words, (opening, closing, style) in (
            (one[start_a:end_a], _ONLY_BEFORE),
            (other[start_b:end_b], _ONLY_AFTER),
        ):
            if words:
                parts.append(Text(f"{opening}{said(' '.join(words))}{closing}", style=style))
    return Text(" ").join(parts)


def _shortened(words: Sequence[str]) -> str:
    if len(words) > 3 * _AROUND:
        words = [*words[:_AROUND], "…", *words[-_AROUND:]]
    return " ".join(words)
