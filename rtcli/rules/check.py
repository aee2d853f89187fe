"""Runs the schema check and the rules over a recording, in one pass.

Law: the findings of a prefix are the findings of the whole up to that line. What is told once with
a count (unknown types and fields) comes at the end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rtcli.events import REALTIME, Event, Malformed, Unknown
from rtcli.formats import Entry
from rtcli.recording import Binary, Header, Torn
from rtcli.rules.finding import Finding
from rtcli.rules.rule import Need, Rule, Verdict
from rtcli.rules.schema import Oddities, findings
from rtcli.session import Config, Session


class Check:
    """The check of one recording."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self.events = 0
        """How many events were seen."""
        self._session = Session()
        self._oddities = Oddities()
        self._kept: frozenset[Need] = frozenset()
        self._table: dict[type, tuple[Rule, ...]] = {}
        for rule in rules:
            for event_class in rule.types:
                self._table[event_class] = (*self._table.get(event_class, ()), rule)
        self._quiet = {
            event_class
            for event_class in REALTIME.types.values()
            if event_class not in self._table and not Config.heeds(event_class)
        }
        """The events of which only the schema has something to say, and that is said already."""

    def run(self, entries: Iterable[Entry]) -> Iterator[Finding]:
        """Everything found in the recording, in file order, and then what was told once."""
        feed, quiet = self.feed, self._quiet
        for entry in entries:
            if type(entry.event) in quiet:
                self.events += 1
                continue
            found = feed(entry)
            if found:
                yield from found
        yield from self.finish()

    def feed(self, entry: Entry) -> list[Finding]:
        """What is found in the next line."""
        event = entry.event
        rules = self._table.get(type(event))
        if rules is None:
            rules = self._learn(type(event))
        found: list[Finding] = []
        if isinstance(event, Event):
            self.events += 1
            if event.extra:
                self._oddities.note(entry)
            for rule in rules:
                if rule.needs <= self._kept:
                    verdicts = rule.judge(event, entry, self._session)
                    if verdicts:
                        found += (self._finding(rule, event, entry, verdict) for verdict in verdicts)
        elif isinstance(event, Header):
            self._kept = frozenset({"audio"}) if event.lossless else frozenset()
        elif isinstance(event, Unknown | Malformed | Torn | Binary):
            self.events += not isinstance(event, Torn)
            self._oddities.note(entry)
            found += findings(entry)
        self._session.config.apply(entry)
        return found

    def finish(self) -> list[Finding]:
        """What was told once, with its counts."""
        return self._oddities.findings()

    def _learn(self, event_class: type) -> tuple[Rule, ...]:
        """The rules of a class that stands for a known one, as events with extra fields do."""
        rules = next((self._table[base] for base in event_class.__mro__ if base in self._table), ())
        self._table[event_class] = rules
        return rules

    def _finding(self, rule: Rule, event: Event, entry: Entry, verdict: Verdict) -> Finding:
        event_id = getattr(event, "event_id", None)
        path, message, remedy = verdict
        return Finding(
            code=rule.code,
            severity=rule.severity,
            side=entry.sender or "unknown",
            line=entry.line,
            message=message,
            type=event.type,
            event_id=event_id if isinstance(event_id, str) else "",
            path=path,
            remedy=remedy,
        )
