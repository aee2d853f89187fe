"""Processes that stand between two ends, or are one: started, pinned to a core, and always ended."""

from __future__ import annotations

import os
import re
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from benchmarks.peers import ROOT, Peers
from benchmarks.rounds import QUIET, Failed

_ADDRESS = re.compile(r"(?:wss?://)?(127\.0\.0\.1:\d+)")
READY_S = 30


def cores() -> tuple[int, int]:
    """The core of what is measured, and that of the rest: the same one where there is no second."""
    free = sorted(os.sched_getaffinity(0))
    return free[-1], free[0]


def pin(pid: int, core: int) -> None:
    """Keep a process and its threads on a core."""
    for task in Path(f"/proc/{pid}/task").iterdir():
        os.sched_setaffinity(int(task.name), {core})


@contextmanager
def staying(core: int) -> Iterator[None]:
    """Keep this process itself, and what it starts, on a core for a while."""
    before = os.sched_getaffinity(0)
    pin(os.getpid(), core)
    try:
        yield
    finally:
        for task in Path("/proc/self/task").iterdir():
            os.sched_setaffinity(int(task.name), before)


@contextmanager
def running(
    command: Sequence[str | Path], *, core: int | None = None, environment: Mapping[str, str] | None = None
) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A process that says on its first lines where it listens; gives that as a ws:// URL."""
    with tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
            cwd=ROOT,
            env=QUIET | {"PYTHONUNBUFFERED": "1"} | dict(environment or {}),
        )
        try:
            if core is not None:
                pin(process.pid, core)
            yield f"ws://{_address(process, Path(str(command[0])).name, errors)}", process
        finally:
            _end(process)


def _address(process: subprocess.Popen[str], name: str, errors: IO[str]) -> str:
    """What it says, within the time that it may take to begin."""
    assert process.stdout is not None
    until = time.monotonic() + READY_S
    with selectors.DefaultSelector() as waiting:
        waiting.register(process.stdout, selectors.EVENT_READ)
        while waiting.select(max(0, until - time.monotonic())):
            line = process.stdout.readline()
            if found := _ADDRESS.findall(line):
                # mitmproxy names the upstream first.
                return str(found[-1])
            if not line:
                break
    errors.seek(0)
    why = errors.read().strip().rpartition("\n")[2]
    raise Failed(f"{name} did not begin. {why}".strip())


def _end(process: subprocess.Popen[str]) -> None:
    """As by Ctrl-C, so that it can end its files; whatever does not listen is killed."""
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def ours(module: str, *arguments: str) -> list[str | Path]:
    """A program of these benchmarks."""
    return [sys.executable, "-m", f"benchmarks.{module}", *arguments]


def rtcli_proxy(peers: Peers, origin: str, folder: Path) -> list[str | Path]:
    """The proxy, which records into a folder."""
    return [peers.rtcli, "proxy", origin, "--listen", "127.0.0.1:0", "-o", folder]


def mitmdump(program: Path, origin: str, folder: Path) -> list[str | Path]:
    """The program of mitmproxy in reverse mode, which keeps its certificates in a folder."""
    mode = f"reverse:http://{origin.removeprefix('ws://')}@127.0.0.1:0"
    return [program, "--mode", mode, "--set", f"confdir={folder}", "--set", "flow_detail=0"]


def tree_cpu_s(pid: int) -> float:
    """The CPU time that a process and its children have used so far."""
    ticks = sum(sum(map(int, _fields(one)[11:13])) for one in _tree(pid))
    return ticks / os.sysconf("SC_CLK_TCK")


def _tree(pid: int) -> Iterable[int]:
    yield pid
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in (task / "children").read_text().split():
            yield from _tree(int(child))


def _fields(pid: int) -> list[str]:
    """What Linux says of a process, behind its name. Source: proc(5), /proc/pid/stat."""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()
