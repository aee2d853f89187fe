"""Rounds in which everything that is compared runs in turn, so that a busy machine slows all of it alike."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Literal, Self

Clock = Literal["wall", "cpu"]

QUIET = {
    name: value
    for name, value in os.environ.items()
    if name != "PYTHONDONTWRITEBYTECODE" and not name.startswith(("RTCLI_", "OPENAI_"))
}
"""What the measured programs find: bytecode may be kept, as it is for a user, and no option is set."""


class Failed(Exception):
    """Something could not be measured; the sentence says what."""


@dataclass(frozen=True)
class Sample:
    """What one process took."""

    wall_s: float
    cpu_s: float
    peak_mib: float


@dataclass
class Progress:
    """A line for whoever waits, on stderr: rewritten on a terminal, printed elsewhere."""

    began: float = field(default_factory=time.monotonic)
    _wide: int = 0

    def __call__(self, doing: str) -> None:
        """Say what is done now."""
        line = f"{self.so_far:>5}  {doing}"
        if sys.stderr.isatty():
            sys.stderr.write(f"\r{line[:100]:{self._wide}}")
            self._wide = min(100, len(line))
        else:
            sys.stderr.write(line + "\n")
        sys.stderr.flush()

    @property
    def so_far(self) -> str:
        """Minutes and seconds since the beginning."""
        minutes, seconds = divmod(int(time.monotonic() - self.began), 60)
        return f"{minutes}:{seconds:02}"

    def over(self) -> None:
        """Leave the terminal's line empty."""
        if sys.stderr.isatty():
            sys.stderr.write("\r" + " " * self._wide + "\r")
            sys.stderr.flush()


class Launcher:
    """Starts what is measured, by a process that is smaller than all of it."""

    def __init__(self, progress: Progress) -> None:
        self.progress = progress

    def __enter__(self) -> Self:
        program = str(Path(__file__).with_name("launch.py"))
        command = [sys.executable, "-I", "-S", program]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._process.kill()
        self._process.communicate()

    def run(self, command: Sequence[str | Path], *, codes: Iterable[int] = (0,)) -> Sample:
        """One process, from its start to its end.

        Raises:
            Failed: it left with another code.

        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps([[str(part) for part in command], QUIET]) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        if (code := answer.pop("code")) not in codes:
            words = " ".join(Path(str(part)).name for part in command[:4])
            raise Failed(f"{words} … left with {code}")
        return Sample(**answer)

    def rounds(
        self, commands: Mapping[str, Sequence[str | Path]], count: int, *, budget_s: float = 8.0
    ) -> dict[str, list[Sample]]:
        """Every command in every round; one that has used its budget up sits the others out."""
        found: dict[str, list[Sample]] = {name: [] for name in commands}
        for number in range(count):
            for name, command in commands.items():
                if sum(sample.wall_s for sample in found[name]) < budget_s:
                    self.progress(f"round {number + 1} of {count}: {name}")
                    found[name].append(self.run(command))
        return found
