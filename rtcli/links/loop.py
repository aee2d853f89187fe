"""An event loop in which some sockets are read where they are found to be ready.

asyncio makes a callback of each of them, puts it into a queue, and runs it in a context of its own; where
that is all there is to do, it costs as much as reading and handing on together. Whoever asks for the short
way keeps its transport, which goes on to write, to pause, and to see to ends and errors.

Law: what has come is handed on for all before it is looked at for any, and it is looked at before anything
more is read from where it came, or from where it went, which may have answered already. In a crowd a turn of the
loop waits a moment, so that it finds more than one.
"""

from __future__ import annotations

import asyncio
import os
import select
import selectors
import time
from collections.abc import Callable
from contextvars import Context
from typing import Final, Protocol, TypeVarTuple

Given = TypeVarTuple("Given")

_MOST_AT_ONCE: Final = 256
_REST_SECONDS: Final = 0.0004
"""How long a turn waits in a crowd: a turn for each frame alone costs half as much again as the frames do."""
_CROWD: Final = 24
"""Of so many sockets, and..."""
_CROWD_A_SECOND: Final = 2000
"""... so many times a second, something comes in a crowd."""
_COUNTED_SECONDS: Final = 0.02
"""How long is counted at least; voice is sent in pieces of so long."""
_COUNTED: Final = 32
"""How many times something has come before it is counted: asking for the time is dear."""


class Straight(Protocol):
    """Whoever reads a socket the short way."""

    @property
    def peer(self) -> Straight | None:
        """Who reads the answers to what is handed on."""

    def hand_on(self) -> bytes | None:
        """Read, and hand on what has come; gives what of it is to be looked at, and None to leave it to the transport."""

    def look(self, data: bytes) -> None:
        """Look at what was handed on."""

    def fault(self, error: Exception) -> None:
        """One of the others has failed."""


def new_loop() -> asyncio.AbstractEventLoop:
    """Such a loop where the system has epoll, and the usual one elsewhere."""
    return StraightLoop() if hasattr(select, "epoll") else asyncio.new_event_loop()


class StraightLoop(asyncio.SelectorEventLoop):
    """The loop; a socket goes the short way from `read_straight` on, as long as its transport reads."""

    def __init__(self) -> None:
        self._straight: dict[int, Straight] = {}
        self._turn = _Turn()
        super().__init__(_Selector(self._straight, self._turn))

    def call_soon(
        self, callback: Callable[[*Given], object], *args: *Given, context: Context | None = None
    ) -> asyncio.Handle:
        """As everywhere; the turn is over, for there is something to do."""
        self._turn.is_over = True
        return super().call_soon(callback, *args, context=context)

    def call_at(
        self, when: float, callback: Callable[[*Given], object], *args: *Given, context: Context | None = None
    ) -> asyncio.TimerHandle:
        """As everywhere; the turn is over, for it may be too long."""
        self._turn.is_over = True
        return super().call_at(when, callback, *args, context=context)

    def read_straight(self, descriptor: int, reader: Straight) -> None:
        """Let `reader` read this one."""
        self._straight[descriptor] = reader

    def read_usually(self, descriptor: int) -> None:
        """Leave it to its transport again; to be called before the socket is closed."""
        self._straight.pop(descriptor, None)


class _Turn:
    """One turn of the loop, which goes on as long as there is nothing to do but to read the short way."""

    is_over = False


class _Crowd:
    """Counts what comes, to know whether it is a crowd."""

    def __init__(self) -> None:
        self.is_there = False
        self.who: list[int] = []
        """Whose bytes came since the last count, each time."""
        self._counted = time.monotonic()

    def count(self) -> None:
        """Count what came since the last count, unless that is too short ago."""
        now = time.monotonic()
        if (seconds := now - self._counted) >= _COUNTED_SECONDS:
            often = len(self.who) >= _CROWD_A_SECOND * seconds
            self.is_there = often and len(set(self.who)) >= _CROWD
            self._counted = now
            self.who.clear()


def _look(reader: Straight, data: bytes) -> None:
    """Let it look at what it handed on; that it fails is its own affair, and of nobody who is read meanwhile."""
    try:
        reader.look(data)
    except Exception as error:  # noqa: BLE001 - the loop has to go on; so does asyncio itself
        reader.fault(error)


if hasattr(select, "epoll"):

    class _Selector(selectors.EpollSelector):
        """Finds what is ready, and reads what goes the short way at once."""

        def __init__(self, straight: dict[int, Straight], turn: _Turn) -> None:
            super().__init__()
            self._straight = straight
            self._turn = turn
            self._crowd = _Crowd()
            self._ready = select.epoll.fromfd(os.dup(self.fileno()))

        def close(self) -> None:
            self._ready.close()
            super().close()

        def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
            """What is ready and was not read here."""
            turn, crowd, poll, left = self._turn, self._crowd, self._ready.poll, timeout
            turn.is_over = False
            until = None if timeout is None else time.monotonic() + timeout
            while True:
                if crowd.is_there and (left is None or left > _REST_SECONDS):
                    time.sleep(_REST_SECONDS)
                ready = poll(left, _MOST_AT_ONCE)
                if others := self._read(ready):
                    return self._found(others)
                if turn.is_over or not ready:
                    return []
                if until is not None and (left := until - time.monotonic()) <= 0:
                    return []

        def _read(self, ready: list[tuple[int, int]]) -> list[tuple[int, int]]:
            """Read what goes the short way; gives the others."""
            others: list[tuple[int, int]] = []
            looking: dict[Straight, bytes] = {}
            straight, crowd, reading = self._straight, self._crowd, select.EPOLLIN
            for one in ready:
                descriptor, events = one
                # With an error or an end there is more to see to than bytes.
                if events != reading or (reader := straight.get(descriptor)) is None:
                    others.append(one)
                    continue
                if looking and (peer := reader.peer) in looking:
                    _look(peer, looking.pop(peer))
                try:
                    data = reader.hand_on()
                except Exception as error:  # noqa: BLE001 - the loop has to go on; so does asyncio itself
                    reader.fault(error)
                    continue
                if data:
                    looking[reader] = data
                    crowd.who.append(descriptor)
                elif data is None:
                    others.append(one)
            for reader, data in looking.items():
                _look(reader, data)
            if len(crowd.who) >= _COUNTED:
                crowd.count()
            return others

        def _found(self, ready: list[tuple[int, int]]) -> list[tuple[selectors.SelectorKey, int]]:
            """What asyncio makes callbacks of."""
            found = []
            for descriptor, events in ready:
                try:
                    key = self.get_key(descriptor)
                except KeyError:
                    continue
                readable = selectors.EVENT_READ if events & ~select.EPOLLOUT else 0
                writable = selectors.EVENT_WRITE if events & ~select.EPOLLIN else 0
                if asked := (readable | writable) & key.events:
                    found.append((key, asked))
            return found
