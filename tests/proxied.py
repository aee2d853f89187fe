"""A proxy in the test's own event loop, and both of its neighbours with nothing between them and their bytes."""

from __future__ import annotations

import asyncio
import io
from contextlib import asynccontextmanager, suppress
from pathlib import Path

from websockets.frames import Frame, Opcode
from websockets.utils import accept_key

from rtcli.formats.rtcli import record_of
from rtcli.links.parts import Keeping
from rtcli.links.proxying import Outcome, Plan, proxying
from rtcli.links.visitors import MOST_SESSIONS, Visitors
from rtcli.recording import Header, Open
from rtcli.views.board import LineBoard

KEY = "dGhlIHNhbXBsZSBub25jZQ=="
ASKING = (
    "GET /v1/realtime HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
).encode()
"""The handshake of an app, as short as it may be."""


def run(main):
    """Run what must end, with a loop of its own."""
    return asyncio.run(asyncio.wait_for(main, 30))


class Proxied:
    """A proxy that runs; what it said, and what it wrote."""

    def __init__(self, address, folder, said, proxies, outcome):
        self.address = address
        self.port = int(address.rpartition(":")[2])
        self.url = address + "/v1/realtime?model=gpt-realtime"
        self.folder = folder
        self.proxies = proxies
        self.outcome = outcome
        self._said = said

    @property
    def said(self):
        return self._said.getvalue()

    async def finish(self, sessions=1):
        """Wait until so many sessions are over by themselves, and their files are closed."""
        async with asyncio.timeout(30):
            while self.said.count(" ended after ") + self.said.count(" failed: ") < sessions:  # noqa: ASYNC110 - a text
                await asyncio.sleep(0.005)
        await self.proxies.stop()


@asynccontextmanager
async def proxied(
    upstream, folder, *, keeping=None, environment=None, tls=None, origins=(), add_key=False, most=MOST_SESSIONS
):
    said, outcome = io.StringIO(), Outcome()
    plan = Plan(
        word=upstream,
        environment=environment or {},
        add_key=add_key,
        host="127.0.0.1",
        port=0,
        tls=tls,
        visitors=Visitors(origins),
        most=most,
        keeping=keeping or Keeping(folder),
        by="test",
    )
    faults = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: faults.append(context))
    async with proxying(plan, LineBoard(said), outcome) as (address, _, proxies):
        yield Proxied(address, folder, said, proxies, outcome)
    assert not faults, faults


def recordings(folder):
    return sorted(Path(folder).glob("*.jsonl"))


def records(path):
    """Every record of a file; each line is one."""
    data = Path(path).read_bytes()
    assert data.endswith(b"\n")
    found = [record_of(line) for line in data.splitlines(keepends=True)]
    assert None not in found
    return found


def passed(folder):
    """What went by in the one recording that there is, without its first two lines."""
    (path,) = recordings(folder)
    header, opened, *rest = records(path)
    assert isinstance(header, Header)
    assert isinstance(opened, Open)
    return rest


class Wire:
    """A TCP connection on which the handshake of a WebSocket is over."""

    def __init__(self, reader, writer, head):
        self.reader = reader
        self.writer = writer
        self.head = head.decode("latin-1")

    def header(self, name):
        lines = [line.partition(": ") for line in self.head.split("\r\n")]
        return [value for title, _, value in lines if title.lower() == name.lower()]

    async def send(self, data):
        self.writer.write(data)
        await self.writer.drain()

    async def read(self, size):
        return await self.reader.readexactly(size)

    async def rest(self):
        """What comes until the other end has no more; a reset is an end as well."""
        pieces = []
        with suppress(OSError):
            while piece := await self.reader.read(1 << 16):
                pieces.append(piece)
        return b"".join(pieces)

    def end(self):
        """Say that nothing more comes."""
        self.writer.write_eof()

    def vanish(self):
        self.writer.transport.abort()


@asynccontextmanager
async def upstream(talk, *, answer=None, headers=(), tls=None):
    """A server that makes the handshake and then lets `talk` have the wire; gives its origin.

    `answer` takes the place of the handshake's answer.
    """
    failures = []

    async def serve(reader, writer):
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            wire = Wire(reader, writer, head)
            lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade", *headers]
            lines.append(f"Sec-WebSocket-Accept: {accept_key(wire.header('sec-websocket-key')[0])}")
            await wire.send(answer if answer is not None else ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
            await talk(wire)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        except Exception as failure:  # noqa: BLE001 - told at the end, where the test sees it
            failures.append(failure)
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"{'wss' if tls else 'ws'}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        await server.wait_closed()
    assert not failures, failures


@asynccontextmanager
async def app(proxy, path="/v1/realtime", headers=(), early=b"", ssl=None):
    """An app that made the handshake with bytes of its own."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port, ssl=ssl)
    lines = [
        f"GET {path} HTTP/1.1",
        f"Host: 127.0.0.1:{proxy.port}",
        "Upgrade: websocket",
        "Connection: Upgrade",
        f"Sec-WebSocket-Key: {KEY}",
        "Sec-WebSocket-Version: 13",
        *headers,
    ]
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + early)
    try:
        yield Wire(reader, writer, await reader.readuntil(b"\r\n\r\n"))
    finally:
        writer.close()


def frame(opcode, payload=b"", *, fin=True, mask=False):
    return Frame(Opcode(opcode), payload, fin=fin).serialize(mask=mask)


async def silent(wire):
    """Listen until the other end has no more."""
    await wire.rest()
