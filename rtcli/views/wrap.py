"""Breaking text into rows, word by word, by the width of what is shown.

Law: the rows joined are the text without its line breaks; a row is never wider than asked, but for
spaces at its end.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

from rich.cells import cell_len

from rtcli.session.stream import Stream
from rtcli.views.text import said
from rtcli.views.words import Words, cells, is_narrow

_WORD: Final = re.compile(r"\S+\s*|\s+")
_BLANKS: Final = re.compile(" *")
_LEAST: Final = 4


@lru_cache(maxsize=256)
def visible(text: str) -> str:
    """Text of a peer that may go over several lines."""
    return "\n".join(said(line) for line in text.split("\n"))


def wrap(text: str, first: int, width: int) -> list[str]:
    """The rows of a text, its first row `first` cells wide, the others `width`."""
    rows: list[str] = []
    for line in text.split("\n"):
        rows += _wrap_line(line, max(first, _LEAST) if not rows else max(width, _LEAST), max(width, _LEAST))
    return rows


wrapped = lru_cache(maxsize=256)(wrap)
"""For texts that stay as they are."""


def wrap_styled(words: Words, width: int) -> list[Words]:
    """The rows of styled words."""
    plain = words.plain
    if cells(plain) <= width:
        return [words]
    rows, end = [], 0
    for row in wrap(plain, width, width):
        begin, end = end, end + len(row)
        rows.append(words.part(begin, end))
        rows[-1].strip()
    return rows


class _Rows:
    """Rows being filled."""

    def __init__(self, first: int, width: int) -> None:
        self.full: list[str] = []
        self.row = ""
        self._used = 0
        self._room = first
        self._width = width

    def add(self, word: str) -> None:
        """Put a word with the spaces behind it on the row, or on the next; break it where no row holds it."""
        ink = cell_len(word.rstrip())
        if self._used + ink > self._room and ink <= self._width and self.row:
            self._next()
        if self._used + ink > self._room:
            self._break(word)
        else:
            self.row += word
            self._used += cell_len(word)

    def _next(self) -> None:
        self.full.append(self.row)
        self.row, self._used, self._room = "", 0, self._width

    def _break(self, word: str) -> None:
        pieces = [self.row]
        for character in word:
            cells = cell_len(character)
            if self._used + cells > self._room and not character.isspace() and self._used:
                self.row = "".join(pieces)
                self._next()
                pieces = []
            pieces.append(character)
            self._used += cells
        self.row = "".join(pieces)


def _wrap_line(line: str, first: int, width: int) -> list[str]:
    if is_narrow(line):
        return _wrap_plain(line, first, width)
    rows = _Rows(first, width)
    for word in _WORD.findall(line):
        rows.add(word)
    return [*rows.full, rows.row]


def _wrap_plain(line: str, first: int, width: int) -> list[str]:
    """The same where every character takes a cell and only blanks part words: row by row, which is ten times faster."""
    rows, begin, room, end = [], 0, first, len(line)
    while end - begin > room:
        edge = begin + room
        if line[edge] == " ":
            edge = _BLANKS.match(line, edge).end()  # type: ignore[union-attr] # it matches nothing, too
            if edge == end:
                break
        else:
            word = line.rfind(" ", begin, edge) + 1
            if word > begin:
                longest = word + width
                ends = line.find(" ", edge, longest + 1)  # no further: a word may be as long as the text
                if (end if ends < 0 else ends) <= longest:
                    edge = word
        rows.append(line[begin:edge])
        begin, room = edge, width
    return [*rows, line[begin:]]


class Growing:
    """The rows of a stream that still grows; each look costs what came since the last one."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._shape = (0, 0)
        self._length = 0
        self._rows: list[str] = [""]

    def rows(self, first: int, width: int) -> list[str]:
        """All rows; the list is only good until the next look."""
        text = self._stream.text
        if self._shape != (first, width) or len(text) < self._length:
            self._shape, self._length, self._rows = (first, width), 0, [""]
        if len(text) > self._length:
            last = self._rows.pop()
            room = width if self._rows else first
            self._rows += wrap(last + visible(text[self._length :]), room, width)
            self._length = len(text)
        return self._rows
