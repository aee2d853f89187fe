"""The built-in server behind a relay that records what a client and it say to each other, and has it judged."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from websockets.asyncio.client import connect
from websockets.asyncio.connection import Connection
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed

from rtcli.events import Listener
from rtcli.formats import read
from rtcli.formats.writer import Writer
from rtcli.links.server import serving
from rtcli.links.tap import Tap
from rtcli.rules import RULES, Check


@asynccontextmanager
async def serving_recorded(into: Path | None = None, **options) -> AsyncIterator[str]:
    """The URL of a built-in server; at the end nothing above a remark may be found in what clients and it said.

    What one client and it said can be kept in a file.
    """
    paths: list[Path] = []
    with tempfile.TemporaryDirectory() as folder:
        async with serving(**options) as url:

            async def relay(client: ServerConnection) -> None:
                path = into or Path(folder) / f"{len(paths)}.jsonl"
                paths.append(path)
                address = f"{url}?{urlsplit(client.request.path).query}"
                with Writer(path) as writer:
                    tap = Tap(lambda _: None)
                    tap.record_to(writer, address, "test")
                    async with connect(address, max_size=None) as server:
                        tap.open(server.response.status_code, {}, server.subprotocol)
                        await asyncio.gather(_pump(client, server, "client", tap), _pump(server, client, "server", tap))

            async with serve(relay, "127.0.0.1", 0, max_size=None) as listening:
                port = listening.sockets[0].getsockname()[1]
                yield f"ws://127.0.0.1:{port}{urlsplit(url).path}"
        assert paths, "nobody connected"
        for path in paths:
            assert found_in(path) == []


async def _pump(source: Connection, sink: Connection, sender: str, tap: Tap) -> None:
    try:
        async for frame in source:
            tap.frame(sender, frame)
            await sink.send(frame)
        tap.close(sender, source.close_code, source.close_reason)
    except ConnectionClosed:
        pass
    await sink.close()


def found_in(path: Path) -> list[str]:
    """What is found in a recording above a remark, with the lines."""
    listener = Listener()
    entries = list(read(path, listener))
    assert {"server", "client"} <= {entry.sender for entry in entries}
    return [
        f"{one.code} {one.line}: {one.message}" for one in Check(RULES, listener).run(entries) if one.severity != "info"
    ]
