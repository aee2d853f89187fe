"""An event loop in which some sockets are read where they are found to be ready.

asyncio makes a callback of each of them, puts it into a queue, and runs it in a context of its own; where
that is all there is to do, it costs as much as reading and handing on together. Whoever asks for the short
way keeps its transport, which goes on to write, to pause, and to see to ends and errors.
"""

from __future__ import annotations

import asyncio
import os
import select
import selectors
from collections.abc import Callable
from math import ceil
from typing import Final

Taking = Callable[[], bool]
"""Reads what has come; False leaves it to the transport."""
_MOST_AT_ONCE: Final = 1024


def new_loop() -> asyncio.AbstractEventLoop:
    """Such a loop where the system has epoll, and the usual one elsewhere."""
    return StraightLoop() if hasattr(select, "epoll") else asyncio.new_event_loop()


class StraightLoop(asyncio.SelectorEventLoop):
    """The loop; a socket goes the short way from `read_straight` on, as long as its transport reads."""

    def __init__(self) -> None:
        self._straight: dict[int, Taking] = {}
        super().__init__(_Selector(self._straight))

    def read_straight(self, descriptor: int, take: Taking) -> None:
        """Let `take` read this one; it must raise nothing."""
        self._straight[descriptor] = take

    def read_usually(self, descriptor: int) -> None:
        """Leave it to its transport again; to be called before the socket is closed."""
        self._straight.pop(descriptor, None)


if hasattr(select, "epoll"):

    class _Selector(selectors.EpollSelector):
        """Finds what is ready, and reads what goes the short way at once."""

        def __init__(self, straight: dict[int, Taking]) -> None:
            super().__init__()
            self._straight = straight
            self._ready = select.epoll.fromfd(os.dup(self.fileno()))

        def close(self) -> None:
            self._ready.close()
            super().close()

        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            """What is ready and was not read here."""
            # In whole milliseconds, and rather too long than too short, as epoll counts.
            wait = -1 if timeout is None else ceil(timeout * 1e3) * 1e-3 if timeout > 0 else 0
            found: list[tuple[selectors.SelectorKey, int]] = []
            straight, reading = self._straight, select.EPOLLIN
            try:
                ready = self._ready.poll(wait, _MOST_AT_ONCE)
            except InterruptedError:
                return found
            for descriptor, events in ready:
                # With an error or an end there is more to see to than bytes.
                if events == reading and descriptor in straight and straight[descriptor]():
                    continue
                try:
                    key = self.get_key(descriptor)
                except KeyError:
                    continue
                readable = selectors.EVENT_READ if events & ~select.EPOLLOUT else 0
                writable = selectors.EVENT_WRITE if events & ~select.EPOLLIN else 0
                if asked := (readable | writable) & key.events:
                    found.append((key, asked))
            return found
