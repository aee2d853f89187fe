"""The audio of one response while it arrives, as a player hears it that begins with the first delta."""

from __future__ import annotations

from rtcli.session.loudness import AUDIBLE_DBFS, Onset
from rtcli.session.rows import At, ResponseRow
from rtcli.units import BYTES_PER_MS, base64_bytes


class Arriving:
    """Keeps the numbers of a row's audio up to date, delta by delta, until the response is done."""

    def __init__(self, row: ResponseRow, audio_format: str | None, audible_dbfs: float = AUDIBLE_DBFS) -> None:
        self.row = row
        self._per_ms = BYTES_PER_MS.get(audio_format or "", 0)
        self._onset = Onset(audio_format, audible_dbfs)
        self._bytes = 0
        row.audio_format = audio_format
        row.audio_ms = 0.0
        row.dry_ms = 0.0

    def take(self, payload: str, now: At) -> None:
        """The next delta, in base64."""
        row, size = self.row, base64_bytes(len(payload), payload[-2:])
        if not size:
            return
        row.dry_ms = self._dry_ms(now)
        row.first_audio, row.last_audio = row.first_audio or now, now
        self._bytes += size
        row.audio_ms = self._bytes / self._per_ms if self._per_ms else None
        if row.speech is not None:
            row.audio_after_speech = now
        if self._onset.listens:
            self._onset.take(payload)
            row.first_audible_ms = self._onset.audible_ms

    def _dry_ms(self, now: At) -> float | None:
        """How long the player has had nothing to play, when this delta comes."""
        row = self.row
        if row.first_audio is None:
            return 0.0
        if row.dry_ms is None or row.audio_ms is None or row.first_audio.t is None or now.t is None:
            return None
        wall_ms = (now.t - row.first_audio.t) * 1000
        return row.dry_ms + max(0.0, wall_ms - row.audio_ms - row.dry_ms)


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
