"""One recording in shares of lines, each judged in a process of its own, where the schema alone judges.

A line is then judged by itself and by what is known of the dialect. That is known from the first lines on, and
whoever reads a share goes on as long as nothing more is heard of it; from there on it is read line after line.
Law: what is told is what one process would have told, in the same order.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from itertools import islice
from pathlib import Path
from stat import S_ISREG
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from rtcli.commands.checking import Judge, Outcome, left_out, spoken
from rtcli.commands.crew import Crew
from rtcli.errors import UnreadableRecording
from rtcli.rules.finding import Finding

if TYPE_CHECKING:
    from rtcli.formats import Entry
    from rtcli.rules.alone import SchemaCheck

_HEAD_BYTES: Final = 1 << 18
"""Within so many bytes it is known what is spoken, or else one process reads it all."""
_WORTH_BYTES: Final = 32 << 20
"""Less than this is not worth a process of its own."""
_FIRST: Final = 2
"""Lines of a share are counted from here: the first line of a file may have a mark that no other has."""


class Share(Struct):
    """What was seen of a share, but for what was found in it."""

    events: int
    lines: int
    unseen: bool
    """The last of the lines was not judged, nor was any behind it."""
    oddities: list[Finding]


def is_worth_sharing(judge: Judge, path: Path) -> bool:
    """Whether a recording is large enough, and of a kind that can be read in shares."""
    from rtcli.formats.stream import COMPRESSED

    if (judge.rules and judge.tells_silence) or path.suffix in COMPRESSED:
        return False
    try:
        status = path.stat()
    except OSError:
        return False
    return S_ISREG(status.st_mode) and status.st_size >= 2 * _WORTH_BYTES


def judged_in_shares(
    judge: Judge, path: Path, jobs: int, *, head_bytes: int = _HEAD_BYTES, worth_bytes: int = _WORTH_BYTES
) -> Iterator[Finding | Outcome]:
    """What is found in a recording, and then what became of it; the first bytes are for one process, no share is less."""
    from rtcli.events import Listener
    from rtcli.formats import Reading
    from rtcli.rules.alone import SchemaCheck

    listener = Listener(judge.dialect)
    check = SchemaCheck(listener)
    reading = Reading(path, listener, judge.form)
    outcome = Outcome()
    try:
        if reading.opened()[0] is not None:
            yield from judge.judged(path)
            return
        for finding in _Shared(path, check, jobs).findings(head_bytes, worth_bytes):
            if judge.wants(finding.code):
                yield finding
    except UnreadableRecording as error:
        outcome.unreadable = str(error)
    else:
        outcome.spoken = spoken(listener.detector)
    outcome.events = check.events
    left_out(outcome, reading, path)
    yield outcome


class _Shared:
    """A recording that is read in shares."""

    def __init__(self, path: Path, check: SchemaCheck, jobs: int) -> None:
        self._path = path
        self._check = check
        self._jobs = jobs

    def findings(self, head_bytes: int, worth_bytes: int) -> Iterator[Finding]:
        """What is found, and then what is told once."""
        from rtcli.formats.stream import line_ends

        size = self._path.stat().st_size
        (head,) = line_ends(self._path, [head_bytes])
        yield from self._own(0, head)
        many = min(self._jobs, (size - head) // worth_bytes)
        if many > 1 and self._check.listener.vocabulary is not None:
            places = line_ends(self._path, (head + (size - head) * number // many for number in range(1, many)))
            yield from self._side_by_side([head, *places, size])
        else:
            yield from self._own(head, size)
        yield from self._check.oddities.findings()

    def _own(self, begin: int, end: int, seen: int = 0) -> Iterator[Finding]:
        """What is found in a share that is read here, so many of whose lines have been seen."""
        from rtcli.formats.rtcli import read
        from rtcli.formats.stream import read_part

        check = self._check
        lines = islice(read_part(self._path, begin, end), seen, None)
        yield from check.judged(read(lines, check.listener, None, check.taking))

    def _side_by_side(self, edges: list[int]) -> Iterator[Finding]:
        """What is found in shares from one of these places to the next, the first of which is read here."""
        detector = self._check.listener.detector
        heard, names = detector.changes, [str(self._path)] * (len(edges) - 2)
        with Crew(len(names), names, lambda task: self._apart(edges[task + 1], edges[task + 2]), Share) as crew:
            yield from self._own(edges[0], edges[1])
            rest, seen = edges[1], 0
            for task in range(len(names)):
                if detector.changes != heard:
                    break
                share = yield from self._told(crew.told(task))
                if share.unseen:
                    seen = share.lines - 1
                    break
                rest = edges[task + 2]
        yield from self._own(rest, edges[-1], seen)

    def _told(self, told: Iterator[Finding | Share]) -> Generator[Finding, None, Share]:
        """What is found in a share that is read elsewhere, its lines counted from the first of the file."""
        before = self._check.taking.line
        for one in told:
            if isinstance(one, Share):
                share = one
                break
            yield _placed(one, before)
        self._check.merge(share.events, [_placed(one, before) for one in share.oddities])
        self._check.taking.line = before + share.lines - share.unseen
        return share

    def _apart(self, begin: int, end: int) -> Iterator[Finding | Share]:
        """What is found in a share, and what else is seen of it; told to another process."""
        from rtcli.formats.rtcli import read
        from rtcli.formats.stream import read_part

        check = self._check.apart()
        check.taking.line = _FIRST - 1
        detector, heard = check.listener.detector, check.listener.detector.changes
        unseen = False

        def as_it_stands() -> Iterator[Entry]:
            """The entries, as long as they are judged like this in one process too."""
            nonlocal unseen
            for entry in read(read_part(self._path, begin, end), check.listener, None, check.taking):
                if detector.changes != heard or check.oddities.is_full:
                    unseen = True
                    return
                yield entry

        yield from check.judged(as_it_stands())
        yield Share(check.events, check.taking.line + 1 - _FIRST, unseen, check.oddities.findings())


def _placed(finding: Finding, before: int) -> Finding:
    """A finding of a share, before which so many lines stand in the file."""
    finding.line += before + 1 - _FIRST
    return finding
