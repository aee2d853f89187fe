"""Several recordings of one connection woven into one, record by record, in the order of their times.

Law: every record of every recording comes out once, at its own moment, and the records of one recording in
their order; only what two of them have seen alike is told once. Memory does not grow with the recordings.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from heapq import merge
from typing import Final

from msgspec import Struct

from rtcli.formats.peek import Look, look
from rtcli.formats.retimed import at_time, without_time

_REMEMBERED_S: Final = 10.0
"""How far apart two recorders may see the same frame."""


class Strand(Struct):
    """One of the recordings: its lines behind the header, and where its clock stands on the common one."""

    name: str
    lines: Iterator[bytes]
    shift_s: float = 0.0
    clock: str = ""
    """When it was started: recordings that say the same are parts of one, and show a record at the same time."""
    has_ended: bool = False


Moment = tuple[float, int, int, bytes, Look]


def woven(strands: Sequence[Strand], told_twice: Callable[[], None] | None) -> Iterator[bytes]:
    """The lines of all, by time; what is seen a second time is left out and reported, unless nobody is told."""
    seen = Seen(strands)
    for t, strand, _, line, what in merge(*(_moments(number, one) for number, one in enumerate(strands))):
        if told_twice is not None and seen.again(strand, t, line, what):
            told_twice()
            continue
        yield line


def _moments(number: int, strand: Strand) -> Iterator[Moment]:
    """Each line with the moment it is due; one that lies before the one before it is due with that."""
    due = 0.0
    for place, raw in enumerate(strand.lines):
        if raw.isspace():
            continue
        line = raw if raw.endswith(b"\n") else raw + b"\n"
        what = look(line)
        if what.t is not None:
            at_s = what.t + strand.shift_s
            due = max(due, at_s)
            line = at_time(line, at_s) if strand.shift_s else line
        yield due, number, place, line, what
    strand.has_ended = True


class Sight(Struct):
    """A record that came out, and the recordings that have shown it."""

    t: float
    told: float | None
    """The time that the recording gives that showed it first."""
    by: list[int]


class Seen:
    """What came out in the last seconds, and who has seen it: the third chunk of silence is no second one."""

    def __init__(self, strands: Sequence[Strand]) -> None:
        self._strands = strands
        self._over: dict[int, set[int]] = {}
        """By recording those that had ended at its first record, as parts do that were written one after another."""
        self._sights: dict[int, deque[Sight]] = {}
        self._order: deque[tuple[float, int]] = deque()

    def again(self, strand: int, t: float, line: bytes, what: Look) -> bool:
        """Whether this record is one that another recording has shown."""
        self._forget(t)
        if strand not in self._over:
            self._over[strand] = {number for number, one in enumerate(self._strands) if one.has_ended}
        key = hash((what.sender, what.event_id) if what.sender == "server" and what.event_id else without_time(line))
        sights = self._sights.setdefault(key, deque())
        for sight in sights:
            if strand not in sight.by and self._may_be(sight, strand, what.t):
                sight.by.append(strand)
                return True
        sights.append(Sight(t, what.t, [strand]))
        self._order.append((t, key))
        return False

    def _may_be(self, sight: Sight, strand: int, told: float | None) -> bool:
        """Whether a recording can have seen at a time of its own what another has shown."""
        clock = self._strands[strand].clock
        if self._over[strand].issuperset(sight.by) and sight.t < self._strands[strand].shift_s:
            return False
        return not clock or clock != self._strands[sight.by[0]].clock or told == sight.told

    def _forget(self, t: float) -> None:
        while self._order and t - self._order[0][0] > _REMEMBERED_S:
            key = self._order.popleft()[1]
            self._sights[key].popleft()
            if not self._sights[key]:
                del self._sights[key]
