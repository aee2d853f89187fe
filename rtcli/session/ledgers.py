"""The ledgers of one connection, and the fold that keeps them.

Law: rules see the ledgers as they stood just before the event they judge. A ledger reads what it is
made with, the configuration and at most one other ledger, which are brought up to date before it.
What was written down twice in a row is taken in once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, TypeVar

from rtcli.events import Malformed
from rtcli.formats import Entry
from rtcli.formats.rtcli import Take
from rtcli.session import item_steps, part_steps, steps
from rtcli.session.audio import Audio
from rtcli.session.calls import Calls
from rtcli.session.config import Config
from rtcli.session.context import Context
from rtcli.session.conversation import Conversation
from rtcli.session.identities import Identities
from rtcli.session.ledger import Ledger
from rtcli.session.lifecycle import Lifecycle
from rtcli.session.lifetime import Lifetime
from rtcli.session.mcp import Mcp
from rtcli.session.obligations import Obligations
from rtcli.session.settings import Settings
from rtcli.session.steady import WAYS
from rtcli.session.steps import Step
from rtcli.session.transcripts import Transcripts
from rtcli.session.translation import Translation
from rtcli.session.turns import Turns
from rtcli.session.usage import Usage

V = TypeVar("V")


class Ledgers:
    """Everything that rules may ask about a connection."""

    def __init__(self) -> None:
        self.config = Config()
        self.context = Context(self.config)
        self.identities = Identities(self.config)
        self.obligations = Obligations(self.config)
        self.lifecycle = Lifecycle(self.config, self.obligations)
        self.conversation = Conversation(self.config, self.obligations)
        self.audio = Audio(self.config, self.lifecycle)
        self.turns = Turns(self.config, self.lifecycle)
        self.lifetime = Lifetime(self.config)
        self.settings = Settings(self.config)
        self.calls = Calls(self.config)
        self.mcp = Mcp(self.config)
        self.transcripts = Transcripts(self.config)
        self.translation = Translation(self.config)
        self.usage = Usage(self.config)
        self._ledgers: Final[tuple[Ledger, ...]] = (
            self.context,
            self.identities,
            self.obligations,
            self.lifecycle,
            self.conversation,
            self.audio,
            self.turns,
            self.lifetime,
            self.settings,
            self.calls,
            self.mcp,
            self.transcripts,
            self.translation,
            self.usage,
        )
        self._handlers: dict[type, tuple[Callable[[Any, Entry], None], ...]] = {}

    def apply(self, entry: Entry) -> None:
        """Take in the next entry."""
        event: Any = entry.event
        if entry.sender == "server" and self.identities.is_written_twice(event):
            return
        handlers = self._handlers.get(type(event))
        if handlers is None:
            handlers = self._handlers[type(event)] = self._handlers_of(type(event))
        for handler in handlers:
            handler(event, entry)

    def steadily(self, kind: type) -> Take | None:
        """How to take in an event of a class that only goes on, faster than by `apply`, if there is such a way."""
        way = _nearest(WAYS, kind)
        return way(self, kind) if way is not None else None

    def step(self, kind: type) -> Step | None:
        """The same for an event, in time and from its side, that takes the session a step on as it should."""
        for table, wrap in _STEPS:
            make = _nearest(table, kind)
            if make is not None:
                return wrap(self, make(self))
        return None

    def _handlers_of(self, kind: type) -> tuple[Callable[[Any, Entry], None], ...]:
        if kind is Malformed:
            return (self._apply_rest,)
        return self._of_class(kind)

    def _apply_rest(self, _event: Malformed, entry: Entry) -> None:
        """Take in what is left of a damaged event, or that it was damaged."""
        left = entry.folded
        if left is not entry:
            self.apply(left)
            return
        for handler in self._of_class(Malformed):
            handler(entry.event, entry)

    def _of_class(self, kind: type) -> tuple[Callable[[Any, Entry], None], ...]:
        found: list[Callable[[Any, Entry], None]] = []
        configure = Config.handler(kind)
        if configure is not None:
            found.append(lambda event, _entry: configure(self.config, event))
        for ledger in self._ledgers:
            handler = ledger.handler_of(kind)
            if handler is not None:
                found.append(partial(handler, ledger))
        return tuple(found)


def _nearest(table: Mapping[type, V], kind: type) -> V | None:
    """What a table has for a class, or for the nearest class that it extends."""
    return next((table[base] for base in kind.__mro__ if base in table), None)


_STEPS: Final[tuple[tuple[Mapping[type, Callable[[Ledgers], Step]], Callable[[Ledgers, Step], Step]], ...]] = (
    ({**steps.STEPS, **part_steps.STEPS, **item_steps.STEPS}, steps.served),
    (part_steps.BEGINNINGS, steps.unheeded),
    (item_steps.REQUESTS, steps.sent),
)
"""How events take a session a step on, and what all those of a kind have in common."""
