"""A connection that is cut after any byte: the app gets what came, and an HTTP error where there was no answer."""

from __future__ import annotations

import asyncio
import re

import pytest
from proxied import KEY, proxied, recordings, records, upstream
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode
from websockets.utils import accept_key

from rtcli.errors import ConnectionFailed
from rtcli.formats.writer import Writer
from rtcli.links.client import open_client
from rtcli.links.server import serving
from rtcli.links.tap import Tap
from rtcli.links.target import Target
from rtcli.recording import Close, Frame, Note

MESSAGES = ['{"type":"a"}', '{"type":"b","x":"' + "x" * 200 + '"}']
FRAMES = [WireFrame(Opcode.TEXT, text.encode()).serialize(mask=False) for text in MESSAGES]
MASKED = [WireFrame(Opcode.TEXT, text.encode()).serialize(mask=True) for text in MESSAGES]

ASKING = (
    "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
)


def cutting(heads):
    """A server that is cut after as many bytes as its address names; tells how long its handshake would have been."""

    async def serve(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
        answer = (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n"
        ).encode()
        heads.append(len(answer))
        writer.write((answer + b"".join(FRAMES))[: int(head.split("model=")[1].split(" ")[0])])
        writer.close()

    return serve


def test_an_upstream_that_is_cut_after_any_byte_of_handshake_and_frames_is_told_as_what_it_was(tmp_path):
    async def run():
        server = await asyncio.start_server(cutting(heads), "127.0.0.1", 0)
        origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        answers = []
        async with server, proxied(origin, tmp_path) as proxy:
            length = 400
            for cut in range(length):
                reader, writer = await asyncio.open_connection("127.0.0.1", proxy.port)
                writer.write(f"GET /?model={cut} HTTP/1.1\r\n{ASKING}".encode())
                answers.append(await asyncio.wait_for(reader.read(), 20))
                writer.close()
            await proxy.finish(length)
        return answers

    heads = []
    answers = asyncio.run(run())
    head_bytes = heads[0]
    assert head_bytes + sum(map(len, FRAMES)) < len(answers)
    whole_after = [head_bytes + len(FRAMES[0]), head_bytes + len(FRAMES[0]) + len(FRAMES[1])]
    for cut, answer in enumerate(answers):
        if cut < head_bytes:
            assert answer.startswith(b"HTTP/1.1 502 "), cut
        else:
            assert answer.startswith(b"HTTP/1.1 101 "), cut
            assert answer.partition(b"\r\n\r\n")[2] == b"".join(FRAMES)[: cut - head_bytes]
    files = {int(path.read_text().partition("model=")[2].partition('"')[0]): path for path in recordings(tmp_path)}
    assert sorted(files) == list(range(head_bytes, len(answers)))
    for cut, path in files.items():
        texts = [one.text for one in records(path) if isinstance(one, Frame)]
        assert texts == MESSAGES[: sum(cut >= end for end in whole_after)]
        torn = cut not in (head_bytes, *whole_after) and cut < whole_after[-1]
        assert any(isinstance(one, Note) for one in records(path)) == torn, cut


def request(path, host="localhost"):
    return f"GET {path} HTTP/1.1\r\n{ASKING.replace('localhost', host)}".encode()


def test_an_app_that_is_cut_after_any_byte_of_handshake_and_frames_is_told_as_what_it_was(tmp_path):
    heard = {}

    async def talk(wire):
        number = int(wire.head.split("model=")[1].split(" ")[0])
        heard[number] = await wire.rest()

    async def one(port, cut, said):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said[:cut])
        writer.write_eof()
        answer = await asyncio.wait_for(reader.read(), 30)
        writer.close()
        return answer

    async def run():
        async with upstream(talk) as origin, proxied(origin, tmp_path) as proxy:
            length = head_bytes + sum(map(len, MASKED))
            cuts = range(length + 1)
            answers = [await one(proxy.port, cut, request(f"/?model={cut:03}") + b"".join(MASKED)) for cut in cuts]
            await proxy.finish(sum(cut >= head_bytes for cut in cuts))
        return answers

    head_bytes = len(request("/?model=000"))
    answers = asyncio.run(run())
    whole_after = [head_bytes + len(MASKED[0]), head_bytes + len(MASKED[0]) + len(MASKED[1])]
    for cut, answer in enumerate(answers):
        assert answer.startswith(b"HTTP/1.1 101 ") == (cut >= head_bytes), cut
        assert heard.get(cut) == (b"".join(MASKED)[: cut - head_bytes] if cut >= head_bytes else None), cut
    files = {int(path.read_text().partition("model=")[2].partition('"')[0]): path for path in recordings(tmp_path)}
    assert sorted(files) == list(range(head_bytes, len(answers)))
    for cut, path in files.items():
        texts = [one.text for one in records(path) if isinstance(one, Frame)]
        assert texts == MESSAGES[: sum(cut >= end for end in whole_after)]
        torn = cut not in (head_bytes, *whole_after)
        assert any(isinstance(one, Note) for one in records(path)) == (torn and cut < whole_after[-1]), cut


def test_a_client_whose_server_is_cut_after_any_byte_keeps_what_came_or_says_why_it_has_nothing(tmp_path):
    heads = []

    async def one(origin, cut):
        """What the file has, or the sentence that says why there was no connection."""
        tap, path = Tap(lambda _: None), tmp_path / f"{cut}.jsonl"
        try:
            client = await open_client(Target(f"{origin}/?model={cut}"), tap)
        except ConnectionFailed as failure:
            return str(failure)
        with Writer(path) as writer:
            tap.record_to(writer, origin, "test")
            client.announce()
            await client.receive()
        assert client.vanished
        return [one for one in records(path) if isinstance(one, Frame | Close)]

    async def run():
        server = await asyncio.start_server(cutting(heads), "127.0.0.1", 0)
        origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        async with server:
            return [await asyncio.wait_for(one(origin, cut), 30) for cut in range(400)]

    kept = asyncio.run(run())
    head_bytes = heads[0]
    whole_after = [head_bytes + len(FRAMES[0]), head_bytes + len(FRAMES[0]) + len(FRAMES[1])]
    assert whole_after[-1] < len(kept)
    for cut, found in enumerate(kept):
        assert isinstance(found, str) == (cut < head_bytes), cut
        if isinstance(found, str):
            assert re.search("^cannot connect to ws://.*hung up during the handshake", found), (cut, found)
        else:
            texts = [one.text for one in found if isinstance(one, Frame)]
            assert texts == MESSAGES[: sum(cut >= end for end in whole_after)], cut


@pytest.mark.parametrize("way", ["end", "reset"])
def test_a_server_whose_client_is_cut_after_any_byte_goes_on_for_the_others(way, caplog):
    async def one(port, cut, said):
        _, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(said[:cut])
        await writer.drain()
        if way == "reset":
            writer.transport.abort()
        writer.close()

    async def run():
        async with serving(pace=0) as url:
            port = int(url.split(":")[2].split("/")[0])
            said = request("/v1/realtime", f"127.0.0.1:{port}") + b"".join(MASKED)
            for cut in range(len(said) + 1):
                await one(port, cut, said)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)
            got = await asyncio.wait_for(reader.readuntil(b"session.created"), 30)
            writer.close()
            return got

    assert asyncio.run(run()).startswith(b"HTTP/1.1 101 ")
    assert caplog.text == ""
