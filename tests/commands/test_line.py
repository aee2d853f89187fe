"""What is said to who asks for a command that is not there."""

from __future__ import annotations

import sys
from pathlib import Path

import program
import pytest

from rtcli.commands import COMMANDS

RECORDING = Path(__file__).parents[2] / "recordings" / "text.jsonl"


def refused(word):
    done = program.run([sys.executable, "-m", "rtcli", word], capture_output=True, timeout=60)
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = done.stderr.decode().splitlines()
    return line


@pytest.mark.parametrize("command", COMMANDS)
def test_a_command_that_lacks_a_letter_is_named(command):
    misspelt = command[:-1]
    assert refused(misspelt) == f"rtcli: there is no command '{misspelt}'; did you mean {command}?"


def test_who_names_only_a_recording_is_told_what_shows_it():
    told = f"rtcli: there is no command '{RECORDING}'; it is a file: `rtcli show` shows a recording"
    assert refused(str(RECORDING)) == told


@pytest.mark.parametrize("word", ["xyzzy", "x" * 5000])
def test_of_a_word_that_is_near_nothing_nothing_is_guessed(word):
    assert refused(word) == f"rtcli: there is no command '{word}'; `rtcli -h` lists them"
