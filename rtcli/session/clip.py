"""A stretch of one side's audio that is heard without a break, and when."""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal

from msgspec import Struct

from rtcli.units import G711_RATE_HZ, PCM_RATE_HZ, PCM_SAMPLE_BYTES, SAMPLE_BYTES

Side = Literal["user", "model"]
Ending = Literal["", "truncated", "cleared", "replaced"]
"""Why not all of a clip was heard: the client said so, the server stopped playing, or the next answer began."""

_SLOWEST_HZ, _FASTEST_HZ = 4_000, 192_000
"""Rates beyond these are no rates of speech, and are not believed."""
_NAMES: Final = {"pcm16": "audio/pcm", "g711_ulaw": "audio/pcmu", "g711_alaw": "audio/pcma"}
ASSUMED: Final = "audio/pcm"
"""The format where none is told: that of a session that was not configured."""


class Coding(Struct, frozen=True, gc=False):
    """How samples become bytes."""

    name: str
    """By the GA name, such as ``audio/pcm``."""
    rate_hz: int
    assumed: bool = False
    """Nobody has told it."""

    @property
    def sample_bytes(self) -> int:
        """Bytes that a sample takes."""
        return SAMPLE_BYTES.get(self.name, PCM_SAMPLE_BYTES)

    def ms(self, audio_bytes: int) -> float:
        """How long so many bytes last."""
        return audio_bytes * 1000 / (self.rate_hz * SAMPLE_BYTES.get(self.name, PCM_SAMPLE_BYTES))

    def bytes_of(self, ms: float) -> int:
        """How many bytes of whole samples so many milliseconds are, a fraction of a sample left out."""
        return int(ms * self.rate_hz / 1000 + 1e-6) * self.sample_bytes


@lru_cache(maxsize=64)
def coding(name: str | None, rate_hz: int | None = None) -> Coding | None:
    """The coding of that name, of GA or beta; the assumed one where none is told, None where it is not known."""
    if name is None:
        return Coding(ASSUMED, PCM_RATE_HZ, assumed=True)
    if name not in SAMPLE_BYTES:
        return None
    usual = PCM_RATE_HZ if SAMPLE_BYTES[name] == PCM_SAMPLE_BYTES else G711_RATE_HZ
    return Coding(_NAMES.get(name, name), rate_hz if rate_hz and _SLOWEST_HZ <= rate_hz <= _FASTEST_HZ else usual)


class Clip(Struct, gc=False):
    """Audio that follows itself without a break: a run of the user's, or what plays in one go of a part of an item."""

    side: Side
    coding: Coding
    line: int
    """The first line that carries it."""
    starts_s: float
    """When its first sample was heard, in seconds of the call as it was heard (`Soundtrack.heard_s`)."""
    item_id: str = ""
    """Of the model's audio; empty for what the user sent as a stream, whose items are `Utterance`s."""
    content_index: int = 0
    response_id: str = ""
    lines: int = 0
    """How many lines carry it."""
    last_line: int = 0
    audio_bytes: int = 0
    """As delivered."""
    offset_ms: float = 0.0
    """What comes before it of the same part, or of all that the user sent."""
    cut_ms: float | None = None
    """How much of it was heard; None where that is all that was delivered."""
    ending: Ending = ""
    cancelled: bool = False
    """Its response was cancelled."""
    out_of_band: bool = False
    """Of a response outside the conversation."""

    @property
    def audio_format(self) -> str:
        """The format by its GA name."""
        return self.coding.name

    @property
    def rate_hz(self) -> int:
        """Samples a second."""
        return self.coding.rate_hz

    @property
    def duration_ms(self) -> float:
        """How long it is, as delivered."""
        return self.coding.ms(self.audio_bytes)

    @property
    def heard_ms(self) -> float:
        """How much of it was heard."""
        duration_ms = self.coding.ms(self.audio_bytes)
        return duration_ms if self.cut_ms is None else min(self.cut_ms, duration_ms)

    @property
    def delivered_bytes(self) -> int:
        """How many bytes of it came, in whole samples."""
        return self.audio_bytes - self.audio_bytes % self.coding.sample_bytes

    @property
    def heard_bytes(self) -> int:
        """How many bytes of it were heard, in whole samples."""
        delivered = self.delivered_bytes
        return delivered if self.cut_ms is None else min(self.coding.bytes_of(self.cut_ms), delivered)

    @property
    def ends_s(self) -> float:
        """When its last sample was heard."""
        return self.starts_s + self.heard_ms / 1000


class Utterance(Struct, gc=False):
    """A stretch of the user's audio that became an item, or that turn detection has heard."""

    item_id: str
    line: int
    start_ms: float
    """On the clock of all that the user sent."""
    starts_s: float
    """When it was spoken, in seconds of the call as it was heard; until all is known, when that was told."""
    ends_s: float
    end_ms: float | None = None
    """None while it goes on."""
