"""How long it takes until a command has begun, beside an interpreter that does nothing."""

from __future__ import annotations

import re
import subprocess
from dataclasses import replace
from pathlib import Path

from benchmarks.bench import Bench
from benchmarks.corpus import small
from benchmarks.rounds import QUIET
from benchmarks.table import Row

COMMAND = re.compile(r"^  ([a-z]+) {2,}\S", re.MULTILINE)
"""How a command stands in the overview."""


def startup(bench: Bench) -> list[Row]:
    """Of an empty interpreter, of what has little to do, and of every command's help."""
    recording, wscat = small(), bench.peers.wscat
    commands: dict[str, list[str | Path]] = {
        "python -c pass": [bench.peers.python, "-c", "pass"],
        "rtcli --version": bench.rtcli("--version"),
        "rtcli validate, 40 events": bench.rtcli("validate", recording),
        **({"wscat --version": [wscat, "--version"]} if wscat else {}),
    }
    found = bench.launcher.rounds(commands, 4 * bench.rounds)
    nothing, version, validate, *others = found.values()
    rows = [
        bench.timed("python -c pass", nothing),
        bench.slower("rtcli --version", version, nothing, "≤ 1.5×"),
        bench.slower("rtcli validate, 40 events", validate, nothing, "≤ 6×"),
    ]
    rows += [bench.peer("wscat --version", peer, validate, "> 1× its speed") for peer in others]
    return [*rows, slowest_help(bench)]


def slowest_help(bench: Bench) -> Row:
    """The command whose help takes longest."""
    overview = subprocess.run(bench.rtcli("--help"), capture_output=True, text=True, check=True, env=QUIET).stdout
    helps = {f"rtcli {name} --help": bench.rtcli(name, "--help") for name in COMMAND.findall(overview)}
    found = bench.launcher.rounds({"python -c pass": [bench.peers.python, "-c", "pass"], **helps}, bench.rounds)
    nothing = found.pop("python -c pass")
    rows = [bench.slower(name, samples, nothing, "≤ 10×") for name, samples in found.items()]
    slowest = max(rows, key=lambda row: row.figure or 0)
    return replace(slowest, remark=f"the slowest of {len(rows)}")
