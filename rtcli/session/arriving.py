"""The audio of one response while it arrives, as a player hears it that begins with the first delta.

Law: a delta costs a few additions on plain numbers; the row is brought up to date when it is asked for.
"""

from __future__ import annotations

from math import isfinite

from rtcli.session.loudness import Onset
from rtcli.session.rows import At, ResponseRow
from rtcli.units import BYTES_PER_MS, base64_bytes


class Arriving:
    """Keeps the numbers of a row's audio until the response is done; `settle` writes them into the row."""

    def __init__(self, row: ResponseRow, audio_format: str | None) -> None:
        self.row = row
        self._per_ms = BYTES_PER_MS.get(audio_format or "", 0)
        self._onset = Onset(audio_format)
        self._listens = self._onset.listens
        self._bytes = 0
        self._line = 0
        self._t: float | None = None
        self._first_t: float | None = None
        self._dry_ms = 0.0
        self._is_timed = True
        """Every delta had a time."""
        row.audio_format = audio_format
        row.audio_ms = 0.0
        row.dry_ms = 0.0

    def take(self, payload: str, line: int, t: float | None) -> bool:
        """The next delta, in base64; tells whether it is the first that has a sound in it."""
        # Most chunks are whole, without padding: for them the length tells it in a third of the time.
        size = len(payload) * 3 // 4 if payload[-1:] != "=" else base64_bytes(len(payload), payload[-2:])
        if not size:
            return False
        if self._listens:
            self._listen(payload)
        received, self._bytes, self._line, self._t = self._bytes, self._bytes + size, line, t
        if not received:
            self._first_t, self._is_timed = t, t is not None
            self.row.first_audio = self.row.first_audio or At(line, t)
            return True
        if t is None or self._first_t is None:
            self._is_timed = False
        elif self._per_ms:
            late_ms = (t - self._first_t) * 1000 - received / self._per_ms
            if late_ms > self._dry_ms:  # noqa: PLR1730 - max() costs as much as all the rest
                self._dry_ms = late_ms
        return False

    def settle(self) -> None:
        """Write into the row what has come so far."""
        row = self.row
        if not self._bytes:
            return
        row.last_audio = At(self._line, self._t)
        row.audio_ms = self._bytes / self._per_ms if self._per_ms else None
        row.dry_ms = self._dry_ms if self._per_ms and self._is_timed and isfinite(self._dry_ms) else None
        if row.speech is not None and self._line > row.speech.line:
            row.audio_after_speech = row.last_audio

    def _listen(self, payload: str) -> None:
        self._onset.take(payload)
        self._listens = self._onset.listens
        self.row.first_audible_ms = self._onset.audible_ms


def heard_ms(row: ResponseRow, now: At) -> float | None:
    """How much of a response's audio can have been heard by now; None where that is not known."""
    first = row.first_audio
    if first is None or first.t is None or now.t is None or row.audio_ms is None:
        return None
    return max(0.0, min(row.audio_ms, (now.t - first.t) * 1000))


def silent_from(row: ResponseRow) -> float | None:
    """When a player has played all that was received, in seconds of the recording."""
    first = row.first_audio
    if first is None or first.t is None or row.audio_ms is None:
        return None
    return first.t + (row.audio_ms + (row.dry_ms or 0.0)) / 1000
