"""What the built-in server has to send: events that are ready, and things to do when their time comes.

Law: events leave in the order in which they were put in; what is due at the same time is done in
the order in which it was asked for.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any

from rtcli.events import Event
from rtcli.events.build import Events
from rtcli.standin.identity import Ids


class Outbox:
    """Events on their way to the client. Times are seconds of any clock that does not go backwards."""

    def __init__(self, seed: int | None, pace: float) -> None:
        self.ids = Ids(seed)
        self.build = Events(lambda: self.ids.new("event"))
        """Makes the server's events."""
        self._pace = pace
        self._ready: list[Event] = []
        self._agenda: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._count = 0

    def put(self, *events: Event) -> None:
        """Put in events."""
        self._ready += events

    def later(self, now: float, delay_s: float, action: Callable[..., None], *details: Any) -> None:
        """Do something after one of the server's own delays, which the pace stretches; it is told the time."""
        self.at(now + delay_s * self._pace, action, *details)

    def at(self, at: float, action: Callable[..., None], *details: Any) -> None:
        """Do something at a time, which it is told first."""
        self._count += 1
        heapq.heappush(self._agenda, (at, self._count, action, details))

    def due(self, now: float) -> list[Event]:
        """The events whose time has come."""
        while self._agenda and self._agenda[0][0] <= now:
            at, _, action, details = heapq.heappop(self._agenda)
            action(at, *details)
        ready, self._ready = self._ready, []
        return ready

    @property
    def next_at(self) -> float | None:
        """When there is something to do next; None when there is not."""
        return self._agenda[0][0] if self._agenda else None
