"""The built-in server on real WebSockets."""

from __future__ import annotations

import asyncio
import json
import logging
import signal
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from http import HTTPStatus
from typing import Final
from urllib.parse import parse_qs, urlsplit

from websockets.asyncio.server import ServerConnection, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Request, Response
from websockets.typing import Subprotocol

from rtcli.events import encode
from rtcli.standin import Standin
from rtcli.standin.settings import MODEL

MAX_FRAME_BYTES: Final = 64 * 1024 * 1024
PATH: Final = "/v1/realtime"
_REALTIME: Final = Subprotocol("realtime")


def _worth_telling(record: logging.LogRecord) -> bool:
    """A visitor who speaks no WebSocket is no fault, and what he said may hold a secret."""
    return record.msg != "opening handshake failed"


_log = logging.getLogger(__name__)
_log.addFilter(_worth_telling)


@asynccontextmanager
async def serving(
    host: str = "127.0.0.1", port: int = 0, *, pace: float = 1.0, seed: int | None = None
) -> AsyncIterator[str]:
    """Serve while the block runs; gives the URL. Port 0 takes a free one.

    `pace` stretches the server's delays: 1 is natural, 0 answers at once. A `seed` makes ids repeat.

    Raises:
        OSError: the address cannot be listened on.

    """

    async def session(connection: ServerConnection) -> None:
        await _session(connection, pace, seed)

    server = await serve(
        session,
        host,
        port,
        compression=None,
        max_size=MAX_FRAME_BYTES,
        select_subprotocol=_subprotocol,
        process_request=_refuse_other_paths,
        server_header="rtcli",
        logger=_log,
    )
    try:
        bound = next(iter(server.sockets)).getsockname()
        yield f"ws://{f'[{bound[0]}]' if ':' in bound[0] else bound[0]}:{bound[1]}{PATH}"
    finally:
        server.close()
        await server.wait_closed()


async def _session(connection: ServerConnection, pace: float, seed: int | None) -> None:
    """One client's session, from its first event to the close."""
    assert connection.request is not None
    query = parse_qs(urlsplit(connection.request.path).query)
    model = query.get("model", [MODEL])[0]
    standin = Standin(
        model=model,
        transcription=query.get("intent") == ["transcription"],
        started_unix=int(time.time()),
        seed=seed,
        pace=pace,
    )
    standin.open()
    woken = asyncio.Event()
    speaking = asyncio.create_task(_speak(connection, standin, woken))
    try:
        with suppress(ConnectionClosed):
            async for frame in connection:
                standin.receive(frame, time.monotonic())
                woken.set()
    finally:
        speaking.cancel()
        with suppress(asyncio.CancelledError, ConnectionClosed):
            await speaking


async def _speak(connection: ServerConnection, standin: Standin, woken: asyncio.Event) -> None:
    """Send what is due; then wait for the next time, or for the client."""
    while True:
        for event in standin.due(time.monotonic()):
            await connection.send(encode(event).decode())
        wait = None if standin.next_at is None else max(0.0, standin.next_at - time.monotonic())
        with suppress(TimeoutError):
            async with asyncio.timeout(wait):
                await woken.wait()
        woken.clear()


def _subprotocol(_connection: ServerConnection, offered: object) -> Subprotocol | None:
    """Browsers offer ``realtime`` beside a key; only the first may be said aloud."""
    return _REALTIME if isinstance(offered, list | tuple) and _REALTIME in offered else None


def _refuse_other_paths(_connection: ServerConnection, request: Request) -> Response | None:
    if urlsplit(request.path).path.rstrip("/").endswith("/realtime"):
        return None
    body = json.dumps(
        {
            "error": {
                "type": "invalid_request_error",
                "code": "not_found",
                "message": f"There is nothing here; the path is {PATH}.",
            }
        }
    ).encode()
    headers = Headers({"Content-Type": "application/json", "Content-Length": str(len(body))})
    return Response(HTTPStatus.NOT_FOUND, "Not Found", headers, body)


def serve_forever(
    host: str, port: int, announce: Callable[[str], None], *, pace: float = 1.0, seed: int | None = None
) -> None:
    """Serve until the process is told to stop (Ctrl-C, SIGTERM); `announce` is called with the URL.

    Raises:
        OSError: the address cannot be listened on.

    """
    asyncio.run(_forever(host, port, announce, pace, seed))


async def _forever(host: str, port: int, announce: Callable[[str], None], pace: float, seed: int | None) -> None:
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    async with serving(host, port, pace=pace, seed=seed) as url:
        announce(url)
        await stop.wait()
