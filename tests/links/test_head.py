"""Who sends no request that can be read is told so, wherever rtcli listens."""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager

import pytest
from proxied import proxied, silent, upstream
from websockets.http11 import MAX_LINE_LENGTH, MAX_NUM_HEADERS

from rtcli.links.replay_server import Plan, serving_script
from rtcli.links.server import serving
from rtcli.script.performance import Script

SECRET = b"sk-secret"
LONG_LINE = b"GET /v1/realtime HTTP/1.1\r\nAuthorization: " + SECRET * MAX_LINE_LENGTH + b"\r\n\r\n"
LONG_PATH = b"GET /" + SECRET * MAX_LINE_LENGTH + b" HTTP/1.1\r\nHost: x\r\n\r\n"
MANY_LINES = b"GET /v1/realtime HTTP/1.1\r\n" + b"X: sk-secret\r\n" * (MAX_NUM_HEADERS + 1) + b"\r\n"
NONSENSE = b"sk-secret\r\n\r\n"


@asynccontextmanager
async def proxy(folder):
    async with upstream(silent) as origin, proxied(origin, folder) as running:
        yield running.address


@asynccontextmanager
async def server(_folder):
    async with serving() as url:
        yield url


@asynccontextmanager
async def replay(_folder):
    async with serving_script(Script([]), lambda *_: None, Plan()) as url:
        yield url


async def answer(url, request):
    """All that is said to a request, until the other end hangs up."""
    port = int(url.rpartition(":")[2].partition("/")[0])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(request)
    try:
        async with asyncio.timeout(10):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize(
    ("request_", "status", "code"),
    [
        (LONG_LINE, b"431 Request Header Fields Too Large", "head_too_long"),
        (LONG_PATH, b"431 Request Header Fields Too Large", "head_too_long"),
        (MANY_LINES, b"431 Request Header Fields Too Large", "head_too_long"),
        (NONSENSE, b"400 Bad Request", "bad_request"),
    ],
    ids=["line", "path", "lines", "nonsense"],
)
@pytest.mark.parametrize("listening", [proxy, server, replay])
def test_who_sends_no_request_is_told_why_once_and_without_a_word_of_it(tmp_path, listening, request_, status, code):
    async def hold():
        async with listening(tmp_path) as url:
            return await answer(url, request_)

    head, _, body = asyncio.run(asyncio.wait_for(hold(), 20)).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 " + status)
    assert json.loads(body)["error"]["code"] == code
    assert SECRET not in head + body


@pytest.mark.parametrize("listening", [server, replay])
def test_a_handshake_that_is_read_and_is_wrong_gets_one_answer(tmp_path, listening):
    wrong = b"GET /v1/realtime HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    wrong += b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: no key\r\n\r\n"

    async def hold():
        async with listening(tmp_path) as url:
            return await answer(url, wrong)

    assert asyncio.run(asyncio.wait_for(hold(), 20)).count(b"HTTP/1.1 ") == 1


HANDSHAKE = {
    b"Host": b"127.0.0.1",
    b"Upgrade": b"websocket",
    b"Connection": b"Upgrade",
    b"Sec-WebSocket-Version": b"13",
    b"Sec-WebSocket-Key": b"dGhlIHNhbXBsZSBub25jZQ==",
}


@pytest.mark.parametrize("name", [*list(HANDSHAKE)[1:], b"Sec-WebSocket-Protocol"])
@pytest.mark.parametrize("listening", [proxy, server, replay])
def test_a_handshake_that_is_no_ascii_is_refused_and_no_trace_of_it_is_left(tmp_path, caplog, listening, name):
    lines = {**HANDSHAKE, name: SECRET + b"\xff"}
    head = b"".join(b"%s: %s\r\n" % line for line in lines.items())

    async def hold():
        async with listening(tmp_path) as url:
            return await answer(url, b"GET /v1/realtime HTTP/1.1\r\n" + head + b"\r\n")

    head, _, body = asyncio.run(asyncio.wait_for(hold(), 20)).partition(b"\r\n\r\n")
    assert head.split(b" ")[1] in {b"400", b"426"}
    assert json.loads(body)["error"]["code"] in {"bad_request", "bad_handshake", "no_websocket"}
    assert SECRET not in body
    assert caplog.records == []
