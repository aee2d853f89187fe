"""How a client kept to a recording, or did not."""

from __future__ import annotations

from msgspec import Struct, field


class Came(Struct, frozen=True):
    """An event: one of the recording, with its line, or one that came now, with its number."""

    line: int
    """Of the recording; of what came now the number of the frame, from 1."""
    type: str
    text: str


class Divergence(Struct, frozen=True):
    """Where the two went apart: what the recording has next, and what came instead."""

    expected: Came | None
    """None where the recording has nothing more."""
    came: Came | None
    """None where nothing came."""
    lacks: str = ""
    """``audio`` where the server's event waits for more of it than came."""


class Outcome(Struct, kw_only=True):
    """What matched, what did not, and where it began."""

    expected: int = 0
    """Events that the recorded client sent, but for its audio."""
    same: int = 0
    alike: int = 0
    """Came with another configuration, another moment or another answer of a tool."""
    skipped: int = 0
    """Taken for one that did not match."""
    off_script: int = 0
    """Events that the recording does not have, or not any more."""
    unmatched: list[Came] = field(default_factory=list)
    """The first of these."""
    missing: list[Came] = field(default_factory=list)
    """In the recording, and not sent."""
    audio_bytes_expected: int = 0
    audio_bytes: int = 0
    per_ms: int = 1
    """How many bytes of it last a millisecond."""
    silent: bool = False
    """There was less audio than the server's events need."""
    released: int = 0
    """Server events that went out."""
    troubled: int = 0
    """Of these, what was left out, sent twice or spoilt on purpose."""
    held_back: int = 0
    """Server events whose cause did not come, or whose time did not."""
    first: Divergence | None = None

    @property
    def diverged(self) -> bool:
        """Whether the client left the script, or did not come to its end."""
        return self.first is not None
