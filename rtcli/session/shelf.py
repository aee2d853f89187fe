"""Rows of a session in their order, of which those that are long over take little room.

Law: a shelf is what a list of the same rows would be: whoever holds a row may change it, however old it is. A row
that nobody holds cannot change, and is packed when many have come behind it; one that is taken by its place is held
again. Rows that are gone through are lent: what is changed in them is lost where they were packed. Who adds rows
while going through them comes to those too.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final, Generic, TypeVar, overload
from weakref import ref
from zlib import compress, decompress

from msgspec import Struct

from rtcli.session.ledger import REMEMBERED

R = TypeVar("R", bound=Struct)

_ROWS: Final = 128
"""So many rows are packed together."""
_AT_WORK: Final = REMEMBERED
"""So many of the youngest rows are left alone: they can still be named by their ids."""
_TRIED_AT_ONCE: Final = 2
"""So many blocks are tried when one is full: each once, and those again that somebody held, in turn."""
_LEVEL: Final = 1


class Shelf(Sequence[R], Generic[R]):
    """Rows of one kind, which are added one by one."""

    def __init__(self, rows: int = _ROWS, at_work: int = _AT_WORK) -> None:
        """A shelf that packs so many rows together, and leaves so many of the youngest alone."""
        self._rows = rows
        self._young = at_work // rows + 1
        self._blocks: list[list[R] | bytes] = []
        self._waiting: list[int] = []
        """The places of old blocks that are not packed."""
        self._size = 0

    def append(self, row: R) -> None:
        """Add a row behind the others."""
        if self._size % self._rows == 0:
            self._begin_block()
        block = self._blocks[-1]
        assert isinstance(block, list)
        block.append(row)
        self._size += 1

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[R]:
        place = 0
        while place < self._size:
            rows = self._lent(place // self._rows)[place % self._rows :]
            place += len(rows)
            yield from rows

    def __reversed__(self) -> Iterator[R]:
        for number in reversed(range(len(self._blocks))):
            yield from reversed(self._lent(number))

    def _lent(self, number: int) -> list[R]:
        """The rows of a block, in a list that stays as it is when the block is packed."""
        block = self._blocks[number]
        return _unpacked(block) if isinstance(block, bytes) else block.copy()

    @overload
    def __getitem__(self, place: int) -> R: ...

    @overload
    def __getitem__(self, place: slice) -> list[R]: ...

    def __getitem__(self, place: int | slice) -> R | list[R]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(self._size))]
        if not -self._size <= place < self._size:
            raise IndexError(place)
        number, within = divmod(place % self._size, self._rows)
        block = self._blocks[number]
        if isinstance(block, bytes):
            block = self._blocks[number] = _unpacked(block)
            self._waiting.append(number)
        return block[within]

    def _begin_block(self) -> None:
        old = len(self._blocks) - self._young
        if old >= 0:
            self._waiting.append(old)
        self._blocks.append([])
        tried, self._waiting = self._waiting[:_TRIED_AT_ONCE], self._waiting[_TRIED_AT_ONCE:]
        for number in tried:
            self._pack(number)

    def _pack(self, number: int) -> None:
        """Pack a block, unless somebody holds one of its rows; who does is told by letting go of them all."""
        rows = self._blocks[number]
        assert isinstance(rows, list)
        packed = _packed(rows)
        others = [ref(row) for row in rows]
        rows.clear()
        held = [other() for other in others]
        if any(row is not None for row in held):
            copies: list[R] = _unpacked(packed)
            rows += [copy if row is None else row for row, copy in zip(held, copies, strict=True)]
            self._waiting.append(number)
        else:
            self._blocks[number] = packed


def _packed(rows: list[R]) -> bytes:
    from pickle import dumps  # noqa: PLC0415 - for long sessions only, and of what was made here

    return compress(dumps(rows, 5), _LEVEL)


def _unpacked(data: bytes) -> list[R]:
    from pickle import loads  # noqa: PLC0415 - see above

    rows: list[R] = loads(decompress(data))  # noqa: S301 - see above
    return rows
