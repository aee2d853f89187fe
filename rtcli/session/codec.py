"""Whole sounds in another format of the protocol: PCM16 at 24 kHz and the two laws of G.711 at 8 kHz.

Law: a sound lasts as long as it did, to a sample. What a format of 8 kHz cannot carry is filtered out and not
folded down into what is heard.
"""

from __future__ import annotations

from array import array
from typing import Final

from rtcli.recording.silence import CODES
from rtcli.session.clip import ASSUMED, Coding, coding
from rtcli.session.g711 import compression, expansion
from rtcli.session.resampling import Resampler, bytes_of, samples_of
from rtcli.units import PCM_RATE_HZ, PCM_SAMPLE_BYTES

_FROM_ZERO: Final = 32_768
_PCM: Final = Coding(ASSUMED, PCM_RATE_HZ)


def coding_of(audio_format: str | None) -> Coding:
    """How a format that has this name, of GA or beta, is written; PCM where it is not told or not known."""
    return coding(audio_format) or _PCM


def converted(audio: bytes, from_format: str | None, to_format: str | None) -> bytes:
    """The sound in another format; a last half sample is left out where the format changes."""
    before, after = coding_of(from_format), coding_of(to_format)
    if before.name == after.name:
        return audio
    levels = _levels(audio, before)
    if before.rate_hz != after.rate_hz:
        resampler = Resampler(before.rate_hz, after.rate_hz)
        levels = resampler.take(levels) + resampler.end()
    return _written(levels, after)


def silence(duration_ms: float, audio_format: str | None) -> bytes:
    """Nothing to be heard for so long."""
    wanted = coding_of(audio_format)
    return CODES.get(wanted.name, b"\0") * wanted.bytes_of(duration_ms)


def _levels(audio: bytes, before: Coding) -> array[int]:
    if before.sample_bytes == PCM_SAMPLE_BYTES:
        return samples_of(audio[: len(audio) // PCM_SAMPLE_BYTES * PCM_SAMPLE_BYTES])
    return array("h", map(expansion(before.name).__getitem__, audio))


def _written(levels: array[int], after: Coding) -> bytes:
    if after.sample_bytes == PCM_SAMPLE_BYTES:
        return bytes_of(levels)
    codes = compression(after.name)
    return bytes(codes[level + _FROM_ZERO] for level in levels)
