"""The schema alone: what it says of a recording where no rule is asked.

Law: the findings are those of `Check` without a rule, and so is the number of events. Only what is no event
in order needs to be seen for them; the reader counts the others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from rtcli.events import Event, Listener, Malformed, Unknown
from rtcli.formats import Entry
from rtcli.formats.rtcli import InOrder
from rtcli.recording import Binary, Torn
from rtcli.rules.finding import Finding
from rtcli.rules.schema import Oddities, disagreement, is_odd


class SchemaCheck:
    """The check of one recording by the schema alone."""

    def __init__(self, listener: Listener) -> None:
        self.in_order = InOrder()
        """Counts the events that the reader need not give."""
        self._detector = listener.detector
        self._oddities = Oddities()
        self._odd_kinds: dict[type[Event], bool] = {}
        self._given = 0
        self._told_disagreement = False

    @property
    def events(self) -> int:
        """How many events were seen."""
        return self._given + self.in_order.events

    def run(self, entries: Iterable[Entry]) -> Iterator[Finding]:
        """Everything found in the recording, in file order, and then what was told once."""
        detector = self._detector
        for entry in entries:
            if isinstance(entry.event, Event):
                self._note(entry, entry.event)
            else:
                yield from self._judged(entry)
            if detector.disagree and not self._told_disagreement:
                self._told_disagreement = True
                yield disagreement(detector)
        yield from self._oddities.findings()

    def _note(self, entry: Entry, event: Event) -> None:
        """Count an event, and what of it the dialect does not know."""
        self._given += 1
        kind = type(event)
        odd = self._odd_kinds.get(kind)
        if odd is None:
            odd = self._odd_kinds[kind] = is_odd(kind)
        if odd:
            self._oddities.note(entry, self._detector.vendor)

    def _judged(self, entry: Entry) -> Sequence[Finding]:
        if not isinstance(entry.event, Unknown | Malformed | Torn | Binary):
            return ()
        self._given += not isinstance(entry.event, Torn)
        return self._oddities.judged(entry, self._detector.vendor)
