"""The input clock: when the audio was sent that the server's times speak of.

The server counts speech in milliseconds of all audio that was ever appended; a commit or a clear does
not set that back. Law: an append costs a few additions, and only the latest appends are remembered.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from math import inf, isnan, nan
from typing import Final

from rtcli.session.rows import At
from rtcli.units import BYTES_PER_MS

REMEMBERED_APPENDS: Final = 16_384
"""More than five minutes of chunks of 20 ms."""
_EARLY: Final = 256
_EXACT_MS: Final = 1e-6
"""Less than a sample lasts: what sums of fractions of a millisecond may be off by."""


class InputClock:
    """How much audio the client has sent so far, and when."""

    def __init__(self) -> None:
        self.appended_ms = 0.0
        self.begins_here = False
        """All audio of the session is in the recording: it has the session's beginning."""
        self.first: At | None = None
        self._line = 0
        self._last_t: float | None = None
        self._gap_s = -inf
        self._gap_line = 0
        self._format: str | None = None
        self._per_ms = 0
        self._is_lost = False
        """There was audio in a format that nobody knows."""
        self._early: list[tuple[int, int, float | None]] = []
        """Bytes, line and time of what was sent before the format was told."""
        self._base_ms = 0.0
        self._bytes = 0
        self._ms = array("d")
        self._t = array("d")
        self._lines = array("q")
        self._has_forgotten = False

    @property
    def is_measured(self) -> bool:
        """The format of all of it is known."""
        return not (self._is_lost or self._early)

    @property
    def last(self) -> At | None:
        """The latest append."""
        return At(self._line, self._last_t) if self.first is not None else None

    @property
    def longest_gap(self) -> tuple[float, int] | None:
        """Milliseconds between two appends, and the line of the second."""
        ms = self._gap_s * 1000
        return (round(ms, 3), self._gap_line) if 0 <= ms < inf else None

    def append(self, size_bytes: int, audio_format: str | None, line: int, t: float | None) -> None:
        """The client sent audio."""
        last_t, self._line, self._last_t = self._last_t, line, t
        if last_t is None or t is None:
            self.first = self.first or At(line, t)
        elif t - last_t > self._gap_s:
            self._gap_s, self._gap_line = t - last_t, line
        if audio_format is not self._format:
            self._begin_format(audio_format)
        if self._per_ms:
            self._add(size_bytes, line, t)
        elif audio_format is None and len(self._early) < _EARLY:
            self._early.append((size_bytes, line, t))
        else:
            self._is_lost = True

    def at(self, ms: float) -> At | None:
        """The append that carried a moment of the audio; None where it is not remembered, or not yet sent."""
        if not (self.begins_here and self.is_measured and 0 <= ms <= self.appended_ms + _EXACT_MS):
            return None
        place = bisect_left(self._ms, ms - _EXACT_MS)
        forgotten = self._has_forgotten and place == 0
        if forgotten or place == len(self._ms) or isnan(self._t[place]):
            return None
        return At(self._lines[place], self._t[place])

    def _add(self, size_bytes: int, line: int, t: float | None) -> None:
        self._bytes += size_bytes
        self.appended_ms = ms = self._base_ms + self._bytes / self._per_ms
        self._ms.append(ms)
        self._t.append(nan if t is None else t)
        self._lines.append(line)
        if len(self._ms) >= 2 * REMEMBERED_APPENDS:
            self._forget()

    def _begin_format(self, audio_format: str | None) -> None:
        """What was sent before the first format was told is in that format: the server knew it all along."""
        self._format, self._base_ms, self._bytes = audio_format, self.appended_ms, 0
        self._per_ms = BYTES_PER_MS.get(audio_format or "", 0)
        if self._per_ms:
            for early in self._early:
                self._add(*early)
            self._early.clear()

    def _forget(self) -> None:
        for column in (self._ms, self._t, self._lines):
            del column[:REMEMBERED_APPENDS]
        self._has_forgotten = True
