"""The input clock: when the audio was sent that the server's times speak of.

The server counts speech in milliseconds of all audio that was ever appended; a commit or a clear does
not set that back. Law: an append costs a few additions, and only the latest appends are remembered.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from math import isnan, nan
from typing import Final

from rtcli.session.rows import At
from rtcli.units import BYTES_PER_MS

REMEMBERED_APPENDS: Final = 16_384
"""More than five minutes of chunks of 20 ms."""
_EXACT_MS: Final = 1e-6
"""Less than a sample lasts: what sums of fractions of a millisecond may be off by."""


class InputClock:
    """How much audio the client has sent so far, and when."""

    def __init__(self) -> None:
        self.appended_ms = 0.0
        self.is_measured = True
        """The format of all of it was known."""
        self.first: At | None = None
        self.last: At | None = None
        self.longest_gap: tuple[float, int] | None = None
        """Seconds between two appends, and the line of the second."""
        self._format: str | None = None
        self._base_ms = 0.0
        self._bytes = 0
        self._ms = array("d")
        self._t = array("d")
        self._lines = array("q")
        self._has_forgotten = False

    def append(self, size_bytes: int, audio_format: str | None, line: int, t: float | None) -> None:
        """The client sent audio."""
        self._note(At(line, t))
        per_ms = BYTES_PER_MS.get(audio_format or "")
        if not per_ms:
            self.is_measured = False
            return
        if audio_format != self._format:
            self._format, self._base_ms, self._bytes = audio_format, self.appended_ms, 0
        self._bytes += size_bytes
        self.appended_ms = self._base_ms + self._bytes / per_ms
        self._ms.append(self.appended_ms)
        self._t.append(nan if t is None else t)
        self._lines.append(line)
        if len(self._ms) >= 2 * REMEMBERED_APPENDS:
            self._forget()

    def at(self, ms: float) -> At | None:
        """The append that carried a moment of the audio; None where it is not remembered, or not yet sent."""
        place = bisect_left(self._ms, ms - _EXACT_MS)
        forgotten = self._has_forgotten and place == 0
        if not self.is_measured or ms < 0 or forgotten or place == len(self._ms) or isnan(self._t[place]):
            return None
        return At(self._lines[place], self._t[place])

    def _note(self, now: At) -> None:
        if self.last is not None and self.last.t is not None and now.t is not None:
            gap_s = now.t - self.last.t
            if self.longest_gap is None or gap_s > self.longest_gap[0]:
                self.longest_gap = (gap_s, now.line)
        self.first, self.last = self.first or now, now

    def _forget(self) -> None:
        for column in (self._ms, self._t, self._lines):
            del column[:REMEMBERED_APPENDS]
        self._has_forgotten = True
