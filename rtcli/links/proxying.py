"""``rtcli proxy``: a listening socket, and every connection that comes to it.

The first interrupt closes the sessions and ends their files; the second drops everything at once.
"""

from __future__ import annotations

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from http import HTTPStatus
from typing import Final

from msgspec import Struct
from msgspec.structs import replace

from rtcli.errors import BadOption
from rtcli.events import Listener
from rtcli.formats.writer import Writer
from rtcli.links.board import Board
from rtcli.links.handshake import Refused, json_error
from rtcli.links.loop import new_loop
from rtcli.links.parts import Keeping, Parts
from rtcli.links.proxy import Asked, Declined, Gone, Route, announce, ask
from rtcli.links.room import queue_up, room, stand_crowds
from rtcli.links.server import serving
from rtcli.links.side import Side
from rtcli.links.splice import CLOSE_SECONDS, Splice
from rtcli.links.stopping import told
from rtcli.links.upstream import Upstream, upstream_of
from rtcli.links.visitors import MOST_SESSIONS, Visitors
from rtcli.links.witness import Witness

FRAMES_A_SECOND: Final = 10
_DESCRIPTORS_A_SESSION: Final = 4
"""Both sockets and the file; the other end too, where it is the built-in server."""
_CLOSING_AT_ONCE: Final = 16
"""Files that are brought to the disk at the same time; each may take a tenth of a second."""
_NO_ROOM: Final = json_error(HTTPStatus.SERVICE_UNAVAILABLE, "too_many_sessions", "there are too many sessions here")


class Plan(Struct, kw_only=True):
    """What is to be done."""

    word: str
    """The upstream, as it was asked for."""
    environment: Mapping[str, str]
    add_key: bool
    host: str
    port: int
    tls: ssl.SSLContext | None
    visitors: Visitors
    most: int = MOST_SESSIONS
    """How many sessions there may be at a time."""
    at_once: int = 1024
    """How many are taken from the queue in one turn of the loop."""
    keeping: Keeping
    by: str


class Outcome(Struct):
    """How it went."""

    sessions: int = 0
    lost: bool = False
    """Some recording is not whole."""
    dropped: bool = False
    """The person interrupted twice."""


def run(plan: Plan, board: Board, announced: Callable[[str, Upstream], None]) -> Outcome:
    """Proxy until the process is told to stop; `announced` is told where it listens and where it goes.

    Raises:
        BadOption: there is no such upstream.
        OSError: the address cannot be listened on.

    """
    places = room(_DESCRIPTORS_A_SESSION)
    plan = replace(plan, most=min(plan.most, places.sessions), at_once=places.at_once)
    with asyncio.Runner(loop_factory=new_loop) as runner:
        return runner.run(_run(plan, board, announced))


async def _run(plan: Plan, board: Board, announced: Callable[[str, Upstream], None]) -> Outcome:
    stop, outcome = asyncio.Event(), Outcome()
    async with proxying(plan, board, outcome) as (url, upstream, proxies):
        stand_crowds()

        def interrupt(number: int) -> None:
            if number != signal.SIGINT:
                board.hurry()
            if stop.is_set():
                outcome.dropped = True
                proxies.drop()
            stop.set()

        with told(interrupt):
            announced(url, upstream)
            drawing = asyncio.create_task(_draw(board))
            try:
                await stop.wait()
                await proxies.stop()
            finally:
                drawing.cancel()
    return outcome


async def _draw(board: Board) -> None:
    while True:
        _tell(board.refresh)
        await asyncio.sleep(1 / FRAMES_A_SECOND)


def _tell(say: Callable[[], None]) -> None:
    """Say something where that can be done: a terminal or a pipe that is gone ends no call."""
    with suppress(OSError):
        say()


@asynccontextmanager
async def proxying(
    plan: Plan, board: Board, outcome: Outcome | None = None
) -> AsyncIterator[tuple[str, Upstream, Proxies]]:
    """Proxy while the block runs; gives the URL, where it goes, and what is running."""
    async with AsyncExitStack() as stack:
        demo = await stack.enter_async_context(serving(visitors=plan.visitors)) if plan.word == "demo" else ""
        upstream = upstream_of(plan.word, plan.environment, demo=demo, add_key=plan.add_key)
        proxies = Proxies(Route(upstream, plan.visitors, plan.by, plan.tls), plan, board, outcome or Outcome())
        server = await asyncio.get_running_loop().create_server(
            lambda: Side(proxies.arrived),
            plan.host,
            plan.port,
            backlog=plan.at_once,
        )
        queue_up(server.sockets)
        proxies.server = server
        host, port = server.sockets[0].getsockname()[:2]
        scheme = "wss" if plan.tls else "ws"
        try:
            if (upstream.host, upstream.port) in {(host, port), ("localhost", port)}:
                remedy = "is OPENAI_BASE_URL meant for the app only?" if plan.word == "openai" else ""
                raise BadOption("UPSTREAM", "it is this proxy itself", remedy)
            yield f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}", upstream, proxies
        finally:
            await proxies.stop()


class Proxies:
    """The connections that are open."""

    def __init__(self, route: Route, plan: Plan, board: Board, outcome: Outcome) -> None:
        self.server: asyncio.Server | None = None
        self._route = route
        self._keeping = plan.keeping
        self._most = plan.most
        self._board = board
        self._outcome = outcome
        self._closers = ThreadPoolExecutor(_CLOSING_AT_ONCE, "rtcli-close")
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: dict[Splice, asyncio.Task[None]] = {}

    def arrived(self, app: Side) -> None:
        """An app has connected, and takes a place from now on, also while it has not agreed on TLS."""
        self._outcome.sessions += 1
        if self._route.tls is not None:
            app.pause()
        if len(self._tasks) >= self._most:
            self._failed(self._outcome.sessions, f"there is room for {self._most} at a time")
            if self._route.tls is None:
                app.send(_NO_ROOM)
            app.close()
            return
        task = asyncio.get_running_loop().create_task(self._proxied(app, self._outcome.sessions))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """Listen no more, close every session, and bring the files to their end."""
        if self.server is not None:
            self.server.close()
            self.server = None
        for task in self._tasks - set(self._open.values()):
            task.cancel()
        for splice in list(self._open):
            splice.stop()
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=CLOSE_SECONDS + 1)
        self.drop()
        if self._tasks:
            await asyncio.wait(self._tasks)
        await asyncio.get_running_loop().run_in_executor(None, self._closers.shutdown)

    def drop(self) -> None:
        """Drop every connection at once."""
        for splice in list(self._open):
            splice.abort()

    # --- one connection ------------------------------------------------------------------------

    async def _proxied(self, app: Side, number: int) -> None:
        """Everything of one connection, from the app's first byte to the end of the file."""
        listener = Listener()
        witness = Witness(
            lambda tap: Parts(self._keeping, tap.started, self._retire),
            listener,
            (lambda entry: self._board.seen(number, entry)) if self._board.looking else None,
            lambda why: self._suspended(number, why),
        )
        asked: Asked | None = None
        try:
            asked = await self._asked(app, number)
            if asked is not None:
                await self._spliced(app, asked, witness, number, listener)
        finally:
            app.abort()
            if asked is not None:
                asked.server.abort()

    async def _spliced(self, app: Side, asked: Asked, witness: Witness, number: int, listener: Listener) -> None:
        """What happens once both handshakes are done."""
        url = self._route.upstream.url(asked.request.path)
        _tell(lambda: self._board.began(number, url, listener))
        app.send(asked.answer)
        announce(witness, self._route, asked)
        splice = Splice(app, asked.server, asked.extensions, witness)
        task = asyncio.current_task()
        assert task is not None, "this runs in one"
        self._open[splice] = task
        try:
            await splice.run()
        finally:
            del self._open[splice]
            witness.close()
            files = [str(path) for path in witness.parts.paths]
            how, events, at_s, whole = witness.how, witness.tap.events, witness.tap.now, not witness.lost
            _tell(lambda: self._board.ended(number, how, events, at_s, files, whole=whole))

    async def _asked(self, app: Side, number: int) -> Asked | None:
        """The handshakes, unless there is to be no session; then the app is told."""
        watching = asyncio.create_task(app.over.wait())
        asking = asyncio.create_task(ask(app, self._route))
        asked: Asked | None = None
        try:
            await asyncio.wait({watching, asking}, return_when=asyncio.FIRST_COMPLETED)
            if asking.done():
                asked = asking.result()
            else:
                self._failed(number, "the app hung up before the upstream had answered")
        except (Refused, Declined) as refusal:
            self._failed(number, str(refusal))
            app.send(refusal.answer)
            await app.depart()
        except Gone:
            pass
        finally:
            for task in (watching, asking):
                task.cancel()
            await asyncio.wait({watching, asking})
            if asked is None and not asking.cancelled() and asking.exception() is None:
                asking.result().server.abort()
        return asked

    def _retire(self, writer: Writer) -> None:
        self._closers.submit(writer.close)

    def _suspended(self, number: int, why: str) -> None:
        self._outcome.lost = True
        _tell(lambda: self._board.suspended(number, why))

    def _failed(self, number: int, why: str) -> None:
        _tell(lambda: self._board.failed(number, why))
