"""The nodes of the tree: connection ▸ turn ▸ response ▸ item ▸ part.

Plain data without parents; ``children`` are in the order in which they began. Times are seconds of
the recording, None where it has none.
"""

from __future__ import annotations

from typing import Any, Literal

from msgspec import field

from rtcli.events import Fault
from rtcli.events.billed import Usage
from rtcli.events.configuration import RealtimeSession, TranscriptionSession
from rtcli.events.objects import ErrorDetails, RateLimit, StatusDetails, TranscriptionError
from rtcli.recording import Header
from rtcli.session.mark import Marked
from rtcli.session.stream import Stream


class Setup(Marked):
    """The session's configuration, as the server reported it."""

    at_s: float | None
    session: RealtimeSession | TranscriptionSession
    before: RealtimeSession | TranscriptionSession | None = None
    """What was in force before; None when the session was created."""


class Speech(Marked):
    """A stretch of the user's audio that became, or is to become, a message."""

    at_s: float | None
    cause: Literal["vad", "commit", "timeout"] = "vad"
    audio_start_ms: int | None = None
    audio_end_ms: int | None = None
    stopped_s: float | None = None
    committed: bool = False
    dropped: bool = False


class Part(Marked):
    """A content part; its streams are its children."""

    at_s: float | None
    index: int = 0
    kind: str = ""
    done: bool = False
    size_bytes: int = 0
    """Of an image."""
    children: list[Stream] = field(default_factory=list)


class Failure(Marked):
    """Something that did not work out, with the server's own words."""

    at_s: float | None
    what: str
    details: ErrorDetails | TranscriptionError | None = None
    said: str = ""
    event_id: str = ""
    cause: str = ""
    """The type of the client's event that caused it, where the server names the event."""


class Cut(Marked):
    """The assistant's audio was cut short at what the user heard."""

    at_s: float | None
    content_index: int
    audio_end_ms: int
    asked: bool = True
    """By the client; otherwise the server did it by itself."""
    settled: bool = False


class Item(Marked):
    """An item of the conversation, or one that a response writes."""

    at_s: float | None
    id: str = ""
    kind: str = ""
    """Its type on the wire: ``message``, ``function_call``, …; empty while unknown."""
    role: str = ""
    known: bool = True
    """False for a placeholder: something refers to it, but the recording has no opening of it."""
    status: str = ""
    name: str = ""
    server_label: str = ""
    call_id: str = ""
    phase: str = ""
    approve: bool | None = None
    progress: str = ""
    """Of an MCP call or listing."""
    offers: int | None = None
    """How many tools an MCP server listed."""
    acknowledged: bool = False
    """The server has spoken of it; an item that the client sends is provisional until then."""
    refused: bool = False
    unclosed: bool = False
    """Its response ended before it did."""
    deleted: bool = False
    speech: Speech | None = None
    streams: dict[tuple[int, str], Stream] = field(default_factory=dict)
    parts: dict[int, Part] = field(default_factory=dict)
    children: list[Part | Stream | Failure | Cut] = field(default_factory=list)


class Response(Marked):
    """An answer of the model."""

    at_s: float | None
    id: str = ""
    known: bool = True
    out_of_band: bool = False
    status: str = ""
    details: StatusDetails | None = None
    usage: Usage | None = None
    metadata: dict[str, str] | None = None
    audio_format: str | None = None
    asked_s: float | None = None
    """When the user's turn ended, or the function's output was sent."""
    first_output_s: float | None = None
    first_output: str = ""
    """The kind of the first stream."""
    cancel_sent_s: float | None = None
    playback: str = ""
    """``started``, ``stopped`` or ``cleared``; told only where the server plays the audio."""
    done: bool = False
    done_s: float | None = None
    items: dict[str, Item] = field(default_factory=dict)
    children: list[Item] = field(default_factory=list)

    @property
    def latency_ms(self) -> float | None:
        """From the end of the user's turn to the first of the answer."""
        if self.first_output_s is None or self.asked_s is None:
            return None
        return max(0.0, (self.first_output_s - self.asked_s) * 1000)


class Odd(Marked):
    """Events that have no place in a turn: of another kind of session, of an unknown type, or damaged.

    A run of a kind is one node.
    """

    at_s: float | None
    type: str
    damaged: bool = False
    faults: tuple[Fault, ...] = ()
    count: int = 1
    last_s: float | None = None
    sender: str | None = None
    known: bool = False
    """The type is one of the dialect that is spoken."""
    words: Stream = field(default_factory=lambda: Stream("words"))
    """What they say, as far as it can be told without knowing them."""


class Remark(Marked):
    """A record that is no event: a note, a binary frame, a torn line, or a key that was pressed."""

    at_s: float | None
    kind: str
    text: str


class Ended(Marked):
    """A close frame."""

    at_s: float | None
    sender: str | None
    code: int | None
    reason: str


Leaf = Setup | Failure | Odd | Remark | Ended | Stream


class Turn(Marked):
    """One input of the user and everything that answers it."""

    at_s: float | None
    number: int
    answered: bool = False
    awaits: bool = False
    """A tool has answered, and the model has not yet gone on."""
    interrupted: bool = False
    input_end_s: float | None = None
    children: list[Item | Response | Leaf] = field(default_factory=list)


class Connection(Marked):
    """One socket, from its handshake to its close."""

    at_s: float | None = None
    header: Header | None = None
    session_id: str = ""
    conversation_id: str = ""
    turns: int = 0
    events: int = 0
    unknown: int = 0
    malformed: int = 0
    errors: int = 0
    """Marks of this severity, on any of its nodes."""
    warnings: int = 0
    closed: bool = False
    rate_limits: list[RateLimit] = field(default_factory=list)
    children: list[Turn | Response | Item | Leaf] = field(default_factory=list)


Node = Connection | Turn | Response | Item | Part | Cut | Leaf
Place = Connection | Turn


def children_of(node: Any) -> list[Any]:
    """What hangs below the node."""
    return getattr(node, "children", None) or []
