"""However the two ends of a connection end, it ends, and what was sent before arrives."""

from __future__ import annotations

import asyncio
import gc
import ssl
from contextlib import suppress
from itertools import product

import pytest
from proxied import app, frame, passed, proxied, recordings, records, upstream

from rtcli.links.frames import Frames
from rtcli.links.messages import Closing, Data
from rtcli.links.side import Side
from rtcli.links.tls import made
from rtcli.recording import Binary, Close

pytestmark = pytest.mark.usefixtures("either_loop")

PAYLOAD = b"y" * 70_000
WAYS = ("end", "goodbye", "vanish", "nothing")


async def leave(wire, way, *, mask):
    """Say something, then end in one of the ways; gives what came."""
    await wire.send(frame(2, PAYLOAD, mask=mask))
    if way == "goodbye":
        await wire.send(frame(8, b"\x03\xe8", mask=mask))
    elif way == "vanish":
        wire.vanish()
    elif way == "end" and wire.writer.can_write_eof():
        wire.end()
    elif way == "end":
        wire.writer.close()
    with suppress(TimeoutError):
        async with asyncio.timeout(0.3):
            return await wire.rest()
    return b""


@pytest.mark.parametrize("encrypted", [False, True])
def test_however_both_ends_end_the_connection_ends_and_raises_nothing(tmp_path, encrypted):
    certificate = made("127.0.0.1") if encrypted else None
    context = ssl.create_default_context(cadata=certificate.pem.decode()) if certificate else None

    async def one(proxy, number, way):
        async with app(proxy, f"/{number}", ssl=context) as wire:
            with suppress(ConnectionError):
                await leave(wire, way, mask=True)

    async def hold():
        ways = list(product(WAYS, WAYS))

        async def talk(wire):
            number = int(wire.head.split()[1][1:])
            await leave(wire, ways[number][1], mask=False)

        async with upstream(talk) as origin:
            async with proxied(origin, tmp_path, tls=certificate.context if certificate else None) as proxy:
                await asyncio.gather(*(one(proxy, number, way) for number, (way, _) in enumerate(ways)))
                await proxy.finish(len(ways))
        return len(ways)

    count = asyncio.run(asyncio.wait_for(hold(), 30))
    assert len(recordings(tmp_path)) == count
    for path in recordings(tmp_path):
        assert len(records(path)) >= 2


def test_a_proxy_that_is_stopped_says_nothing_more_to_an_upstream_that_was_told_of_the_end(tmp_path):
    got = []

    async def hold():
        ended, stopping = asyncio.Event(), asyncio.Event()

        async def talk(wire):
            got.append(await wire.rest())
            ended.set()
            await stopping.wait()

        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy, app(proxy) as wire:
            wire.end()
            await ended.wait()
            stop = asyncio.create_task(proxy.proxies.stop())
            await asyncio.sleep(0.05)
            stopping.set()
            await stop

    asyncio.run(asyncio.wait_for(hold(), 30))
    assert got == [b""]


def test_an_app_that_has_said_goodbye_itself_is_not_spoken_for_when_the_proxy_is_stopped(tmp_path):
    got, goodbye = [], frame(8, b"\x03\xe8", mask=True)

    async def hold():
        heard, answer = asyncio.Event(), asyncio.Event()

        async def talk(wire):
            got.append(await wire.read(len(goodbye)))
            heard.set()
            await answer.wait()
            await wire.send(frame(8, b"\x03\xe8"))
            wire.end()
            got.append(await wire.rest())

        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy, app(proxy) as wire:
            await wire.send(goodbye)
            await heard.wait()
            stop = asyncio.create_task(proxy.proxies.stop())
            await asyncio.sleep(0)
            answer.set()
            assert await wire.rest() == frame(8, b"\x03\xe8")
            wire.end()
            await stop

    asyncio.run(asyncio.wait_for(hold(), 30))
    assert got == [goodbye, b""]
    assert [record.code for record in passed(tmp_path) if isinstance(record, Close)] == [1000, 1000]


@pytest.mark.parametrize("cut", [1, 3, 7, 13, 14, 500])
def test_an_app_that_sends_without_a_pause_is_cut_off_after_a_frame_when_the_proxy_is_stopped(tmp_path, cut):
    large = frame(2, PAYLOAD, mask=True)
    got = []

    async def hold():
        begun, told = asyncio.Event(), asyncio.Event()

        async def talk(wire):
            got.append(await wire.read(cut))
            begun.set()
            got.append(await wire.read(len(large) - cut + len(frame(8, b"\x03\xe9", mask=True))))
            told.set()

        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy, app(proxy) as wire:
            await wire.send(large[:cut])
            await begun.wait()
            stop = asyncio.create_task(proxy.proxies.stop())
            await asyncio.sleep(0.05)
            await wire.send(large[cut:] + large[:cut])
            await told.wait()
            wire.end()
            await stop

    asyncio.run(asyncio.wait_for(hold(), 30))
    assert Frames(masked=True).feed(b"".join(got)) == [Data(PAYLOAD), Closing(1001, "")]
    assert [record.data for record in passed(tmp_path) if isinstance(record, Binary)] == [PAYLOAD]


@pytest.mark.parametrize("way", ["end", "goodbye"])
def test_what_an_encrypted_app_sent_last_is_recorded_and_arrives(tmp_path, way):
    certificate = made("127.0.0.1")
    context = ssl.create_default_context(cadata=certificate.pem.decode())
    got = []

    async def hold():
        async def talk(wire):
            got.append(await wire.rest())

        async with upstream(talk) as origin, proxied(origin, tmp_path, tls=certificate.context) as proxy:
            async with app(proxy, ssl=context) as wire:
                await leave(wire, way, mask=True)
            await proxy.finish()

    asyncio.run(asyncio.wait_for(hold(), 30))
    (read,) = got
    assert Frames(masked=True).feed(read)[0] == Data(PAYLOAD)
    assert [record.data for record in passed(tmp_path) if isinstance(record, Binary)] == [PAYLOAD]


@pytest.mark.usefixtures("uncollected")
def test_a_session_that_is_over_is_forgotten_without_being_looked_for(tmp_path):
    certificate = made("127.0.0.1")
    context = ssl.create_default_context(cadata=certificate.pem.decode())

    def sides():
        return sum(isinstance(one, Side) for one in gc.get_objects())

    async def hold():
        async def talk(wire):
            await wire.read(6)
            await wire.send(frame(8))

        async with upstream(talk) as origin, proxied(origin, tmp_path, tls=certificate.context) as proxy:
            before = sides()
            for _ in range(5):
                async with app(proxy, ssl=context) as wire:
                    await wire.send(frame(8, mask=True))
                    await wire.rest()
            await proxy.finish(5)
            await asyncio.sleep(0)
            return sides() - before

    assert asyncio.run(asyncio.wait_for(hold(), 30)) <= 2  # those of the last one
