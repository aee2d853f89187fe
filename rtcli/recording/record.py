"""The kinds of record that a recording holds, in the order seen.

Times are seconds since the header's ``started_at`` on a monotonic clock; None where a log without
times was imported. A sender is None where it cannot be known.
"""

from __future__ import annotations

from typing import Any, Literal
from urllib.parse import urlsplit

from msgspec import Struct, field

FORMAT_VERSION = 1
"""The version of the file format, apart from the program's own."""

Sender = Literal["client", "server"]


class Header(Struct, kw_only=True, omit_defaults=True):
    """How a connection was recorded, and what its records can be relied on for."""

    rtcli: int
    started_at: str = ""
    """UTC, ISO 8601 with microseconds."""
    url: str = ""
    """Without its secrets; empty where it was no address."""
    by: str = ""
    transport: str = ""
    handshake: bool = False
    """The recorder saw the connection begin."""
    lossless: bool = False
    """No frame between the first and the last is missing, and no audio was shortened."""
    cut: list[str] = []
    """Which ends of the connection, ``start`` and ``end``, whoever took this part out of a recording cut off."""
    begins_s: float | None = None
    """When a part begins that was taken out of a recording: what comes before was carried along from further back."""

    def __post_init__(self) -> None:
        """Keep no address that cannot be taken apart, so that nobody who does fails."""
        try:
            urlsplit(self.url)
        except ValueError:
            self.url = ""


class Frame(Struct, frozen=True):
    """A text frame, word for word."""

    t: float | None
    sender: Sender | None
    text: str


class Binary(Struct, frozen=True):
    """A binary frame; the protocol has none."""

    t: float | None
    sender: Sender | None
    data: bytes


class Control(Struct, frozen=True):
    """A ping or a pong, which says that the connection is alive."""

    t: float | None
    sender: Sender | None
    kind: Literal["ping", "pong"]
    data: bytes = b""


class Open(Struct, frozen=True):
    """The answer to the handshake, its headers cut down to the harmless ones."""

    t: float | None
    status: int = 101
    headers: dict[str, str] = field(default_factory=dict)
    subprotocol: str | None = None


class Close(Struct, frozen=True):
    """A close frame. ``code`` is None where it had none; a connection that vanished has no record."""

    t: float | None
    sender: Sender | None
    code: int | None = None
    reason: str = ""


class Note(Struct, frozen=True):
    """A remark that somebody put into the recording."""

    t: float | None
    text: str
    missing: bool = False
    """Something of the session is missing here; the text says what."""


class Torn(Struct, frozen=True):
    """A last line without its newline: whoever wrote it was interrupted."""

    size_bytes: int
    t: float | None = None


class Other(Struct, frozen=True):
    """A record of a kind that a later version may know; kept and passed on."""

    t: float | None
    content: Any


Record = Header | Frame | Binary | Control | Open | Close | Note | Torn | Other
