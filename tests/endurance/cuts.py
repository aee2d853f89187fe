"""A connection that is cut after any byte: the app gets what came, and an HTTP error where there was no answer."""

from __future__ import annotations

import asyncio

from proxied import KEY, proxied, recordings, records
from websockets.frames import Frame as WireFrame
from websockets.frames import Opcode
from websockets.utils import accept_key

from rtcli.recording import Frame, Note

MESSAGES = ['{"type":"a"}', '{"type":"b","x":"' + "x" * 200 + '"}']
FRAMES = [WireFrame(Opcode.TEXT, text.encode()).serialize(mask=False) for text in MESSAGES]

ASKING = (
    "Host: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    f"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n\r\n"
)


def test_an_upstream_that_is_cut_after_any_byte_of_handshake_and_frames_is_told_as_what_it_was(tmp_path):
    async def cutting(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        key = next(line.split(": ")[1] for line in head.split("\r\n") if line.lower().startswith("sec-websocket-key"))
        answer = (
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accept_key(key)}\r\n\r\n"
        ).encode()
        heads.append(len(answer))
        writer.write((answer + b"".join(FRAMES))[: int(head.split("model=")[1].split(" ")[0])])
        writer.close()

    async def run():
        server = await asyncio.start_server(cutting, "127.0.0.1", 0)
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
