"""The metrics of one connection: rows that say when each stage was reached, and the numbers made of them.

Law: no event raises and each costs the same however many came before; what is open is bounded, and of
what is over one small row is kept (and, of a translation, sixteen bytes for each piece of text). A
value that cannot be known is None, and never 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from types import MethodType
from typing import Any

from rtcli.events import Malformed
from rtcli.formats import Entry
from rtcli.recording import Header
from rtcli.session.answering import Answering
from rtcli.session.config import Config
from rtcli.session.course import Course
from rtcli.session.exchange import Exchange
from rtcli.session.ledger import Ledger
from rtcli.session.listening import Listening
from rtcli.session.measures import METRICS
from rtcli.session.metric import Aggregate, Row, Value, aggregated
from rtcli.session.prices import PRICES, Prices
from rtcli.session.rows import (
    At,
    CallRow,
    McpRow,
    ResponseRow,
    SpeechRow,
    TranscriptionRow,
    TurnRow,
    UpdateRow,
)
from rtcli.session.tooling import Tooling
from rtcli.session.totals import TOTALS
from rtcli.session.transcribing import Transcribing


class Metrics(Ledger):
    """The numbers of a connection. It is fed with every entry, and a new one is made for the next connection.

    It is told what the recording can be relied on for when it is asked: ``kept`` is that of
    `rtcli.session.context.Context`, and a metric whose needs are not met has no value.
    """

    def __init__(self, config: Config, prices: Prices = PRICES) -> None:
        super().__init__(config)
        self.prices = prices
        self.exchange = Exchange()
        self.listening = Listening(config, self.exchange)
        self.answering = Answering(config, self.exchange, prices)
        self.tooling = Tooling(config, self.exchange, self.answering)
        self.transcribing = Transcribing(config, self.exchange, prices)
        self.course = Course(config, self.listening.clock)
        # The user's speech begins a turn before it interrupts a response; a response is there before it takes answers.
        self._parts = (self.listening, self.answering, self.tooling, self.transcribing, self.course)
        self._handlers: dict[type, tuple[MethodType, ...]] = {}
        self._latest: Entry | None = None

    def apply(self, entry: Entry) -> None:
        """Take in the next entry, behind the configuration."""
        entry = entry.folded if isinstance(entry.event, Malformed) else entry
        event: Any = entry.event
        if entry.t is not None:
            self._latest = entry
        handlers = self._handlers.get(type(event))
        if handlers is None:
            handlers = self._handlers[type(event)] = self._handlers_of(type(event))
        for handler in handlers:
            handler(event, entry)

    @property
    def turns(self) -> Sequence[TurnRow]:
        """The user's inputs and what answers them."""
        return self.exchange.turns

    @property
    def speeches(self) -> Sequence[SpeechRow]:
        """What turn detection heard."""
        return self.exchange.speeches

    @property
    def responses(self) -> Sequence[ResponseRow]:
        """All responses, those outside the conversation too."""
        return self.answering.responses

    @property
    def calls(self) -> Sequence[CallRow]:
        """The function calls that the model made."""
        return self.tooling.calls

    @property
    def mcp(self) -> Sequence[McpRow]:
        """Calls, listings and approvals of MCP tools."""
        return self.tooling.mcp

    @property
    def transcriptions(self) -> Sequence[TranscriptionRow]:
        """What of the user's audio became text."""
        return self.transcribing.transcriptions

    @property
    def updates(self) -> Sequence[UpdateRow]:
        """Changes of the configuration."""
        return self.course.updates

    @property
    def started(self) -> At | None:
        """Where the session was created."""
        return self.course.started

    @property
    def began(self) -> At | None:
        """Where the session was created, or where a part of it begins that was taken out of a recording."""
        started, header = self.course.started, self.course.header
        begins_s = header.begins_s if header is not None else None
        if started is None or started.t is None or begins_s is None or begins_s <= started.t:
            return started
        return At(started.line, begins_s)

    @property
    def last(self) -> At | None:
        """The last record with a time."""
        latest = self._latest
        return At(latest.line, latest.t) if latest is not None and not isinstance(latest.event, Header) else None

    def of(self, metric_id: str, kept: AbstractSet[str]) -> list[Value]:
        """The values of a metric in the order of the recording; none where the recording lacks what it needs.

        A metric of the session as a whole has one at most.
        """
        metric = METRICS[metric_id]
        if not metric.needs <= kept:
            return []
        if metric.rows == "translations":
            return [Value(*pair) for pair in zip(self.course.delays_ms, self.course.delay_lines, strict=True)]
        if metric.measure is None:
            total = TOTALS[metric_id](self, kept)
            return [Value(total.value, total.line)] if total is not None else []
        values = (metric.measure(row) for row in getattr(self, metric.rows))
        return [value for value in values if value is not None]

    def value(self, metric_id: str, row: Row, kept: AbstractSet[str]) -> float | None:
        """One row's value of a metric that is measured by such rows."""
        metric = METRICS[metric_id]
        if metric.measure is None or not metric.needs <= kept or not isinstance(row, metric.row_type):
            return None
        value = metric.measure(row)
        return value.value if value is not None else None

    def aggregate(self, metric_id: str, kept: AbstractSet[str]) -> Aggregate:
        """How many values a metric has, how they are spread, and which is the worst."""
        metric = METRICS[metric_id]
        total = TOTALS[metric_id](self, kept) if metric_id in TOTALS and metric.needs <= kept else None
        return aggregated(metric, self.of(metric_id, kept), total.parts if total is not None else {})

    def _handlers_of(self, kind: type) -> tuple[MethodType, ...]:
        found = []
        for part in self._parts:
            handler = next((part.HANDLERS[base] for base in kind.__mro__ if base in part.HANDLERS), None)
            if handler is not None:
                found.append(MethodType(handler, part))
        return tuple(found)
