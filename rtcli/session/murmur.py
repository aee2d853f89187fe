"""A murmur without words, in the place of sound from which something is concluded.

Where audio is in another format than was declared, or nobody heard speech in it, silence would take the proof
away. A murmur keeps what `rtcli.session.sound` sees: which format the bytes are in, and that they rise and fall.
"""

from __future__ import annotations

import array
import random
import sys
from functools import cache
from math import pi, sin
from typing import Final

from rtcli.session.g711 import expansion
from rtcli.session.sound import Look
from rtcli.units import G711_RATE_HZ, PCM_RATE_HZ

_SECONDS: Final = 8
_SYLLABLES_HZ: Final = 0.9
_PITCH_HZ: Final = 180
_LOUD: Final = 9000
_ROUGH: Final = 0.02


@cache
def murmur(wanted: Look) -> bytes:
    """Bytes that look like `wanted`, to be repeated; of what may be either law of G.711 they are of the first."""
    if wanted == "G.711":
        return murmur("audio/pcmu")
    return _coded(_samples(_rate(wanted)), wanted)


def _rate(wanted: Look) -> int:
    return PCM_RATE_HZ if wanted.startswith("audio/pcm") and wanted[9:10] in ("", ",") else G711_RATE_HZ


def _samples(rate: int) -> list[int]:
    """A hum that swells and falls, with a little noise in it."""
    chance = random.Random(1)  # noqa: S311 - the same each time
    made = []
    for index in range(_SECONDS * rate):
        swell = max(0.0, sin(2 * pi * _SYLLABLES_HZ * index / rate)) ** 2
        hum = sin(2 * pi * _PITCH_HZ * index / rate) + 0.3 * sin(4 * pi * _PITCH_HZ * index / rate)
        made.append(int(_LOUD * swell * (hum + _ROUGH * chance.uniform(-1, 1))) + chance.randint(-2, 2))
    return made


def _coded(samples: list[int], wanted: Look) -> bytes:
    if wanted.startswith("audio/pcm") and wanted[9:10] in ("", ","):
        coded = array.array("h", samples)
        if (sys.byteorder == "big") != ("swapped" in wanted):
            coded.byteswap()
        return coded.tobytes()
    levels = expansion("audio/pcma" if wanted == "audio/pcma" else "audio/pcmu")
    nearest = sorted((level, code) for code, level in enumerate(levels))
    return bytes(_nearest(nearest, sample) for sample in samples)


def _nearest(levels: list[tuple[int, int]], sample: int) -> int:
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high) // 2
        if levels[middle][0] < sample:
            low = middle + 1
        else:
            high = middle
    return levels[low][1]
