"""A process that is killed has lost nothing that anybody was told of.

What a command has received and answered, or handed on and seen answered, is in its file: every such frame, in
order, none twice. Only the last line may be torn. ``KILLS=200`` kills more often than the suite does.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit

import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

KILLS = int(os.environ.get("KILLS", "4"))
SESSIONS = 20
WINDOW = 8
"""How many frames of a client may be unanswered."""
AUDIO = "A" * 2000
CREATED = {
    "type": "session.created",
    "event_id": "s0",
    "session": {"type": "realtime", "object": "realtime.session", "id": "sess_1", "model": "gpt-realtime"},
}


class Peer:
    """One end of a session: what it has received, and what of its own it knows to have arrived."""

    def __init__(self):
        self.received = 0
        self.answered = 0
        self.sent = 0

    def take(self, frame):
        """A frame has come; its number is the next one."""
        event = json.loads(frame)
        self.received += 1
        self.answered = max(self.answered, event.get("metadata", {}).get("seen", 0))


class Upstream:
    """A server that answers every frame, with its number, and how many of the client's have come."""

    def __init__(self, sessions=1):
        self.peers = {}
        self.talking = asyncio.Event()
        """Every session has begun to talk."""
        self._silent = sessions

    async def hold(self, connection):
        name = parse_qs(urlsplit(connection.request.path).query).get("model", ["0"])[0]
        peer = self.peers[name] = Peer()
        try:
            await self._send(connection, peer, CREATED)
            async for frame in connection:
                peer.take(frame)
                if peer.received == 4:
                    self._silent -= 1
                    if not self._silent:
                        self.talking.set()
                await self._send(connection, peer, self._answer(peer))
        except ConnectionClosed:
            pass

    async def _send(self, connection, peer, event):
        await connection.send(json.dumps(event))
        peer.sent += 1

    def _answer(self, peer):
        return {
            "type": "response.output_audio.delta",
            "event_id": f"s{peer.sent}",
            "metadata": {"seen": peer.received},
            "delta": AUDIO,
        }


@asynccontextmanager
async def listening(upstream):
    async with serve(upstream.hold, "127.0.0.1", 0, compression=None, close_timeout=1) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"


async def app(url, name, peer):
    """An app behind the proxy, which sends as fast as it is answered."""
    try:
        async with connect(f"{url}/v1/realtime?model={name}", compression=None, close_timeout=1) as connection:
            while True:
                while peer.sent - peer.answered < WINDOW:
                    event = {
                        "type": "input_audio_buffer.append",
                        "event_id": f"c{peer.sent}",
                        "metadata": {"seen": peer.received},
                        "audio": AUDIO,
                    }
                    await connection.send(json.dumps(event))
                    peer.sent += 1
                peer.take(await connection.recv())
    except (ConnectionClosed, OSError):
        pass


async def killed(command, stdin, when, upstream, folder):
    """Run a command until some time after every session has begun to talk, and kill it."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "rtcli",
        *command,
        stdin=asyncio.subprocess.PIPE if stdin else asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
        cwd=folder,
        env={name: value for name, value in os.environ.items() if not name.startswith("RTCLI_")},
    )
    drains = [asyncio.create_task(process.stdout.read())] if command[0] != "proxy" else []
    try:
        if stdin:
            process.stdin.write(stdin)
        yield process
        async with asyncio.timeout(30):
            await upstream.talking.wait()
        await asyncio.sleep(when)
    finally:
        process.kill()
        await process.wait()
        for task in drains:
            await task


def numbers_in(path):
    """The numbers of the frames in a file, by who sent them; all of its lines but the last are whole."""
    *lines, last = path.read_bytes().split(b"\n")
    records = [json.loads(line) for line in lines]
    assert not last or not last.endswith(b"}") or json.loads(last)
    found = {"client": [], "server": []}
    for record in records:
        if "event" in record:
            found[record["from"]].append(record["event"].get("event_id", ""))
    return json.loads(lines[0]) if lines else {}, found


@pytest.mark.parametrize("seed", range(KILLS))
def test_a_proxy_of_twenty_sessions_keeps_what_either_end_has_answered(tmp_path, seed):
    async def run():
        upstream, apps = Upstream(SESSIONS), {str(number): Peer() for number in range(SESSIONS)}
        async with listening(upstream) as origin:
            command = ["proxy", origin, "--listen", "127.0.0.1:0", "-o", str(tmp_path)]
            running = killed(command, None, random.Random(seed).uniform(0, 0.5), upstream, tmp_path)
            process = await anext(running)
            url = (await process.stdout.readline()).decode().strip()
            tasks = [asyncio.create_task(app(url, name, peer)) for name, peer in apps.items()]
            with pytest.raises(StopAsyncIteration):
                await anext(running)
            await asyncio.gather(*tasks)
        return upstream.peers, apps

    servers, apps = asyncio.run(run())
    files = {}
    for path in tmp_path.glob("*.jsonl"):
        header, found = numbers_in(path)
        if header:
            files[parse_qs(urlsplit(header["url"]).query)["model"][0]] = found
    for name, peer in apps.items():
        found = files.get(name, {"client": [], "server": []})
        assert found["client"] == [f"c{number}" for number in range(len(found["client"]))]
        assert found["server"] == [f"s{number}" for number in range(len(found["server"]))]
        assert len(found["client"]) >= peer.answered, "the app had its answer"
        assert len(found["server"]) >= (servers[name].answered if name in servers else 0), "the server had its answer"
    assert any(peer.answered for peer in apps.values())


@pytest.mark.parametrize("seed", range(KILLS))
@pytest.mark.parametrize("command", ["connect", "replay"])
def test_a_client_keeps_all_that_the_server_has_received(tmp_path, command, seed):
    said = {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": []}}
    events = [{**said, "event_id": f"c{number}"} for number in range(2000)]
    script = tmp_path / "script.jsonl"
    lines = [{"t": 0.0, "from": "server", "event": CREATED}]
    lines += [{"t": 0.0005 * number, "from": "client", "event": event} for number, event in enumerate(events)]
    script.write_text("".join(json.dumps(line) + "\n" for line in lines))
    typed = "".join(f"/event {json.dumps(event)}\n" for event in events)

    async def run():
        upstream = Upstream()
        async with listening(upstream) as origin:
            url = f"{origin}/v1/realtime?model=0"
            arguments = {
                "connect": ["connect", url, "-o", "call.jsonl"],
                "replay": ["replay", str(script), "--to", url, "-o", "call.jsonl"],
            }[command]
            stdin = typed.encode() if command == "connect" else None
            running = killed(arguments, stdin, random.Random(seed).uniform(0, 0.3), upstream, tmp_path)
            await anext(running)
            with pytest.raises(StopAsyncIteration):
                await anext(running)
        return upstream.peers["0"]

    server = asyncio.run(run())
    _, found = numbers_in(tmp_path / "call.jsonl")
    assert server.received > 3
    assert found["client"][: server.received] == [f"c{number}" for number in range(server.received)]
    assert found["server"] == [f"s{number}" for number in range(len(found["server"]))]
