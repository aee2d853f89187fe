"""Audio of the protocol as µ-law at 8 kHz, and how loud it is, window by window.

One byte a sample is small enough for a page, and its magnitude is in the byte itself, so that a
waveform is read off it without decoding. Every step is done by C code of the standard library.
Source: ITU-T G.711.
"""

from __future__ import annotations

import array
import sys
from functools import cache
from operator import add
from typing import Final

from rtcli.session.clip import Coding
from rtcli.session.g711 import expansion

RATE_HZ: Final = 8_000
WINDOW: Final = 160
"""Samples of one peak."""
WINDOW_MS: Final = WINDOW * 1000 // RATE_HZ
_BIAS: Final = 132
_CLIP: Final = 32_635
_SUMS: Final = 3 * 65_536


class Encoder:
    """Turns the audio of one clip into µ-law, piece by piece; samples that make no whole one wait for the next piece."""

    def __init__(self, coding: Coding) -> None:
        self._name = coding.name
        self._step = coding.rate_hz / RATE_HZ
        self._rest = b""
        self._due = 0.0

    def take(self, data: bytes) -> bytes:
        """The next piece, in whole samples."""
        if self._name == "audio/pcmu":
            return data
        if self._name == "audio/pcma":
            return data.translate(_from_alaw())
        data = self._rest + data
        if self._step == 3:
            whole = len(data) // 6 * 6
            self._rest = data[whole:]
            return _thirds(data[:whole])
        return self._picked(data)

    def _picked(self, data: bytes) -> bytes:
        """Of a rate that nothing on the wire usually has, the nearest sample for each."""
        samples, table = _samples(data[: len(data) // 2 * 2]), _codes_of_sums()
        codes = bytearray()
        while self._due < len(samples):
            codes.append(table[samples[int(self._due)] * 3])
            self._due += self._step
        self._due -= len(samples)
        return bytes(codes)


def peaks(codes: bytes) -> bytes:
    """The greatest magnitude of each window, where 255 is full scale."""
    loud = codes.translate(_magnitudes())
    return bytes(max(loud[start : start + WINDOW]) for start in range(0, len(loud), WINDOW))


def _samples(data: bytes) -> array.array[int]:
    samples = array.array("h", data)
    if sys.byteorder == "big":
        samples.byteswap()
    return samples


def _thirds(data: bytes) -> bytes:
    """Three samples at 24 kHz make one: their sum finds its code in a table, a negative one from the table's end."""
    samples = _samples(data)
    sums = map(add, map(add, samples[::3], samples[1::3]), samples[2::3])
    return bytes(map(_codes_of_sums().__getitem__, sums))


@cache
def _codes_of_sums() -> bytes:
    codes = bytearray(_SUMS)
    for level in range(-32_768, 32_768):
        code = _code(level)
        for rest in range(3):
            codes[level * 3 + rest] = code
    return bytes(codes)


def _code(sample: int) -> int:
    sign = 0x80 if sample < 0 else 0
    magnitude = min(abs(sample), _CLIP) + _BIAS
    exponent = magnitude.bit_length() - 8
    return ~(sign | exponent << 4 | magnitude >> exponent + 3 & 0x0F) & 0xFF


@cache
def _magnitudes() -> bytes:
    return bytes(min(255, (abs(level) + 64) * 255 // 32_124) for level in expansion("audio/pcmu"))


@cache
def _from_alaw() -> bytes:
    return bytes(_code(level) for level in expansion("audio/pcma"))
