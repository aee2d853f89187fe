"""Measures a recording: one set of metrics for each connection that it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from rtcli.events import Malformed
from rtcli.formats import Entry
from rtcli.session.config import Config
from rtcli.session.context import Context, Need
from rtcli.session.metrics import Metrics
from rtcli.session.prices import PRICES, Prices


class Connection:
    """One connection that is being measured."""

    def __init__(self, prices: Prices = PRICES) -> None:
        self.config = Config()
        self.metrics = Metrics(self.config, prices)
        self.entries = 0
        self._context = Context(self.config)
        self._handlers: dict[type, tuple[Callable[[Entry], None], ...]] = {}

    @property
    def kept(self) -> frozenset[Need]:
        """What the recording can be relied on for, as far as it has been read."""
        return self._context.kept

    def is_ended_by(self, entry: Entry) -> bool:
        """Whether an entry is the first of another connection than this."""
        return self.entries > 0 and self._context.begins_anew(entry)

    def apply(self, entry: Entry) -> None:
        """Take in the next entry."""
        self.entries += 1
        self._context.note(entry)
        entry = entry.folded if isinstance(entry.event, Malformed) else entry
        kind = type(entry.event)
        self.config.apply(entry)
        handlers = self._handlers.get(kind)
        if handlers is None:
            handlers = self._handlers[kind] = tuple(self._handlers_of(kind))
        for handler in handlers:
            handler(entry)
        self.metrics.apply(entry)

    def _handlers_of(self, kind: type) -> Iterator[Callable[[Entry], None]]:
        """How an event of a class changes what is known of the recording: most of them do not."""
        known = next((Context.HANDLERS[base] for base in kind.__mro__ if base in Context.HANDLERS), None)
        if known is not None:
            yield lambda entry: known(self._context, entry.event, entry)


AnyConnection = TypeVar("AnyConnection", bound=Connection)


def connections(entries: Iterable[Entry], prices: Prices = PRICES) -> Iterator[Connection]:
    """Each connection of a recording, measured to its end."""
    return each(entries, lambda: Connection(prices))


def each(entries: Iterable[Entry], begin: Callable[[], AnyConnection]) -> Iterator[AnyConnection]:
    """Each connection of a recording to its end, as `begin` makes them."""
    current = begin()
    for entry in entries:
        if current.is_ended_by(entry):
            yield current
            current = begin()
        current.apply(entry)
    if current.entries:
        yield current
