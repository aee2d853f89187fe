"""Where the power fails, a tenth of a second is lost at most: what was written is on its way to the disk by then.

Read off the calls to the system: each write to a recording is followed by an fdatasync of it, and each new name by an
fsync of its folder. A disk that is busy with what came before takes as long as it takes; beyond that nothing waits.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from itertools import count

import pytest
from chained import RTCLI, running
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

SESSIONS, FRAMES, GAP_S = 20, 60, 0.02
FAR_TOO_LONG_S = 1.0
"""Whoever traces slows all down, and so does other work of the machine: what is told is the figure."""
AUDIO = "A" * 4000
CREATED = {"type": "session.created", "event_id": "s", "session": {"type": "realtime", "id": "sess_1", "model": "m"}}
SAID = {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": []}, "pad": AUDIO}
CALL = re.compile(r"\d+ +(\d+\.\d+) (write|fdatasync|fsync|openat|link|linkat)\((?:\d+<([^>]*)>)?(.*)")


@pytest.fixture(autouse=True)
def tracer():
    if (
        not shutil.which("strace")
        or subprocess.run(["strace", "-o", "/dev/null", "true"], capture_output=True).returncode
    ):
        pytest.skip("nothing here can trace the calls of a process")


async def echo(connection):
    await connection.send(json.dumps(CREATED))
    async for message in connection:
        await connection.send(message)


def traced(folder, words):
    asked = "trace=write,fdatasync,fsync,openat,link,linkat"
    return [
        "strace",
        "-f",
        "--seccomp-bpf",
        "-y",
        "-qq",
        "-ttt",
        "-T",
        "-s",
        "8",
        "-e",
        asked,
        "-o",
        folder / "trace",
        *words,
    ]


def judged(folder, files):
    """How long a write waited for its fdatasync at most, and how long of that the disk was not busy, in seconds.

    Each name was brought to the disk as well.
    """
    written, waits, begun, busy, new, synced = {}, [], {}, [], 0, 0
    for line in (folder / "trace").read_text().splitlines():
        thread = line.split()[0]
        if "resumed>" in line and thread in begun:
            busy.append((begun.pop(thread), float(line.rpartition("<")[2].rstrip(">"))))
        if not (told := CALL.match(line)):
            continue
        at_s, what, path = float(told[1]), told[2], told[3] or ""
        recording = path.rpartition("/")[2].partition("Z")[0]
        if what == "write" and path.endswith(".jsonl"):
            written.setdefault(recording, at_s)
        elif what == "openat" and ".jsonl" in line and "O_EXCL" in line:
            new += 1
        elif what in {"fdatasync", "fsync"}:
            synced += what == "fsync" and path.endswith("calls")
            if what == "fdatasync" and recording in written:
                waits.append((written.pop(recording), at_s))
            if "unfinished" in line:
                begun[thread] = at_s
            else:
                busy.append((at_s, float(line.rpartition("<")[2].rstrip(">"))))
    assert not written
    assert new == files
    assert synced
    assert len(waits) > 5
    idle = [
        since - until - sum(max(0, min(since, at + took) - max(until, at)) for at, took in busy)
        for until, since in waits
    ]
    return max(since - until for until, since in waits), max(idle)


def tell(who, longest_s, idle_s):
    """Say the figures; gives back the second."""
    sys.stderr.write(
        f"\n{who}: {1000 * longest_s:.0f} ms at most, of which the disk was idle for {1000 * idle_s:.0f} ms\n"
    )
    return idle_s


def test_a_proxy_of_twenty_sessions_brings_all_to_the_disk_in_time(tmp_path):
    async def app(url):
        async with connect(url, compression=None) as client:
            await client.recv()
            for _ in range(FRAMES):
                await client.send(json.dumps(SAID))
                await client.recv()
                await asyncio.sleep(GAP_S)

    async def run():
        async with serve(echo, "127.0.0.1", 0, compression=None) as server:
            origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            command = traced(tmp_path, [*RTCLI, "proxy", origin, "--listen", "127.0.0.1:0", "-o", "calls"])
            with running(command, tmp_path) as process:
                url = f"{await asyncio.to_thread(process.line)}/v1/realtime"
                await asyncio.gather(*(app(url) for _ in range(SESSIONS)))
                os.killpg(process.pid, signal.SIGINT)  # who traces hears it too, and passes nothing on
                await asyncio.to_thread(process.leaves)

    asyncio.run(run())
    assert tell(f"{SESSIONS} sessions of a proxy", *judged(tmp_path, SESSIONS)) < FAR_TOO_LONG_S


@pytest.mark.parametrize("command", ["connect", "replay"])
def test_a_client_brings_all_to_the_disk_in_time(tmp_path, command):
    numbers = count()
    script = [{"t": 0.0, "from": "server", "event": CREATED}]
    script += [
        {"t": GAP_S * number, "from": "client", "event": {**SAID, "event_id": f"c{next(numbers)}"}}
        for number in range(FRAMES)
    ]
    (tmp_path / "script.jsonl").write_text("".join(json.dumps(line) + "\n" for line in script))

    async def run():
        async with serve(echo, "127.0.0.1", 0, compression=None) as server:
            url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/realtime"
            words = ["connect", url, *["-x", "Hello"] * 5, "--wait", "0.3"]
            words = words if command == "connect" else ["replay", "script.jsonl", "--to", url]
            with running(traced(tmp_path, [*RTCLI, *words, "-o", "calls/call.jsonl"]), tmp_path) as process:
                return await asyncio.to_thread(process.leaves)

    asyncio.run(run())
    assert tell(command, *judged(tmp_path, 1)) < FAR_TOO_LONG_S
