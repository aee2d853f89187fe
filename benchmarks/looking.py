"""How long it takes to look at a recording of a gigabyte, beside checking it."""

from __future__ import annotations

import statistics

from benchmarks.bench import Bench
from benchmarks.corpus import audio_heavy
from benchmarks.table import Row

ROUNDS = 2


def looking(bench: Bench) -> list[Row]:
    """The whole of it, and its last ten seconds."""
    path = audio_heavy(bench.long_mb * 10**6, bench.seed)
    commands = {name: bench.rtcli(name, path) for name in ("validate", "show", "doctor", "info")}
    end = {"end": bench.rtcli("show", path, "--since", "-10s")}
    found = bench.launcher.rounds(commands, ROUNDS, budget_s=20) | bench.launcher.rounds(end, ROUNDS)
    tail = bench.seconds(found["end"])
    return [
        bench.timed(f"validate, {bench.long_mb} MB", found["validate"]),
        *(bench.slower(name, found[name], found["validate"], "≤ 3×") for name in ("show", "doctor", "info")),
        Row("show --since -10s", tail, "s", statistics.median(tail), "≤ 0.5 s"),
    ]
