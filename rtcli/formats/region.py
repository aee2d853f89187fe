"""Lines of a damaged file in which no whole record stands by itself, until one is found that reaches over them.

Law: looking for it again and again, as each line comes, costs about as much as there is to look through.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from itertools import accumulate
from typing import Final

from rtcli.formats.entire import Unfinished, object_at

BEGINNING: Final = re.compile(r'\{\s*"(?:t|rtcli|type|event_id|from|event)"\s*:')
_HALF_A_BEGINNING: Final = re.compile(r'\{\s*(?:"\w{0,8}(?:"\s*)?)?$')
_SMALL: Final = 8192
"""So much may be looked through anew for each line."""


class Region:
    """The lines, without their newlines."""

    def __init__(self) -> None:
        self._lines: list[tuple[int, str]] = []
        self._starts: list[int] = []
        self.size = 0
        self._settled = 0
        """How many of the lines were looked through, and hold nothing that could begin a record."""
        self._again_at = 0
        """At which size it is worth to look again at what may still become a record."""

    def __bool__(self) -> bool:
        return bool(self._lines)

    @property
    def last(self) -> str:
        """The last line."""
        return self._lines[-1][1]

    @property
    def text(self) -> str:
        """All of it in one piece."""
        return "".join(piece for _, piece in self._lines)

    @property
    def unsettled(self) -> str:
        """What of it was not looked through, or may go on; empty where it is not worth to look yet."""
        if self.size < self._again_at:
            return ""
        return "".join(piece for _, piece in self._lines[self._settled :])

    @property
    def was_looked_through(self) -> bool:
        """Whether it is known of some of the lines that there is nothing in them."""
        return self._settled > 0 or self.size < self._again_at

    def add(self, number: int, line: str) -> None:
        """The next line."""
        self._starts.append(self.size)
        self._lines.append((number, line))
        self.size += len(line)

    def line_at(self, place: int) -> int:
        """The number of the line that a place in the text belongs to."""
        return self._lines[bisect_right(self._starts, place) - 1][0]

    def begins_a_line(self, place: int, text: str) -> bool:
        """Whether a text is all of the line in which it begins."""
        index = bisect_right(self._starts, place) - 1
        return self._starts[index] == place and self._lines[index][1] == text

    def forget(self, place: int) -> None:
        """Forget all up to a place, and that it was looked through."""
        index = bisect_right(self._starts, place) - 1
        (begun, piece), *behind = self._lines[index:]
        kept = [(begun, piece[place - self._starts[index] :]), *behind]
        self._lines = [(number, piece) for number, piece in kept if piece]
        ends = list(accumulate(len(piece) for _, piece in self._lines))
        self._starts, self.size = [0, *ends][: len(ends)], ends[-1] if ends else 0
        self._settled = self._again_at = 0

    def settle(self, text: str) -> None:
        """Take down that no whole record is in a text, which is all that was not settled before."""
        place = _first_that_may_go_on(text)
        if len(text) - place > _SMALL:
            self._again_at = self.size + (len(text) - place) // 8
        begins = self.size - len(text) + place
        self._settled = bisect_right(self._starts, begins) - (place < len(text))


def _first_that_may_go_on(text: str) -> int:
    """Where the first object begins that may have its end behind the text; the text's end where none does."""
    if text.startswith("{") and _may_go_on(text, 0):
        return 0
    for told in BEGINNING.finditer(text):
        if _may_go_on(text, told.start()):
            return told.start()
    half = _HALF_A_BEGINNING.search(text)
    return half.start() if half else len(text)


def _may_go_on(text: str, place: int) -> bool:
    """Whether what begins at a place is no object only because the text ends too early."""
    try:
        object_at(text, place)
    except Unfinished:
        return True
    except (ValueError, RecursionError):
        pass
    return False
