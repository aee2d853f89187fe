"""Rows as the bytes that a terminal is sent, each made once for as long as it is shown.

Law: what is painted looks like what Rich would print; a frame costs what changed since the last one.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Final

from rich.console import Console, ConsoleOptions, RenderResult
from rich.segment import ControlType, Segment
from rich.text import Text

from rtcli.views.words import Styles, Words

_AS_IT_IS: Final = [(ControlType.CARRIAGE_RETURN,)]
"""Marks a segment as one for the terminal itself, so that Rich measures and cuts nothing of it."""


class Ink:
    """Paints as Rich would for a console; what Rich sends for a style is asked for once."""

    def __init__(self, console: Console) -> None:
        self._sheet = io.StringIO()
        self._brush = Console(
            file=self._sheet,
            force_terminal=True,
            color_system=console.color_system or None,  # type: ignore[arg-type] # one of those it takes
            no_color=console.no_color,
            highlight=False,
            markup=False,
            emoji=False,
        )
        self._strokes: dict[tuple[str, Styles], tuple[str, str]] = {}

    def words(self, words: Words) -> str:
        """Words as a terminal is sent them; where no piece has a style, the base is none either."""
        base, strokes = words.base, self._strokes
        pieces = words.pieces
        for _, styles in pieces:
            if styles:
                break
        else:
            return words.plain
        painted = []
        for text, styles in pieces:
            stroke = strokes.get((base, styles)) or self._stroke(base, styles)
            painted.append(f"{stroke[0]}{text}{stroke[1]}")
        return "".join(painted)

    def text(self, text: Text) -> str:
        """What Rich made, in one line."""
        self._brush.print(text, end="", soft_wrap=True, highlight=False)
        painted = self._sheet.getvalue()
        self._sheet.seek(0)
        self._sheet.truncate()
        return painted

    def _stroke(self, base: str, styles: Styles) -> tuple[str, str]:
        """What is sent before and after a text in these styles."""
        sample = Text("x", style=base)
        for style in styles:
            sample.stylize(style)
        before, _, after = self.text(sample).partition("x")
        self._strokes[base, styles] = before, after
        return before, after


class Painter:
    """Paints rows for a console; remembers those of the last frame, by what they are or by what they say."""

    def __init__(self, console: Console) -> None:
        self._ink = Ink(console)
        self._width = 0
        self._painted: dict[int, tuple[Text | Words, str]] = {}
        self._text: tuple[Text, str] | None = None
        """What Rich made last: a footer, which is made for every frame."""

    def painted(self, rows: Sequence[Text | Words], width: int) -> list[str]:
        """The rows, each cut at a width."""
        before = self._painted if self._width == width else {}
        self._painted, self._width = {}, width
        painted = []
        for row in rows:
            known = before.get(id(row)) or (row, self._paint(row))
            self._painted[id(row)] = known
            painted.append(known[1])
        return painted

    def _paint(self, row: Text | Words) -> str:
        if isinstance(row, Words):
            return self._ink.words(row)
        cut = row.copy()
        cut.truncate(self._width)
        if self._text is None or (self._text[0], self._text[0].style) != (cut, cut.style):
            self._text = cut, self._ink.text(cut)
        return self._text[1]


class Painting:
    """Rows that are painted already."""

    def __init__(self, rows: list[str]) -> None:
        self.rows = rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for number, row in enumerate(self.rows):
            if number:
                yield Segment.line()
            yield Segment(row, None, _AS_IT_IS)


class Rows:
    """Rows that are wrapped already; the last one is `ended` where more is printed below."""

    def __init__(self, rows: Sequence[Text | Words], *, ended: bool = False) -> None:
        self._rows = [row.text() if isinstance(row, Words) else row for row in rows]
        self._ended = ended

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for number, row in enumerate(self._rows):
            if number:
                yield Segment.line()
            yield from row.render(console)
        if self._ended:
            yield Segment.line()
