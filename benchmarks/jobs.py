"""What two processes over one file are worth, and whether they say what one says."""

from __future__ import annotations

import subprocess
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.corpus import MILLION_EVENTS_MB, audio_heavy, text_heavy
from benchmarks.damage import every_line_bad
from benchmarks.rounds import QUIET, Failed
from benchmarks.table import Row, quotient

JSON = ("--output-format", "json-lines")


def jobs(bench: Bench) -> list[Row]:
    """Of large recordings in order, and of one with much to say."""
    told = subprocess.run(bench.rtcli("validate", "--help"), capture_output=True, text=True, check=True, env=QUIET)
    if "--jobs" not in told.stdout:
        return [Row("--jobs 2", goal="≥ 1.8× the speed", remark="not there")]
    audio = audio_heavy(bench.audio_mb * 10**6, bench.seed)
    text = text_heavy(min(MILLION_EVENTS_MB, bench.long_mb) * 10**6, bench.seed)
    return [
        *_faster(bench, "the schema alone, audio-heavy", audio, "--select", "SCH"),
        *_faster(bench, "the schema alone, text-heavy", text, "--select", "SCH"),
        *_faster(bench, "all rules, two files", audio, _twin(audio)),
        _same(bench, audio),
    ]


def _faster(bench: Bench, name: str, path: Path, *arguments: str | Path) -> list[Row]:
    """One and two processes, on the wall's clock: nothing else shows what the second is good for."""
    commands = {number: bench.rtcli("validate", path, *arguments, "--jobs", number) for number in "12"}
    found = bench.launcher.rounds(commands, bench.rounds, budget_s=12)
    one, two = ([sample.wall_s for sample in samples] for samples in found.values())
    return [
        Row(f"{name}, --jobs 1", one, "s", remark=f"{path.stat().st_size / 1e6:.0f} MB"),
        Row(f"{name}, --jobs 2", two, "s", quotient(one, two), "≥ 1.8× the speed"),
    ]


def _twin(path: Path) -> Path:
    """The same file by another name."""
    twin = path.with_name(f"twin-{path.name}")
    twin.unlink(missing_ok=True)
    twin.hardlink_to(path)
    return twin


def _same(bench: Bench, path: Path) -> Row:
    """Whether both say the same, of a file in which every line has a fault."""
    said = []
    for number in "12":
        bench.progress(f"the findings of --jobs {number}")
        command = bench.rtcli("validate", every_line_bad(path), "--select", "SCH", *JSON, "--jobs", number)
        done = subprocess.run(command, capture_output=True, check=False, env=QUIET)
        if done.returncode not in {0, 1}:
            raise Failed(f"validate --jobs {number} left with {done.returncode}")
        said.append(done.stdout)
    same = float(said[0] == said[1])
    return Row("findings of both, the same", figure=same, goal="≥ 1, to the byte", remark=f"{len(said[0]):,} bytes")
