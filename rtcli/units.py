"""Bytes, samples, milliseconds and tokens: the constants of the wire and how they convert.

Audio on the wire is mono. A *format* here is the GA name (``audio/pcm``) or the beta name
(``pcm16``) that a session object carries.

Source: the Realtime guide's audio formats; openai-python 3.52.0,
``types/realtime/realtime_audio_formats.py`` (PCM is 24 kHz, 16-bit, little-endian).
"""

from __future__ import annotations

from math import isfinite
from typing import Final

PCM_RATE_HZ: Final = 24_000
"""Samples a second of ``audio/pcm``, the only rate that the protocol names."""

PCM_SAMPLE_BYTES: Final = 2
G711_RATE_HZ: Final = 8_000
G711_SAMPLE_BYTES: Final = 1

BYTES_PER_MS: Final[dict[str, int]] = {
    "audio/pcm": PCM_RATE_HZ * PCM_SAMPLE_BYTES // 1000,
    "audio/pcmu": G711_RATE_HZ * G711_SAMPLE_BYTES // 1000,
    "audio/pcma": G711_RATE_HZ * G711_SAMPLE_BYTES // 1000,
    "pcm16": PCM_RATE_HZ * PCM_SAMPLE_BYTES // 1000,
    "g711_ulaw": G711_RATE_HZ * G711_SAMPLE_BYTES // 1000,
    "g711_alaw": G711_RATE_HZ * G711_SAMPLE_BYTES // 1000,
}

SAMPLE_BYTES: Final[dict[str, int]] = {
    "audio/pcm": PCM_SAMPLE_BYTES,
    "audio/pcmu": G711_SAMPLE_BYTES,
    "audio/pcma": G711_SAMPLE_BYTES,
    "pcm16": PCM_SAMPLE_BYTES,
    "g711_ulaw": G711_SAMPLE_BYTES,
    "g711_alaw": G711_SAMPLE_BYTES,
}

MIN_COMMIT_MS: Final = 100
"""Least audio that a manual commit may carry. Source: error ``input_audio_buffer_commit_empty``."""

MAX_APPEND_BYTES: Final = 15 * 1024 * 1024
"""Most base64 bytes in one append. Source: openai-python 3.52.0, ``input_audio_buffer_append_event.py``."""


def number_in(value: object) -> float | None:
    """A number of JSON as a float; None for what is none, and for one that no float can hold.

    JSON sets no bound to numbers, and Python's integers have none.
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        return None
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if isfinite(number) else None


def base64_bytes(length: int, tail: str) -> int:
    """How many bytes a base64 text of `length` characters that ends in `tail` stands for.

    `tail` is the text's last two characters; only its padding is looked at, so this costs nothing
    on a long text and says nothing about whether the text is valid.
    """
    padding = 2 if tail == "==" else 1 if tail.endswith("=") else 0
    return max(0, length * 3 // 4 - padding)


def audio_ms(audio_bytes: int, audio_format: str | None) -> float | None:
    """Milliseconds that `audio_bytes` last in `audio_format`; None when the format is not known."""
    per_ms = BYTES_PER_MS.get(audio_format or "")
    return audio_bytes / per_ms if per_ms else None
