"""A murmur without words, in the place of sound from which something is concluded.

Where audio is in another format than was declared, or nobody heard speech in it, silence would take the proof
away. A murmur keeps what `rtcli.session.sound` sees: which format the bytes are in, and that they rise and fall.
"""

from __future__ import annotations

import array
import random
import sys
from functools import cache
from itertools import product
from math import pi, sin
from typing import Final

from rtcli.session.g711 import expansion
from rtcli.session.sound import Look, look
from rtcli.units import G711_RATE_HZ, PCM_RATE_HZ

_SECONDS: Final = 8
_SYLLABLES_HZ: Final = 0.9
_PITCHES_HZ: Final = (180, 420, 700, 1000, 1300, 1600, 1800, 1900)
_LOUD: Final = (9000, 3000, 1000, 400, 150)
_ROUGH: Final = (0.02, 0.2, 0.5)


@cache
def murmur(wanted: Look) -> bytes:
    """Bytes that look like `wanted`, to be repeated; of what may be either law of G.711 they are of the first."""
    if wanted == "G.711":
        return murmur("audio/pcmu")
    for pitch, loud, rough in product(_PITCHES_HZ, _LOUD, _ROUGH):
        made = _coded(_samples(pitch, loud, rough, _rate(wanted)), wanted)
        if look(made) == wanted and look(made * 2) == wanted:
            return made
    return b""


def _rate(wanted: Look) -> int:
    return PCM_RATE_HZ if wanted.startswith("audio/pcm") and wanted[9:10] in ("", ",") else G711_RATE_HZ


def _samples(pitch: int, loud: int, rough: float, rate: int) -> list[int]:
    """A hum that swells and falls, with a little noise in it."""
    chance = random.Random(1)  # noqa: S311 - the same each time
    made = []
    for index in range(_SECONDS * rate):
        swell = max(0.0, sin(2 * pi * _SYLLABLES_HZ * index / rate)) ** 2
        hum = sin(2 * pi * pitch * index / rate) + 0.3 * sin(4 * pi * pitch * index / rate)
        made.append(int(loud * swell * (hum + rough * chance.uniform(-1, 1))) + chance.randint(-2, 2))
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
