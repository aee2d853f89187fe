"""How much memory it takes to go over recordings of any size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from benchmarks.bench import Bench, peaks
from benchmarks.corpus import MILLION_EVENTS_MB, audio_heavy, text_heavy
from benchmarks.rounds import Sample
from benchmarks.table import Row

SHORT_MB = 10
ROUNDS = 2
"""Memory is the same every time."""


def memory(bench: Bench) -> list[Row]:
    """Of short and of long recordings; with rules, of few and of many events."""
    many_mb = min(MILLION_EVENTS_MB, bench.long_mb)
    return [
        *_grown(bench, "the schema alone, audio", audio_heavy, bench.long_mb, ("--select", "SCH")),
        *_grown(bench, "all rules, audio", audio_heavy, bench.long_mb),
        *_grown(bench, "all rules, text", text_heavy, many_mb),
    ]


def _grown(
    bench: Bench, name: str, make: Callable[..., Path], long_mb: int, options: tuple[str, ...] = ()
) -> list[Row]:
    """The peak of a long recording, and how far it is above that of a short one."""
    paths = [make(megabytes * 10**6, bench.seed) for megabytes in (SHORT_MB, long_mb)]
    commands = {path.name: bench.rtcli("validate", path, *options) for path in paths}
    short, long = (peaks(samples) for samples in _found(bench, commands))
    grown = [above - below for above, below in zip(long, short, strict=True)]
    return [
        Row(f"{name}, {long_mb} MB", long, "MiB", max(long), "≤ 30 MiB"),
        Row(f"… more than for {SHORT_MB} MB", grown, "MiB", max(grown), "≤ 2 MiB"),
    ]


def _found(bench: Bench, commands: dict[str, list[str | Path]]) -> list[list[Sample]]:
    return list(bench.launcher.rounds(commands, ROUNDS, budget_s=float("inf")).values())
