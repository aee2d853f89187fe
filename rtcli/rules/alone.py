"""The schema alone: what it says of a recording where no rule is asked.

Law: the findings are those of `Check` without a rule, and so is the number of events. Only what is no event
in order needs to be seen for them; the reader counts the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rtcli.events import Event, Listener
from rtcli.formats import Entry
from rtcli.formats.rtcli import InOrder
from rtcli.recording import Torn
from rtcli.rules.finding import Finding
from rtcli.rules.schema import NO_EVENT, Oddities, disagreement, is_odd


class SchemaCheck:
    """The check of one recording by the schema alone."""

    def __init__(self, listener: Listener) -> None:
        self.taking = InOrder()
        """Counts the events that the reader need not give."""
        self.listener = listener
        self.oddities = Oddities()
        """What is told once."""
        self._given = 0
        self._told_disagreement = False

    @property
    def events(self) -> int:
        """How many events were seen."""
        return self._given + self.taking.events

    def run(self, entries: Iterable[Entry]) -> Iterator[Finding]:
        """Everything found in the recording, in file order, and then what was told once."""
        yield from self.judged(entries)
        yield from self.oddities.findings()

    def judged(self, entries: Iterable[Entry]) -> Iterator[Finding]:
        """What is found in a part of it, but for what is told once."""
        detector, judged = self.listener.detector, self.oddities.judged
        for entry in entries:
            event = entry.event
            if isinstance(event, NO_EVENT):
                self._given += type(event) is not Torn
                yield from judged(entry, detector.vendor)
            elif isinstance(event, Event):
                self._given += 1
                if is_odd(type(event)):
                    self.oddities.note(entry, detector.vendor)
                    self._take(type(event))
            if detector.disagree and not self._told_disagreement:
                self._told_disagreement = True
                yield disagreement(detector)

    def apart(self) -> SchemaCheck:
        """A check of lines behind those that were seen, as long as nothing more is heard of what is spoken."""
        check = SchemaCheck(self.listener)
        check._told_disagreement = self._told_disagreement
        return check

    def merge(self, events: int, oddities: Iterable[Finding]) -> None:
        """Take in what was seen of lines behind those that were seen here."""
        self._given += events
        self.oddities.merge(oddities)

    def _take(self, kind: type[Event]) -> None:
        """From now on let what is known of a learned class be counted where it is read."""
        if kind not in self.listener.suspects and (take := self.oddities.taking(kind)) is not None:
            self.taking.takes[kind] = take
