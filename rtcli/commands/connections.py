"""One recording of several connections, each judged in a process of its own: a header begins everything anew.

Law: what is told is what one process would have told, in the same order. What is told once in a file is put
together here.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count, islice
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from msgspec import Struct

from rtcli.commands.checking import Judge, Outcome, spoken
from rtcli.commands.crew import Crew
from rtcli.errors import UnreadableRecording
from rtcli.events import Listener
from rtcli.formats import Entry, Reading
from rtcli.formats.connections import beginnings, numbered
from rtcli.formats.rtcli import read
from rtcli.formats.stream import read_part
from rtcli.rules import Check
from rtcli.rules.finding import Finding
from rtcli.rules.schema import DISAGREEMENT, Oddities

if TYPE_CHECKING:
    from collections.abc import Iterable

_SHARES_A_PROCESS: Final = 4
"""Connections are not of one size: who has done a small share takes another."""


class Share(NamedTuple):
    """Some connections that stand one behind the other."""

    begin: int
    line: int
    end: int


class Part(Struct):
    """What became of a share, but for what was found in it."""

    events: int
    spoken: str
    unreadable: str
    unseen: bool
    """So much was odd that not all of it could be told apart, and not all of it was judged."""
    oddities: list[Finding]


def judged_by_connections(
    judge: Judge, path: Path, jobs: int, *, shares_a_process: int = _SHARES_A_PROCESS
) -> Iterator[Finding | Outcome]:
    """What is found in a recording, and then what became of it."""
    shares = _shares(judge, path, jobs * shares_a_process)
    if len(shares) < 2:
        yield from judge.judged(path)
        return
    together = _Together(judge, path)
    with Crew(jobs, [str(path)] * len(shares), lambda task: _apart(judge, path, shares[task]), Part) as crew:
        for task, share in enumerate(shares):
            yield from together.told(crew.told(task))
            if together.part.unseen:
                yield from together.again(share._replace(end=shares[-1].end))
                break
            if together.part.unreadable:
                break
    part = together.part
    if not part.unreadable:
        yield from (one for one in together.oddities.findings() if judge.wants(one.code))
    yield Outcome(together.events, part.unreadable, "" if part.unreadable else part.spoken)


def _shares(judge: Judge, path: Path, wanted: int) -> list[Share]:
    """The connections in so many shares at most; none where they cannot be told apart like this."""
    try:
        if Reading(path, form=judge.form).opened()[0] is not None:
            return []
    except UnreadableRecording:
        return []
    places, size = beginnings(path), path.stat().st_size
    edges = (size * number // wanted for number in range(1, wanted))
    cuts = sorted({next((place for place in places if place >= edge), size) for edge in edges} - {size})
    begins = [(0, 1), *numbered(path, cuts)]
    return [Share(begin, line, end) for (begin, line), end in zip(begins, [*cuts, size], strict=True)]


def _entries(path: Path, share: Share, listener: Listener, check: Check) -> Iterator[Entry]:
    return read(read_part(path, share.begin, share.end), listener, taking=check.taking, numbers=count(share.line))


def _apart(judge: Judge, path: Path, share: Share) -> Iterator[Finding | Part]:
    """What is found in a share, and what became of it; told to another process."""
    listener = Listener(judge.dialect)
    check = Check(judge.rules, listener)
    unseen, unreadable = False, ""

    def told_apart() -> Iterator[Entry]:
        """The entries, as long as all that is odd can be told apart."""
        nonlocal unseen
        for entry in _entries(path, share, listener, check):
            if check.oddities.is_full:
                unseen = True
                return
            yield entry

    try:
        for finding in check.judged(told_apart()):
            if unseen:
                break
            if judge.wants(finding.code):
                yield finding
    except UnreadableRecording as error:
        unreadable = str(error)
    yield Part(check.events, spoken(listener.detector), unreadable, unseen, check.oddities.findings())


class _Together:
    """What is told of the shares of one file."""

    def __init__(self, judge: Judge, path: Path) -> None:
        self._judge = judge
        self._path = path
        self._disagreed = False
        """It was told, of a share before, that the two sides do not speak the same dialect."""
        self._told = 0
        """How much was found in the share that is told of."""
        self.oddities = Oddities()
        self.events = 0
        self.part = Part(0, "", "", False, [])

    def told(self, told: Iterable[Finding | Part]) -> Iterator[Finding]:
        """What is found in a share, and for the first time in the file."""
        self._told, disagrees = 0, False
        for one in told:
            if isinstance(one, Part):
                self.part = one
                break
            disagrees = disagrees or one.code == DISAGREEMENT
            if one.code != DISAGREEMENT or not self._disagreed:
                self._told += 1
                yield one
        if not self.part.unseen:
            self._disagreed = self._disagreed or disagrees
            self.events += self.part.events
            self.oddities.merge(self.part.oddities)

    def again(self, share: Share) -> Iterator[Finding]:
        """What is found in a share but for what was told of it already; this time it goes on to the end."""
        listener = Listener(self._judge.dialect)
        check = Check(self._judge.rules, listener)
        check.go_on(self.oddities, disagreed=self._disagreed)
        try:
            found = check.judged(_entries(self._path, share, listener, check))
            yield from islice((one for one in found if self._judge.wants(one.code)), self._told, None)
        except UnreadableRecording as error:
            self.part.unreadable = str(error)
        self.part.spoken = spoken(listener.detector)
        self.events += check.events
