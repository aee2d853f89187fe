"""What audio bytes look like, whatever they are declared to be.

A sample is kept as it came and looked at only when somebody asks. PCM16 is told from G.711 by its
bytes: every other one is a high byte, which says much less than a low one, where all bytes of G.711
say as much. The byte order, and which law, is the reading that is smoothest, as speech is. A reading
counts only if it rises and falls as speech does: tones, noise and hum stay unjudged.

The bounds lie well between what speech of four voices gave in
either encoding, loud and quiet (0.03 at most and 1.0 at least for the difference of the entropies).
"""

from __future__ import annotations

import array
import sys
import zlib
from collections import Counter
from collections.abc import Sequence
from math import log2, sqrt
from operator import mul
from typing import Final, Literal

import pybase64

from rtcli.session.g711 import expansion

Look = Literal["audio/pcm", "audio/pcm, bytes swapped", "audio/pcmu", "audio/pcma", "G.711", "silence"]
"""A format by its name; ``G.711`` is one of the two laws, and not clear which."""

FILES: Final = {
    b"RIFF": "a WAV file",
    b"OggS": "an Ogg file",
    b"fLaC": "a FLAC file",
    b"ID3": "an MP3 file",
    b"\x1aE\xdf\xa3": "a WebM file",
}
"""What raw samples do not begin with, and what does."""
_MP4_MARK: Final = b"ftyp"
KEPT_CHARACTERS: Final = 1 << 20
"""Base64 that a sample keeps: 16 s of PCM16, 98 s of G.711."""
_LEAST_BYTES: Final = 8_000
_WINDOW_BYTES: Final = 4_800
_WINDOWS: Final = 10
"""What is looked at is the liveliest stretch of so many windows: 1 s of PCM16, 6 s of G.711."""
_TWO_BYTES: Final = 0.5
_ONE_BYTE: Final = 0.1
"""Difference of the entropies of even and odd bytes, in bits: at least for PCM16, at most for G.711."""
_SMOOTH_PCM: Final = 0.6
_SMOOTHER: Final = 0.4
_SMOOTH_G711: Final = 0.3
_SMOOTHER_LAW: Final = 0.08
"""Correlation of neighbouring samples: how smooth, and how much smoother than with bytes swapped or the other law."""
_RISES: Final = 3.0
"""How much louder the loud frames are than the quiet ones."""
_QUIET: Final = 10
_G711: Final = ("audio/pcmu", "audio/pcma", "G.711")
_SILENT_BYTES: Final = (b"\x00\x01\xff\xfe", b"\xff\x7f\xfe\x7e", b"\x55\xd5\x54\xd4")
"""The bytes around zero in PCM16, µ-law and A-law."""


def file_of(head: bytes) -> str:
    """What begins so, if it is a file; its first eight bytes tell."""
    found = next((name for mark, name in FILES.items() if head.startswith(mark)), "")
    return found or ("an MP4 file" if head[4:8] == _MP4_MARK else "")


class Sample:
    """The first audio of one direction in one format, as it was sent."""

    def __init__(self) -> None:
        self._payloads: list[str] = []
        self.characters = 0
        """How much base64 is kept."""

    @property
    def is_full(self) -> bool:
        """Nothing more is kept."""
        return self.characters >= KEPT_CHARACTERS

    def take(self, payload: str) -> bool:
        """Keep the base64 of a chunk; whether more is wanted."""
        if payload:
            self._payloads.append(payload[:KEPT_CHARACTERS])
            self.characters += len(payload)
        return self.characters < KEPT_CHARACTERS

    @property
    def data(self) -> bytes:
        """The chunks, decoded and joined; those that are not base64 are left out."""
        return b"".join(_decoded(payload) for payload in self._payloads)

    def look(self) -> Look | None:
        """What the bytes look like; None when they could be anything."""
        return look(self.data)

    def contradicts(self, declared: str) -> Look | None:
        """What the bytes look like where that cannot be `declared`, the name of a format; None otherwise.

        The two laws of G.711 are too much alike to contradict each other.
        """
        seen = self.look()
        if seen is None or seen == declared or (seen in _G711 and declared in _G711):
            return None
        return seen


def look(data: bytes) -> Look | None:
    """What audio bytes look like; None when they could be anything, or there are too few."""
    if len(data) < _LEAST_BYTES:
        return None
    if any(not data.strip(quiet) for quiet in _SILENT_BYTES):
        return "silence"
    stretch = _liveliest(data)
    structure = abs(_entropy(stretch[::2]) - _entropy(stretch[1::2]))
    if structure >= _TWO_BYTES:
        return _pcm(stretch)
    return _g711(stretch) if structure <= _ONE_BYTE else None


def _pcm(data: bytes) -> Look | None:
    straight = array.array("h", data[: len(data) // 2 * 2])
    if sys.byteorder == "big":  # pragma: no cover - a machine of the other byte order
        straight.byteswap()
    swapped = array.array("h", straight)
    swapped.byteswap()
    smooth, other = _smoothness(straight), _smoothness(swapped)
    if smooth >= max(_SMOOTH_PCM, other + _SMOOTHER) and _rises(straight, 480):
        return "audio/pcm"
    if other >= max(_SMOOTH_PCM, smooth + _SMOOTHER) and _rises(swapped, 480):
        return "audio/pcm, bytes swapped"
    return None


def _g711(data: bytes) -> Look | None:
    as_mulaw, as_alaw = (list(map(expansion(law).__getitem__, data)) for law in ("audio/pcmu", "audio/pcma"))
    mulaw, alaw = _smoothness(as_mulaw), _smoothness(as_alaw)
    if max(mulaw, alaw) < _SMOOTH_G711 or not _rises(as_mulaw if mulaw > alaw else as_alaw, 160):
        return None
    if abs(mulaw - alaw) < _SMOOTHER_LAW:
        return "G.711"
    return "audio/pcmu" if mulaw > alaw else "audio/pcma"


def _liveliest(data: bytes) -> bytes:
    """The stretch that says most, told by how badly it can be compressed."""
    windows = range(0, len(data), _WINDOW_BYTES)
    sizes = [len(zlib.compress(data[start : start + _WINDOW_BYTES], 1)) for start in windows]
    begins = range(max(1, len(sizes) - _WINDOWS + 1))
    best = max(begins, key=lambda begin: sum(sizes[begin : begin + _WINDOWS]))
    return data[best * _WINDOW_BYTES : (best + _WINDOWS) * _WINDOW_BYTES]


def _entropy(data: bytes) -> float:
    return -sum(count / len(data) * log2(count / len(data)) for count in Counter(data).values())


def _smoothness(samples: Sequence[int]) -> float:
    """How much a sample resembles the one before it: 1 for a slow wave, 0 for noise."""
    mean = round(sum(samples) / len(samples))
    around = [sample - mean for sample in samples]
    power = sum(map(mul, around, around))
    return sum(map(mul, around, around[1:])) / power if power else 0.0


def _rises(samples: Sequence[int], frame: int) -> bool:
    """Whether it is loud and quiet by turns, as speech is, in frames of 20 ms."""
    levels = sorted(_level(samples[start : start + frame]) for start in range(0, len(samples) - frame, frame))
    return len(levels) > 4 and levels[len(levels) * 9 // 10] >= _RISES * (levels[len(levels) // 4] + _QUIET)


def _level(frame: Sequence[int]) -> float:
    count, total = len(frame), sum(frame)
    return sqrt(count * sum(map(mul, frame, frame)) - total * total) / count


def _decoded(payload: str) -> bytes:
    try:
        return pybase64.b64decode(payload, validate=True)
    except ValueError:
        return b""
