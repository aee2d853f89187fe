"""The server's side of WebSocket connections: each is held by an actor, a server without sockets.

Law: what an actor gives out leaves in that order, no sooner than it is due and not before the trouble
that is made on purpose lets it through.
"""

from __future__ import annotations

import asyncio
import json
import logging
import time
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial
from http import HTTPStatus
from typing import Any, Final, Protocol, cast

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.frames import EXTERNAL_CLOSE_CODES
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from rtcli.links.alarm import Alarm, alarm_for
from rtcli.links.answering import Answering
from rtcli.links.client import OPEN_SECONDS
from rtcli.links.head import NO_HANDSHAKE, is_plain, unreadable
from rtcli.links.room import queue_up, room, stand_crowds
from rtcli.links.stopping import told
from rtcli.links.visitors import Visitors
from rtcli.recording import Close
from rtcli.script.faults import Trouble

MAX_FRAME_BYTES: Final = 64 * 1024 * 1024
_REALTIME: Final = Subprotocol("realtime")
UNHEARD: Final = 4096
"""How many frames of a client are taken in while it takes no answers; those would wait in memory."""
_LONGEST_REASON: Final = 123
"""Source: RFC 6455, section 5.5: a control frame has 125 bytes at most, and two are the code."""

Line = str | bytes | Close
Answer = Callable[[ServerConnection, Request], Response | None]


def _worth_telling(record: logging.LogRecord) -> bool:
    """A visitor who speaks no WebSocket is no fault, and what he said may hold a secret."""
    return record.msg != "opening handshake failed"


_log = logging.getLogger(__name__)
_log.addFilter(_worth_telling)


class Actor(Protocol):
    """A server without sockets, for one client. Times are seconds of the monotonic clock."""

    def receive(self, frame: str | bytes, now: float) -> None:
        """A frame came from the client."""

    def due(self, now: float) -> list[Line]:
        """What is to go out now, in order."""

    @property
    def next_at(self) -> float | None:
        """When there is something to do without the client; None when there is not."""


@asynccontextmanager
async def listening(
    handle: Callable[[ServerConnection], Awaitable[None]],
    host: str,
    port: int,
    *,
    visitors: Visitors,
    answer: Answer | None = None,
) -> AsyncIterator[str]:
    """Take connections while the block runs; gives the URL without a path. Port 0 takes a free one.

    `answer` may refuse those who are welcome.

    Raises:
        OSError: the address cannot be listened on.

    """
    places = room(descriptors_a_session=1)

    def welcome(connection: ServerConnection, request: Request) -> Response | None:
        unwelcome = visitors.unwelcome(request.headers)
        if unwelcome is not None:
            return json_answer(HTTPStatus.FORBIDDEN, *unwelcome)
        if not is_plain(request.headers):
            return json_answer(*NO_HANDSHAKE)
        return answer(connection, request) if answer else None

    server = await serve(
        handle,
        host,
        port,
        compression=None,
        max_size=MAX_FRAME_BYTES,
        open_timeout=OPEN_SECONDS,
        select_subprotocol=_subprotocol,
        process_request=welcome,
        server_header="rtcli",
        logger=_log,
        create_connection=partial(_Guest, places.sessions),  # type: ignore[arg-type] # it is called, and nothing else
        backlog=places.at_once,
    )
    queue_up(server.sockets)
    try:
        bound = next(iter(server.sockets)).getsockname()
        yield f"ws://{f'[{bound[0]}]' if ':' in bound[0] else bound[0]}:{bound[1]}"
    finally:
        server.close()
        await server.wait_closed()


class _Guest(Answering, ServerConnection):
    """Whoever has connected: let in as long as there is room, also for those who say nothing yet."""

    def __init__(self, most: int, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._most = most
        self._turned_away = False
        self._told = False
        """That there was no request to be read."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Begin, unless all places are taken."""
        if len(self.server.handlers) < self._most:
            super().connection_made(transport)
            return
        self._turned_away = True
        full = cast("asyncio.Transport", transport)
        full.write(_full(self._most))
        full.close()

    def connection_lost(self, exc: Exception | None) -> None:
        """It is over, if it ever began."""
        if not self._turned_away:
            super().connection_lost(exc)

    def send_data(self) -> None:
        """Send what there is; the library itself would hang up without a word on who sends no request."""
        failure = self.protocol.handshake_exc if self.request is None else None
        if failure is not None and not self._told and (why := unreadable(failure.__cause__)):
            self._told = True
            self.transport.write(json_answer(*why).serialize())
        super().send_data()


def _full(most: int) -> bytes:
    why = f"There is room for {most} sessions at a time."
    return json_answer(HTTPStatus.SERVICE_UNAVAILABLE, "too_many_sessions", why).serialize()


def json_answer(status: HTTPStatus, code: str, message: str) -> Response:
    """A refusal of the handshake, in the shape of the real API's errors."""
    body = json.dumps({"error": {"type": "invalid_request_error", "code": code, "message": message}}).encode()
    headers = Headers({"Content-Type": "application/json", "Connection": "close", "Content-Length": str(len(body))})
    return Response(status, status.phrase, headers, body)


def _subprotocol(_connection: ServerConnection, offered: object) -> Subprotocol | None:
    """Browsers offer ``realtime`` beside a key; only the first may be said aloud."""
    return _REALTIME if isinstance(offered, list | tuple) and _REALTIME in offered else None


async def hold(connection: ServerConnection, actor: Actor, trouble: Trouble) -> None:
    """Let an actor hold a connection, from now to the close."""
    woken = asyncio.Event()
    mouth = _Mouth(connection, actor, trouble, woken)
    speaking = asyncio.create_task(mouth.speak())
    try:
        with suppress(ConnectionClosed):
            async for frame in connection:
                actor.receive(frame, time.monotonic())
                woken.set()
                await mouth.keep_up()
    finally:
        speaking.cancel()
        with suppress(asyncio.CancelledError, ConnectionClosed):
            await speaking


class _Mouth:
    """Sends what is due; then waits for the next time, or for the client."""

    def __init__(self, connection: ServerConnection, actor: Actor, trouble: Trouble, woken: asyncio.Event) -> None:
        self._connection = connection
        self._actor = actor
        self._trouble = trouble
        self._woken = woken
        self._began = time.monotonic()
        self._waiting: deque[tuple[float, Line]] = deque()
        self._unheard = 0
        """How much came since it was last asked what is due."""
        self._asked = asyncio.Event()
        self._is_over = False

    async def keep_up(self) -> None:
        """Wait after so much that was not answered that the client does not seem to take answers."""
        self._unheard += 1
        if self._unheard >= UNHEARD and not self._is_over:
            self._asked.clear()
            await self._asked.wait()

    async def speak(self) -> None:
        try:
            async with alarm_for(self._woken) as alarm:
                await self._speak(alarm)
        finally:
            self._is_over = True
            self._asked.set()

    async def _speak(self, alarm: Alarm) -> None:
        while True:
            now, self._unheard = time.monotonic(), 0
            self._asked.set()
            for line in self._actor.due(now):
                self._waiting += self._trouble.passing(line, now - self._began)
            while self._waiting and self._began + self._waiting[0][0] <= now:
                if await self._leave(self._waiting.popleft()[1]):
                    return
            if await self._cut_short(now):
                return
            await self._rest(alarm)

    async def _rest(self, alarm: Alarm) -> None:
        """Wait until something is due; what came while something was sent has been noticed."""
        times = [at for at in (self._actor.next_at, self._ends_at) if at is not None]
        times += [self._began + self._waiting[0][0]] if self._waiting else []
        alarm.set(min(times) if times else None)
        await self._woken.wait()
        self._woken.clear()

    async def _leave(self, line: Line) -> bool:
        """Send one line; says whether the connection is over with it."""
        if not isinstance(line, Close):
            await self._connection.send(line)
            return False
        await self._close(line.code, line.reason)
        return True

    async def _close(self, code: int | None, reason: str) -> None:
        if code is None or not _may_be_sent(code):
            self._connection.protocol.send_close()
            self._connection.transport.write(b"".join(self._connection.protocol.data_to_send()))
            return
        await self._connection.close(code, reason.encode()[:_LONGEST_REASON].decode(errors="ignore"))

    @property
    def _ends_at(self) -> float | None:
        return self._began + self._trouble.end.after_s if self._trouble.end else None

    async def _cut_short(self, now: float) -> bool:
        end = self._trouble.end
        if end is None or self._began + end.after_s > now:
            return False
        if end.kind == "vanish":
            self._connection.transport.abort()
        else:
            await self._connection.close(end.code, "a fault made on purpose")
        return True


def seed_of(seed: int | None, number: int) -> str | None:
    """The seed of the trouble that one connection has, so that two have not the same."""
    return None if seed is None else f"{seed}:{number}"


def _may_be_sent(code: int) -> bool:
    """Source: RFC 6455, section 7.4: 1005 and its like only say what was not sent."""
    return code in EXTERNAL_CLOSE_CODES or 3000 <= code <= 4999


async def until_told(ready: Callable[[], None], done: asyncio.Event | None = None) -> None:
    """Wait until the process is told to stop (Ctrl-C, SIGTERM, SIGHUP), or until there is nothing more to do."""
    stop = done or asyncio.Event()
    stand_crowds()
    with told(lambda _: stop.set()):
        ready()
        await stop.wait()
