"""What becomes of every command where its reader goes away, or where the terminal lacks its letters."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import program
import pytest
from sweeping import by_turns

RECORDINGS = Path(__file__).parents[2] / "recordings"
RTCLI = [sys.executable, "-m", "rtcli"]
SPOKEN = str(RECORDINGS / "interruption.jsonl")
READING = [
    ["show", SPOKEN],
    ["show", SPOKEN, "--raw"],
    ["show", SPOKEN, "--timeline"],
    ["validate", SPOKEN, "--output-format", "json"],
    ["doctor", SPOKEN, "--json"],
    ["info", SPOKEN],
    ["turns", SPOKEN, "--csv"],
    ["cost", SPOKEN],
    ["transcript", SPOKEN],
    ["audio", SPOKEN, "-o", "-"],
    ["report", SPOKEN, "-o", "-"],
    ["redact", SPOKEN, "-o", "-"],
    ["convert", SPOKEN, "-o", "-", "--to", "har"],
    ["cut", SPOKEN, "--turn", "1"],
    ["filter", SPOKEN],
    ["recover", SPOKEN],
    ["rule"],
    ["schema"],
]


def name_of(arguments):
    return " ".join(arguments).replace(SPOKEN, "FILE")


@pytest.mark.parametrize("arguments", by_turns(READING, 1, 2), ids=name_of)
def test_a_reader_who_leaves_is_no_fault(arguments):
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "wb") as gone:
        done = subprocess.run([*RTCLI, *arguments], stdout=gone, stderr=subprocess.PIPE, text=True, timeout=30)
    assert done.returncode in {0, 3}
    assert not [line for line in done.stderr.splitlines() if "ipe" in line or "Traceback" in line]


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
@pytest.mark.parametrize("arguments", [one for one in by_turns(READING, 0, 2) if one[0] != "audio"], ids=name_of)
def test_a_disk_that_is_full_is_told_in_a_line(arguments):
    with open("/dev/full", "wb") as full:
        done = subprocess.run([*RTCLI, *arguments], stdout=full, stderr=subprocess.PIPE, text=True, timeout=30)
    assert done.returncode == 2
    assert "No space left on device" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("arguments", [READING[0], READING[7], READING[8], ["doctor", SPOKEN]], ids=name_of)
def test_a_terminal_without_the_letters_gets_them_spelt_out(arguments):
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "NO_COLOR": "1"}
    done = program.run([*RTCLI, *arguments], capture_output=True, timeout=30, env=environment)
    assert done.returncode == 0, done.stderr
    assert done.stdout.isascii()
