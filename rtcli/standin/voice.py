"""What the built-in server can say, and what a user may say to it.

The speech is made at development time (``speech/make.sh``) and stored compressed: the low bytes of
all samples, then the high bytes, because that compresses better.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from importlib.resources import files

import msgspec
from msgspec import Struct

from rtcli.units import BYTES_PER_MS

_PCM_BYTES_PER_MS = BYTES_PER_MS["audio/pcm"]


class Phrase(Struct, frozen=True):
    """A spoken sentence: its text and its samples, PCM16 at 24 kHz."""

    text: str
    pcm16: bytes

    @property
    def length_ms(self) -> int:
        """How long it lasts."""
        return len(self.pcm16) // _PCM_BYTES_PER_MS


class _Place(Struct):
    speaker: str
    text: str
    start: int
    bytes: int


@lru_cache(maxsize=1)
def _all() -> dict[str, tuple[str, Phrase]]:
    folder = files("rtcli.standin") / "speech"
    halves = zlib.decompress((folder / "speech.bin").read_bytes())
    samples = bytearray(len(halves))
    middle = len(halves) // 2
    samples[0::2], samples[1::2] = halves[:middle], halves[middle:]
    places = msgspec.json.decode((folder / "speech.json").read_bytes(), type=dict[str, _Place])
    return {
        name: (place.speaker, Phrase(place.text, bytes(samples[place.start : place.start + place.bytes])))
        for name, place in places.items()
    }


def model(name: str) -> Phrase:
    """A sentence of the server's voice."""
    return _all()[name][1]


def user(name: str) -> Phrase:
    """A sentence of a user's voice, to send as input: ``hello``, ``weather``, ``story``, ``stop``."""
    return _all()[f"user_{name}"][1]


def users() -> list[Phrase]:
    """Every sentence of the user's voice."""
    return [phrase for speaker, phrase in _all().values() if speaker == "user"]
