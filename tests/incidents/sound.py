"""What is heard in a call: voices from the project's speech files, cut and joined, over a quiet line."""

from __future__ import annotations

import array
import random
import wave
from functools import cache, lru_cache
from operator import add
from pathlib import Path

from rtcli.session.g711 import compression

SPEECH = Path(__file__).parents[2] / "recordings/speech"
RATE_HZ = 24_000
PER_MS = RATE_HZ // 1000
VOICED_LEVEL = 200
LINE_NOISE = 12
"""The loudest sample of a quiet line."""

Samples = array.array


@lru_cache(maxsize=1)
def _bank() -> Samples:
    """Everything that is said in the speech files, without the pauses."""
    voiced = array.array("h")
    for name in ("weather", "interruption", "hello"):
        with wave.open(str(SPEECH / f"{name}.wav")) as file:
            said = array.array("h", file.readframes(file.getnframes()))
        for start in range(0, len(said), 50 * PER_MS):
            piece = said[start : start + 50 * PER_MS]
            if max(map(abs, piece)) > VOICED_LEVEL:
                voiced += piece
    return voiced


def voice(length_ms: int, begin_ms: int = 0) -> Samples:
    """Somebody who speaks without a pause; another beginning is another sentence."""
    bank = _bank()
    start = begin_ms * PER_MS % len(bank)
    wanted = length_ms * PER_MS
    joined = bank[start:] + bank * (wanted // len(bank) + 1)
    return joined[:wanted]


def quieter(sound: Samples, share: float) -> Samples:
    """The sound as a microphone hears a loudspeaker."""
    return array.array("h", (int(sample * share) for sample in sound))


def line(length_ms: int, heard: list[tuple[float, Samples]]) -> Samples:
    """What a microphone hears: a quiet line, and sounds that begin at so many milliseconds."""
    whole = (_second_of_noise() * (length_ms // 1000 + 1))[: length_ms * PER_MS]
    for begin_ms, sound in heard:
        start = int(begin_ms) * PER_MS
        added = sound[: max(0, len(whole) - start)]
        both = whole[start : start + len(added)]
        try:
            whole[start : start + len(added)] = array.array("h", map(add, both, added))
        except OverflowError:  # somewhere it is too loud
            whole[start : start + len(added)] = array.array(
                "h", (max(-32768, min(32767, level)) for level in map(add, both, added))
            )
    return whole


@cache
def _second_of_noise() -> Samples:
    chance = random.Random(1)
    return array.array("h", (chance.randint(-LINE_NOISE, LINE_NOISE) for _ in range(RATE_HZ)))


def on_the_wire(sound: Samples, audio_format: str) -> bytes:
    """The samples as bytes of a format; a telephone's are every third one, for nobody listens to them."""
    if audio_format == "audio/pcm":
        return sound.tobytes()
    return bytes(map(_codes(audio_format).__getitem__, sound[::3]))


@cache
def _codes(audio_format: str) -> bytes:
    """The codes by level: those of levels below zero are counted from the end, as Python does."""
    codes = compression(audio_format)
    return codes[32768:] + codes[:32768]
