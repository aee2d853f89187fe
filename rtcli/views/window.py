"""A window at the foot of a terminal, drawn many times a second.

Law: a frame in which nothing changed sends nothing, and one in which a row changed sends that row. Whatever else is
printed meanwhile stands above the window.
"""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.live import Live
from rich.text import Text

from rtcli.views.paint import Painter, Painting, Rows
from rtcli.views.words import Words


class Window:
    """Rows that Rich puts where they belong; of those that stand there the ones that change are written without it."""

    def __init__(self, console: Console) -> None:
        self._console = console
        self._live = Live(console=console, auto_refresh=False, transient=True, vertical_overflow="crop")
        self._painter = Painter(console)
        self._painting = Painting([])
        self._size = (0, 0)

    def start(self) -> None:
        """Hide the cursor; what others print from now on stands above the window."""
        self._live.start()

    def stop(self) -> None:
        """Take the window away."""
        self._live.stop()

    def draw(self, rows: Sequence[Words | Text], size: tuple[int, int]) -> None:
        """Show these rows on a terminal of so many columns and rows."""
        if self._console.legacy_windows:  # is told by calls how to look, not by what is sent
            self._live.update(Rows(rows), refresh=True)
            return
        before, now = self._painting.rows, self._painter.painted(rows, size[0])
        self._painting.rows = now
        if size == self._size and len(before) == len(now):
            self._rewrite(before, now)
        else:
            self._size = size
            self._live.update(self._painting, refresh=True)

    def _rewrite(self, before: list[str], now: list[str]) -> None:
        """Write the rows that are others than before; the cursor stands in the last one, and does so afterwards."""
        sent, at, last = [], len(now) - 1, len(now) - 1
        for number, row in enumerate(now):
            if row != before[number]:
                sent += [_moved(number - at), "\r\x1b[2K", row]
                at = number
        if sent:
            self._console.file.write("".join((*sent, _moved(last - at))))
            self._console.file.flush()


def _moved(rows: int) -> str:
    """What moves the cursor so many rows down, or up."""
    return f"\x1b[{rows}B" if rows > 0 else f"\x1b[{-rows}A" if rows < 0 else ""
