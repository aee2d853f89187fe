"""A network that fails does not lose what arrived, hangs nobody, and is told in a line with the right exit code.

The worst of it happens on a wire between two namespaces of this machine (`wired`), which takes root; those tests say so
where they skip. Nothing leaves the machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import signal
import socket
import struct
from contextlib import asynccontextmanager, closing, contextmanager, suppress

import pytest
from chained import RTCLI, Process, rtcli
from proxied import KEY, records
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed
from websockets.utils import accept_key
from wired import THERE, places

from rtcli.recording import Frame
from rtcli.recording.record import Torn

FRAMES = 20
HANG_S = 150
"""Longer than all that is waited for: TCP's own patience, the pings, and the time that is given to an answer."""
CREATED = {
    "type": "session.created",
    "event_id": "s0",
    "session": {"type": "realtime", "object": "realtime.session", "id": "sess_1", "model": "gpt-realtime"},
}
SAID = {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": []}}


def numbered(number):
    """An event of a client, as long as a piece of speech."""
    return {**SAID, "event_id": f"c{number}", "item": {**SAID["item"], "id": f"item_{number}" + "x" * 500}}


class Server:
    """Says hello, and answers every event with its number; knows what has come and what was sent."""

    def __init__(self):
        self.received, self.sent = [], []
        self.came = asyncio.Event()

    async def hold(self, connection):
        with suppress(ConnectionClosed):
            await self._send(connection, CREATED)
            async for text in connection:
                self.received.append(json.loads(text)["event_id"])
                self.came.set()
                await self._send(connection, {"type": "x.answer", "event_id": f"s{len(self.sent)}", "pad": "y" * 500})

    async def _send(self, connection, event):
        self.sent.append(event["event_id"])
        await connection.send(json.dumps(event))


@asynccontextmanager
async def server_at(listener, **options):
    server = Server()
    patient = {"compression": None, "ping_interval": None, "close_timeout": 5} | options
    async with serve(server.hold, sock=listener, **patient):
        host, port = listener.getsockname()
        yield server, f"ws://{host}:{port}"


def told_in(path):
    """The numbers of the events in a file by who sent them; none of its lines is torn."""
    seen = records(path)
    assert not [one for one in seen if isinstance(one, Torn)]
    told = {"client": [], "server": []}
    for one in seen:
        if isinstance(one, Frame):
            told[one.sender].append(json.loads(one.text)["event_id"])
    return told


def is_whole(told, server):
    """What the server got was in the file before it was sent; what the file says it sent, it sent, in order."""
    assert told["client"][: len(server.received)] == server.received
    assert told["server"] == server.sent[: len(told["server"])]


def script_of(folder, frames, gap_s=0.0):
    """A recording of a client that says so many things, whatever the server does."""
    path = folder / "script.jsonl"
    lines = [{"t": 0.0, "from": "server", "event": CREATED}]
    lines += [{"t": gap_s * number, "from": "client", "event": numbered(number)} for number in range(frames)]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@contextmanager
def in_place(place, command, folder):
    """A process in a place, or where the test is."""
    process = place.do(Process, command, folder) if place else Process(command, folder)
    try:
        yield process
    finally:
        process.stop()


@contextmanager
def talking(command, folder, url, frames=FRAMES, place=None):
    """A client that is to say so many things; gives its process, and what makes it say them, one after another.

    One that plays a recording begins by itself.
    """
    keyboard = folder / "keyboard"
    os.mkfifo(keyboard)
    typing = os.open(keyboard, os.O_RDWR)

    def say(numbers):
        os.write(typing, "".join(f"/event {json.dumps(numbered(number))}\n" for number in numbers).encode())

    if command == "replay":
        arguments = ["replay", script_of(folder, frames, 0.2), "--to", url, "-o", "call.jsonl", "--wait", "60"]
    else:
        arguments = ["connect", url, "-o", "call.jsonl"]
    try:
        with in_place(place, ["sh", "-c", 'exec "$@" <keyboard', "sh", *RTCLI, *arguments], folder) as process:
            yield process, say
    finally:
        os.close(typing)


async def ends(process):
    """The exit code of a process that must end by itself, and what it said."""
    code = (await asyncio.to_thread(process.leaves, HANG_S))[0]
    assert "Traceback" not in process.said, process.said
    return code, process.said


async def until(holds, what=""):
    async with asyncio.timeout(HANG_S):
        while not holds():  # noqa: ASYNC110 - of another process
            await asyncio.sleep(0.05)


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 2 * HANG_S))


BAD_S = 15


def worsen(cable):
    """Let the wire lose a third and delay for a while; done when it is good again."""

    async def heal():
        await asyncio.sleep(BAD_S)
        cable.drop = cable.jitter_s = 0.0

    cable.drop, cable.jitter_s = 0.3, 0.5
    return asyncio.create_task(heal())


# --- a wire that loses and delays --------------------------------------------------------------


@pytest.mark.parametrize("command", ["connect", "replay"])
def test_a_wire_that_loses_a_third_and_delays_loses_nothing_of_a_client(tmp_path, command):
    async def hold():
        with places() as (here, there, cable):
            async with server_at(there.listen()) as (server, url):
                with talking(command, tmp_path, url, place=here) as (process, say):
                    say(range(1))
                    await until(lambda: len(server.received) >= 1)
                    healing = worsen(cable)
                    say(range(1, FRAMES))
                    await until(lambda: len(server.received) == FRAMES or process.ended)
                    if command == "connect":
                        await until(lambda: len(told_in(tmp_path / "call.jsonl")["server"]) == FRAMES + 1)
                        await healing
                        process.interrupt()
                    code, said = await ends(process)
                    return server, code, said, cable.lost

    server, code, said, lost = run(hold())
    told = told_in(tmp_path / "call.jsonl")
    is_whole(told, server)
    assert lost > 2
    assert code in ({0} if command == "connect" else {0, 1}), said
    assert told["client"] == [f"c{number}" for number in range(FRAMES)]
    assert command == "replay" or server.received == told["client"]


def test_a_wire_that_loses_a_third_and_delays_loses_nothing_of_a_proxy(tmp_path):
    async def hold():
        with places() as (here, there, cable):
            async with server_at(there.listen()) as (server, url):
                command = [*RTCLI, "proxy", url, "--listen", "127.0.0.1:0", "-o", "calls"]
                with in_place(here, command, tmp_path) as process:
                    port = int((await asyncio.to_thread(process.line)).rpartition(":")[2])
                    app = here.do(socket.create_connection, ("127.0.0.1", port), 5)
                    async with connect(
                        f"ws://127.0.0.1:{port}/v1/realtime", sock=app, compression=None, ping_interval=None
                    ) as client:
                        healing = worsen(cable)
                        for number in range(FRAMES):
                            await client.send(json.dumps(numbered(number)))
                        got = [json.loads(await client.recv())["event_id"] for _ in range(FRAMES + 1)]
                        await healing
                    process.interrupt()
                    code, said = await ends(process)
                    return server, got, code, said, cable.lost

    server, got, code, said, lost = run(hold())
    (path,) = (tmp_path / "calls").glob("*.jsonl")
    assert lost > 2
    assert code == 0, said
    assert got == server.sent == told_in(path)["server"]
    assert server.received == told_in(path)["client"] == [f"c{number}" for number in range(FRAMES)]


@pytest.mark.parametrize("command", ["connect", "replay"])
def test_a_wire_that_was_bad_from_the_beginning_is_a_call_or_a_line(tmp_path, command):
    async def hold():
        with places(seed=7) as (here, there, cable):
            cable.drop, cable.jitter_s = 0.3, 0.5
            async with server_at(there.listen()) as (server, url):
                with talking(command, tmp_path, url, 3, place=here) as (process, say):
                    say(range(3))
                    await until(lambda: len(server.received) == 3 or process.ended)
                    process.interrupt()
                    code, said = await ends(process)
                    return server, code, said

    server, code, said = run(hold())
    # One that is interrupted while it compares says 130; when it has ended, Python ends by the signal.
    assert code in ({0, 2} if command == "connect" else {0, 1, 2, 130, -signal.SIGINT}), said
    if (tmp_path / "call.jsonl").exists():
        assert "rtcli: recorded " in said
        is_whole(told_in(tmp_path / "call.jsonl"), server)
    else:
        assert code == 2
        assert said.count("\n") == 1
        assert "no answer within" in said or "hung up" in said


# --- half-open connections, and pings that time out --------------------------------------------


@pytest.mark.parametrize("command", ["connect", "replay"])
def test_a_client_whose_server_is_gone_without_a_word_notices_and_says_so(tmp_path, command):
    async def hold():
        with places() as (here, there, cable):
            async with server_at(there.listen()) as (server, url):
                with talking(command, tmp_path, url, 1000, place=here) as (process, say):
                    say(range(1))
                    await until(lambda: len(server.received) >= 1)
                    path = tmp_path / "call.jsonl"
                    await until(lambda: len(told_in(path)["server"]) >= 2)
                    cable.cut = True
                    code, said = await ends(process)
                    return server, code, said

    server, code, said = run(hold())
    is_whole(told_in(tmp_path / "call.jsonl"), server)
    assert code == (2 if command == "connect" else 1), said
    if command == "connect":
        assert "the connection broke without a close frame" in said


def test_a_proxy_whose_upstream_is_gone_without_a_word_lets_the_app_notice_and_forgets_both(tmp_path):
    async def hold():
        with places() as (here, there, cable):
            async with server_at(there.listen()) as (server, url):
                command = [*RTCLI, "proxy", url, "--listen", "127.0.0.1:0", "-o", "calls"]
                with in_place(here, command, tmp_path) as process:
                    port = int((await asyncio.to_thread(process.line)).rpartition(":")[2])
                    before = len(os.listdir(f"/proc/{process.pid}/fd"))
                    app = here.do(socket.create_connection, ("127.0.0.1", port), 5)
                    options = {"compression": None, "ping_interval": 1, "ping_timeout": 1, "close_timeout": 1}
                    async with connect(f"ws://127.0.0.1:{port}/v1/realtime", sock=app, **options) as client:
                        await client.send(json.dumps(numbered(0)))
                        await client.recv()
                        await client.recv()
                        cable.cut = True
                        with pytest.raises(ConnectionClosed):
                            await client.recv()
                    await asyncio.to_thread(process.says, "1 ended after .*")
                    await until(lambda: len(os.listdir(f"/proc/{process.pid}/fd")) <= before)
                    process.interrupt()
                    code, said = await ends(process)
                    return server, code, said

    server, code, said = run(hold())
    (path,) = (tmp_path / "calls").glob("*.jsonl")
    assert code == 0, said
    assert "closed by the client with code 1011" in said
    assert told_in(path) == {"client": server.received, "server": server.sent}


def test_a_proxy_whose_app_is_gone_without_a_word_lets_the_upstream_notice_and_forgets_both(tmp_path):
    async def hold():
        with places() as (here, there, cable):
            local = there.do(socket.create_server, ("127.0.0.1", 0))
            async with server_at(local, ping_interval=1, ping_timeout=1) as (server, url):
                command = [*RTCLI, "proxy", url, "--listen", f"{THERE}:0", "--allow-remote", "-o", "calls"]
                with in_place(there, command, tmp_path) as process:
                    port = int((await asyncio.to_thread(process.line)).rpartition(":")[2])
                    before = len(os.listdir(f"/proc/{process.pid}/fd"))
                    app = here.do(socket.create_connection, (THERE, port), 5)
                    options = {"compression": None, "ping_interval": None, "close_timeout": 1}
                    async with connect(f"ws://{THERE}:{port}/v1/realtime", sock=app, **options) as client:
                        await client.send(json.dumps(numbered(0)))
                        await client.recv()
                        await client.recv()
                        cable.cut = True
                        await asyncio.to_thread(process.says, "1 ended after .*")
                        await until(lambda: len(os.listdir(f"/proc/{process.pid}/fd")) <= before)
                    process.interrupt()
                    code, said = await ends(process)
                    return server, code, said

    server, code, said = run(hold())
    (path,) = (tmp_path / "calls").glob("*.jsonl")
    assert code == 0, said
    assert "closed by the server with code 1011" in said
    assert told_in(path) == {"client": server.received, "server": server.sent}


@pytest.mark.parametrize("command", ["connect", "replay"])
def test_a_server_that_answers_no_ping_is_left(tmp_path, command):
    async def hold():
        async def mute(reader, writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            writer.write(accepting(head))
            with suppress(ConnectionError):
                while await reader.read(1 << 16):
                    pass
            await closed(writer)

        async with await asyncio.start_server(mute, "127.0.0.1", 0) as server:
            url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            with talking(command, tmp_path, url, 1) as (process, say):
                say(range(1))
                return await ends(process)

    code, said = run(hold())
    assert code == (2 if command == "connect" else 1), said
    assert (tmp_path / "call.jsonl").read_bytes().endswith(b"\n")


# --- an upstream that never answers ------------------------------------------------------------


@pytest.mark.parametrize("way", ["accepts and is silent", "is not reached"])
@pytest.mark.parametrize("command", ["connect", "replay", "proxy"])
def test_who_never_answers_is_given_up_with_a_line(tmp_path, command, way):
    async def hold():
        with places() as (here, there, cable):
            cable.cut = way == "is not reached"
            with closing(there.listen()) as listener:
                url = f"ws://{THERE}:{listener.getsockname()[1]}"
                if command == "proxy":
                    return await asked_of_proxy(here, url)
                with talking(command, tmp_path, url, 1, place=here) as (process, _):
                    return await ends(process)

    async def asked_of_proxy(here, url):
        with in_place(here, [*RTCLI, "proxy", url, "--listen", "127.0.0.1:0", "-o", "calls"], tmp_path) as process:
            port = int((await asyncio.to_thread(process.line)).rpartition(":")[2])
            app = here.do(socket.create_connection, ("127.0.0.1", port), 5)
            reader, writer = await asyncio.open_connection(sock=app)
            writer.write(asking(port))
            answer = await asyncio.wait_for(reader.read(), HANG_S)
            await closed(writer)
            assert answer.startswith(b"HTTP/1.1 504 "), answer
            process.interrupt()
            return await ends(process)

    code, said = run(hold())
    assert code == (0 if command == "proxy" else 2), said
    (line,) = [line for line in said.splitlines() if "no answer" in line]
    assert "no answer within 15 s" in line
    assert not list(tmp_path.glob("calls/*"))
    assert not (tmp_path / "call.jsonl").exists()


def asking(port, path="/v1/realtime"):
    lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade"]
    return "\r\n".join([*lines, "Sec-WebSocket-Version: 13", f"Sec-WebSocket-Key: {KEY}", "", ""]).encode()


def accepting(head):
    key = re.search(r"(?i)sec-websocket-key: *(\S+)", head)[1]
    lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"]
    return "\r\n".join([*lines, f"Sec-WebSocket-Accept: {accept_key(key)}", "", ""]).encode()


# --- visitors that are slow --------------------------------------------------------------------

LISTENING = {
    "proxy": ["proxy", "demo", "-o", "calls", "--listen", "127.0.0.1:0"],
    "proxy --tls": ["proxy", "demo", "--tls", "-o", "calls", "--listen", "127.0.0.1:0"],
    "serve": ["serve", "--listen", "127.0.0.1:0"],
}


@pytest.mark.parametrize("command", LISTENING)
@pytest.mark.parametrize("way", ["nothing", "a byte a second"])
def test_who_takes_his_time_with_the_handshake_is_not_waited_for(tmp_path, command, way):
    async def drip(writer, port):
        for byte in asking(port):
            writer.write(bytes([byte]))
            await asyncio.sleep(1)

    async def hold():
        with rtcli(tmp_path, *LISTENING[command]) as (_, base):
            port = int(base.split(":")[2].split("/")[0])
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            dripping = asyncio.create_task(drip(writer, port)) if way != "nothing" else None
            try:
                with suppress(ConnectionError):
                    return await asyncio.wait_for(reader.read(), 60)
            finally:
                if dripping:
                    dripping.cancel()
                await closed(writer)
            return b""

    assert b"HTTP/1.1 101 " not in run(hold())


# --- resets ------------------------------------------------------------------------------------


async def closed(writer):
    """Close a connection, and see that it is."""
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()


def resetting(writer):
    """Drop the connection with a reset."""
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


@pytest.mark.parametrize("when", ["on arrival", "in the handshake", "in the call"])
@pytest.mark.parametrize("command", ["connect", "replay", "proxy"])
def test_a_reset_is_told_and_what_came_before_it_is_kept(tmp_path, command, when):
    async def reset(reader, writer):
        if when != "on arrival":
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            writer.write(accepting(head)[: None if when == "in the call" else 20])
            if when == "in the call":
                text = json.dumps(CREATED).encode()
                writer.write(b"\x81\x7e" + len(text).to_bytes(2, "big") + text)
            await writer.drain()
            await asyncio.sleep(0.5)
        resetting(writer)

    async def hold():
        async with await asyncio.start_server(reset, "127.0.0.1", 0) as server:
            url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            if command != "proxy":
                with talking(command, tmp_path, url, 100) as (process, say):
                    say(range(1))
                    return await ends(process)
            with rtcli(tmp_path, "proxy", url, "--listen", "127.0.0.1:0", "-o", "calls") as (process, base):
                port = int(base.split(":")[2].split("/")[0])
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(asking(port))
                with suppress(ConnectionError):
                    await asyncio.wait_for(reader.read(), HANG_S)
                await closed(writer)
                await asyncio.to_thread(process.says, "1 (ended|failed)")
                process.interrupt()
                return await ends(process)

    code, said = run(hold())
    paths = [*tmp_path.glob("call.jsonl"), *tmp_path.glob("calls/*.jsonl")]
    if when == "in the call":
        assert code == {"connect": 2, "replay": 1, "proxy": 0}[command], said
        (path,) = paths
        assert told_in(path)["server"] == ["s0"]
    else:
        assert code == (0 if command == "proxy" else 2), said
        assert "hung up during the handshake" in said
        assert not paths


# --- storms ------------------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["proxy", "serve"])
def test_a_storm_of_reconnects_is_weathered_and_leaves_nothing_behind(tmp_path, command):
    visits, at_once = 1000, 100

    async def visit(port, chance):
        asked = asking(port)
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        with suppress(OSError, TimeoutError):
            async with asyncio.timeout(chance.uniform(0.05, 0.5)):
                writer.write(asked[: chance.choice([0, 1, 20, len(asked) - 1, len(asked), len(asked)])])
                await reader.read(chance.choice([1, 100, 1000]))
        if chance.random() < 0.5:
            resetting(writer)
        await closed(writer)

    async def hold():
        chance = random.Random(1)
        with rtcli(tmp_path, *LISTENING[command]) as (process, base):
            port = int(base.split(":")[2].split("/")[0])
            async with connect(f"ws://127.0.0.1:{port}/v1/realtime", compression=None) as first:
                await first.recv()
                before = len(os.listdir(f"/proc/{process.pid}/fd"))
                for _ in range(visits // at_once):
                    await asyncio.gather(*(visit(port, chance) for _ in range(at_once)))
                await until(lambda: len(os.listdir(f"/proc/{process.pid}/fd")) <= before + 2)
                await first.send(json.dumps({"type": "input_audio_buffer.clear"}))
                assert "input_audio_buffer.cleared" in await first.recv()
            process.interrupt()
            return await ends(process)

    code, said = run(hold())
    assert code == 0, said
