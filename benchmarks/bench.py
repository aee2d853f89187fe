"""What every part of the measurement is given: sizes, rounds, the peers, and the means to run them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.peers import Peers
from benchmarks.rounds import Clock, Launcher, Progress, Sample
from benchmarks.table import Row, quotient


@dataclass(frozen=True)
class Bench:
    """One run of the benchmarks."""

    peers: Peers
    launcher: Launcher
    progress: Progress
    rounds: int = 5
    audio_mb: int = 200
    text_mb: int = 50
    long_mb: int = 1000
    seed: int = 1
    clock: Clock = "wall"

    def seconds(self, samples: Sequence[Sample]) -> list[float]:
        """What each process took, by the clock that was chosen."""
        return [sample.cpu_s if self.clock == "cpu" else sample.wall_s for sample in samples]

    def timed(self, name: str, samples: Sequence[Sample], remark: str = "") -> Row:
        """A row that others are compared with."""
        return Row(name, self.seconds(samples), "s", remark=remark)

    def slower(self, name: str, samples: Sequence[Sample], base: Sequence[Sample], goal: str) -> Row:
        """A row whose figure is its time as a multiple of another's."""
        own = self.seconds(samples)
        return Row(name, own, "s", quotient(own, self.seconds(base)), goal)

    def faster(self, name: str, samples: Sequence[Sample], base: Sequence[Sample], goal: str) -> Row:
        """A row whose figure is its speed as a multiple of another's."""
        own = self.seconds(samples)
        return Row(name, own, "s", quotient(self.seconds(base), own), goal)

    def peer(self, name: str, samples: Sequence[Sample], ours: Sequence[Sample], goal: str) -> Row:
        """A row of another program's, whose figure is the speed of ours as a multiple of its own."""
        its = self.seconds(samples)
        return Row(name, its, "s", quotient(its, self.seconds(ours)), goal)

    def rtcli(self, *arguments: str | Path) -> list[str | Path]:
        """A command of rtcli's."""
        return [self.peers.rtcli, *arguments]


Part = Callable[[Bench], list[Row]]
"""Measures one subject."""


def peaks(samples: Sequence[Sample]) -> list[float]:
    """The peak memory of each process."""
    return [sample.peak_mib for sample in samples]
