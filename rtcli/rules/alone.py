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
        self.in_order = InOrder()
        """Counts the events that the reader need not give."""
        self._listener = listener
        self._oddities = Oddities()
        self._given = 0
        self._told_disagreement = False

    @property
    def events(self) -> int:
        """How many events were seen."""
        return self._given + self.in_order.events

    def run(self, entries: Iterable[Entry]) -> Iterator[Finding]:
        """Everything found in the recording, in file order, and then what was told once."""
        detector = self._listener.detector
        for entry in entries:
            event = entry.event
            if isinstance(event, NO_EVENT):
                self._given += not isinstance(event, Torn)
                yield from self._oddities.judged(entry, detector.vendor)
            elif isinstance(event, Event):
                self._given += 1
                if is_odd(type(event)):
                    self._oddities.note(entry, detector.vendor)
                    self._take(type(event))
            if detector.disagree and not self._told_disagreement:
                self._told_disagreement = True
                yield disagreement(detector)
        yield from self._oddities.findings()

    def _take(self, kind: type[Event]) -> None:
        """From now on let what is known of a learned class be counted where it is read."""
        if kind not in self._listener.suspects and (take := self._oddities.taking(kind)) is not None:
            self.in_order.takes[kind] = take
