"""Server VAD: an energy gate over the appended audio, with prefix padding and a silence to end on.

Positions are milliseconds of all audio ever appended, as on the wire. Law: starts and stops
alternate, and their positions never decrease: the padding ends where the last speech ended.
"""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

from rtcli.standin.understanding import WINDOW_BYTES, WINDOW_MS, shape

GATE: Final = 600
"""Mean amplitude from which a window is loud at threshold 0.5; speech lies far above, line noise below."""
LOUD_WINDOWS: Final = 3
"""How many loud windows in a row make speech; a click is shorter."""


class Edge(Struct, frozen=True):
    """The start or the end of speech."""

    kind: Literal["start", "stop"]
    at_ms: int


class Detector:
    """Hears speech begin and end."""

    def __init__(self, *, threshold: float, prefix_ms: int, silence_ms: int, position_ms: int) -> None:
        self._gate = GATE * threshold * 2
        self._prefix_ms = prefix_ms
        self._silence_ms = silence_ms
        self._position_ms = position_ms
        self._earliest_ms = position_ms
        self._rest = b""
        self._loud = 0
        self._quiet_ms = 0
        self.speaking = False

    def feed(self, pcm16: bytes) -> list[Edge]:
        """The edges in the next piece of audio."""
        data = self._rest + pcm16
        whole = len(data) // WINDOW_BYTES * WINDOW_BYTES
        self._rest = data[whole:]
        edges = (self._window(data[start : start + WINDOW_BYTES]) for start in range(0, whole, WINDOW_BYTES))
        return [edge for edge in edges if edge]

    def _window(self, window: bytes) -> Edge | None:
        loud = shape(window)[0] >= self._gate
        self._position_ms += WINDOW_MS
        if not self.speaking:
            self._loud = self._loud + 1 if loud else 0
            if self._loud < LOUD_WINDOWS:
                return None
            self.speaking, self._quiet_ms = True, 0
            begun_ms = self._position_ms - LOUD_WINDOWS * WINDOW_MS - self._prefix_ms
            return Edge("start", max(self._earliest_ms, begun_ms))
        self._quiet_ms = 0 if loud else self._quiet_ms + WINDOW_MS
        if self._quiet_ms < self._silence_ms:
            return None
        self.speaking, self._loud, self._earliest_ms = False, 0, self._position_ms
        return Edge("stop", self._position_ms)
