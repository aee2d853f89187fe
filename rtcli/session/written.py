"""What the model writes: response ▸ item ▸ part ▸ stream, as far as rules ask for it.

Plain data; `rtcli.session.lifecycle` keeps it. When a response is over its items are kept without
their parts.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

from msgspec import Struct, field

from rtcli.session.transitions import OVER, State
from rtcli.units import BYTES_PER_MS

StreamKind = Literal["text", "audio", "transcript", "arguments", "mcp arguments"]

JOINED_AT: Final = 256
_MAX_CHARACTERS: Final = 4 << 20
DRY_MS: Final = 250
"""How long a player may have had nothing to play before that is told."""
STALL_S: Final = 5.0
"""A pause between two events of one response that is too long to be overlooked."""


class Stream(Struct):
    """The deltas of one kind in one part, or in an item that has no parts."""

    kind: StreamKind
    response: Response
    item: OutputItem
    response_id: str
    item_id: str
    output_index: int | None
    content_index: int
    """-1 where the item has no parts."""
    line: int
    """The first event of it."""
    state: State = "open"
    pieces: list[str] = field(default_factory=list)
    deltas: int = 0
    done_line: int = 0
    final: str | None = None
    """What its ``done`` event says; None while there was none."""
    late_line: int = 0
    """The first delta behind its end."""
    behind_line: int = 0
    """The first delta behind the end of its part or its item."""
    obfuscated: bool = False
    """Its deltas may say something else than what they add up to."""
    overlong: bool = False
    """It is too long to be kept and compared."""

    def add(self, piece: str) -> None:
        """Take in a delta."""
        self.deltas += 1
        self.pieces.append(piece)
        if len(self.pieces) >= JOINED_AT:
            self.join()

    def join(self) -> bool:
        """Make one piece of all, or drop them where they are too long; True, for the caller's convenience."""
        joined = "".join(self.pieces)
        self.overlong = self.overlong or len(joined) > _MAX_CHARACTERS
        self.pieces = [] if self.overlong else [joined]
        return True

    @property
    def text(self) -> str:
        """All deltas so far."""
        return "".join(self.pieces)


class Part(Struct):
    """A content part."""

    line: int = 0
    """Where it was added; 0 when that was not seen."""
    done_line: int = 0
    state: State = "unseen"
    final: Any = None
    """The part of its first ``content_part.done``, while the response is open."""


ITEMS_AT_MOST: Final = 512
PARTS_AT_MOST: Final = 128
"""How many items of one response, and parts or streams of one item, are kept; models write a handful."""


class OutputItem(Struct):
    """An item that a response writes."""

    id: str
    response_id: str = ""
    """The response that writes it."""
    type: str = ""
    role: str = ""
    line: int = 0
    """Where it was added; 0 when that was not seen."""
    output_index: int | None = None
    call_id: str = ""
    state: State = "unseen"
    done_line: int = 0
    final: Any = None
    """The item of its first ``output_item.done``, while the response is open."""
    truncated: bool = False
    """It was cut short where it was played: the server drops its transcript."""
    audio_bytes: int = 0
    """Decoded bytes of its audio deltas so far."""
    first_audio_t: float | None = None
    audio_done: bool = False
    is_crowded: bool = False
    """It has more parts than are kept."""
    parts: dict[int, Part] = field(default_factory=dict)
    streams: dict[tuple[int, str], Stream] = field(default_factory=dict)
    """By content index, -1 without parts, and kind."""

    def dry_ms(self, t: float, audio_format: str | None) -> float:
        """How long a player that began with its first audio has had nothing to play at `t` seconds."""
        per_ms = BYTES_PER_MS.get(audio_format or "")
        if self.first_audio_t is None or not per_ms:
            return 0.0
        return (t - self.first_audio_t) * 1000 - self.audio_bytes / per_ms


class Response(Struct):
    """A response, from its creation on; one that was not seen to begin stands for what names it."""

    id: str
    line: int = 0
    """Of ``response.created``; 0 if it was not seen."""
    t: float | None = None
    state: State = "unseen"
    in_conversation: bool = True
    """False where it is written outside the conversation."""
    conversation_id: str | None = None
    modalities: Sequence[str] | None = None
    audio_format: str | None = None
    asked: int = 0
    """The line of the ``response.create`` that it answers; 0 where the server began it, or nobody knows."""
    done_line: int = 0
    last_t: float | None = None
    """The time of its last event."""
    cancel_line: int = 0
    """Where the client cancelled it, or cleared the output."""
    speech_line: int = 0
    """Where the user began to speak while it was open."""
    late_line: int = 0
    """Its first event behind its end."""
    deltas_since_speech: int = 0
    """How many came since then."""
    audio_bytes: int = 0
    first_audio_t: float | None = None
    starved: bool = False
    """A player of one of its items has been out of samples."""
    is_crowded: bool = False
    """It has more items than are kept."""
    items: dict[str, OutputItem] = field(default_factory=dict)

    @property
    def is_open(self) -> bool:
        """Whether more of it is to come."""
        return self.state not in OVER
