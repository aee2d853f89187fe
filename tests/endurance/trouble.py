"""What happens to the disk, the process or its terminal does not happen to the call; what is lost is said."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
from contextlib import contextmanager
from itertools import pairwise

import pytest
from chained import rtcli
from proxied import records
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from rtcli.formats import read
from rtcli.recording import Frame
from rtcli.recording.record import Torn

FRAMES = 400
AUDIO = "A" * 2000
"""A call of these is 1.6 MB in its file."""


async def echo(connection):
    async for message in connection:
        await connection.send(message)


def call(folder, output, trouble=None, frames=FRAMES):
    """One call through a proxy, with some trouble in its middle; gives the frames that came back, the code, and what was said."""

    async def run():
        async with serve(echo, "127.0.0.1", 0, compression=None, max_size=None) as server:
            origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            with rtcli(folder, "proxy", origin, "--listen", "127.0.0.1:0", "-o", output) as (proxy, base):
                back = []
                async with connect(f"{base}/realtime", compression=None) as client:
                    for number in range(frames):
                        if trouble and number == frames // 2:
                            await asyncio.to_thread(trouble, proxy)
                        await client.send(json.dumps({"type": "t", "at": number, "audio": AUDIO}))
                        back.append(json.loads(await client.recv())["at"])
                proxy.interrupt()
                code, _ = await asyncio.to_thread(proxy.leaves)
                return back, code, proxy.said

    return asyncio.run(run())


@contextmanager
def mounted(folder, options):
    folder.mkdir()
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", options, "none", folder], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"nothing can be mounted here: {done.stderr.strip()}")
    try:
        yield
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)


def whole_frames(path):
    """The numbers of the frames that the file has, by side; none of its lines is torn."""
    assert not [entry for entry in read(path) if isinstance(entry.event, Torn)]
    frames = [one for one in records(path) if isinstance(one, Frame)]
    return {side: [json.loads(one.text)["at"] for one in frames if one.sender == side] for side in ("client", "server")}


def is_prefix_of_the_call(path):
    return all(numbers == list(range(len(numbers))) and len(numbers) > 10 for numbers in whole_frames(path).values())


def lines_about_recording(said):
    return [line for line in said.splitlines() if "recording suspended" in line]


def test_a_full_disk_ends_the_recording_and_not_the_call(tmp_path):
    with mounted(tmp_path / "small", "size=256k"):
        back, code, said = call(tmp_path, "small")
        assert back == list(range(FRAMES))
        assert code == 3
        assert len(lines_about_recording(said)) == 1, said
        assert "No space left" in said
        assert f"{2 * FRAMES} frames, not all of them in " in said
        (path,) = (tmp_path / "small").glob("*.jsonl")
        assert is_prefix_of_the_call(path)


def test_a_file_that_somebody_deletes_ends_the_recording_and_not_the_call(tmp_path):
    def delete(_proxy):
        (path,) = (tmp_path / "calls").glob("*.jsonl")
        path.unlink()

    back, code, said = call(tmp_path, "calls", delete, frames=2000)
    assert back == list(range(2000))
    assert code == 3
    assert len(lines_about_recording(said)) == 1, said
    assert "deleted" in said


def test_a_folder_that_cannot_be_written_to_is_said_and_the_call_goes_on(tmp_path):
    with mounted(tmp_path / "locked", "ro"):
        back, code, said = call(tmp_path, "locked", frames=20)
    assert back == list(range(20))
    assert code == 3
    assert "Read-only" in said


@pytest.mark.parametrize("number", [signal.SIGWINCH, signal.SIGCONT])
def test_a_storm_of_signals_is_weathered(tmp_path, number):
    def storm(proxy):
        for _ in range(500):
            os.kill(proxy.pid, number)

    back, code, _ = call(tmp_path, "calls", storm)
    assert (back, code) == (list(range(FRAMES)), 0)
    (path,) = (tmp_path / "calls").glob("*.jsonl")
    assert whole_frames(path) == {"client": back, "server": back}


def test_a_process_that_is_suspended_goes_on_where_it_was(tmp_path):
    def suspend(proxy):
        os.kill(proxy.pid, signal.SIGSTOP)
        subprocess.run(["sleep", "2"])
        os.kill(proxy.pid, signal.SIGCONT)

    back, code, _ = call(tmp_path, "calls", suspend)
    assert (back, code) == (list(range(FRAMES)), 0)
    (path,) = (tmp_path / "calls").glob("*.jsonl")
    assert whole_frames(path) == {"client": back, "server": back}
    times = [one.t for one in records(path) if isinstance(one, Frame)]
    assert max(later - earlier for earlier, later in pairwise(times)) > 1.5


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_being_told_to_stop_in_the_middle_of_a_call_leaves_a_whole_file(tmp_path, number):
    async def run():
        async with serve(echo, "127.0.0.1", 0, compression=None) as server:
            origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            with rtcli(tmp_path, "proxy", origin, "--listen", "127.0.0.1:0", "-o", "calls") as (proxy, base):
                async with connect(f"{base}/realtime", compression=None) as client:
                    for at in range(50):
                        await client.send(json.dumps({"type": "t", "at": at, "audio": AUDIO}))
                        await client.recv()
                    os.kill(proxy.pid, number)
                    await client.wait_closed()
                code, _ = await asyncio.to_thread(proxy.leaves)
                return code, proxy.said

    code, said = asyncio.run(run())
    assert code == 0, said
    assert "Traceback" not in said
    (path,) = (tmp_path / "calls").glob("*.jsonl")
    assert whole_frames(path) == {"client": list(range(50)), "server": list(range(50))}
