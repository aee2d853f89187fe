"""What a user said: a known sentence by the shape of its loudness, anything else by its length.

The shape survives what the samples do not: another volume, G.711, another sample rate and back.
"""

from __future__ import annotations

import array
import sys
from functools import lru_cache
from typing import Final

from rtcli.standin import voice
from rtcli.units import BYTES_PER_MS

WINDOW_MS: Final = 20
_PCM_BYTES_PER_MS: Final = BYTES_PER_MS["audio/pcm"]
WINDOW_BYTES: Final = WINDOW_MS * _PCM_BYTES_PER_MS
_LONGEST_WINDOWS: Final = 10_000 // WINDOW_MS
"""How much is searched for a sentence; they are all shorter than two seconds."""
_MISSED_WINDOWS: Final = 10
"""How much of a soft beginning may be missing."""
_ALIKE: Final = 0.75
"""Correlation from which two shapes are the same sentence; between different sentences it stays below 0.65."""


def understood(pcm16: bytes) -> str:
    """The sentence that was said, or how long something was said."""
    heard = shape(pcm16[: _LONGEST_WINDOWS * WINDOW_BYTES])
    likeness, text = max((_likeness(heard, known), text) for text, known in _known())
    return text if likeness >= _ALIKE else f"(speech, {len(pcm16) / _PCM_BYTES_PER_MS / 1000:.1f} s)"


def shape(pcm16: bytes) -> list[float]:
    """The loudness of each window: the mean amplitude of every fourth sample."""
    loudness = []
    for start in range(0, len(pcm16) // WINDOW_BYTES * WINDOW_BYTES, WINDOW_BYTES):
        samples = array.array("h", pcm16[start : start + WINDOW_BYTES])[::4]
        if sys.byteorder == "big":
            samples.byteswap()
        loudness.append(sum(map(abs, samples)) / len(samples))
    return loudness


@lru_cache(maxsize=1)
def _known() -> list[tuple[str, list[float]]]:
    return [(phrase.text, _centred(shape(phrase.pcm16))[0]) for phrase in voice.users()]


def _likeness(heard: list[float], known: list[float]) -> float:
    """The best correlation of a known shape with a stretch of what was heard."""
    heard = [0.0] * _MISSED_WINDOWS + heard + [0.0] * (len(known) - len(heard))
    size = sum(value * value for value in known) ** 0.5
    best = 0.0
    for start in range(len(heard) - len(known) + 1):
        stretch, stretch_size = _centred(heard[start : start + len(known)])
        if stretch_size:
            best = max(best, sum(a * b for a, b in zip(stretch, known, strict=True)) / (size * stretch_size))
    return best


def _centred(values: list[float]) -> tuple[list[float], float]:
    """The values about their mean, and their size."""
    mean = sum(values) / len(values)
    centred = [value - mean for value in values]
    return centred, sum(value * value for value in centred) ** 0.5
