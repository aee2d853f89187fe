"""Two texts as one, with the words that differ marked, with and without colour."""

from __future__ import annotations

from difflib import SequenceMatcher
from typing import Final

from rich.text import Text

from rtcli.views.text import said

_ONLY_BEFORE: Final = ("[-", "-]", "red")
_ONLY_AFTER: Final = ("{+", "+}", "green")


def worded(before: str, after: str) -> Text:
    """The words of both: ``It is [-foggy-] {+sunny+} in London.``."""
    one, other = before.split(), after.split()
    parts: list[Text] = []
    for _, start_a, end_a, start_b, end_b in SequenceMatcher(None, one, other, autojunk=False).get_opcodes():
        if one[start_a:end_a] == other[start_b:end_b]:
            parts.append(Text(said(" ".join(one[start_a:end_a]))))
            continue
        for words, (opening, closing, style) in (
            (one[start_a:end_a], _ONLY_BEFORE),
            (other[start_b:end_b], _ONLY_AFTER),
        ):
            if words:
                parts.append(Text(f"{opening}{said(' '.join(words))}{closing}", style=style))
    return Text(" ").join(parts)
