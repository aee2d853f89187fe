"""How long a response stays silent before its first audible frame.

Law: audio is decoded only until that frame has come, and for a few seconds at most; less than a frame of
it is kept.
"""

from __future__ import annotations

import array
import sys
from functools import cache
from typing import Final

import pybase64

from rtcli.session.g711 import expansion
from rtcli.units import BYTES_PER_MS

AUDIBLE_DBFS: Final = -50.0
FRAME_MS: Final = 20
LISTENED_MS: Final = 5000
"""A response that is silent for longer does not begin with silence, it is silent."""
_LEAST_POWER: Final = (32_768 * 10 ** (AUDIBLE_DBFS / 20)) ** 2


class Onset:
    """The beginning of the audio of one response, in a format by its GA name."""

    def __init__(self, audio_format: str | None) -> None:
        self.audible_ms: float | None = None
        """Milliseconds before the first audible frame; None while none has come."""
        self._format = audio_format or ""
        self._frame_bytes = BYTES_PER_MS.get(self._format, 0) * FRAME_MS
        self._rest = b""
        self._frames = 0
        self.listens = self._frame_bytes > 0
        """More audio can tell more."""

    def take(self, payload: str) -> None:
        """Listen to the next chunk, in base64; one that is none makes the beginning unknown."""
        try:
            data = self._rest + pybase64.b64decode(payload, validate=True)
        except ValueError:
            self.listens = False
            return
        whole = len(data) // self._frame_bytes * self._frame_bytes
        for start in range(0, whole, self._frame_bytes):
            if self._power(data[start : start + self._frame_bytes]) > _LEAST_POWER:
                self.audible_ms = float(self._frames * FRAME_MS)
                self.listens = False
                return
            self._frames += 1
        self._rest = data[whole:]
        self.listens = self._frames * FRAME_MS < LISTENED_MS

    def _power(self, frame: bytes) -> float:
        if not frame.strip(_silence(self._format)):
            return 0.0
        if BYTES_PER_MS[self._format] == 8:
            levels = expansion(self._format)
            return sum(levels[byte] ** 2 for byte in frame) / len(frame)
        samples = array.array("h", frame)
        if sys.byteorder == "big":  # pragma: no cover - a machine of the other byte order
            samples.byteswap()
        return sum(sample * sample for sample in samples) / len(samples)


@cache
def _silence(audio_format: str) -> bytes:
    return b"\x00" if BYTES_PER_MS[audio_format] != 8 else b""
