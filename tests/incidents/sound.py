"""What is heard in a call: voices from the project's speech files, cut and joined, over a quiet line."""

from __future__ import annotations

import array
import random
import wave
from functools import lru_cache
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
    chance = random.Random(1)
    second = array.array("h", (chance.randint(-LINE_NOISE, LINE_NOISE) for _ in range(RATE_HZ)))
    whole = (second * (length_ms // 1000 + 1))[: length_ms * PER_MS]
    for begin_ms, sound in heard:
        start = int(begin_ms) * PER_MS
        for index, sample in enumerate(sound[: max(0, len(whole) - start)], start):
            whole[index] = max(-32768, min(32767, whole[index] + sample))
    return whole


def on_the_wire(sound: Samples, audio_format: str) -> bytes:
    """The samples as bytes of a format; a telephone's are every third one, for nobody listens to them."""
    if audio_format == "audio/pcm":
        return sound.tobytes()
    codes = compression(audio_format)
    return bytes(codes[sample + 32768] for sample in sound[::3])
