"""The commands that make one recording of others, run as processes of their own."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import program

RECORDINGS = Path(__file__).parents[1] / "recordings"
SPOKEN = RECORDINGS / "spoken.jsonl"


def rtcli(*arguments, code=0, stdin=None):
    """The bytes on standard output, and the text on standard error."""
    command = [sys.executable, "-m", "rtcli", *map(str, arguments)]
    done = program.run(command, capture_output=True, input=stdin, timeout=60, env=os.environ)
    assert done.returncode == code, (done.stdout[-500:], done.stderr)
    return done.stdout, done.stderr.decode()
