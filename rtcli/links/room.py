"""How many may come to a listening end at a time: as many as the system has descriptors for, and no more.

Those who knock at the same moment have descriptors before anybody can be asked what they want, so that some are
kept for them.
"""

from __future__ import annotations

import asyncio
import errno
import logging
import os
import resource
import socket
from collections.abc import Iterable
from contextlib import suppress
from typing import Any, Final, NamedTuple

from rtcli.links.visitors import MOST_SESSIONS

DESCRIPTORS: Final = 32_768
_OTHER_DESCRIPTORS: Final = 32
_MOST_AT_ONCE: Final = 1024
_QUEUE: Final = 1024
_TURNS: Final = 4
"""For how many turns of the loop a descriptor is kept of who is turned away."""
_NONE_LEFT: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
_log = logging.getLogger(__name__)


class Room(NamedTuple):
    """What there is room for."""

    sessions: int
    at_once: int
    """How many are taken from the queue in one turn of the loop."""


def room(descriptors_a_session: int) -> Room:
    """Take as many descriptors as may be had, for many systems begin with 1,024; gives what they are enough for."""
    allowed, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = DESCRIPTORS if most == resource.RLIM_INFINITY else min(most, DESCRIPTORS)
    if allowed != resource.RLIM_INFINITY and allowed < wanted:
        with suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, most))
            allowed = wanted
    if allowed == resource.RLIM_INFINITY:
        return Room(MOST_SESSIONS, _MOST_AT_ONCE)
    at_once = max(1, min(_MOST_AT_ONCE, allowed // (4 * _TURNS)))
    left = allowed - _OTHER_DESCRIPTORS - _TURNS * at_once
    return Room(max(1, min(MOST_SESSIONS, left // descriptors_a_session)), at_once)


def queue_up(sockets: Iterable[Any]) -> None:
    """Let more wait in the system's queue than are taken from it in one turn; asyncio has one number for both."""
    for one in sockets:
        with socket.socket(fileno=os.dup(one.fileno())) as same:
            same.listen(_QUEUE)


def stand_crowds() -> None:
    """Tell in a line that there are no descriptors left; the loop goes on to listen by itself."""
    told = False

    def handle(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        nonlocal told
        failure = context.get("exception")
        if not isinstance(failure, OSError) or failure.errno not in _NONE_LEFT:
            loop.default_exception_handler(context)
        elif not told:
            told = True
            _log.warning("rtcli: some have to wait to be let in: %s", failure.strerror)

    asyncio.get_running_loop().set_exception_handler(handle)
