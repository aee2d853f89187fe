"""What recording adds to receiving."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.chain import cores, ours, running
from benchmarks.peers import ROOT
from benchmarks.rounds import QUIET, Failed
from benchmarks.table import Row

EVENTS = 20_000
SIZE_BYTES = 3000


def recorder(bench: Bench) -> list[Row]:
    """CPU time an event, of events with 50 ms of audio."""
    bare: list[float] = []
    recorded: list[float] = []
    with tempfile.TemporaryDirectory() as folder, running(ours("upstream"), core=cores()[1]) as (origin, _):
        url = f"{origin}/flood/{SIZE_BYTES}/{EVENTS}"
        for number in range(bench.rounds):
            bench.progress(f"round {number + 1} of {bench.rounds}: receiving bare and recorded")
            path = Path(folder) / f"{number}.jsonl"
            bare.append(_us(url))
            recorded.append(_us(url, str(path)))
            path.unlink()
    over = [whole - part for whole, part in zip(recorded, bare, strict=True)]
    return [
        Row("receiving with websockets, an event of 3 kB", bare, "µs"),
        Row("… recorded and decoded: on top", over, "µs", statistics.median(over), "≤ 10 µs"),
    ]


def _us(*arguments: str) -> float:
    done = subprocess.run(ours("receive", *arguments), capture_output=True, text=True, check=False, env=QUIET, cwd=ROOT)
    if done.returncode:
        raise Failed("the recorder could not be run: " + done.stderr.strip().rpartition("\n")[2])
    return float(done.stdout)
