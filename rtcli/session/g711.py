"""The two laws of G.711: what level each code stands for, and what code stands for each level.

Source: ITU-T G.711, tables 1 and 2; the levels are those of 16-bit PCM, to which the laws' 14 and 13 bits are shifted.
"""

from __future__ import annotations

from functools import cache
from itertools import pairwise
from typing import Final

_MULAW: Final = ("audio/pcmu", "g711_ulaw")
_LOWEST, _HIGHEST = -32_768, 32_767


@cache
def expansion(audio_format: str) -> tuple[int, ...]:
    """By code its level in PCM16; µ-law by either of its names, A-law for any other."""
    return tuple(_mulaw(code) if audio_format in _MULAW else _alaw(code) for code in range(256))


@cache
def compression(audio_format: str) -> bytes:
    """By level of PCM16, counted from the lowest, the code whose level is nearest; of two as near, the louder."""
    # Zero has two codes of µ-law; silence is the last of them, all ones.
    codes = {level: code for code, level in enumerate(expansion(audio_format))}
    levels = sorted(codes)
    halves = [(low + high) // 2 for low, high in pairwise(levels)]
    begins = [_LOWEST, *(half if half >= 0 else half + 1 for half in halves), _HIGHEST + 1]
    return b"".join(
        bytes([codes[level]]) * (end - begin) for level, (begin, end) in zip(levels, pairwise(begins), strict=True)
    )


def _mulaw(code: int) -> int:
    code = ~code & 0xFF
    magnitude = ((2 * (code & 0x0F) + 33 << (code >> 4 & 7)) - 33) * 4
    return -magnitude if code & 0x80 else magnitude


def _alaw(code: int) -> int:
    code ^= 0x55
    segment, step = code >> 4 & 7, 2 * (code & 0x0F) + 1
    magnitude = (step if segment == 0 else step + 32 << segment - 1) * 8
    return magnitude if code & 0x80 else -magnitude
