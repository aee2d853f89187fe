"""Wire audio to PCM16 at 24 kHz and back, for the three formats of the protocol.

Rates are changed by repeating or skipping samples, which is enough to tell speech from silence.
"""

from __future__ import annotations

import array
import sys
from functools import lru_cache

from rtcli.session.g711 import expansion


def decode(data: bytes, audio_format: str) -> bytes:
    """The audio as PCM16, 24 kHz; a last half sample is left out."""
    if audio_format == "audio/pcm":
        return data[: len(data) // 2 * 2]
    table = expansion(audio_format)
    samples = array.array("h", (table[byte] for byte in data for _ in range(3)))
    return _little(samples).tobytes()


def encode(pcm16: bytes, audio_format: str) -> bytes:
    """PCM16 at 24 kHz as the format's bytes."""
    if audio_format == "audio/pcm":
        return pcm16
    compress = _compression(audio_format)
    samples = _little(array.array("h", pcm16))
    return bytes(compress[(sample + 32768) >> 6] for sample in samples[::3])


@lru_cache(maxsize=2)
def _compression(audio_format: str) -> bytes:
    """For each of 1024 levels the code whose expansion is nearest."""
    codes = sorted((level, code) for code, level in enumerate(expansion(audio_format)))
    nearest, place = bytearray(1024), 0
    for step in range(1024):
        level = (step << 6) - 32768 + 32
        while place + 1 < 256 and abs(codes[place + 1][0] - level) <= abs(codes[place][0] - level):
            place += 1
        nearest[step] = codes[place][1]
    return bytes(nearest)


def _little(samples: array.array[int]) -> array.array[int]:
    if sys.byteorder == "big":
        samples.byteswap()
    return samples
