"""Where the entries of a connection lie on the page's axis: at their times, or in their order.

Law: entry after entry costs the same, and of each sixteen bytes are kept, so that every line has its place.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from collections.abc import Callable
from typing import Final

from rtcli.formats import Entry
from rtcli.recording import Header
from rtcli.session.rows import At

STEP: Final = 0.05
"""How far an event without a time moves the axis on; audio moves it on by as long as it lasts."""
_FURTHEST: Final = 1e12
_LEAP_S: Final = 1e6
"""No call is silent for eleven days: a time so far off is damage, and its entry stands beside the one before."""


class Axis:
    """The places of the lines of one connection."""

    def __init__(self, heard_s: Callable[[float], float]) -> None:
        """An axis on which what is recorded at a time lies where `heard_s` says that it was heard."""
        self._heard_s = heard_s
        self.timed = False
        """Its entries have times, and the axis counts seconds."""
        self.late_s = 0.0
        """How far it runs behind the recording at most, where audio was sent faster than it is heard."""
        self._begins_s: float | None = None
        """When a part begins that was taken out of a recording."""
        self._lines = array("q")
        self._x = array("d")
        self._rows = array("q")
        self._x_now = 0.0

    def put(self, entry: Entry) -> float:
        """Take in the next entry, which the soundtrack knows already; where it lies."""
        if isinstance(entry.event, Header):
            self._begins_s = entry.event.begins_s
        t = None if isinstance(entry.event, Header) else entry.t
        if t is not None:
            x = self._placed(t)
            if not self.timed or abs(x - self._x_now) < _LEAP_S:
                self._x_now = x
                self.late_s = max(self.late_s, x - t)
            self.timed = True
        elif not self.timed and not isinstance(entry.event, Header):
            self._x_now += STEP
        self._lines.append(entry.line)
        self._x.append(self._x_now)
        self._rows.append(-1)
        return self._x_now

    def told_in(self, row: int) -> None:
        """The latest entry is told in that row of the list of events."""
        self._rows[-1] = row

    def sounded(self, seconds: float) -> None:
        """The latest entry carried audio of that length, which takes its time where there is no clock."""
        if not self.timed:
            self._x_now += max(0.0, seconds - STEP)

    def x(self, line: int) -> float:
        """Where a line lies; of a line that is no entry, the entry before it."""
        place = bisect_right(self._lines, line) - 1
        return self._x[max(0, place)] if self._x else 0.0

    def row(self, line: int) -> int:
        """The row that tells a line."""
        place = bisect_right(self._lines, line) - 1
        return self._rows[max(0, place)] if self._rows else -1

    def of(self, at: At | None) -> float | None:
        """Where a moment lies that a row of the metrics names."""
        if at is None:
            return None
        return self._placed(at.t) if self.timed and at.t is not None else self.x(at.line)

    def _placed(self, t: float) -> float:
        """Where a time lies: events stand beside what was heard then."""
        return max(-_FURTHEST, min(_FURTHEST, self._heard_s(t)))

    @property
    def lines(self) -> tuple[int, int]:
        """The first line and the last."""
        return (self._lines[0], self._lines[-1]) if self._lines else (0, 0)

    @property
    def ends(self) -> tuple[float, float]:
        """Where it begins and where it ends; what was carried along from before a part lies before its beginning."""
        if not self._x:
            return 0.0, 0.0
        first, last = min(self._x), max(self._x)
        begin = self._placed(self._begins_s) if self.timed and self._begins_s is not None else first
        return (begin if first <= begin <= last else first), last
