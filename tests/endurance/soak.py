"""Fifty calls at the pace of speech through one proxy, for as long as ``MINUTES`` says: nothing lost, nothing kept.

Each call is a minute long and sends a tenth of a second of audio in a frame, which comes back; then another takes its
place. Run by `make endure`.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
import time
from pathlib import Path

from chained import rtcli
from proxied import records
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from rtcli.recording import Frame

MINUTES = float(os.environ.get("MINUTES", "30"))
SESSIONS, FRAMES_A_SECOND, CALL_SECONDS = 50, 10, 60
FRAMES = FRAMES_A_SECOND * CALL_SECONDS
AUDIO = "A" * 6400
WARM_UP_SECONDS = 90
GROWTH_KIB = 5 * 1024


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def call(url, name):
    """One call; how many frames came back, in order."""
    back = 0
    async with connect(f"{url}?model={name}", compression=None, ping_interval=None) as client:

        async def say():
            began = time.monotonic()
            for at in range(FRAMES):
                await asyncio.sleep(max(0.0, began + at / FRAMES_A_SECOND - time.monotonic()))
                await client.send(f'{{"type":"t","at":{at},"audio":"{AUDIO}"}}')

        saying = asyncio.create_task(say())
        for at in range(FRAMES):
            assert (await client.recv()).startswith(f'{{"type":"t","at":{at},')
            back += 1
        await saying
    return back


def kept(folder, name):
    """How many frames of each side the call's file has, in order; the file is removed."""
    path = next(path for path in folder.glob("*.jsonl") if f"model={name}" in path.read_bytes()[:500].decode())
    frames = [one for one in records(path) if isinstance(one, Frame)]
    path.unlink()
    for side in ("client", "server"):
        assert [json.loads(one.text)["at"] for one in frames if one.sender == side] == list(range(FRAMES))
    return len(frames)


def resident_kib(pid):
    """The memory that the process has in use, and its descriptors."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1])
    raise AssertionError("the proxy is gone")


def test_fifty_calls_for_half_an_hour_lose_nothing_and_leave_nothing(tmp_path):
    ends_at = time.monotonic() + 60 * MINUTES
    folder, counted = tmp_path / "calls", {"sent": 0, "kept": 0, "calls": 0}

    one_at_a_time = asyncio.Lock()

    async def line(url, number):
        await asyncio.sleep(random.Random(number).uniform(0, CALL_SECONDS))
        turn = 0
        while time.monotonic() < ends_at:
            name = f"line{number}-{turn}-"
            back = await call(url, name)
            counted["sent"] += 2 * back
            await asyncio.sleep(2)
            async with one_at_a_time:
                frames = await asyncio.to_thread(kept, folder, name)
            counted["kept"] += frames
            counted["calls"] += 1
            turn += 1

    async def watched(pid, samples):
        while True:
            samples.append((time.monotonic(), resident_kib(pid), len(os.listdir(f"/proc/{pid}/fd"))))
            await asyncio.sleep(5)

    async def run():
        samples = []
        async with serve(echo, "127.0.0.1", 0, compression=None, ping_interval=None, max_size=None) as server:
            origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            with rtcli(tmp_path, "proxy", origin, "--listen", "127.0.0.1:0", "-o", "calls") as (proxy, base):
                watching = asyncio.create_task(watched(proxy.pid, samples))
                await asyncio.gather(*(line(f"{base}/realtime", number) for number in range(SESSIONS)))
                watching.cancel()
                left = len(os.listdir(f"/proc/{proxy.pid}/fd"))
                proxy.interrupt()
                code, _ = await asyncio.to_thread(proxy.leaves)
                assert code == 0, proxy.said
        return samples, left

    samples, left = asyncio.run(run())
    warm = [sample for sample in samples if sample[0] - samples[0][0] > WARM_UP_SECONDS] or samples
    low, high = (pick(kib for _, kib, _ in warm) for pick in (min, max))
    sys.stderr.write(
        f"\n{counted['calls']} calls, {counted['sent']:,} frames, {MINUTES:g} min; "
        f"memory {low / 1024:.1f} to {high / 1024:.1f} MiB; descriptors at most {max(d for *_, d in samples)}, {left} left\n"
    )
    assert counted["kept"] == counted["sent"]
    assert high - low <= 2 * GROWTH_KIB
    assert left <= samples[0][2] + 2
