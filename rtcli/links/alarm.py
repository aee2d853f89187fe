"""Wakes a task at a moment of the monotonic clock, to a fraction of a millisecond where the system can.

An event loop on Linux waits in whole milliseconds, rounded up, so that its own timers are late by one or two. A
timer of the kernel's that the loop watches like a socket rings on time, and costs nothing while it waits.
Source: timerfd_create(2); ``selectors.EpollSelector.select``.
"""

from __future__ import annotations

import asyncio
import ctypes
import os
import struct
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from functools import cache
from time import monotonic
from typing import Any, Final

_CLOCK_MONOTONIC: Final = 1
_ABSOLUTE: Final = 1
_RINGS_BYTES: Final = 8
_NANOSECONDS: Final = 1_000_000_000


@asynccontextmanager
async def alarm_for(woken: asyncio.Event) -> AsyncIterator[Alarm]:
    """An alarm that sets this, while the block runs."""
    alarm = Alarm(woken.set)
    try:
        yield alarm
    finally:
        alarm.close()


class Alarm:
    """Calls `ring` when the moment has come that was set last."""

    def __init__(self, ring: Callable[[], object]) -> None:
        self._ring = ring
        self._loop = asyncio.get_running_loop()
        self._timer = _timer()
        self._handle: asyncio.TimerHandle | None = None
        if self._timer is not None:
            self._loop.add_reader(self._timer, self._rang, self._timer)

    def set(self, at: float | None) -> None:
        """Ring at this moment, in seconds of the monotonic clock, at once if it has passed, and never for None."""
        if self._timer is not None:
            _set(self._timer, at)
            return
        self._forget()
        if at is not None:
            self._handle = self._loop.call_at(self._loop.time() + at - monotonic(), self._ring)

    def close(self) -> None:
        """Never ring again."""
        self._forget()
        if self._timer is not None:
            self._loop.remove_reader(self._timer)
            os.close(self._timer)
            self._timer = None

    def _rang(self, timer: int) -> None:
        with suppress(BlockingIOError):  # it was set anew meanwhile
            os.read(timer, _RINGS_BYTES)
            self._ring()

    def _forget(self) -> None:
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None


@cache
def _libc() -> Any:
    return ctypes.CDLL(None, use_errno=True)


def _timer() -> int | None:
    """A timer of the kernel's; None where there are none."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        timer: int = _libc().timerfd_create(_CLOCK_MONOTONIC, os.O_NONBLOCK | os.O_CLOEXEC)
    except (AttributeError, OSError):
        return None
    return timer if timer >= 0 else None


def _set(timer: int, at: float | None) -> None:
    """Set it: no interval, and when it rings; a moment of zero would stop it."""
    moment = 0 if at is None else max(1, int(at * _NANOSECONDS))
    seconds, nanoseconds = divmod(moment, _NANOSECONDS)
    _libc().timerfd_settime(timer, _ABSOLUTE, struct.pack("@4l", 0, 0, seconds, nanoseconds), None)
