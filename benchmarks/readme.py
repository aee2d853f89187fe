"""Writes the table into README, with the machine, the day and the command."""

from __future__ import annotations

import os
import platform
import re
from datetime import UTC, datetime
from pathlib import Path

BLOCK = re.compile(r"(<!-- measured: begin -->\n).*?(<!-- measured: end -->)", re.DOTALL)


def machine() -> str:
    """What it was measured on."""
    try:
        told = Path("/proc/cpuinfo").read_text()
    except OSError:
        told = ""
    found = re.search(r"^model name\s*: (.+)$", told, re.MULTILINE)
    model = found[1].strip() if found else platform.machine()
    return f"{len(os.sched_getaffinity(0))} cores of {model}, {platform.system()}"


def preface(command: str) -> str:
    """Machine, day and command, above the table."""
    return f"{machine()}, Python {platform.python_version()}, {datetime.now(UTC):%Y-%m-%d}: {command}"


def write(path: Path, table: str) -> None:
    """Put the table in the place of the one before.

    Raises:
        ValueError: there is no place for it.

    """
    text = path.read_text()
    made, count = BLOCK.subn(lambda found: f"{found[1]}```text\n{table}\n```\n{found[2]}", text)
    if count != 1:
        raise ValueError(f"{path.name} has {count} places for the measured table")
    path.write_text(made)
