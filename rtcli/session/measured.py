"""Measures a recording: one set of metrics for each connection that it holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from rtcli.events import session
from rtcli.formats import Entry
from rtcli.recording import Header
from rtcli.session.config import Config
from rtcli.session.context import Context, Need
from rtcli.session.ledger import Handler
from rtcli.session.metrics import Metrics
from rtcli.session.prices import PRICES, Prices


class Connection:
    """One connection that is being measured."""

    def __init__(self, prices: Prices = PRICES) -> None:
        self.config = Config()
        self.metrics = Metrics(self.config, prices)
        self.entries = 0
        self._context = Context(self.config)
        self._context_handlers: dict[type, Handler | None] = {}

    @property
    def kept(self) -> frozenset[Need]:
        """What the recording can be relied on for, as far as it has been read."""
        return self._context.kept

    def is_ended_by(self, entry: Entry) -> bool:
        """Whether an entry is the first of another connection than this."""
        event = entry.event
        if isinstance(event, Header):
            return self.entries > 0
        if isinstance(event, session.Created) and not self._context.one_connection:
            new = getattr(event.session, "id", None)
            return bool(new and self.config.session_id and new != self.config.session_id)
        return False

    def apply(self, entry: Entry) -> None:
        """Take in the next entry."""
        event: Any = entry.event
        self.entries += 1
        self._context.note(entry)
        self.config.apply(entry)
        kind = type(event)
        if kind not in self._context_handlers:
            known = next((base for base in kind.__mro__ if base in Context.HANDLERS), None)
            self._context_handlers[kind] = Context.HANDLERS[known] if known else None
        handler = self._context_handlers[kind]
        if handler is not None:
            handler(self._context, event, entry)
        self.metrics.apply(entry)


def connections(entries: Iterable[Entry], prices: Prices = PRICES) -> Iterator[Connection]:
    """Each connection of a recording, measured to its end."""
    current = Connection(prices)
    for entry in entries:
        if current.is_ended_by(entry):
            yield current
            current = Connection(prices)
        current.apply(entry)
    if current.entries:
        yield current
