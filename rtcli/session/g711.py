"""The two laws of G.711: what level each code stands for.

Source: ITU-T G.711, tables 1 and 2; the levels are those of 16-bit PCM, to which the laws' 14 and 13 bits are shifted.
"""

from __future__ import annotations

from functools import cache
from typing import Final

_MULAW: Final = ("audio/pcmu", "g711_ulaw")


@cache
def expansion(audio_format: str) -> tuple[int, ...]:
    """By code its level in PCM16; µ-law by either of its names, A-law for any other."""
    return tuple(_mulaw(code) if audio_format in _MULAW else _alaw(code) for code in range(256))


def _mulaw(code: int) -> int:
    code = ~code & 0xFF
    magnitude = ((2 * (code & 0x0F) + 33 << (code >> 4 & 7)) - 33) * 4
    return -magnitude if code & 0x80 else magnitude


def _alaw(code: int) -> int:
    code ^= 0x55
    segment, step = code >> 4 & 7, 2 * (code & 0x0F) + 1
    magnitude = (step if segment == 0 else step + 32 << segment - 1) * 8
    return magnitude if code & 0x80 else -magnitude
