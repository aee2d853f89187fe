"""Runs the schema check and the rules over a recording, in one pass.

Law: the findings of a prefix are the findings of the whole up to that line. What can only be known
at the end of a connection comes there, and what is told once with a count at the very end.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct

from rtcli.events import REALTIME, Dialect, Event, Listener, Malformed, Sender, Unknown, session
from rtcli.events.vendors import AZURE_OPENAI, Vendor
from rtcli.formats import Entry
from rtcli.formats.rtcli import Taking
from rtcli.recording import Torn
from rtcli.rules.finding import Finding
from rtcli.rules.rule import CONVERSATION, NEEDS_CLIENT, Backwards, End, First, Reversed, Rule, Verdict
from rtcli.rules.schema import NO_EVENT, Oddities, disagreement, is_odd
from rtcli.session.context import Need
from rtcli.session.ledgers import Ledgers
from rtcli.session.steps import Step

_OPENAI: Final = (None, AZURE_OPENAI)
_HELD_AT_MOST: Final = 1000


class Usual(Struct, frozen=True):
    """What becomes of the events of a class that show nothing else that is to be heeded."""

    sender: Sender
    rules: tuple[Rule, ...]
    step: Step | None
    """How to take in an event that is in order, if there is a fast way."""
    by_itself: tuple[Rule, ...]
    """The rules that judge even such an event."""


class Check:
    """The check of one recording."""

    def __init__(self, rules: Iterable[Rule], listener: Listener | None = None) -> None:
        self._given = 0
        self._rules = tuple(rules)
        self._places: defaultdict[type, list[int]] = defaultdict(list)
        """By class that rules name, where they stand among the rules."""
        for place, rule in enumerate(self._rules):
            for kind in rule.types:
                self._places[kind].append(place)
        self._detector = (listener or Listener()).detector
        self._dialect: Dialect = REALTIME
        self._vendor: Vendor | None = None
        self.ledgers = Ledgers()
        """What is known of the connection that is being read."""
        self.oddities = Oddities()
        """What is told once."""
        self._told_disagreement = False
        self._kept: frozenset[Need] = frozenset()
        """What the recording can be relied on for, as far as the table below knows."""
        self._table: dict[type, tuple[Rule, ...]] = {}
        """The rules that can be judged, by the class of the event."""
        self._usual: dict[type, Usual] = {}
        """What becomes of events that show nothing else that is to be heeded, by their class."""
        self._changes = 0
        """How far what was found out of the dialect is heeded."""
        self._timed = False
        """The table above was made when records had shown that they have times."""
        self.taking = Taking()
        """How events are taken in that only go on, and of which no rule has anything to say."""
        self._odd_kinds: set[type] = set()
        """The classes whose events can have something that the dialect does not know."""
        self._held: list[Finding] = []
        """What is found only if the client's events are recorded, until the first of them comes."""
        self._last = Entry(0, None, None, End())  # type: ignore[arg-type]
        self._open = False

    @property
    def events(self) -> int:
        """How many events were seen."""
        return self._given + self.taking.events

    def run(self, entries: Iterable[Entry]) -> Iterator[Finding]:
        """Everything found in the recording, in file order, and then what was told once."""
        yield from self.judged(entries)
        yield from self.oddities.findings()

    def judged(self, entries: Iterable[Entry]) -> Iterator[Finding]:
        """What is found in whole connections, but for what is told once."""
        for entry in entries:
            if found := self.feed(entry):
                yield from found
        yield from self._close()

    def feed(self, entry: Entry) -> Sequence[Finding]:
        """What is found in the next line, unless it was taken in where it was read."""
        event, taking = entry.event, self.taking
        take = taking.takes.get(type(event))
        if take is None or not take(event, entry.line, entry.t, entry.sender):
            return self._judged(entry)
        taking.note(1, entry.line, entry.t)
        return ()

    def _judged(self, entry: Entry) -> Sequence[Finding]:
        """What is found in a line that does more than go on."""
        kind = type(entry.event)
        usual = self._usual.get(kind)
        if usual is None or entry.sender != usual.sender or not self._is_next(entry.t):
            return self._weigh(entry)
        self._given += 1
        self._last = entry
        if usual.step is not None and usual.step(entry.event, entry):
            found = self._judge(entry, usual.by_itself) if usual.by_itself else ()
        else:
            found = self._judge(entry, usual.rules) if usual.rules else ()
            if self._rules:
                self.ledgers.apply(entry)
        if entry.t is not None:
            context = self.ledgers.context
            context.latest_t, context.latest_line = entry.t, entry.line
        return found

    def _is_next(self, t: float | None) -> bool:
        """Whether nothing has become known meanwhile that is to be heeded, and time has not gone backwards."""
        if self._detector.changes != self._changes:
            return False
        if t is None:
            return True
        latest = self.ledgers.context.latest_t
        return self._timed and latest is not None and t >= latest

    def _weigh(self, entry: Entry) -> list[Finding]:
        """What is found in a line that may be anything."""
        found: list[Finding] = []
        if self.ledgers.context.begins_anew(entry):
            found += self._close()
            self.ledgers = Ledgers()
            self._held = []
            self._forget()
        self._last, self._open = entry, True
        found += self._judge_in_its_place(entry, self._heeded(entry))
        self._expect_more(entry)
        self.ledgers.apply(entry)
        self.ledgers.context.passed(entry)
        if self._detector.disagree and not self._told_disagreement:
            self._told_disagreement = True
            found.append(disagreement(self._detector))
        return found

    def _heeded(self, entry: Entry) -> bool:
        """Take in what an entry shows before it is judged; whether it is the server's first event."""
        context = self.ledgers.context
        if self._detector.changes != self._changes:
            self._changes = self._detector.changes
            self._dialect, self._vendor = self._detector.dialect, self._detector.vendor
            self._forget()
        context.vendor = self._vendor.name if self._vendor else ""
        is_first = context.note(entry)
        if context.kept is not self._kept:
            self._kept = context.kept
            self._timed = "times" in self._kept
            self._forget()
        return is_first

    def _judge_in_its_place(self, entry: Entry, is_first: bool) -> list[Finding]:
        """What the schema says of a line that is no event in order, and what the rules say of it."""
        event, found = entry.event, []
        rules = self._rules_for(type(event))
        if is_first:
            rules += self._rules_for(First)
        if self.ledgers.context.is_past(entry.t):
            rules += self._rules_for(Backwards)
        if isinstance(event, Event):
            self._given += 1
            if entry.sender != event.sender and entry.sender and not event.reflected:
                rules += self._rules_for(Reversed)
            if type(event) in self._odd_kinds:
                self.oddities.note(entry, self._vendor)
        elif isinstance(event, NO_EVENT):
            self._given += not isinstance(event, Torn)
            found += self.oddities.judged(entry, self._vendor)
        return found + self._judge(entry, rules)

    def go_on(self, oddities: Oddities, *, disagreed: bool) -> None:
        """Take connections before those to come for judged, where so much was odd, and perhaps no one language spoken."""
        self.oddities, self._told_disagreement = oddities, disagreed

    def finish(self) -> list[Finding]:
        """What could only be known at the end, and what was told once, with its counts."""
        return [*self._close(), *self.oddities.findings()]

    def _close(self) -> list[Finding]:
        """The end of a connection."""
        if not self._open:
            return []
        self._open = False
        if self.ledgers.context.goes_on:
            return []
        last = self._last if self._last.line > self.taking.line else self.taking
        end = Entry(last.line, last.t, None, End())  # type: ignore[arg-type]
        return self._judge(end, self._rules_for(End))

    def _rules_for(self, kind: type) -> tuple[Rule, ...]:
        rules = self._table.get(kind)
        return self._learn(kind) if rules is None else rules

    def _judge(self, entry: Entry, rules: tuple[Rule, ...]) -> list[Finding]:
        found: list[Finding] = []
        event, ledgers = entry.event, self.ledgers
        for rule in rules:
            verdicts = rule.judge(event, entry, ledgers)
            if verdicts:
                told = found if rule.needs <= self._kept else self._held
                told += [self._finding(rule, entry, verdict) for verdict in verdicts]
        if self._held:
            if "client" in self._kept:
                found, self._held = self._held + found, []
            del self._held[_HELD_AT_MOST:]
        vendor = self._vendor
        return [one for one in found if not self.oddities.known(one, vendor)] if found and vendor else found

    def _forget(self) -> None:
        """Another connection begins, or one shows more of itself: other rules hold, and the next event counts."""
        self._table.clear()
        self._usual.clear()
        self.taking.takes.clear()

    def _expect_more(self, entry: Entry) -> None:
        """Events like this one, from the same side, need no closer look from now on."""
        kind = type(entry.event)
        if not isinstance(entry.event, Event) or kind in self._usual or kind in self._odd_kinds:
            return
        if entry.sender == entry.event.sender and not isinstance(entry.event, session.Created):
            rules = self._rules_for(kind)
            step = self.ledgers.step(kind) if self._rules and self._dialect.name in CONVERSATION else None
            self._usual[kind] = Usual(entry.sender, rules, step, tuple(rule for rule in rules if rule.by_itself))

    def _learn(self, kind: type) -> tuple[Rule, ...]:
        """The rules for a class: those that name it, or a class that it extends.

        Those that miss nothing but the client's events are judged: it may speak later.
        """
        kept = self._kept | NEEDS_CLIENT
        rules = tuple(rule for rule in self._about(kind) if rule.needs <= kept)
        self._table[kind] = rules
        if issubclass(kind, Event):
            if is_odd(kind):
                self._odd_kinds.add(kind)
            elif self._rules and (take := self.ledgers.steadily(kind)) is not None:
                self.taking.takes[kind] = take
        return rules

    def _about(self, kind: type) -> Iterator[Rule]:
        """The rules for events of a class in this dialect and of this vendor, in the order of the table."""
        for place in sorted({place for base in kind.__mro__ for place in self._places.get(base, ())}):
            rule = self._rules[place]
            if self._dialect.name in rule.dialects and not (rule.openai_only and self._vendor not in _OPENAI):
                yield rule

    def suspected(self, entry: Entry, codes: tuple[str, ...]) -> list[Finding]:
        """What the rules with these codes would find in an event, which is not taken in."""
        kind, kept = type(entry.event), self._kept
        rules = [one for one in self._about(kind) if one.code in codes and one.needs <= kept]
        verdicts = ((one, said) for one in rules for said in one.judge(entry.event, entry, self.ledgers))
        return [self._finding(one, entry, verdict) for one, verdict in verdicts]

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
