"""What happens to the disk, the process or its terminal does not happen to the call; what is lost is said."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import random
import signal
import struct
import subprocess
import sys
import termios
import time
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest
from chained import rtcli
from proxied import records
from terminal import Terminal
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve

from rtcli.formats import read
from rtcli.recording import Frame
from rtcli.recording.record import Torn

FRAMES = 400
RECORDING = Path(__file__).parents[2] / "recordings" / "text.jsonl"
AUDIO = "A" * 2000
"""A call of these is 1.6 MB in its file."""


async def echo(connection):
    async for message in connection:
        await connection.send(message)


def call(folder, output, trouble=None, frames=FRAMES, **environment):
    """One call through a proxy, with some trouble in its middle; gives the frames that came back, the code, and what was said."""

    async def run():
        async with serve(echo, "127.0.0.1", 0, compression=None, max_size=None) as server:
            origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            with rtcli(folder, "proxy", origin, "--listen", "127.0.0.1:0", "-o", output, **environment) as (
                proxy,
                base,
            ):
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


CLOCK = """
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <time.h>

static long shift(void) {
  static volatile long *seconds;
  if (!seconds) {
    int file = open(getenv("CLOCK_SHIFT"), O_RDONLY);
    seconds = mmap(0, sizeof *seconds, PROT_READ, MAP_SHARED, file, 0);
  }
  return *seconds;
}

int clock_gettime(clockid_t which, struct timespec *at) {
  static int (*real)(clockid_t, struct timespec *);
  if (!real) real = dlsym(RTLD_NEXT, "clock_gettime");
  int failed = real(which, at);
  if (which == CLOCK_REALTIME) at->tv_sec += shift();
  return failed;
}

int gettimeofday(struct timeval *at, void *zone) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  at->tv_sec = now.tv_sec;
  at->tv_usec = now.tv_nsec / 1000;
  return 0;
}

time_t time(time_t *at) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  if (at) *at = now.tv_sec;
  return now.tv_sec;
}
"""
"""The clock on the wall, as one process sees it, apart by as many seconds as a file says; the monotonic one goes on."""


def test_steps_of_the_clock_move_no_time_in_the_file_and_lose_nothing(tmp_path):
    shift, library = tmp_path / "shift", tmp_path / "clock.so"
    (tmp_path / "clock.c").write_text(CLOCK)
    try:
        subprocess.run(["cc", "-shared", "-fPIC", "-o", library, tmp_path / "clock.c", "-ldl"], check=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("there is no C compiler to make a clock with")
    shift.write_bytes(struct.pack("l", 0))
    clock = {"LD_PRELOAD": str(library), "CLOCK_SHIFT": str(shift)}
    seen = subprocess.run(["date", "+%s"], capture_output=True, text=True, env=os.environ | clock).stdout
    shift.write_bytes(struct.pack("l", -86400))
    earlier = subprocess.run(["date", "+%s"], capture_output=True, text=True, env=os.environ | clock).stdout
    if not -90000 < int(earlier) - int(seen) < -80000:
        pytest.skip("the clock of a process cannot be set apart here")

    def step(_proxy):
        chance = random.Random(1)
        for _ in range(100):
            with shift.open("r+b") as file:
                file.write(struct.pack("l", chance.choice([-(10**8), -3600, -1, 0, 1, 3600, 10**8])))
            time.sleep(0.01)

    began_s = time.monotonic()
    back, code, said = call(tmp_path, "calls", step, **clock)
    lasted_s = time.monotonic() - began_s
    assert (back, code) == (list(range(FRAMES)), 0), said
    (path,) = (tmp_path / "calls").glob("*.jsonl")
    assert whole_frames(path) == {"client": back, "server": back}
    times = [one.t for one in records(path) if isinstance(one, Frame)]
    assert times == sorted(times)
    assert 1.0 < times[-1] < lasted_s


def test_a_terminal_that_changes_its_size_all_the_time_loses_nothing(tmp_path):
    with Terminal("connect", "demo", "-o", tmp_path / "call.jsonl") as terminal:
        terminal.shows("session")
        for number in range(300):
            size = struct.pack("HHHH", 1 + number * 7 % 60, 1 + number * 13 % 200, 0, 0)
            fcntl.ioctl(terminal._main, termios.TIOCSWINSZ, size)
            os.kill(terminal.process.pid, signal.SIGWINCH)
            if number % 10 == 0:
                terminal.read(0.01)
        fcntl.ioctl(terminal._main, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
        terminal.type("Hello\r")
        path = tmp_path / "call.jsonl"
        ends_at = time.monotonic() + 40
        while '"response.done"' not in path.read_text() and time.monotonic() < ends_at:
            terminal.read(0.1)
        assert '"response.done"' in path.read_text()
        terminal.type("\x03")
        assert terminal.leaves() == 0
        assert "Traceback" not in terminal.text
    assert not [entry for entry in read(path) if isinstance(entry.event, Torn)]


def test_a_terminal_that_is_stopped_by_ctrl_s_goes_on_with_ctrl_q_and_the_file_has_all(tmp_path):
    path = tmp_path / "call.jsonl"
    with Terminal("connect", "demo", "-o", path) as terminal:
        terminal.shows("session")
        terminal.type("Hello\r")
        terminal.type("\x13")
        ends_at = time.monotonic() + 40
        while '"response.done"' not in path.read_text() and time.monotonic() < ends_at:
            time.sleep(0.1)
        said_meanwhile = '"response.done"' in path.read_text()
        terminal.type("\x11")
        terminal.read(1)
        terminal.type("\x03")
        assert terminal.leaves() == 0
    assert said_meanwhile, "the call waited for the terminal"
    assert not [entry for entry in read(path) if isinstance(entry.event, Torn)]


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-", "<&-", "<&- >&- 2>&-"])
@pytest.mark.parametrize(
    "command", ["connect demo -x Hello -o call.jsonl", "replay spoken.jsonl --to demo -o call.jsonl"]
)
def test_a_stream_that_is_closed_from_the_beginning_costs_no_call(tmp_path, command, closed):
    (tmp_path / "spoken.jsonl").write_bytes(RECORDING.read_bytes())
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m rtcli {command} {closed}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert "Traceback" not in done.stderr
    assert done.returncode in {0, 1}, done.stderr
    path = tmp_path / "call.jsonl"
    assert '"response.done"' in path.read_text()
    assert not [entry for entry in read(path) if isinstance(entry.event, Torn)]


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
