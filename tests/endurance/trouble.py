"""What happens to the disk, the process or its terminal does not happen to the call; what is lost is said."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import random
import re
import shutil
import signal
import socket
import struct
import subprocess
import sys
import termios
import time
from contextlib import contextmanager, suppress
from itertools import pairwise
from pathlib import Path

import pytest
from chained import RTCLI, rtcli, running
from proxied import records
from terminal import Terminal
from websockets.asyncio.client import connect
from websockets.asyncio.server import serve
from websockets.exceptions import ConnectionClosed

from rtcli.formats import read
from rtcli.recording import Close, Frame
from rtcli.recording.record import Torn

FRAMES = 400
RECORDING = Path(__file__).parents[2] / "recordings" / "text.jsonl"
AUDIO = "A" * 2000
"""A call of these is 1.6 MB in its file."""


async def echo(connection):
    async for message in connection:
        await connection.send(message)


def call(folder, output, trouble=None, frames=FRAMES, more=(), before=(), **environment):
    """One call through a proxy, with some trouble in its middle; gives the frames that came back, the code, and what was said."""

    async def run():
        async with serve(echo, "127.0.0.1", 0, compression=None, max_size=None) as server:
            origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            command = [*before, *RTCLI, "proxy", origin, "--listen", "127.0.0.1:0", "-o", output, *more]
            with running(command, folder, environment) as proxy:
                base = await asyncio.to_thread(proxy.line)
                back = []
                async with connect(f"{base}/v1/realtime", compression=None) as client:
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


MORTAL = ("setpriv", "--bounding-set=-dac_override,-dac_read_search", "--inh-caps=-all")
"""Root whom permissions bind."""


def test_a_permission_that_is_lost_in_a_call_ends_the_recording_and_not_the_call(tmp_path):
    def lose(_proxy):
        (tmp_path / "calls").chmod(0o500)

    if os.geteuid() == 0 and not shutil.which("setpriv"):
        pytest.skip("nothing here takes root's rights away")
    before = MORTAL if os.geteuid() == 0 else ()
    back, code, said = call(tmp_path, "calls", lose, more=("--split-size", "100kB"), before=before)
    (tmp_path / "calls").chmod(0o700)
    assert back == list(range(FRAMES))
    assert code == 3, said
    assert len(lines_about_recording(said)) == 1, said
    assert "Permission denied" in said
    paths = sorted((tmp_path / "calls").glob("*.jsonl"), key=lambda path: path.stat().st_mtime_ns)
    kept = [number for path in paths for number in whole_frames(path)["client"]]
    assert len(paths) > 2
    assert kept == list(range(len(kept)))


def test_a_folder_that_cannot_be_written_to_is_said_and_the_call_goes_on(tmp_path):
    with mounted(tmp_path / "locked", "ro"):
        back, code, said = call(tmp_path, "locked", frames=20)
    assert back == list(range(20))
    assert code == 3
    assert "Read-only" in said


CREATED = {
    "type": "session.created",
    "event_id": "s",
    "session": {"type": "realtime", "object": "realtime.session", "id": "sess_1", "model": "gpt-realtime"},
}


def numbered(number):
    item = {"id": f"item_{number}", "type": "message", "role": "user", "content": []}
    return {"type": "conversation.item.create", "event_id": f"c{number}", "item": item, "pad": AUDIO}


def held(folder, command, trouble=None, *more):
    """A call of a client that is to say so many things; gives what the server heard, the code, and what was said."""
    heard = []

    async def hear(connection):
        await connection.send(json.dumps(CREATED))
        async for message in connection:
            asked = json.loads(message)
            heard.append(asked["event_id"])
            if trouble and len(heard) == FRAMES // 2:
                trouble()
            with suppress(ConnectionClosed):
                added = {"type": "conversation.item.added", "event_id": f"a{len(heard)}", "item": asked["item"]}
                await connection.send(json.dumps({**added, "pad": AUDIO}))

    async def run():
        async with serve(hear, "127.0.0.1", 0, compression=None) as server:
            url = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1/realtime"
            events = [numbered(number) for number in range(FRAMES)]
            script = [{"t": 0.0, "from": "server", "event": CREATED}]
            script += [{"t": 0.002 * number, "from": "client", "event": event} for number, event in enumerate(events)]
            (folder / "script.jsonl").write_text("".join(json.dumps(line) + "\n" for line in script))
            words = ["connect", url] if command == "connect" else ["replay", "script.jsonl", "--to", url]
            program = [sys.executable, "-m", "rtcli", *words, "-o", "small/call.jsonl", *more]
            typed = "".join(f"/event {json.dumps(event)}\n" for event in events) if command == "connect" else ""
            return await asyncio.to_thread(
                subprocess.run, program, input=typed, capture_output=True, text=True, cwd=folder, timeout=120
            )

    done = asyncio.run(run())
    assert "Traceback" not in done.stderr
    return heard, done


def is_told_in_one_line(done, why):
    (line,) = done.stderr.splitlines()
    assert line.startswith("rtcli: recording stopped, the call went on: cannot write small/call.jsonl: "), line
    assert why in line
    assert line.endswith("events are in it")


@pytest.mark.parametrize("command", ["connect", "replay"])
def test_a_full_disk_ends_the_recording_of_a_client_and_not_its_call(tmp_path, command):
    with mounted(tmp_path / "small", "size=256k"):
        heard, done = held(tmp_path, command)
        assert heard == [f"c{number}" for number in range(FRAMES)]
        assert done.returncode == 3
        is_told_in_one_line(done, "No space left")
        assert "missing" not in done.stdout, "what the file lacks was not lost by the server"
        frames = [one for one in records(tmp_path / "small" / "call.jsonl") if isinstance(one, Frame)]
        said = [json.loads(one.text)["event_id"] for one in frames if one.sender == "client"]
        assert 10 < len(said) < FRAMES
        assert said == heard[: len(said)]
        assert not [entry for entry in read(tmp_path / "small" / "call.jsonl") if isinstance(entry.event, Torn)]


@pytest.mark.parametrize("command", ["connect", "replay", "replay --json"])
def test_a_file_that_somebody_deletes_ends_the_recording_of_a_client_and_not_its_call(tmp_path, command):
    (tmp_path / "small").mkdir()
    command, *more = command.split()

    def delete():
        (tmp_path / "small" / "call.jsonl").unlink()

    heard, done = held(tmp_path, command, delete, *more)
    assert heard == [f"c{number}" for number in range(FRAMES)]
    assert done.returncode == 3
    is_told_in_one_line(done, "it has been deleted")
    if more:
        assert json.loads(done.stdout)["comparison"] is None


@pytest.mark.parametrize("command", ["connect", "replay"])
def test_a_client_that_cannot_record_says_so_and_begins_nothing(tmp_path, command):
    with mounted(tmp_path / "small", "ro"):
        heard, done = held(tmp_path, command)
    assert heard == []
    assert done.returncode == 2
    assert done.stderr == "rtcli: cannot write small/call.jsonl: Read-only file system\n"


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


@pytest.mark.parametrize("way", ["stopped", "not read"])
def test_a_proxy_whose_terminal_takes_nothing_passes_every_frame_and_ends_when_it_is_told(tmp_path, way):
    calls = 20

    async def run():
        async with serve(echo, "127.0.0.1", 0, compression=None) as server:
            origin = f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"
            with Terminal("proxy", origin, "--listen", "127.0.0.1:0", "-o", tmp_path / "calls") as terminal:
                terminal.shows("no session yet")
                port = re.search(r"^ws://127.0.0.1:(\d+)$", terminal.text, re.MULTILINE)[1]
                if way == "stopped":
                    terminal.type("\x13")
                back = []
                for _ in range(calls):
                    async with connect(f"ws://127.0.0.1:{port}/realtime", compression=None) as client:
                        for at in range(20):
                            await client.send(json.dumps({"type": "t", "at": at, "audio": AUDIO}))
                            back.append(json.loads(await asyncio.wait_for(client.recv(), 30))["at"])
                            await asyncio.sleep(0.005)
                os.kill(terminal.process.pid, signal.SIGTERM)
                return back, await asyncio.to_thread(terminal.process.wait, 30)

    assert asyncio.run(run()) == (list(range(20)) * calls, 0)
    for path in (tmp_path / "calls").glob("*.jsonl"):
        assert whole_frames(path) == {"client": list(range(20)), "server": list(range(20))}


def test_a_conversation_on_a_stopped_terminal_goes_on_past_notes_and_ends_when_it_is_told(tmp_path):
    path = tmp_path / "call.jsonl"
    with Terminal("connect", "demo", "-o", path) as terminal:
        terminal.shows("session")
        terminal.type("\x13")
        time.sleep(0.2)
        terminal.type("/help\r")
        terminal.type("Hello\r")
        ends_at = time.monotonic() + 40
        while '"response.done"' not in path.read_text() and time.monotonic() < ends_at:
            time.sleep(0.1)
        assert '"response.done"' in path.read_text()
        os.kill(terminal.process.pid, signal.SIGTERM)
        assert terminal.process.wait(30) == 0
    assert [entry for entry in read(path) if isinstance(entry.event, Close)]


@pytest.mark.parametrize("command", ["replay spoken.jsonl", "show spoken.jsonl --follow"])
def test_what_shows_on_a_stopped_terminal_ends_when_it_is_told(tmp_path, command):
    (tmp_path / "spoken.jsonl").write_bytes(RECORDING.read_bytes() * 200)
    with Terminal(*command.split(), cwd=tmp_path) as terminal:
        terminal.shows("session")
        terminal.type("\x13")
        time.sleep(0.5)
        os.kill(terminal.process.pid, signal.SIGTERM)
        assert terminal.process.wait(30) == 143


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


HEARING = {
    "proxy": "proxy demo -o calls --listen",
    "serve": "serve --listen",
    "replay": "replay text.jsonl --serve",
    "replay --json": "replay text.jsonl --json --serve",
}


@pytest.mark.parametrize("streams", [">&-", "2>&-", "<&- >&- 2>&-", "| head -1", "2>&1 | true"])
@pytest.mark.parametrize("command", HEARING)
def test_a_stream_that_is_closed_or_that_nobody_reads_ends_nobody_who_listens(tmp_path, command, streams):
    (tmp_path / "text.jsonl").write_bytes(RECORDING.read_bytes())
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    line = f"{sys.executable} -m rtcli {HEARING[command]} 127.0.0.1:{port} {streams}"
    with running(["bash", "-c", line], tmp_path) as process:

        async def visit():
            ends_at = time.monotonic() + 30
            while True:
                with suppress(ConnectionRefusedError):
                    async with connect(f"ws://127.0.0.1:{port}/v1/realtime", compression=None) as client:
                        return json.loads(await asyncio.wait_for(client.recv(), 30))["type"]
                assert time.monotonic() < ends_at
                await asyncio.sleep(0.05)

        assert [asyncio.run(visit()) for _ in range(3)] == ["session.created"] * 3
        os.killpg(process.pid, signal.SIGINT)
        process.leaves()
        assert "Traceback" not in process.said


def test_a_served_recording_whose_terminal_is_stopped_goes_on_for_the_next_and_ends_when_it_is_told(tmp_path):
    async def visit(url):
        async with connect(url, compression=None) as client:
            return json.loads(await asyncio.wait_for(client.recv(), 30))["type"]

    with Terminal("replay", RECORDING, "--serve", "127.0.0.1:0") as terminal:
        terminal.shows("ws://")
        url = re.search(r"ws://\S+", terminal.text)[0]
        terminal.type("\x13")
        time.sleep(0.2)
        assert [asyncio.run(visit(url)) for _ in range(5)] == ["session.created"] * 5
        os.kill(terminal.process.pid, signal.SIGTERM)
        assert terminal.process.wait(30) == 1


def test_a_process_that_is_suspended_goes_on_where_it_was(tmp_path):
    def suspend(proxy):
        os.kill(proxy.pid, signal.SIGSTOP)
        subprocess.run(["sleep", "10"])
        os.kill(proxy.pid, signal.SIGCONT)

    back, code, _ = call(tmp_path, "calls", suspend)
    assert (back, code) == (list(range(FRAMES)), 0)
    (path,) = (tmp_path / "calls").glob("*.jsonl")
    assert whole_frames(path) == {"client": back, "server": back}
    times = [one.t for one in records(path) if isinstance(one, Frame)]
    assert max(later - earlier for earlier, later in pairwise(times)) > 9.5


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
