"""Wire audio to PCM16 at 24 kHz and back, for the three formats of the protocol.

What is heard comes in pieces, whose samples are repeated: that is enough to tell speech from silence, and each
piece is heard at once and whole.
"""

from __future__ import annotations

from array import array

from rtcli.session.codec import converted
from rtcli.session.g711 import expansion
from rtcli.session.resampling import bytes_of


def decode(data: bytes, audio_format: str) -> bytes:
    """The audio as PCM16, 24 kHz; a last half sample is left out."""
    if audio_format == "audio/pcm":
        return data[: len(data) // 2 * 2]
    table = expansion(audio_format)
    return bytes_of(array("h", (table[byte] for byte in data for _ in range(3))))


def encode(pcm16: bytes, audio_format: str) -> bytes:
    """A whole sound of PCM16 at 24 kHz as the format's bytes."""
    return converted(pcm16, "audio/pcm", audio_format)
