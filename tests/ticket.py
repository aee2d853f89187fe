"""A call with secrets in it, and rtcli as a process of its own."""

from __future__ import annotations

import os
import sys

import program
from planted import PLACES, SECRETS, line

PLANTED = ("OpenAI, of a project", "Slack", "e-mail", "card", "phone", "JWT")
DOUBTFUL = "Zx9" + "qW3eR7tY1uI5oP8aS2dF6gH4jK0lM" + "nB"


def rtcli(*arguments, code=0, given=None, folder=None, **variables):
    command = [sys.executable, "-m", "rtcli", *map(str, arguments)]
    done = program.run(
        command, capture_output=True, timeout=60, input=given, cwd=folder, env={**os.environ, **variables}
    )
    assert done.returncode == code, (done.stdout[:2000], done.stderr[:2000])
    return done


def call_with_secrets(path, *more):
    lines = [line(None, rtcli=1, url="wss://host/v1", handshake=True), b"\n"]
    lines += [PLACES[place](SECRETS[name]) for name in PLANTED for place in ("an argument", "a transcript", "a note")]
    path.write_bytes(b"".join([*lines, *more]))
    return path
