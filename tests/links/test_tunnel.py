"""A proxy on the way: what it is asked, what it may answer, and that nothing of it is left behind."""

from __future__ import annotations

import asyncio
import base64
from contextlib import asynccontextmanager, suppress

import pytest
from proxied import ASKING, app, frame, proxied, run, upstream

from rtcli.links import reaching

pytestmark = pytest.mark.usefixtures("either_loop")

TEXT = 1


@asynccontextmanager
async def on_the_way(monkeypatch, answer, user=""):
    """A proxy on the way that does this; gives what it was asked, and how many connections to it are open."""
    asked, there = [], set()

    async def serve(reader, writer):
        there.add(writer)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            asked.append((await reader.readuntil(b"\r\n\r\n")).decode())
            await answer(reader, writer)
        there.discard(writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    monkeypatch.setenv("https_proxy", f"http://{user}127.0.0.1:{server.sockets[0].getsockname()[1]}")
    async with server:
        yield asked, there


def saying(*pieces, then=None):
    """Answer with these pieces, one after the other, and listen until there is no more."""

    async def answer(reader, writer):
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
            await asyncio.sleep(0)
        while then is None and await reader.read(1 << 16):
            pass

    return answer


async def pump(reader, writer):
    while data := await reader.read(1 << 16):
        writer.write(data)
    writer.close()


@pytest.mark.parametrize("answer", [b"HTTP/1.0 200 Connection established\r\n\r\n", b"HTTP/1.1 200\r\nVia: x\r\n\r\n"])
def test_a_proxy_is_asked_for_the_upstream_and_let_in_by_its_password(tmp_path, monkeypatch, answer):
    async def hold():
        async def talk(wire):
            await wire.send(frame(TEXT, b"hello"))

        async with upstream(talk) as origin:

            async def through(reader, writer):
                for at in range(len(answer)):
                    writer.write(answer[at : at + 1])
                    await asyncio.sleep(0)
                inner = await asyncio.open_connection(*origin.removeprefix("ws://").split(":"))
                await asyncio.gather(pump(reader, inner[1]), pump(inner[0], writer))

            async with on_the_way(monkeypatch, through, "user:s%40cr%3At@") as (asked, _):
                async with proxied("ws://[::ffff:192.0.2.1]:8080", tmp_path) as proxy, app(proxy) as wire:
                    return await wire.rest(), asked

    got, (asked,) = run(hold())
    first, *headers = asked.split("\r\n")
    assert got == frame(TEXT, b"hello")
    assert first == "CONNECT [::ffff:192.0.2.1]:8080 HTTP/1.1"
    assert "Host: [::ffff:192.0.2.1]:8080" in headers
    assert f"Proxy-Authorization: Basic {base64.b64encode(b'user:s@cr:t').decode()}" in headers


@pytest.mark.parametrize(
    "answer",
    [
        saying(b"HTTP/1.1 407 Who are you?\r\nContent-Length: 5\r\n\r\n", b"hello"),
        saying(b"HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n"),
        saying(b"SSH-2.0-OpenSSH\r\n"),
        saying(b"HTTP/1.1 two hundred\r\n\r\n"),
        saying(b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500),
        saying(then="hang up"),
        saying(b"HTTP/1.1 200 OK\r\n", then="hang up"),
    ],
)
def test_a_proxy_that_does_not_let_it_through_is_an_http_error_and_no_trace(tmp_path, monkeypatch, answer):
    async def hold():
        async with on_the_way(monkeypatch, answer), proxied("wss://far.invalid", tmp_path) as proxy:
            async with app(proxy) as wire:
                await proxy.finish()
                return wire.head, proxy.said

    head, said = run(hold())
    assert head.startswith("HTTP/1.1 502 ")
    assert "the proxy on the way did not let it through" in said


@pytest.mark.parametrize("proxy_url", ["http://user:averysecret/word@127.0.0.1:9", "http://[averysecret", "http://h:x"])
def test_a_proxy_whose_url_cannot_be_read_is_named_as_such_and_not_repeated(tmp_path, monkeypatch, proxy_url):
    monkeypatch.setenv("https_proxy", proxy_url)

    async def hold():
        async with proxied("wss://far.invalid", tmp_path) as proxy, app(proxy):
            await proxy.finish()
            return proxy.said

    said = run(hold())
    assert "look at HTTPS_PROXY" in said
    assert "averysecret" not in said


@pytest.mark.usefixtures("uncollected")
@pytest.mark.parametrize("leaves", [False, True])
@pytest.mark.parametrize("answer", [saying(), saying(b"HTTP/1.1 200 OK\r\n\r\n")])
@pytest.mark.parametrize("scheme", ["ws", "wss"])
def test_of_a_proxy_that_never_answers_no_socket_is_left_behind(tmp_path, monkeypatch, answer, leaves, scheme):
    monkeypatch.setattr(reaching, "OPEN_SECONDS", 0.1)

    async def hold():
        async with (
            on_the_way(monkeypatch, answer) as (asked, there),
            proxied(f"{scheme}://far.invalid", tmp_path) as proxy,
        ):
            reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
            writer.write(ASKING)
            while not asked:  # noqa: ASYNC110 - a list
                await asyncio.sleep(0.005)
            if leaves:
                writer.transport.abort()
            else:
                await reader.read()
                writer.close()
            with suppress(TimeoutError):
                async with asyncio.timeout(5):
                    while there:  # noqa: ASYNC110 - a set
                        await asyncio.sleep(0.005)
            return len(there)

    assert run(hold()) == 0
