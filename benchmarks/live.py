"""The live view on a terminal of its own, while a session goes on."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import statistics
import struct
import subprocess
import tempfile
import termios
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from benchmarks.bench import Bench
from benchmarks.chain import tree_cpu_s
from benchmarks.corpus import MILLION_EVENTS_MB, text_heavy
from benchmarks.rounds import QUIET, Failed
from benchmarks.table import Row, quotient

FRAMES_A_SECOND = 30
EVENTS_A_FRAME = 2
SECONDS = 4.0
SETTLED_S = 0.5
LONGEST_READ_S = 180
COLUMNS, ROWS = 80, 24


def live(bench: Bench) -> list[Row]:
    """The share of a core that it takes behind few events and behind a million."""
    rounds = min(2, bench.rounds)
    million_mb = min(MILLION_EVENTS_MB, bench.long_mb)
    shares: dict[int, list[float]] = {100: [], 10**6 * million_mb // MILLION_EVENTS_MB: []}
    with tempfile.TemporaryDirectory() as folder:
        for events, found in shares.items():
            path = _going_on(text_heavy(million_mb * 10**6, bench.seed), Path(folder) / "call.jsonl", events)
            for number in range(rounds):
                bench.progress(f"round {number + 1} of {rounds}: the live view behind {events:,} events")
                found.append(_share(bench, path))
            path.unlink()
    (few, some), (many, lots) = shares.items()
    return [
        Row(f"behind {few:,} events: of a core", some, "%", statistics.median(some), "≤ 3 %"),
        Row(f"behind {many:,} events: of a core", lots, "%", statistics.median(lots), "≤ 3 %"),
        Row("the same behind both", figure=quotient(lots, some), goal="≤ 1.25×"),
    ]


def _going_on(long: Path, path: Path, events: int) -> Path:
    """A session that breaks off in the middle of an answer, after so many events or some more."""
    delta = b'"type":"response.output_text.delta"'
    with long.open("rb") as whole, path.open("wb") as part:
        for number, line in enumerate(whole):
            part.write(line)
            if number >= events and delta in line:
                break
    return path


def _share(bench: Bench, path: Path) -> float:
    """Percent of a core while the session goes on."""
    with _watching(bench.rtcli("show", "--follow", path)) as process, path.open("ab") as file:
        _settle(process, path)
        last = json.loads(path.read_bytes()[-2000:].rstrip(b"\n").rpartition(b"\n")[2])
        before, began = tree_cpu_s(process.pid), time.perf_counter()
        for number in range(int(SECONDS * FRAMES_A_SECOND)):
            time.sleep(max(0.0, began + number / FRAMES_A_SECOND - time.perf_counter()))
            for _ in range(EVENTS_A_FRAME):
                last = _next(last)
                file.write(json.dumps(last, separators=(",", ":")).encode() + b"\n")
            file.flush()
        if process.poll() is not None:
            raise Failed("the live view ended by itself")
        return 100 * (tree_cpu_s(process.pid) - before) / (time.perf_counter() - began)


def _next(record: dict[str, Any]) -> dict[str, Any]:
    """The delta behind one."""
    number = int(record["event"]["event_id"].rpartition("u")[2]) + 1
    event = record["event"] | {"event_id": f"event_E6U0u{number:016}", "delta": f" word{number % 1000}"}
    return record | {"t": round(record["t"] + 1 / FRAMES_A_SECOND / EVENTS_A_FRAME, 6), "event": event}


def _settle(process: subprocess.Popen[bytes], path: Path) -> None:
    """Wait until all that was there has been read, and drawn."""
    until, size = time.monotonic() + LONGEST_READ_S, path.stat().st_size
    while _read_so_far(process.pid, path) < size:
        if time.monotonic() > until or process.poll() is not None:
            raise Failed("the live view was not done with what was there")
        time.sleep(SETTLED_S)
    time.sleep(2 * SETTLED_S)


def _read_so_far(pid: int, path: Path) -> int:
    """How far a process is in a file that it has open. Source: proc(5), /proc/pid/fdinfo."""
    for number in Path(f"/proc/{pid}/fd").iterdir():
        if number.exists() and number.readlink() == path.resolve():
            fields = Path(f"/proc/{pid}/fdinfo/{number.name}").read_text().split()
            return int(fields[fields.index("pos:") + 1])
    return 0


@contextmanager
def _watching(command: list[str | Path]) -> Iterator[subprocess.Popen[bytes]]:
    """A program on a terminal whose output is taken and thrown away."""
    main, side = pty.openpty()
    fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    process = subprocess.Popen(
        command, stdin=side, stdout=side, stderr=side, env=QUIET | {"TERM": "xterm-256color"}, start_new_session=True
    )
    os.close(side)
    reader = threading.Thread(target=_drain, args=(main,))
    reader.start()
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        reader.join()
        os.close(main)


def _drain(terminal: int) -> None:
    """Read until nobody has the other side open."""
    try:
        while os.read(terminal, 1 << 16):
            pass
    except OSError:
        return
