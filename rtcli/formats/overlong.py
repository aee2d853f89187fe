"""Lines that are too long to be held: they are passed over, and what stands in their place tells their size.

Law: whatever the pieces are in which a file is read, it comes out as it is, but for each line of more than
`AT_MOST_BYTES`, of which a short beginning comes out and a mark. No line of a file is taken for one of those: what is
in the mark was not known when the file was written. A line of very many values comes out, too, and whoever would take
it apart into them passes it over.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, Final

from rtcli.errors import UnreadableRecording

AT_MOST_BYTES: Final = 1 << 28
"""The longest line that is held: twice the longest message that is recorded. A few packed bytes can stand for any."""
_HELD_FROM_BYTES: Final = 1 << 20
"""So much of a line is passed on before it is known how long it is."""
_CHECKED_BYTES: Final = 1 << 16
VALUES_AT_MOST: Final = 500_000
"""In memory a value takes a hundred times the two bytes that it takes in a line."""
_MANY: Final = f"the line holds more than {VALUES_AT_MOST:,} values, and such lines are passed over"
_MARK_AT_MOST: Final = 64
_NEWLINE: Final = b"\n"

Skipped = Callable[[int, str], object]
"""Is told of a line that was passed over, and how that is to be said."""


class Passage:
    """What the bytes of a file go through on their way from the system to whoever looks for its lines."""

    def __init__(self, at_most_bytes: int = AT_MOST_BYTES, held_from_bytes: int = _HELD_FROM_BYTES) -> None:
        self._at_most = at_most_bytes
        self._held_from = held_from_bytes
        self._begun = 0
        """How much of the line that is read now was passed on."""
        self._held: list[bytearray] = []
        """What is held of it until its length is known."""
        self._held_bytes = 0
        self._long = 0
        """How long it is so far, if it is too long."""
        self._ready: deque[memoryview] = deque()
        """What is to be passed on before anything else is read."""
        self.dropped_bytes = 0
        """How much was dropped of all lines together."""

    def fill(self, buffer: Any, read: Callable[[Any], int | None]) -> int | None:
        """Read into a buffer what may be passed on; 0 at the end of the file."""
        while not self._ready:
            size = read(buffer)
            if size:
                if self._passes(memoryview(buffer)[:size]):
                    return size
                self._hold(bytes(memoryview(buffer)[:size]))
            elif size is None or not (self._held or self._long):
                return size
            else:
                self._end_line(b"")
        return self._give(memoryview(buffer))

    def _passes(self, piece: memoryview) -> bool:
        """Whether a piece may be passed on at once, which is taken down."""
        if self._held or self._long:
            return False
        behind = _behind_last_newline(piece)
        if behind == len(piece) and self._begun + behind > self._held_from:
            return False
        self._begun = behind if behind < len(piece) else self._begun + behind
        return True

    def _hold(self, piece: bytes) -> None:
        """Hold a piece of a long line, and let go what is then known of it."""
        cut = piece.find(_NEWLINE)
        self._lengthen(piece if cut < 0 else piece[:cut])
        if cut >= 0:
            self._end_line(piece[cut:])

    def _lengthen(self, piece: bytes) -> None:
        if self._long:
            self._long += len(piece)
            self.dropped_bytes += len(piece)
            return
        if self._held and len(self._held[-1]) + len(piece) <= self._held_from:
            self._held[-1] += piece
        else:
            self._held.append(bytearray(piece))
        self._held_bytes += len(piece)
        if self._begun + self._held_bytes > self._at_most:
            self._long = self._begun + self._held_bytes
            self.dropped_bytes += self._held_bytes
            self._let_go()

    def _end_line(self, rest: bytes) -> None:
        """Make ready what stands for the line that was held, and the rest of the piece, from its newline on."""
        held: list[bytes | bytearray] = [_marked(self._long)] if self._long else [*self._held]
        self._ready.extend(memoryview(piece) for piece in (*held, rest) if piece)
        self._begun = _behind_last_newline(memoryview(rest))
        self._long = 0
        self._let_go()

    def _let_go(self) -> None:
        self._held = []
        self._held_bytes = 0

    def _give(self, buffer: memoryview) -> int:
        given = 0
        while self._ready and given < len(buffer):
            piece = self._ready.popleft()
            size = min(len(piece), len(buffer) - given)
            buffer[given : given + size] = piece[:size]
            given += size
            if size < len(piece):
                self._ready.appendleft(piece[size:])
        return given


class Begun:
    """A line that comes in pieces, and is held until its end comes."""

    def __init__(self, at_most_bytes: int = AT_MOST_BYTES) -> None:
        self._at_most = at_most_bytes
        self._line = bytearray()
        self._size = 0

    def add(self, piece: bytes) -> bytes:
        """The next piece of it; gives back the line, or what stands for it, with its newline, and nothing before."""
        is_whole = piece.endswith(_NEWLINE)
        if is_whole and not self._size:
            return piece
        self._size += len(piece) - is_whole
        self._line += piece
        if self._size > self._at_most:
            self._line = bytearray(_NEWLINE)
        if not is_whole:
            return b""
        line = bytes(self._line) if self._size <= self._at_most else _marked(self._size) + _NEWLINE
        self._line, self._size = bytearray(), 0
        return line


def _behind_last_newline(piece: memoryview) -> int:
    """How many bytes stand behind the last newline; all of them where there is none."""
    size = len(piece)
    newline = bytes(piece[-_CHECKED_BYTES:]).rfind(_NEWLINE)
    if newline >= 0:
        return min(size, _CHECKED_BYTES) - newline - 1
    return size if size <= _CHECKED_BYTES else size - bytes(piece).rfind(_NEWLINE) - 1


def _marked(size: int) -> bytes:
    """What stands for a line of this size, behind a beginning of it."""
    return _mark() + b"%d" % size


@cache
def _mark() -> bytes:
    """What no file holds; a NUL stands nowhere in JSON."""
    return b"\0%s\0" % os.urandom(12).hex().encode()


def told_of(line: bytes) -> str:
    """What is to be said of a line that was or is to be passed over; empty for every other."""
    _, mark, size = line[-_MARK_AT_MOST:].rpartition(_mark())
    if not mark:
        return _MANY if len(line) > VALUES_AT_MOST and line.count(b",") > VALUES_AT_MOST else ""
    return f"the line is {int(size):,} bytes long, and those of more than {AT_MOST_BYTES >> 20} MiB are passed over"


def without(lines: Iterable[bytes], skipped: Skipped) -> Iterator[bytes]:
    """The lines, with an empty one in the place of each that was passed over, so that the others keep their numbers."""
    for number, line in enumerate(lines, 1):
        if why := told_of(line):
            skipped(number, why)
            yield _NEWLINE
        else:
            yield line


def refuse(path: Path) -> Skipped:
    """What refuses a file with such a line, of which no whole copy can be made.

    The refusal is an `UnreadableRecording`.
    """

    def refused(number: int, why: str) -> None:
        raise UnreadableRecording(str(path), f"in line {number}, {why}", "`rtcli recover` gets back what is around it")

    return refused
