"""The built-in server's ear: the input audio buffer, decoded, and the turns that VAD finds in it."""

from __future__ import annotations

import base64
import binascii
from typing import Any, Final

from rtcli.standin import codec
from rtcli.standin.detection import Detector, Edge
from rtcli.standin.refusal import Refused
from rtcli.units import BYTES_PER_MS, MAX_APPEND_BYTES

_PER_MS: Final = BYTES_PER_MS["audio/pcm"]
_PREFIX_MS: Final = 300
_SEMANTIC_SILENCE_MS: Final = 700
"""Semantic VAD is played with a longer silence; the configuration says nothing of either time."""
_KEPT_MS: Final = 60_000
"""How much audio is kept while nobody speaks, with VAD on."""


class Hearing:
    """Audio that was appended and is not yet committed.

    Law: `item_id` names the open speech from its start until it is committed or dropped.
    """

    def __init__(self) -> None:
        self.item_id = ""
        self._dropped_bytes = 0
        self.detection: dict[str, Any] = {}
        self._format = "audio/pcm"
        self._buffer = bytearray()
        self._detector: Detector | None = None

    @property
    def speaking(self) -> bool:
        """Whether somebody is speaking."""
        return self._detector is not None and self._detector.speaking

    @property
    def appended_ms(self) -> int:
        """How much audio was ever appended."""
        return (self._dropped_bytes + len(self._buffer)) // _PER_MS

    @property
    def uncommitted_ms(self) -> float:
        """How much audio waits to be committed."""
        return len(self._buffer) / _PER_MS

    def configure(self, audio_format: str, detection: dict[str, Any] | None) -> None:
        """Hear in this format, and find turns like this, or not at all."""
        self._format = audio_format
        if (detection or {}) == self.detection:
            return
        self.detection = detection or {}
        self._listen_anew()

    def append(self, audio: str) -> list[Edge]:
        """Take in base64 audio; gives back where speech began and ended in it."""
        if len(audio) > MAX_APPEND_BYTES:
            raise Refused("invalid_value", "Invalid 'audio': the chunk is larger than 15 MiB.", "audio")
        pcm16 = self.decoded(audio, "audio")
        self._buffer += pcm16
        if self._detector is None:
            return []
        edges = self._detector.feed(pcm16)
        if not self._detector.speaking and not edges:
            self._drop(len(self._buffer) - _KEPT_MS * _PER_MS)
        return edges

    def decoded(self, audio: str, param: str) -> bytes:
        """Base64 in the session's format as PCM16."""
        try:
            data = base64.b64decode(audio, validate=True)
        except (binascii.Error, ValueError) as fault:
            raise Refused("invalid_value", f"Invalid '{param}': it is not valid base64.", param) from fault
        return codec.decode(data, self._format)

    def begin(self, item_id: str, start_ms: int) -> None:
        """Speech began, in an item that is announced; what lies before it will not be committed."""
        self.item_id = item_id
        self._drop(start_ms * _PER_MS - self._dropped_bytes)

    def end(self, stop_ms: int) -> bytes:
        """Speech ended: its audio, which is then committed."""
        return self._take(stop_ms * _PER_MS - self._dropped_bytes)

    def take(self) -> bytes:
        """All the buffered audio, which is then committed; speech that is open ends with it."""
        pcm16 = self._take(len(self._buffer))
        self._listen_anew()
        return pcm16

    def clear(self) -> None:
        """Drop the buffered audio and speech that is open in it."""
        self.take()

    def _take(self, count: int) -> bytes:
        pcm16 = bytes(self._buffer[:count])
        self._drop(count)
        self.item_id = ""
        return pcm16

    def _drop(self, count: int) -> None:
        """Let go of the oldest bytes."""
        count = max(0, min(count, len(self._buffer)))
        del self._buffer[:count]
        self._dropped_bytes += count

    def _listen_anew(self) -> None:
        wanted = self.detection
        self.item_id, self._detector = "", None
        if wanted:
            self._detector = Detector(
                threshold=wanted.get("threshold", 0.5),
                prefix_ms=wanted.get("prefix_padding_ms", _PREFIX_MS),
                silence_ms=wanted.get("silence_duration_ms", _SEMANTIC_SILENCE_MS),
                position_ms=self.appended_ms,
            )
