"""The built-in server on real WebSockets."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from http import HTTPStatus
from itertools import count
from typing import Final
from urllib.parse import parse_qs

from websockets.asyncio.server import ServerConnection
from websockets.http11 import Request, Response

from rtcli.events import encode
from rtcli.links.stage import Line, hold, json_answer, listening, seed_of, until_told
from rtcli.links.visitors import FROM_HERE, Visitors
from rtcli.script.faults import Fault, Trouble
from rtcli.standin import Standin
from rtcli.standin.settings import MODEL

PATH: Final = "/v1/realtime"


@asynccontextmanager
async def serving(
    host: str = "127.0.0.1",
    port: int = 0,
    *,
    pace: float = 1.0,
    seed: int | None = None,
    faults: Sequence[Fault] = (),
    visitors: Visitors = FROM_HERE,
) -> AsyncIterator[str]:
    """Serve while the block runs; gives the URL. Port 0 takes a free one.

    `pace` stretches the server's delays: 1 is natural, 0 answers at once. A `seed` makes ids repeat, and
    the trouble that `faults` make.

    Raises:
        OSError: the address cannot be listened on.

    """
    numbers = count(1)

    async def session(connection: ServerConnection) -> None:
        trouble = Trouble(faults, seed_of(seed, next(numbers)))
        await hold(connection, Serving(connection.request, pace=pace, seed=seed), trouble)

    async with listening(session, host, port, visitors=visitors, answer=_refuse_other_paths) as url:
        yield url + PATH


def standin_for(request: Request | None, *, pace: float, seed: int | None) -> Standin:
    """The built-in server as a client's address asks for it."""
    query = parse_qs(_asked(request)[1]) if request else {}
    return Standin(
        model=query.get("model", [MODEL])[0],
        transcription=query.get("intent") == ["transcription"],
        started_unix=int(time.time()),
        seed=seed,
        pace=pace,
    )


class Serving:
    """One client's session with the built-in server, from its first event to the close."""

    def __init__(self, request: Request | None, *, pace: float, seed: int | None) -> None:
        self._standin = standin_for(request, pace=pace, seed=seed)
        self._standin.open()

    def receive(self, frame: str | bytes, now: float) -> None:
        """A frame came from the client."""
        self._standin.receive(frame, now)

    def due(self, now: float) -> list[Line]:
        """What is to go out now, in order."""
        return [encode(event).decode() for event in self._standin.due(now)]

    @property
    def next_at(self) -> float | None:
        """When there is something to do without the client."""
        return self._standin.next_at


def _asked(request: Request) -> tuple[str, str]:
    """Path and query as text; the library gives bytes beyond ASCII as what no text can hold."""
    path, _, query = request.path.encode("utf-8", "surrogateescape").decode("utf-8", "replace").partition("?")
    return path, query


def _refuse_other_paths(_connection: ServerConnection, request: Request) -> Response | None:
    if _asked(request)[0].rstrip("/").endswith("/realtime"):
        return None
    return json_answer(HTTPStatus.NOT_FOUND, "not_found", f"There is nothing here; the path is {PATH}.")


def serve_forever(
    host: str,
    port: int,
    announce: Callable[[str], None],
    *,
    pace: float = 1.0,
    seed: int | None = None,
    faults: Sequence[Fault] = (),
    visitors: Visitors = FROM_HERE,
) -> None:
    """Serve until the process is told to stop (Ctrl-C, SIGTERM); `announce` is called with the URL.

    Raises:
        OSError: the address cannot be listened on.

    """

    async def forever() -> None:
        async with serving(host, port, pace=pace, seed=seed, faults=faults, visitors=visitors) as url:
            await until_told(lambda: announce(url))

    asyncio.run(forever())
