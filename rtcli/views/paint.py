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

_AS_IT_IS: Final = [(ControlType.CARRIAGE_RETURN,)]
"""Marks a segment as one for the terminal itself, so that Rich measures and cuts nothing of it."""


class Painter:
    """Paints rows for a console; remembers those of the last frame, which are the same objects."""

    def __init__(self, console: Console) -> None:
        self._console = console
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
        self._width = 0
        self._painted: dict[int, tuple[Text, Segment]] = {}

    def window(self, rows: Sequence[Text]) -> Painting | Rows:
        """The rows, each on a line and cut at the width of the console."""
        if self._console.legacy_windows:  # is told by calls how to look, not by what is sent
            return Rows(rows)
        before = self._painted if self._width == self._console.width else {}
        self._painted, self._width = {}, self._console.width
        for row in rows:
            self._painted[id(row)] = before.get(id(row)) or (row, self._paint(row))
        return Painting([self._painted[id(row)][1] for row in rows])

    def _paint(self, row: Text) -> Segment:
        cut = row.copy()
        cut.truncate(self._width)
        self._brush.print(cut, end="", soft_wrap=True, highlight=False)
        text = self._sheet.getvalue()
        self._sheet.seek(0)
        self._sheet.truncate()
        return Segment(text, None, _AS_IT_IS)


class Painting:
    """Rows that are painted already."""

    def __init__(self, rows: Sequence[Segment]) -> None:
        self._rows = rows

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for number, row in enumerate(self._rows):
            if number:
                yield Segment.line()
            yield row


class Rows:
    """Rows that are wrapped already; the last one is `ended` where more is printed below."""

    def __init__(self, rows: Sequence[Text], *, ended: bool = False) -> None:
        self._rows = rows
        self._ended = ended

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        for number, row in enumerate(self._rows):
            if number:
                yield Segment.line()
            yield from row.render(console)
        if self._ended:
            yield Segment.line()
