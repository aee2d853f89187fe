"""Words with their styles: what a row is made of, before it is known where it is shown.

Law: two pieces side by side are one wherever neither has a style; of styles inside one another the innermost wins.
"""

from __future__ import annotations

import re
from typing import Final, Self

from msgspec import Struct
from rich.cells import cell_len, set_cell_size
from rich.text import Text

from rtcli.session.stream import Stream
from rtcli.views.style import QUIET

Styles = tuple[str, ...]
"""From the outermost to the innermost."""
Piece = tuple[str, Styles]
_NONE: Final[Styles] = ()
is_narrow: Final = re.compile("[\x20-\x7e\xa1-\xac\xae-\u02ff\u0370-\u0482…≤⊘✓✗⚠\u2500-\u25fc]*").fullmatch
"""Whether each character of a text takes a cell, and only blanks part words: letters of Europe, and our own signs."""


def cells(text: str) -> int:
    """How wide a text is."""
    return len(text) if text.isascii() or is_narrow(text) else cell_len(text)


class Words:
    """Pieces of text, each with its styles; `base` is a style around all of them."""

    __slots__ = ("base", "pieces")

    def __init__(self, text: str = "", base: str = "") -> None:
        self.base = base
        self.pieces: list[Piece] = [(text, _NONE)] if text else []

    def __bool__(self) -> bool:
        return bool(self.pieces)

    @property
    def plain(self) -> str:
        """The words as they are read."""
        pieces = self.pieces
        return pieces[0][0] if len(pieces) == 1 else "".join([text for text, _ in pieces])

    def add(self, text: str, style: str = "") -> Self:
        """Append a text."""
        if text:
            self._put(text, (style,) if style else _NONE)
        return self

    def join(self, words: Words) -> Self:
        """Append words with their own styles."""
        base = words.base
        for text, styles in words.pieces:
            self._put(text, (base, *styles) if base else styles)
        return self

    def copy(self) -> Words:
        """The same, to append to."""
        words = Words(base=self.base)
        words.pieces = self.pieces.copy()
        return words

    def part(self, begin: int, end: int) -> Words:
        """The words between two places, to append to."""
        part, at = Words(base=self.base), 0
        for text, styles in self.pieces:
            if at < end and at + len(text) > begin:
                part._put(text[max(0, begin - at) : end - at], styles)
            at += len(text)
        return part

    def strip(self) -> None:
        """Leave out the spaces at the end."""
        pieces = self.pieces
        while pieces:
            text, styles = pieces.pop()
            if kept := text.rstrip():
                pieces.append((kept, styles))
                return

    def cut(self, width: int) -> None:
        """Leave out what is beyond a width."""
        plain = self.plain
        if cells(plain) > width:
            plain = set_cell_size(plain, width)
            pieces, self.pieces, at = self.pieces, [], 0
            for text, styles in pieces:
                self._put(plain[at : at + len(text)], styles)
                at += len(text)

    def text(self) -> Text:
        """The words for Rich."""
        text = Text(style=self.base, no_wrap=True, end="")
        for piece, styles in self.pieces:
            begin = len(text)
            text.append(piece)
            for style in styles:
                text.stylize(style, begin)
        return text

    def _put(self, text: str, styles: Styles) -> None:
        pieces = self.pieces
        if not styles and pieces and not pieces[-1][1]:
            pieces[-1] = (pieces[-1][0] + text, _NONE)
        elif text:
            pieces.append((text, styles))


class Label(Struct):
    """What a node says: a short head, and words that may go over many rows."""

    head: Words
    words: str = ""
    style: str = ""
    growing: Stream | None = None
    """The stream whose text the words are, while it still grows."""
    apart: bool = False
    """The words begin on a row of their own."""


def joined(*parts: str | tuple[str, str] | Words) -> Words:
    """The parts that say something, with dots between them."""
    words = Words()
    for part in parts:
        if not part or (type(part) is tuple and not part[0]):
            continue
        if words:
            words.add(" · ", QUIET)
        if type(part) is Words:
            words.join(part)
        elif type(part) is tuple:
            words.add(*part)
        else:
            words.add(part)  # type: ignore[arg-type] # a string
    return words
