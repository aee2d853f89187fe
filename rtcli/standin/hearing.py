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
_SEMANTIC_SILENCE_MS: Final = 700
_KEPT_MS: Final = 60_000
"""How much audio is kept while nobody speaks, with VAD on."""


class Hearing:
    """Audio that was appended and is not yet committed."""

    def __init__(self) -> None:
        self.appended_ms = 0.0
        self.item_id = ""
        self.detection: dict[str, Any] = {}
        self._format = "audio/pcm"
        self._buffer = bytearray()
        self._detector: Detector | None = None

    @property
    def speaking(self) -> bool:
        """Whether somebody is speaking."""
        return self._detector is not None and self._detector.speaking

    @property
    def uncommitted_ms(self) -> float:
        """How much audio waits to be committed."""
        return len(self._buffer) / _PER_MS

    def configure(self, audio_format: str, detection: dict[str, Any] | None) -> None:
        """Hear in this format, and find turns like this, or not at all."""
        self._format = audio_format
        if detection == self.detection and self._detector is not None:
            return
        self.detection = detection or {}
        self._detector = None
        if detection:
            self._detector = Detector(
                threshold=float(detection.get("threshold") or 0.5),
                prefix_ms=int(detection.get("prefix_padding_ms") or 0),
                silence_ms=int(detection.get("silence_duration_ms") or _SEMANTIC_SILENCE_MS),
                position_ms=int(self.appended_ms),
            )

    def append(self, audio: str) -> list[Edge]:
        """Take in base64 audio; gives back where speech began and ended in it."""
        if len(audio) > MAX_APPEND_BYTES:
            raise Refused("invalid_value", "Invalid 'audio': the chunk is larger than 15 MiB.", "audio")
        pcm16 = self.decoded(audio, "audio")
        self._buffer += pcm16
        self.appended_ms += len(pcm16) / _PER_MS
        if self._detector is None:
            return []
        edges = self._detector.feed(pcm16)
        if not self._detector.speaking and not edges:
            del self._buffer[: max(0, len(self._buffer) - _KEPT_MS * _PER_MS)]
        return edges

    def decoded(self, audio: str, param: str) -> bytes:
        """Base64 in the session's format as PCM16."""
        try:
            data = base64.b64decode(audio, validate=True)
        except (binascii.Error, ValueError) as fault:
            raise Refused("invalid_value", f"Invalid '{param}': it is not valid base64.", param) from fault
        return codec.decode(data, self._format)

    def take(self) -> bytes:
        """The buffered audio, which is then committed."""
        pcm16 = bytes(self._buffer)
        self.clear()
        return pcm16

    def clear(self) -> None:
        """Drop the buffered audio."""
        self._buffer.clear()
        self.item_id = ""
