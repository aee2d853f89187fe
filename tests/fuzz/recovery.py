"""What is had back of a damaged recording: whole records only, each of bytes that were there, and nothing more to mend."""

from __future__ import annotations

import json
from collections.abc import Iterator

from fuzz.laws import lines_of
from fuzz.material import pieces, recordings
from fuzz.target import Target

from rtcli.formats.recovery import Recovery


def check(data: bytes) -> None:
    recovery = Recovery(lines_of(data))
    out = list(recovery)
    for line in out:
        assert line.endswith(b"\n")
        assert line.count(b"\n") == 1
        if line.strip():
            assert isinstance(json.loads(line), dict), line
    again = Recovery(out)
    assert list(again) == out


def seeds() -> Iterator[bytes]:
    for number, piece in enumerate(pieces(recordings(), 1500)):
        yield piece
        lines = piece.splitlines(keepends=True)
        if number % 3 == 0 and len(lines) > 2:
            middle = len(lines[1]) // 2
            yield lines[0] + lines[1][:middle] + lines[2] + lines[1][middle:]
            yield b"".join(lines).replace(b"\n", b"")
            yield b"".join(lines).replace(b",", b",\n")
            yield lines[0] + bytes(20) + lines[1][middle:] + b"".join(lines[2:])[:-9]


TARGET = Target(check, seeds, ("formats",), max_bytes=4096)
