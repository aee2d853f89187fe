"""The case history of a recording: everything that a person with a ticket asks about it, in one pass.

Law: what is kept grows with what is found and with the number of turns, not with the events.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any, Final

from msgspec import Struct, field

from rtcli.causes import WATCHERS
from rtcli.causes.cause import LINES_KEPT, Cause, Times, Watcher, Weight
from rtcli.events import Event, Listener, Malformed, Unknown, input_audio_buffer
from rtcli.formats import Entry
from rtcli.recording import Close, Header
from rtcli.rules import RULES, Check, Finding, titles
from rtcli.rules.rule import Rule
from rtcli.session.context import Need, is_understood
from rtcli.session.flow import DELTAS
from rtcli.session.ledger import Memory
from rtcli.session.ledgers import Ledgers
from rtcli.session.metrics import Metrics
from rtcli.session.prices import PRICES, Cost, Prices
from rtcli.session.totals import unpriced
from rtcli.session.waiting import Wait, waiting

_FINDINGS_KEPT: Final = 500
_CONNECTIONS_KEPT: Final = 100
_WAITS_KEPT: Final = 100
_LINES_JOINED: Final = 100
_FIRST_WORDS: Final[dict[str, Weight]] = {"error": 2, "warning": 1, "info": 1}
_MUCH: Final[tuple[type, ...]] = (*DELTAS, input_audio_buffer.Append)
"""Events whose times nobody asks for."""


_WATCHED: Final = tuple(code for watcher in WATCHERS for code in watcher.CODES)
_TELLING: Final = tuple(kind for rule in RULES if rule.code in _WATCHED for kind in rule.types)
"""Events in which rules find what watchers ask for."""


class Connection(Struct):
    """What is to be said of one connection before anything else."""

    model: str = ""
    dialect: str = ""
    vendor: str = ""
    session_id: str = ""
    started_at: str = ""
    url: str = ""
    began_s: float | None = None
    ended_s: float | None = None
    events: int = 0
    turns: int = 0
    kept: list[Need] = field(default_factory=list)
    """What its recording can be relied on for."""
    closed_by: str = ""
    close_code: int | None = None
    close_reason: str = ""
    close_line: int = 0
    waits: list[Wait] = field(default_factory=list)
    """Empty also where frames are missing or could not be understood: one of them may be what is waited for."""
    more_waits: int = 0
    """How many more are waited for, younger than those."""
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    cost_usd: Cost | None = None
    """None where no price is known, and never 0."""
    unpriced: int = 0
    """Responses, transcriptions and translations of which no price is known, which the cost leaves out."""
    prices_as_of: str = ""
    """The day of the prices, where there is a cost."""

    @property
    def duration_s(self) -> float | None:
        """From the first record to the last."""
        return None if self.began_s is None or self.ended_s is None else self.ended_s - self.began_s


class Case:
    """Takes in a recording, entry by entry, and says what was wrong with it."""

    def __init__(self, listener: Listener, rules: Iterable[Rule] = RULES, prices: Prices = PRICES) -> None:
        self._prices = prices
        self.check = Check(rules, listener)
        self.connections: list[Connection] = []
        self.metrics: list[Metrics] = []
        """One for each connection."""
        self.more_connections = 0
        """How many connections came behind those that are kept."""
        self.by_code: Counter[str] = Counter()
        """How often each code was found."""
        self.causes: list[Cause] = []
        """After `finish`: what went wrong, the worst first."""
        self._detector = listener.detector
        self._findings: list[Finding] = []
        self._times: Memory[int, float] = Memory()
        self._begin()

    def _begin(self) -> None:
        """Another connection."""
        self._ledgers: Ledgers = self.check.ledgers
        self._times_of = Times(self._times)
        self._watchers: list[Watcher] = [watcher(self._times_of) for watcher in WATCHERS]
        self._heeded: dict[type, tuple[bool, list[Any]]] = {}
        """By class of event whether its time is asked for, and which watchers take it in."""
        self._connection = Connection()
        self._begins_s: float | None = None
        """When a part that was taken out of a recording begins."""
        self._metrics = Metrics(self._ledgers.config, self._prices)

    def feed(self, entry: Entry) -> None:
        """Take in the next entry."""
        is_damaged = isinstance(entry.event, Malformed)
        suspected = self._suspected(entry) if is_damaged else ()
        found = self.check.feed(entry)
        if self.check.ledgers is not self._ledgers:
            ends = [finding for finding in found if finding.line < entry.line]
            found = [finding for finding in found if finding.line >= entry.line]
            self._note(ends)
            self._settle()
            self._begin()
        entry = entry.folded if is_damaged else entry
        kind = type(entry.event)
        heeded = self._heeded.get(kind)
        if heeded is None:
            heeded = self._heeded[kind] = (not issubclass(kind, _MUCH), self._handlers_of(kind))
        is_asked_for, handlers = heeded
        if is_asked_for and entry.t is not None:
            self._times[entry.line] = entry.t
        self._see(entry)
        if found:
            self._note(found)
        if suspected:
            self._show(suspected)
        for handler in handlers:
            handler(entry.event, entry, self._ledgers)

    def finish(self) -> None:
        """The end of the recording."""
        self._note(self.check.finish())
        self._settle()
        self._fold()

    def _see(self, entry: Entry) -> None:
        here, event = self._connection, entry.event
        if isinstance(event, Event | Unknown | Malformed):
            here.events += 1
        elif isinstance(event, Header):
            here.started_at, here.url = event.started_at, event.url
            self._begins_s = event.begins_s
            self._metrics.apply(entry)
            return
        elif isinstance(event, Close) and not here.close_line:
            here.closed_by, here.close_code = entry.sender or "", event.code
            here.close_reason, here.close_line = event.reason, entry.line
        if entry.t is not None:
            # What was carried along from before a part says when that was, and not when the part begins.
            if here.began_s is None or (self._begins_s is not None and here.began_s < self._begins_s):
                here.began_s = entry.t
            here.ended_s = entry.t
        self._metrics.apply(entry)

    def _handlers_of(self, kind: type) -> list[Any]:
        found = []
        for watcher in self._watchers:
            handler = next((watcher.HANDLERS[base] for base in kind.__mro__ if base in watcher.HANDLERS), None)
            if handler is not None:
                found.append(partial(handler, watcher))
        return found

    def _note(self, findings: Sequence[Finding]) -> None:
        for finding in findings:
            self.by_code[finding.code] += 1
            if self.by_code[finding.code] <= LINES_KEPT and len(self._findings) < _FINDINGS_KEPT:
                self._findings.append(finding)
        self._show(findings)

    def _suspected(self, entry: Entry) -> list[Finding]:
        """What watchers would be shown, were the event whole: where all that is wrong with it tells nothing."""
        assert isinstance(entry.event, Malformed)
        left = entry.folded
        if not isinstance(left.event, _TELLING) or not is_understood(entry.event):
            return []
        return self.check.suspected(left, _WATCHED)

    def _show(self, findings: Iterable[Finding]) -> None:
        """Give the watchers what they ask for."""
        for finding in findings:
            for watcher in self._watchers:
                if watcher.CODES and finding.code.startswith(watcher.CODES):
                    watcher.found(finding, self._ledgers)

    def _settle(self) -> None:
        """The end of a connection: what its watchers have seen."""
        here, config = self._connection, self._ledgers.config
        if not here.events and not here.close_line and here.began_s is None:
            return
        here.model, here.session_id = config.model or "", config.session_id or ""
        here.dialect = self._detector.dialect.name
        here.vendor = self._ledgers.context.vendor
        here.kept = sorted(self._ledgers.context.kept)
        here.turns = len(self._metrics.turns)
        is_whole = "lossless" in here.kept and not self._ledgers.context.goes_on
        waits = waiting(self._ledgers) if is_whole else []
        here.waits, here.more_waits = waits[:_WAITS_KEPT], len(waits[_WAITS_KEPT:])
        self._reckon(here)
        if len(self.connections) < _CONNECTIONS_KEPT:
            self.connections.append(here)
            self.metrics.append(self._metrics)
        else:
            self.more_connections += 1
        found = [cause for watcher in self._watchers for cause in watcher.causes(self._ledgers) if cause.lines]
        self.causes = _joined([*self.causes, *sorted(found, key=_gravity)])

    def _reckon(self, here: Connection) -> None:
        """What the connection used, and what that costs."""
        kept = self._ledgers.context.kept
        used = self._metrics.aggregate("tokens", kept).parts
        here.input_tokens, here.cached_tokens, here.output_tokens = (
            int(used[name]) if name in used else None for name in ("input", "cached", "output")
        )
        here.unpriced = unpriced(self._metrics)
        cost = self._metrics.aggregate("cost_usd", kept).parts
        if cost:
            here.cost_usd = Cost(cost["low"], cost["high"])
            here.prices_as_of = self._prices.as_of

    def _fold(self) -> None:
        """Tell each finding with the cause that explains it, or as a cause of its own."""
        self.causes.sort(key=_gravity)
        left: dict[str, list[Finding]] = {}
        for finding in self._findings:
            cause = next((one for one in self.causes if one.explains(finding)), None)
            if cause is not None:
                cause.consequences.append(finding)
            elif finding.severity != "info" and finding.code in _USUAL:
                left.setdefault(finding.code, []).append(finding)
        self.causes += [self._named_by_its_rule(code, findings) for code, findings in left.items()]
        self.causes.sort(key=_gravity)

    def _named_by_its_rule(self, code: str, findings: list[Finding]) -> Cause:
        first = findings[0]
        rule = _RULES.get(code)
        return Cause(
            name=code,
            title=titles()[code],
            severity=first.severity,
            side=first.side,
            lines=tuple(dict.fromkeys((*(one.line for one in findings), *first.lines)))[:LINES_KEPT],
            evidence=_place(first) + first.message,
            effect=rule.meaning if rule else "",
            remedy=first.remedy or (rule.fix if rule else ""),
            weight=_FIRST_WORDS[first.severity] if not code.startswith("SCH") else 1,
            count=self.by_code[code],
            at_s=self._times_of.of(first.line),
            consequences=findings,
        )


_RULES: Final = {rule.code: rule for rule in RULES}
_USUAL: Final = frozenset(code for code in titles()) - frozenset(rule.code for rule in RULES if rule.tier == "extended")


def _gravity(cause: Cause) -> tuple[int, bool, int, int]:
    """What orders causes; of those that weigh the same, faults of single events, which nobody hears, come last."""
    is_of_schema = cause.name.startswith("SCH")
    return -cause.weight, is_of_schema, ("error", "warning", "info").index(cause.severity), min(cause.lines)


def _joined(causes: list[Cause]) -> list[Cause]:
    """Causes of one name told once, by the first of them."""
    by_name: dict[str, Cause] = {}
    for cause in causes:
        first = by_name.setdefault(cause.name, cause)
        if first is not cause:
            first.lines = tuple(dict.fromkeys((*first.lines, *cause.lines)))[:_LINES_JOINED]
            first.count += cause.count
    return list(by_name.values())


def _place(finding: Finding) -> str:
    """Where in its event a fault of the schema is; the sentences of the other rules say it themselves."""
    named = [part for part in (finding.type, finding.path) if part] if finding.code.startswith("SCH") else []
    return f"{', '.join(named)}: " if named and finding.path else ""
