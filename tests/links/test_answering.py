"""Who asks without end and takes no answers is read no more, until they are taken; nothing is lost by that."""

from __future__ import annotations

import asyncio
import socket
from contextlib import asynccontextmanager

import pytest
from proxied import ASKING, frame, run, upstream

from rtcli.links import stage
from rtcli.links.answering import UNTAKEN_BYTES
from rtcli.links.client import open_client
from rtcli.links.frames import Frames
from rtcli.links.messages import Control, Text
from rtcli.links.stage import hold, listening
from rtcli.links.tap import Tap
from rtcli.links.target import Target
from rtcli.links.visitors import FROM_HERE
from rtcli.script.faults import Trouble

TEXT, PING = 1, 9
PINGS = 16_000
READ_AT_ONCE = 256 * 1024
"""How much asyncio reads before it asks anybody."""


def narrow(transport):
    """Let the system keep little of what is on its way."""
    raw = transport.get_extra_info("socket")
    for size in (socket.SO_SNDBUF, socket.SO_RCVBUF):
        raw.setsockopt(socket.SOL_SOCKET, size, 1 << 15)


async def settled(measure):
    """Wait until this does not change any more; gives it."""
    before, now = None, measure()
    while before != now:
        await asyncio.sleep(0.1)
        before, now = now, measure()
    return now


@asynccontextmanager
async def asking(url):
    """A client that made the handshake by hand, its reading and its writing."""
    reader, writer = await asyncio.open_connection("127.0.0.1", int(url.rpartition(":")[2]), limit=1 << 16)
    writer.write(ASKING)
    await reader.readuntil(b"\r\n\r\n")
    try:
        yield reader, writer
    finally:
        writer.close()


async def asked_for(reader, writer, transports, *, mask):
    """Send pings and take no pong until nothing moves; gives the most that was kept, and how many pongs came then."""
    for transport in (writer.transport, *transports):
        narrow(transport)
    writer.transport.pause_reading()
    writer.write(frame(PING, b"x" * 125, mask=mask) * PINGS)
    kept = await settled(transports[0].get_write_buffer_size)
    writer.transport.resume_reading()
    frames, pongs = Frames(masked=not mask), 0
    while pongs < PINGS:
        pongs += sum(isinstance(one, Control) for one in frames.feed(await reader.read(1 << 16)))
    return kept, pongs


def test_a_client_that_pings_without_end_has_to_take_its_pongs():
    async def main():
        transports = []

        async def handle(connection):
            transports.append(connection.transport)
            await connection.wait_closed()

        async with listening(handle, "127.0.0.1", 0, visitors=FROM_HERE) as url, asking(url) as (reader, writer):
            return await asked_for(reader, writer, transports, mask=True)

    kept, pongs = run(main())
    assert kept <= UNTAKEN_BYTES + 2 * READ_AT_ONCE
    assert pongs == PINGS


def test_a_server_that_pings_without_end_has_to_take_its_pongs():
    async def main():
        transports, outcome = [], []

        async def talk(wire):
            while not transports:  # noqa: ASYNC110 - a list
                await asyncio.sleep(0)
            outcome.append(await asked_for(wire.reader, wire.writer, transports, mask=False))

        async with upstream(talk) as origin:
            client = await open_client(Target(origin), Tap(None))
            transports.append(client._connection.transport)
            await client.receive()
        return outcome[0]

    kept, pongs = run(main())
    assert kept <= UNTAKEN_BYTES + 2 * READ_AT_ONCE
    assert pongs == PINGS


class Echo:
    """Answers each frame at length."""

    next_at = None

    def __init__(self):
        self.heard, self.answers = 0, []

    def receive(self, frame, now):
        self.heard += 1
        self.answers.append(frame * 1000)

    def due(self, now):
        answers, self.answers = self.answers, []
        return answers


def test_a_client_that_takes_no_answers_is_heard_later_and_gets_all_of_them(monkeypatch):
    monkeypatch.setattr(stage, "UNHEARD", 64)
    actor, count = Echo(), 2000

    async def handle(connection):
        narrow(connection.transport)
        await hold(connection, actor, Trouble((), None))

    async def main():
        async with listening(handle, "127.0.0.1", 0, visitors=FROM_HERE) as url:
            async with asking(url) as (reader, writer):
                narrow(writer.transport)
                writer.transport.pause_reading()
                writer.write(frame(TEXT, b"x", mask=True) * count)
                heard = await settled(lambda: actor.heard)
                writer.transport.resume_reading()
                frames, texts = Frames(masked=False), 0
                while texts < count:
                    texts += sum(isinstance(one, Text) for one in frames.feed(await reader.read(1 << 16)))
                return heard, texts

    heard, texts = run(main())
    assert heard < count
    assert texts == count


@pytest.mark.parametrize("frames", [1, 200])
def test_a_client_that_leaves_while_it_is_waited_for_is_let_go(monkeypatch, frames):
    monkeypatch.setattr(stage, "UNHEARD", 64)

    async def main():
        left = asyncio.Event()

        async def handle(connection):
            await hold(connection, Echo(), Trouble((), None))
            left.set()

        async with listening(handle, "127.0.0.1", 0, visitors=FROM_HERE) as url, asking(url) as (_, writer):
            writer.transport.pause_reading()
            writer.write(frame(TEXT, b"x" * 1000, mask=True) * frames)
            await writer.drain()
            writer.transport.abort()
            await left.wait()
            return left.is_set()

    assert run(main())
