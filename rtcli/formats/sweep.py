"""Passes over bytes of a file that nobody decodes: lines are counted, and a word is looked for, by all processors.

Where processes cannot be forked, one does it all.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from io import FileIO
from itertools import pairwise
from pathlib import Path
from typing import Final

BLOCK_BYTES: Final = 1 << 17
"""What fits into the processor's cache is read and looked through faster."""
_WORTH_BYTES: Final = 16 << 20
"""Less than this is not worth a process of its own."""
_HITS_AT_MOST: Final = 1000
_LINE_AT_MOST: Final = 1 << 26
_NUMBER_BYTES: Final = 8

Range = tuple[int, int]
"""From a byte of the file to another."""


def lines_in(path: Path, span: Range) -> int:
    """How many lines end in it."""
    return sum(_each(path, _shares(span), _newlines))


def last_line_with(path: Path, span: Range, word: bytes, is_it: Callable[[bytes], bool]) -> bytes:
    """The last line in which a word stands, and which is what is looked for; empty where there is none."""
    begins, ends = span
    for _ in range(_HITS_AT_MOST):
        places = _each(path, _shares((begins, ends)), lambda file, share: _last(file, share, word))
        found = max(places)
        if not found:
            return b""
        at, line = _line_around(path, found - 1)
        if is_it(line):
            return line
        ends = max(at, begins)
    return b""


def _newlines(file: FileIO, share: Range) -> int:
    at, ends = share
    block, lines = bytearray(BLOCK_BYTES), 0
    file.seek(at)
    while at < ends and (length := file.readinto(block)):
        lines += block.count(b"\n", 0, min(length, ends - at))
        at += length
    return lines


def _last(file: FileIO, share: Range, word: bytes) -> int:
    """Where a word stands last, from 1; 0 where it does not."""
    begins, ends = share
    over = len(word) - 1
    block = bytearray(BLOCK_BYTES + over)
    for at in range(begins + (ends - begins - 1) // BLOCK_BYTES * BLOCK_BYTES, begins - 1, -BLOCK_BYTES):
        file.seek(at)
        length = file.readinto(block)
        found = block.rfind(word, 0, min(length, ends - at + over))
        if found >= 0:
            return at + found + 1
    return 0


def _line_around(path: Path, place: int) -> tuple[int, bytes]:
    """The line in which a byte stands, and where it begins."""
    with path.open("rb") as file:
        before, at = b"", place
        while at > 0 and b"\n" not in before and len(before) < _LINE_AT_MOST:
            at = max(0, at - BLOCK_BYTES)
            file.seek(at)
            before = file.read(place - at)
        begins = at + before.rfind(b"\n") + 1
        file.seek(begins)
        return begins, file.readline(_LINE_AT_MOST)


def _shares(span: Range) -> list[Range]:
    """The span, divided among the processors."""
    begins, ends = span
    many = min(os.cpu_count() or 1, max(1, (ends - begins) // _WORTH_BYTES)) if hasattr(os, "fork") else 1
    edges = [begins + (ends - begins) * number // many for number in range(many + 1)]
    return list(pairwise(edges))


def _each(path: Path, shares: list[Range], work: Callable[[FileIO, Range], int]) -> list[int]:
    """What the work makes of each share; of all but the first in a process of its own, if there may be one."""
    forked = [_forked(path, share, work) for share in shares[1:]]
    own = _done(path, shares[0], work)
    heard = [_heard(*one) if one is not None else None for one in forked]
    others = zip(shares[1:], heard, strict=True)
    return [own, *(_done(path, share, work) if number is None else number for share, number in others)]


def _done(path: Path, share: Range, work: Callable[[FileIO, Range], int]) -> int:
    with FileIO(path) as file:
        return work(file, share)


def _forked(path: Path, share: Range, work: Callable[[FileIO, Range], int]) -> tuple[int, int] | None:
    """A process that does it, and where it tells the result; None where there are too many already."""
    told, tells = os.pipe()
    try:
        child = os.fork()
    except OSError:  # pragma: no cover - where there may be no more processes, which no test can ask for as root
        os.close(told)
        os.close(tells)
        return None
    if not child:  # pragma: no cover - nothing is measured in the function that forks
        try:
            os.write(tells, _done(path, share, work).to_bytes(_NUMBER_BYTES, "little"))
        finally:
            os._exit(0)
    os.close(tells)
    return child, told


def _heard(child: int, told: int) -> int | None:
    """What a process told before it ended; None if it ended before."""
    with os.fdopen(told, "rb") as pipe:
        number = pipe.read(_NUMBER_BYTES)
    os.waitpid(child, 0)
    return int.from_bytes(number, "little") if len(number) == _NUMBER_BYTES else None
