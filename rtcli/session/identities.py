"""The ids of the server's events, as far back as a repeated one is likely to lie.

Law: of the last few thousand ids none is forgotten; what is kept does not grow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

import msgspec

from rtcli.events import encode
from rtcli.events.event import ServerEvent
from rtcli.formats import Entry
from rtcli.session.config import Config
from rtcli.session.ledger import Handler, Ledger

_ELISIONS: Final = ("…", "...", "<", "[")
"""What loggers put where an id was."""
USED: Final = 4096
"""So many ids of events, and up to as many again, are known: there are far more of them than of anything else."""


def is_elided(name: str) -> bool:
    """Whether a logger has shortened or replaced an id, so that it says nothing about what was sent."""
    return any(mark in name for mark in _ELISIONS)


class Identities(Ledger):
    """Which event ids the server has used, and where."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._young: dict[str, int] = {}
        self._old: dict[str, int] = {}
        """The generation before; it is dropped when the young one has grown."""
        self._latest: Any = None
        """The server's last event."""

    def line_of(self, event_id: str) -> int:
        """Where the id was used first; 0 where it was not, or where it is a logger's elision."""
        line = self._young.get(event_id) or self._old.get(event_id) or 0
        return 0 if line and is_elided(event_id) else line

    def is_new(self, event_id: str) -> bool:
        """Whether the id was not used before."""
        return event_id not in self._young and event_id not in self._old

    def is_written_twice(self, event: Any) -> bool:
        """Whether an event is the same, id and all, as the one that the server sent just before."""
        event_id = getattr(event, "event_id", None)
        if not event_id or event_id != getattr(self._latest, "event_id", None) or is_elided(event_id):
            return False
        return bool(msgspec.json.decode(encode(self._latest)) == msgspec.json.decode(encode(event)))

    def note_new(self, event: Any, line: int) -> bool:
        """Note an event if its id was not used before; whether that is so."""
        event_id, young = event.event_id, self._young
        if event_id in young or event_id in self._old or not event_id:
            return False
        self._latest = event
        young[event_id] = line
        if len(young) >= USED:
            self._age()
        return True

    def _served(self, event: ServerEvent, entry: Entry) -> None:
        event_id, young = event.event_id, self._young
        self._latest = event
        if event_id and event_id not in young:
            young[event_id] = self._old.get(event_id) or entry.line
            if len(young) >= USED:
                self._age()

    def _age(self) -> None:
        self._old, self._young = self._young, {}

    HANDLERS: ClassVar[Mapping[type, Handler]] = {ServerEvent: _served}
