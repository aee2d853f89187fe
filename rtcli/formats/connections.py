"""Where the connections of a recording begin, told without decoding what lies between them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import FileIO
from itertools import pairwise
from pathlib import Path
from typing import Final

from rtcli.errors import UnreadableRecording
from rtcli.formats.rtcli import record_of
from rtcli.formats.sweep import lines_in
from rtcli.recording import Header

_BEGINS: Final = b'\n{"rtcli":'
_BLOCK_BYTES: Final = 1 << 20
_HEADER_AT_MOST: Final = 1 << 16
_LOOKS: Final = 64
_LOOK_BYTES: Final = 1 << 14
_TIME: Final = re.compile(rb'\n\{"t":([0-9]+\.?[0-9]*)[,}]')


def beginnings(path: Path) -> list[int]:
    """The bytes of an uncompressed file at which a header begins, but for that at its beginning.

    None where time only goes on wherever one looks: such a file need not be searched.
    """
    with FileIO(path) as file:
        if not _begins_anew(file):
            return []
        return [place for place in _places(file) if _is_header(file, place)]


def numbered(path: Path, places: list[int]) -> list[tuple[int, int]]:
    """The same bytes, each with the number of the line that begins there."""
    lines = 1
    found = []
    for begin, end in pairwise([0, *places]):
        lines += lines_in(path, (begin, end))
        found.append((end, lines))
    return found


def _begins_anew(file: FileIO) -> bool:
    """Whether it is earlier somewhere in a file than somewhere before, as it is in another connection."""
    size = file.seek(0, 2)
    looks = (_TIME.search(_read(file, size * look // _LOOKS, _LOOK_BYTES)) for look in range(_LOOKS))
    times = [float(look[1]) for look in looks if look]
    return any(later < earlier for earlier, later in pairwise(times))


def _places(file: FileIO) -> Iterator[int]:
    """Where a line begins like a header."""
    over = len(_BEGINS) - 1
    at, rest = 0, b""
    while block := _read(file, at + len(rest), _BLOCK_BYTES):
        block = rest + block
        found = block.find(_BEGINS)
        while found >= 0:
            yield at + found + 1
            found = block.find(_BEGINS, found + 1)
        rest = block[-over:]
        at += len(block) - len(rest)


def _read(file: FileIO, place: int, size: int) -> bytes:
    file.seek(place)
    return file.read(size)


def _is_header(file: FileIO, place: int) -> bool:
    """Whether a line is a header that can be read, from which on nothing depends on what was before."""
    line, newline, _ = _read(file, place, _HEADER_AT_MOST).partition(b"\n")
    try:
        return isinstance(record_of(line + newline), Header) and bool(newline)
    except UnreadableRecording:
        return False
