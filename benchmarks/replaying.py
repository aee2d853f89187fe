"""How late what is replayed comes."""

from __future__ import annotations

import json
import statistics
import subprocess
import tempfile
import time
from itertools import islice
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.corpus import small
from benchmarks.rounds import QUIET, Failed
from benchmarks.table import Row

EVENTS = 800
EVERY_S = 0.00997
"""Not a multiple of a timer's tick."""
ROUNDS = 2


def replaying(bench: Bench) -> list[Row]:
    """Lines on a pipe, against the times in the recording; the reader's own waking up is part of it."""
    rounds = min(ROUNDS, bench.rounds)
    middle: list[float] = []
    worst: list[float] = []
    with tempfile.TemporaryDirectory() as folder:
        path = _even(Path(folder) / "even.jsonl")
        for number in range(rounds):
            bench.progress(f"round {number + 1} of {rounds}: replay")
            late_ms = _lateness_ms(bench, path)
            middle.append(statistics.median(late_ms))
            worst.append(statistics.quantiles(late_ms, n=100)[98])
    return [
        Row(f"lateness of {EVENTS} events: median", middle, "ms"),
        Row(f"lateness of {EVENTS} events: p99", worst, "ms", statistics.median(worst), "≤ 0.5 ms"),
    ]


def _even(path: Path) -> Path:
    """A recording with an event at every tick, none of which is folded into another."""
    header = small().read_text().partition("\n")[0]
    limit = {"name": "requests", "limit": 1000, "remaining": 999, "reset_seconds": 1.0}
    with path.open("w") as file:
        file.write(header + "\n")
        for number in range(EVENTS):
            event = {"type": "rate_limits.updated", "event_id": f"event_{number}", "rate_limits": [limit]}
            record = {"t": round((number + 1) * EVERY_S, 6), "from": "server", "event": event}
            file.write(json.dumps(record, separators=(",", ":")) + "\n")
    return path


def _lateness_ms(bench: Bench, path: Path) -> list[float]:
    """Of every event, against the one that came earliest for its time."""
    command = bench.rtcli("replay", path, "--no-findings")
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=QUIET | {"COLUMNS": "100"}) as process:
        assert process.stdout is not None
        came = [time.perf_counter() for line in iter(process.stdout.readline, b"") if b"rate_limits" in line]
    if len(came) != EVENTS:
        raise Failed(f"replay gave {len(came)} lines for {EVENTS} events")
    off = [at - (number + 1) * EVERY_S for number, at in enumerate(came)]
    # The first lines wait for the interpreter to warm up; the rest is what a listener has.
    earliest = min(off)
    return [(one - earliest) * 1000 for one in islice(off, 10, None)]
