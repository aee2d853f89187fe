"""Numbers that typer lets pass and nobody can count with."""

from __future__ import annotations

import sys

import program
import pytest


@pytest.mark.parametrize(
    "arguments",
    [
        ["replay", "call.jsonl", "--speed"],
        ["replay", "call.jsonl", "--idle-time-limit"],
        ["serve", "--listen", "127.0.0.1:0", "--pace"],
        ["connect", "ws://127.0.0.1:1", "--wait"],
    ],
    ids=" ".join,
)
@pytest.mark.parametrize("number", ["nan", "inf"])
def test_a_number_that_is_none_is_refused(arguments, number):
    command = [sys.executable, "-m", "rtcli", *arguments, number]
    done = program.run(command, capture_output=True, text=True, timeout=30)
    assert done.returncode == 2
    assert arguments[-1] in done.stderr
    assert "Traceback" not in done.stderr
