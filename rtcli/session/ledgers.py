"""The ledgers of one connection, and the fold that keeps them.

Law: rules see the ledgers as they stood just before the event they judge. No ledger reads another;
all of them may read the configuration, which is brought up to date first.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Final

from rtcli.events import session
from rtcli.formats import Entry
from rtcli.recording import Header
from rtcli.session.calls import Calls
from rtcli.session.config import Config
from rtcli.session.context import Context
from rtcli.session.ledger import Ledger
from rtcli.session.mcp import Mcp
from rtcli.session.settings import Settings
from rtcli.session.transcripts import Transcripts
from rtcli.session.translation import Translation
from rtcli.session.usage import Usage


class Ledgers:
    """Everything that rules may ask about a connection."""

    def __init__(self) -> None:
        self.config = Config()
        self.context = Context(self.config)
        self.settings = Settings(self.config)
        self.calls = Calls(self.config)
        self.mcp = Mcp(self.config)
        self.transcripts = Transcripts(self.config)
        self.translation = Translation(self.config)
        self.usage = Usage(self.config)
        self._ledgers: Final[tuple[Ledger, ...]] = (
            self.context,
            self.settings,
            self.calls,
            self.mcp,
            self.transcripts,
            self.translation,
            self.usage,
        )
        self._handlers: dict[type, tuple[partial[None], ...]] = {}

    def begins_anew(self, entry: Entry) -> bool:
        """Whether an entry is the first of another connection than this."""
        event = entry.event
        if isinstance(event, Header):
            return True
        if isinstance(event, session.Created) and not self.context.one_connection:
            new = getattr(event.session, "id", None)
            return bool(new and self.config.session_id and new != self.config.session_id)
        return False

    def apply(self, entry: Entry) -> None:
        """Take in the next entry."""
        event: Any = entry.event
        self.config.apply(entry)
        handlers = self._handlers.get(type(event))
        if handlers is None:
            handlers = self._handlers[type(event)] = self._handlers_of(type(event))
        for handler in handlers:
            handler(event, entry)

    def heeds(self, event_class: type) -> bool:
        """Whether an event of this class moves any ledger."""
        return bool(self._handlers_of(event_class)) or self.config.heeds(event_class)

    def _handlers_of(self, kind: type) -> tuple[partial[None], ...]:
        found = []
        for ledger in self._ledgers:
            handler = next((ledger.HANDLERS[base] for base in kind.__mro__ if base in ledger.HANDLERS), None)
            if handler is not None:
                found.append(partial(handler, ledger))
        return tuple(found)
