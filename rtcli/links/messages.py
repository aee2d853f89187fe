"""What one side of a WebSocket says: messages, control frames, and what should not be.

Source: RFC 6455, sections 5.5 (control frames) and 5.6 (messages).
"""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class Text(Struct, gc=False):
    """A whole text message."""

    text: str


class Data(Struct, gc=False):
    """A whole binary message."""

    data: bytes


class Closing(Struct, gc=False):
    """A close frame; ``code`` is None where it had none."""

    code: int | None
    reason: str


class Control(Struct, gc=False):
    """A ping or a pong."""

    kind: Literal["ping", "pong"]
    data: bytes


class Odd(Struct, gc=False):
    """Something that should not be, or cannot be told otherwise."""

    what: str
    data: bytes | None = None
    """The payload, where it is told nowhere else."""
    lost: bool = False
    """There was more than could be kept."""


Seen = Text | Data | Closing | Control | Odd
Raw = list[bytes] | Data | Closing | Control | Odd
"""The same, texts that came one behind the other as their bytes, which are UTF-8."""
