"""Handshakes that nobody expects: both ends are told, nothing is let through, and no connection is left behind."""

from __future__ import annotations

import asyncio
import json

import pytest
from proxied import KEY, app, frame, passed, proxied, recordings, records, run, silent, upstream

from rtcli.recording import Frame, Open

TEXT = 1
ASKING = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
WITH_KEY = f"{ASKING}Sec-WebSocket-Key: {KEY}\r\n"


async def asked(proxy, head):
    """What an app is answered that asks with these bytes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
    writer.write(head)
    answer = await reader.read()
    writer.close()
    await writer.wait_closed()
    return answer


@pytest.mark.parametrize(
    ("head", "why"),
    [
        (f"GET / HTTP/1.1\r\n{ASKING}Sec-WebSocket-Key: \xff\xfe\r\n\r\n", "the app's handshake is wrong"),
        (f"GET /v1\rX-Injected:yes HTTP/1.1\r\n{WITH_KEY}\r\n", "a control character"),
        (f"GET /v1\nX-Injected:yes HTTP/1.1\r\n{WITH_KEY}\r\n", "no handshake"),
        (f"GET /v1\0 HTTP/1.1\r\n{WITH_KEY}\r\n", "a control character"),
        (f"GET /v1\x7f HTTP/1.1\r\n{WITH_KEY}\r\n", "a control character"),
    ],
)
def test_what_is_no_handshake_is_refused_and_reaches_no_upstream(tmp_path, head, why):
    reached = []

    async def talk(wire):
        reached.append(wire.head)

    async def hold():
        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy:
            return await asked(proxy, head.encode("latin-1")), proxy.said

    answer, said = run(hold())
    assert answer.startswith(b"HTTP/1.1 400 ")
    assert why in json.loads(answer.partition(b"\r\n\r\n")[2])["error"]["message"]
    assert why in said
    assert reached == []


def switching(extensions):
    return {"headers": [f"Sec-WebSocket-Extensions: permessage-deflate; {extensions}"]}


def refusing(*lines, body=b""):
    head = "".join(f"{line}\r\n" for line in ("HTTP/1.1 403 No", *lines, ""))
    return {"answer": head.encode() + body}


@pytest.mark.parametrize(
    "answer",
    [
        refusing("Content-Length: -5", body=b"hello"),
        refusing("Transfer-Encoding: chunked", body=b"-1\r\nhello"),
        refusing("Transfer-Encoding: chunked", body=b"1\r\nx\r\n" * 100_000 + b"0\r\n\r\n"),
        refusing("Transfer-Encoding: gzip, chunked", body=b"0\r\n\r\n"),
        refusing("Content-Length: 1", "Content-Length: 2", body=b"hello"),
        switching("client_max_window_bits=8"),
        switching("client_max_window_bits=8; client_no_context_takeover"),
        switching("client_max_window_bits=7"),
        switching("client_max_window_bits=9; client_max_window_bits=9"),
        switching("unheard_of"),
    ],
)
@pytest.mark.usefixtures("uncollected")
def test_an_upstream_that_answers_what_cannot_be_is_an_http_error_and_is_hung_up_on(tmp_path, answer, descriptors):
    async def hold():
        async with upstream(silent, **answer) as origin, proxied(origin, tmp_path) as proxy:
            descriptors.mark()
            told = await asked(proxy, f"GET / HTTP/1.1\r\n{WITH_KEY}\r\n".encode())
            return told, proxy.said, await descriptors.left()

    told, said, left = run(hold())
    assert told.startswith(b"HTTP/1.1 502 ")
    assert said.startswith("1 failed: ")
    assert left == 0


def test_a_refusal_in_some_pieces_comes_back_whole(tmp_path):
    body = b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [b"why not"] * 1000)

    async def hold():
        answer = refusing("Transfer-Encoding: chunked", body=body + b"0\r\n\r\n")
        async with upstream(silent, **answer) as origin, proxied(origin, tmp_path) as proxy:
            return await asked(proxy, f"GET / HTTP/1.1\r\n{WITH_KEY}\r\n".encode())

    told = run(hold())
    assert told.startswith(b"HTTP/1.1 403 ")
    assert told.endswith(b"why not" * 1000)


def test_an_answer_that_only_says_that_one_will_come_is_waited_behind_also_where_it_is_new(tmp_path):
    async def hold():
        answer = b"HTTP/1.1 104 Upload Resumption Supported\r\n\r\nHTTP/1.1 103 Early Hints\r\n\r\n"
        answer += b"HTTP/1.1 403 No\r\nContent-Length: 3\r\n\r\nno."
        async with upstream(silent, answer=answer) as origin, proxied(origin, tmp_path) as proxy:
            return await asked(proxy, f"GET / HTTP/1.1\r\n{WITH_KEY}\r\n".encode())

    told = run(hold())
    assert told.startswith(b"HTTP/1.1 403 No\r\n")
    assert told.endswith(b"\r\n\r\nno.")


@pytest.mark.parametrize(
    ("path", "headers"),
    [("/", ["X-Caller: Jürgen-Müller"]), ("/?caller=Jürgen-Müller", [])],
)
def test_a_call_whose_handshake_is_no_ascii_goes_on_and_is_recorded(tmp_path, path, headers):
    """What may be a key is looked for in the answer, as it is and as a URL has it."""
    spelt = "Jürgen-Müller".encode().decode("latin-1")

    async def hold():
        async def talk(wire):
            assert spelt in wire.head
            await wire.send(frame(TEXT, b'{"type":"session.created"}'))

        quoting = [f"Server: for {spelt}, J%C3%BCrgen-M%C3%BCller", "Date: today"]
        async with upstream(talk, headers=quoting) as origin, proxied(origin, tmp_path) as proxy:
            latin = [header.encode().decode("latin-1") for header in headers]
            async with app(proxy, path.encode().decode("latin-1"), latin) as wire:
                got = await wire.rest()
            await proxy.finish()
            return got

    assert run(hold()) == frame(TEXT, b'{"type":"session.created"}')
    assert [type(record) for record in passed(tmp_path)] == [Frame]
    _, opened, _ = records(*recordings(tmp_path))
    assert isinstance(opened, Open)
    assert opened.headers == {"server": "for …, …", "date": "today"}
