"""Runs the schema check and the rules over a recording, in one pass.

Law: the findings of a prefix are the findings of the whole up to that line. What can only be known
at the end of a connection comes there, and what is told once with a count at the very end.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from rtcli.events import REALTIME, Dialect, Event, Listener, Malformed, Unknown
from rtcli.events.vendors import AZURE_OPENAI, Vendor
from rtcli.formats import Entry
from rtcli.recording import Binary, Torn
from rtcli.rules.finding import Finding
from rtcli.rules.rule import NEEDS_CLIENT, End, First, Reversed, Rule, Verdict
from rtcli.rules.schema import Oddities, disagreement, findings
from rtcli.session.context import Need
from rtcli.session.ledgers import Ledgers

_OPENAI: Final = (None, AZURE_OPENAI)
_HELD_AT_MOST: Final = 1000


class Check:
    """The check of one recording."""

    def __init__(self, rules: Iterable[Rule], listener: Listener | None = None) -> None:
        self.events = 0
        """How many events were seen."""
        self._rules = tuple(rules)
        self._detector = (listener or Listener()).detector
        self._dialect: Dialect = REALTIME
        self._vendor: Vendor | None = None
        self.ledgers = Ledgers()
        """What is known of the connection that is being read."""
        self._oddities = Oddities()
        self._told_disagreement = False
        self._kept: frozenset[Need] = frozenset()
        """What the recording can be relied on for, as far as the table below knows."""
        self._table: dict[type, tuple[Rule, ...]] = {}
        """The rules that can be judged, by the class of the event."""
        self._quiet: dict[type, str] = {}
        """Events that change nothing any more, and who sends them: one of them has been seen in its place."""
        self._unjudged: set[type] = set()
        """The classes of which only the schema has something to say."""
        self._odd_kinds: set[type] = set()
        """The classes whose events can have something that the dialect does not know."""
        self._held: list[Finding] = []
        """What is found only if the client's events are recorded, until the first of them comes."""
        self._last = Entry(0, None, None, End())  # type: ignore[arg-type]
        self._open = False

    def run(self, entries: Iterable[Entry]) -> Iterator[Finding]:
        """Everything found in the recording, in file order, and then what was told once."""
        feed, quiet = self.feed, self._quiet
        for entry in entries:
            if entry.sender and quiet.get(type(entry.event)) == entry.sender:
                self.events += 1
                continue
            found = feed(entry)
            if found:
                yield from found
        yield from self.finish()

    def feed(self, entry: Entry) -> list[Finding]:
        """What is found in the next line."""
        found: list[Finding] = []
        event = entry.event
        if self.ledgers.begins_anew(entry):
            found += self._close()
            self.ledgers = Ledgers()
            self._held = []
            self._forget()
        self._last, self._open = entry, True
        if self._detector.dialect is not self._dialect or self._detector.vendor is not self._vendor:
            self._dialect, self._vendor = self._detector.dialect, self._detector.vendor
            self._forget()
        self.ledgers.context.vendor = self._vendor.name if self._vendor else ""
        is_first = self.ledgers.context.note(entry)
        if self.ledgers.context.kept is not self._kept:
            self._kept = self.ledgers.context.kept
            self._forget()
        rules = self._rules_for(type(event))
        if is_first:
            rules += self._rules_for(First)
        if isinstance(event, Event):
            self.events += 1
            if entry.sender != event.sender and entry.sender and not event.reflected:
                rules += self._rules_for(Reversed)
            elif entry.sender and type(event) in self._unjudged:
                self._quiet[type(event)] = event.sender
            if type(event) in self._odd_kinds:
                self._oddities.note(entry, self._vendor)
        elif isinstance(event, Unknown | Malformed | Torn | Binary):
            self.events += not isinstance(event, Torn)
            found += self._odd(entry)
        found += self._judge(entry, rules)
        self.ledgers.apply(entry)
        if self._detector.disagree and not self._told_disagreement:
            self._told_disagreement = True
            found.append(disagreement(self._detector))
        return found

    def finish(self) -> list[Finding]:
        """What could only be known at the end, and what was told once, with its counts."""
        return [*self._close(), *self._oddities.findings()]

    def _close(self) -> list[Finding]:
        """The end of a connection."""
        if not self._open:
            return []
        self._open = False
        last = self._last
        end = Entry(last.line, last.t, None, End())  # type: ignore[arg-type]
        return self._judge(end, self._rules_for(End))

    def _rules_for(self, kind: type) -> tuple[Rule, ...]:
        rules = self._table.get(kind)
        return self._learn(kind) if rules is None else rules

    def _judge(self, entry: Entry, rules: tuple[Rule, ...]) -> list[Finding]:
        found: list[Finding] = []
        for rule in rules:
            verdicts = rule.judge(entry.event, entry, self.ledgers)
            if verdicts:
                told = found if rule.needs <= self._kept else self._held
                told += [self._finding(rule, entry, verdict) for verdict in verdicts]
        if self._held:
            if "client" in self._kept:
                found, self._held = self._held + found, []
            del self._held[_HELD_AT_MOST:]
        vendor = self._vendor
        return [one for one in found if not self._oddities.known(one, vendor)] if found and vendor else found

    def _odd(self, entry: Entry) -> list[Finding]:
        """What the schema says about a line that is no event in order."""
        vendor = self._vendor
        if isinstance(entry.event, Unknown | Malformed):
            self._oddities.note(entry, vendor)
        return [one for one in findings(entry) if not (vendor and self._oddities.known(one, vendor))]

    def _forget(self) -> None:
        """Another connection begins, or one shows more of itself: other rules hold, and the next event counts."""
        self._table.clear()
        self._quiet.clear()
        self._unjudged.clear()

    def _learn(self, kind: type) -> tuple[Rule, ...]:
        """The rules for a class: those that name it, or a class that it extends.

        Those that miss nothing but the client's events are judged: it may speak later.
        """
        kept = self._kept | NEEDS_CLIENT
        rules = tuple(
            rule
            for rule in self._rules
            if self._dialect.name in rule.dialects
            and rule.needs <= kept
            and not (rule.openai_only and self._vendor not in _OPENAI)
            and any(base in rule.types for base in kind.__mro__)
        )
        self._table[kind] = rules
        if issubclass(kind, Event):
            if kind.extra != () or kind.foreign or kind.__struct_config__.dict:
                self._odd_kinds.add(kind)
            elif not rules and not self.ledgers.heeds(kind):
                self._unjudged.add(kind)
        return rules

    def _finding(self, rule: Rule, entry: Entry, verdict: Verdict) -> Finding:
        event = entry.event
        event_id = getattr(event, "event_id", None)
        here = not verdict.line or verdict.line == entry.line
        return Finding(
            code=rule.code,
            severity=rule.severity,
            side=verdict.side or entry.sender or "unknown",
            line=verdict.line or entry.line,
            message=verdict.message,
            type=event.type if here and isinstance(event, Event | Malformed | Unknown) else "",
            event_id=event_id if here and isinstance(event_id, str) else "",
            path=verdict.path,
            remedy=verdict.remedy,
            lines=verdict.lines,
        )
