"""The proxy under load: a hundred calls for a minute, and a thousand connections that come and go.

Run by `make test-clients`.
"""

from __future__ import annotations

import asyncio
import json
import os
import time
from pathlib import Path

from chained import rtcli
from proxied import records
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from rtcli.recording import Frame

SESSIONS, FRAMES_A_SECOND, SECONDS = 100, 50, 60
FRAMES = FRAMES_A_SECOND * SECONDS
CONNECTIONS = 1000
PAYLOAD = "x" * 600


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def call(url, number):
    """One call at an even pace; whether every frame came back, in order."""
    async with connect(url, compression=None, ping_interval=None) as client:

        async def say():
            began = time.monotonic()
            for at in range(FRAMES):
                await asyncio.sleep(max(0.0, began + at / FRAMES_A_SECOND - time.monotonic()))
                await client.send(f'{{"type":"t","of":{number},"at":{at},"x":"{PAYLOAD}"}}')

        saying = asyncio.create_task(say())
        for at in range(FRAMES):
            text = await client.recv()
            if not text.startswith(f'{{"type":"t","of":{number},"at":{at},'):
                return False
        await saying
        return True


def behind_a_proxy(folder, hold):
    """Run clients against an echo server behind a proxy of its own process, which leaves with 0."""

    async def run():
        async with serve(echo, "127.0.0.1", 0, compression=None, ping_interval=None, max_size=None) as server:
            origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            with rtcli(folder, "proxy", origin, "--listen", "127.0.0.1:0", "-o", "calls") as (proxy, base):
                result = await hold(f"{base}/realtime", proxy)
                proxy.interrupt()
                code, _ = await asyncio.to_thread(proxy.leaves)
                assert code == 0, proxy.said
                return result

    return asyncio.run(run())


def test_a_hundred_calls_at_fifty_frames_a_second_each_way_for_a_minute_lose_nothing(tmp_path):
    async def hold(url, _proxy):
        return await asyncio.gather(*(call(url, number) for number in range(SESSIONS)))

    assert all(behind_a_proxy(tmp_path, hold))
    files = sorted((tmp_path / "calls").glob("*.jsonl"))
    assert len(files) == SESSIONS
    for path in files:
        for side in ("client", "server"):
            texts = [json.loads(one.text) for one in records(path) if isinstance(one, Frame) and one.sender == side]
            assert [text["at"] for text in texts] == list(range(FRAMES))
            assert len({text["of"] for text in texts}) == 1


def test_a_thousand_connections_leave_no_descriptor_and_a_whole_file_each(tmp_path):
    def descriptors(proxy):
        return len(os.listdir(f"/proc/{proxy.pid}/fd"))

    async def visit(url, number):
        async with connect(url, compression=None, ping_interval=None) as client:
            await client.send(str(number))
            assert await client.recv() == str(number)

    async def hold(url, proxy):
        await visit(url, -1)
        before = descriptors(proxy)
        for start in range(0, CONNECTIONS, 50):
            await asyncio.gather(*(visit(url, number) for number in range(start, start + 50)))
        for _ in range(100):
            if descriptors(proxy) <= before:
                break
            await asyncio.sleep(0.1)
        return descriptors(proxy) - before

    assert behind_a_proxy(tmp_path, hold) <= 0
    files = list((tmp_path / "calls").glob("*.jsonl"))
    assert len(files) == CONNECTIONS + 1
    said = sorted(
        int(one.text)
        for path in files
        for one in records(Path(path))
        if isinstance(one, Frame) and one.sender == "client"
    )
    assert said == list(range(-1, CONNECTIONS))
