"""The end of a large recording, found without reading what lies before it.

Times grow along the recording of one connection. Whether they do is looked at in many places of the file; where
they do not, or where a line does not tell its time at first sight, nothing is skipped and everything is read.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain, count, pairwise
from pathlib import Path
from typing import IO, Final

from msgspec import Struct

from rtcli.errors import UnreadableRecording
from rtcli.events import Listener
from rtcli.formats import rtcli
from rtcli.formats.entry import Entry
from rtcli.formats.headers import changed
from rtcli.formats.peek import look
from rtcli.formats.reading import OWN, Reading
from rtcli.formats.stream import COMPRESSED, STANDARD_INPUT, read_lines
from rtcli.formats.sweep import last_line_with, lines_in

STEP_BYTES: Final = 1 << 20
"""How far the places lie apart in which times are looked at."""
LEAST_BYTES: Final = 16 * STEP_BYTES
"""What is smaller is read as fast."""
MOST_BYTES: Final = 64 * STEP_BYTES
"""An end that is longer is read with all before it: it is held in memory."""
AHEAD_S: Final = 30.0
"""So much before the end is read as well, for what is open when it begins."""
AHEAD_BYTES: Final = 4 * STEP_BYTES
"""But no more than this."""
_HEADED: Final = b'{"rtcli":'
_TIME: Final = re.compile(rb'\{"t":(\d{1,9}(?:\.\d{1,9})?),')
_CREATED: Final = b"session.created"
_UPDATED: Final = b'session.updated"'


class Ending(Struct):
    """The last lines of a recording, and those at its beginning that say what it is."""

    path: Path
    end_s: float
    """The time of the last record."""
    header: bytes
    setup: list[tuple[int, bytes]]
    """The lines near the beginning that say how the session is set up, with their numbers."""
    lines: list[bytes]
    """The last lines."""
    begins_s: float
    """When the first of them was seen."""
    head_lines: int
    """How many lines stand before the gap."""
    gap: tuple[int, int]
    """From which byte to which nothing was read."""

    def first(self) -> int:
        """The number of the first of the last lines, for which the lines in the gap are counted.

        Raises:
            UnreadableRecording: the file has gone meanwhile.

        """
        with _told(self.path):
            return self.head_lines + lines_in(self.path, self.gap) + 1

    def set_up_later(self) -> bytes:
        """The line in the gap that says last how the session is set up; empty where none does.

        Raises:
            UnreadableRecording: the file has gone meanwhile.

        """
        with _told(self.path):
            return last_line_with(self.path, self.gap, _UPDATED, _is_of_setup)


@contextmanager
def _told(path: Path) -> Iterator[None]:
    """What the system says against reading the file, as everybody tells it."""
    try:
        yield
    except OSError as error:
        raise UnreadableRecording(str(path), error.strerror or str(error)) from error


class EndReading(Reading):
    """Reads the end of a recording, behind what says how the session was set up, as a part that was cut out of it."""

    def __init__(self, end: Ending, listener: Listener, set_up_later: bytes, first: int) -> None:
        """`first` is the number of the first of the last lines."""
        super().__init__(end.path, listener, OWN)
        self._end = end
        self._later = [(first - 1, set_up_later)] * bool(set_up_later)
        self._first = first

    def __iter__(self) -> Iterator[Entry]:
        end = self._end
        changes = {"cut": ["start"], "handshake": False, "begins_s": end.begins_s}
        before = [(1, changed(end.header, changes)), *end.setup, *self._later]
        numbers = chain((number for number, _ in before), count(self._first))
        lines = chain((line for _, line in before), end.lines)
        return rtcli.read(lines, self.listener, self.tear, numbers=numbers, skipped=self.skip)


def ending(path: Path, back_s: float) -> Ending | None:
    """The part of a recording that begins so many seconds before its end, and something before it.

    None where all has to be read: it is not large, no recording of our own, or not surely in order.
    """
    if path == STANDARD_INPUT or path.suffix in COMPRESSED or not path.is_file():
        return None
    try:
        with path.open("rb", buffering=0) as file:
            size = file.seek(0, 2)
            return _found(file, path, size, back_s) if size >= LEAST_BYTES else None
    except OSError:
        return None


def latest_time(path: Path) -> float | None:
    """The latest time in a recording of our own, read without decoding it; None where it does not show.

    Raises:
        UnreadableRecording: it cannot be read.

    """
    latest = 0.0
    for number, line in enumerate(read_lines(path)):
        told = _TIME.match(line)
        if told is None and not (number == 0 and line.startswith(_HEADED)):
            return None
        if told is not None:
            latest = max(latest, float(told[1]))
    return latest


def _found(file: IO[bytes], path: Path, size: int, back_s: float) -> Ending | None:
    head = _head(file)
    end_s = _end(file, size)
    if head is None or end_s is None:
        return None
    times = _times(file, size)
    if not _in_order([*map(_time, head[1:]), *times[1:], end_s]):
        return None
    begins = _place(times, end_s - back_s) * STEP_BYTES
    if begins <= STEP_BYTES or size - begins > MOST_BYTES:
        return None
    return _read(file, path, size, begins, head, end_s)


def _place(times: list[float], since_s: float) -> int:
    """From which of the places on to read, so that everything since then is read and something before it."""
    wanted = bisect_left(times, since_s) - 1
    return min(wanted, max(bisect_left(times, since_s - AHEAD_S), wanted - AHEAD_BYTES // STEP_BYTES) - 1)


def _read(file: IO[bytes], path: Path, size: int, begins: int, head: list[bytes], end_s: float) -> Ending | None:
    """The lines behind a place, if they are in order."""
    file.seek(begins)
    data = file.read(size - begins)
    cut = data.find(b"\n") + 1
    lines = [line + b"\n" for line in data[cut:].split(b"\n")]
    torn = lines.pop()[:-1]
    times = [_time(line) for line in lines]
    setup = [(number, line) for number, line in enumerate(head, 1) if number > 1 and _is_of_setup(line)]
    is_set_up = any(_CREATED in line for _, line in setup)
    if not cut or not is_set_up or torn.endswith(b"}") or not _in_order(times) or times[0] is None:
        return None
    gap = (sum(map(len, head)), begins + cut)
    return Ending(path, end_s, head[0], setup, lines + [torn] * bool(torn), times[0], len(head), gap)


def _head(file: IO[bytes]) -> list[bytes] | None:
    """The whole lines at the beginning; None where they are not those of a recording of one connection."""
    file.seek(0)
    block = file.read(STEP_BYTES)
    lines = [line + b"\n" for line in block.split(b"\n")[:-1]]
    headed = lines and lines[0].startswith(_HEADED) and look(lines[0]).kind == "header"
    return lines if headed and all(map(_TIME.match, lines[1:])) else None


def _end(file: IO[bytes], size: int) -> float | None:
    """The time of the last line that has its end."""
    file.seek(size - STEP_BYTES)
    lines = file.read(STEP_BYTES).split(b"\n")
    return _time(lines[-2]) if len(lines) > 2 else None


def _times(file: IO[bytes], size: int) -> list[float]:
    """The time of the first line behind each of the places, from the beginning on; -1 where it does not show."""
    return [0.0, *(_time_behind(file, place) for place in range(STEP_BYTES, size - STEP_BYTES, STEP_BYTES))]


def _time_behind(file: IO[bytes], place: int) -> float:
    for size in (1 << 14, STEP_BYTES):
        file.seek(place)
        block = file.read(size)
        told = _TIME.match(block, block.find(b"\n") + 1)
        if told is not None and b"\n" in block:
            return float(told[1])
    return -1.0


def _time(line: bytes) -> float | None:
    told = _TIME.match(line)
    return float(told[1]) if told is not None else None


def _in_order(times: Sequence[float | None]) -> bool:
    """Whether every time is told, and none lies before that before it."""
    told = [time for time in times if time is not None]
    return len(told) == len(times) and all(before <= after for before, after in pairwise(told))


def _is_of_setup(line: bytes) -> bool:
    return look(line).kind in ("open", "session.created", "session.updated", "transcription_session.updated")
