"""The ids of the server's events, as far back as a repeated one is likely to lie.

Law: of the last few thousand ids none is forgotten; what is kept does not grow.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Final

from rtcli.events.event import ServerEvent
from rtcli.formats import Entry
from rtcli.session.config import Config
from rtcli.session.ledger import REMEMBERED, Handler, Ledger

_ELISIONS: Final = ("…", "...", "<", "[")
"""What loggers put where an id was."""


class Identities(Ledger):
    """Which event ids the server has used, and where."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self._young: dict[str, int] = {}
        self._old: dict[str, int] = {}
        """The generation before; it is dropped when the young one has grown."""

    def line_of(self, event_id: str) -> int:
        """Where the id was used; 0 where it was not, or where it is a logger's elision."""
        line = self._young.get(event_id) or self._old.get(event_id) or 0
        return 0 if line and any(mark in event_id for mark in _ELISIONS) else line

    def has(self, event_id: str) -> bool:
        """Whether the id was used."""
        return event_id in self._young or event_id in self._old

    def note(self, event_id: str, line: int) -> None:
        """Note a new id."""
        self._young[event_id] = line
        if len(self._young) >= REMEMBERED:
            self._old, self._young = self._young, {}

    def _served(self, event: ServerEvent, entry: Entry) -> None:
        event_id = getattr(event, "event_id", None)
        if isinstance(event_id, str) and event_id and not self.has(event_id):
            self.note(event_id, entry.line)

    HANDLERS: ClassVar[Mapping[type, Handler]] = {ServerEvent: _served}
