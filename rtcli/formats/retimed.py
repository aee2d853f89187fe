"""A line of a recording at another time, everything else in it as it was."""

from __future__ import annotations

import re
from typing import Final

import msgspec
from msgspec import Raw

_TIME: Final = re.compile(rb'(\s*\{\s*"t"\s*:\s*)(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)(?=\s*[,}])')
_fields: Final = msgspec.json.Decoder(dict[str, Raw]).decode


def at_time(line: bytes, t: float) -> bytes:
    """The line with the time `t`; what it says stays to the byte."""
    told = _TIME.match(line)
    if told is not None:
        return b"%b%.6f%b" % (told[1], t, line[told.end() :])
    fields = {**_fields(line), "t": Raw(b"%.6f" % t)}
    return b"{" + b",".join(b"%b:%b" % (msgspec.json.encode(name), bytes(raw)) for name, raw in fields.items()) + b"}\n"


def without_time(line: bytes) -> bytes:
    """What a line says, whenever that was."""
    told = _TIME.match(line)
    return line[told.end() :].strip() if told is not None else line.strip()
