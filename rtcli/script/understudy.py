"""A server that takes over in the middle: it is told at once what the client has sent so far.

Law: its clock begins with the client's first frame and never goes back; what it answers to what is
over is dropped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from rtcli.events import Event
from rtcli.events.event import encode

_QUIET_S: Final = 30.0
"""How long it is left to finish what it says to each frame."""


class Actor(Protocol):
    """A server without sockets."""

    def open(self) -> None:
        """The connection is there."""

    def receive(self, text: str | bytes, now: float) -> None:
        """A frame came from the client."""

    def due(self, now: float) -> list[Event]:
        """The events whose time has come."""

    @property
    def next_at(self) -> float | None:
        """When there is something to do next."""


class Understudy:
    """An actor on a clock of its own, which has lived through what is over."""

    def __init__(self, actor: Actor, frames: Sequence[str | bytes], now: float) -> None:
        self._actor = actor
        actor.open()
        actor.due(0.0)
        at = self._live(frames[:-1])
        self._behind_s = now - at
        for frame in frames[-1:]:
            self.receive(frame, now)

    def _live(self, frames: Iterable[str | bytes]) -> float:
        at = 0.0
        for frame in frames:
            self._actor.receive(frame, at)
            end = at + _QUIET_S
            while (soon := self._actor.next_at) is not None and soon <= end:
                at = max(at, soon)
                self._actor.due(at)
            self._actor.due(at)
        return at

    def receive(self, frame: str | bytes, now: float) -> None:
        """A frame came from the client."""
        self._actor.receive(frame, now - self._behind_s)

    def due(self, now: float) -> list[str]:
        """What is to go out now."""
        return [encode(event).decode() for event in self._actor.due(now - self._behind_s)]

    @property
    def next_at(self) -> float | None:
        """When there is something to do next."""
        soon = self._actor.next_at
        return None if soon is None else soon + self._behind_s
