"""By how much a call is heard later than it was recorded, because audio was sent faster than it was spoken.

Law: it only grows, and what is kept of it grows with the seconds in which it does, not with the lines.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from typing import Final

_STEP_S: Final = 0.05
"""How finely it is kept when it grew."""
_MOST_S: Final = 1e10
"""Longer than anything is: such a time, in seconds, is none."""


def believed(t: float | None) -> float | None:
    """When something was recorded, in seconds; None where that is not told, or cannot be."""
    return t if t is not None and -_MOST_S < t < _MOST_S else None


class Lag:
    """The lag since each moment of the recording."""

    def __init__(self) -> None:
        self.now_s = 0.0
        """By how much what comes now is heard later."""
        self._since = array("d")
        self._lags = array("d")

    def at(self, t: float) -> float:
        """By how much later something is heard that was recorded at `t`."""
        place = bisect_right(self._since, t)
        return self._lags[place - 1] if place else 0.0

    def grow(self, t: float, lag_s: float) -> None:
        """From `t` on it is so much."""
        self.now_s = lag_s
        if self._since and t - self._since[-1] < _STEP_S:
            self._lags[-1] = lag_s
        else:
            self._since.append(t)
            self._lags.append(lag_s)
