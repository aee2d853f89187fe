"""What a ledger is: one aspect of a connection, kept up to date event by event.

Law of every ledger: no event raises, each costs the same however many came before, and what is kept
grows with what is open, never with what is over.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

if TYPE_CHECKING:
    from rtcli.formats import Entry
    from rtcli.session.config import Config

K = TypeVar("K")
V = TypeVar("V")
Handler = Callable[[Any, Any, "Entry"], None]
"""Takes a ledger, the event (or the record) and its entry."""

REMEMBERED: Final = 4096
"""How many things a ledger remembers by their ids."""


class Ledger:
    """One aspect of a connection. A subclass lists the events that move it in ``HANDLERS``."""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {}
    """By class of event or record; a class stands for those that extend it."""

    def __init__(self, config: Config) -> None:
        self.config = config
        """The configuration in force, with the event that is taken in."""

    @classmethod
    def handler_of(cls, kind: type) -> Handler | None:
        """What takes in an event of a class, or of the nearest class that it extends; None where nothing does."""
        return next((cls.HANDLERS[base] for base in kind.__mro__ if base in cls.HANDLERS), None)


class Memory(dict[K, V]):
    """A table that forgets its oldest entries, so that a long session costs no more than a short one."""

    def __init__(self, size: int = REMEMBERED) -> None:
        super().__init__()
        self.size = size
        self.has_forgotten = False
        """Something has been dropped: what is not in the table may have been there."""

    def __setitem__(self, key: K, value: V) -> None:
        if len(self) >= self.size and key not in self:
            del self[next(iter(self))]
            self.has_forgotten = True
        super().__setitem__(key, value)

    def setdefault(self, key: K, default: V) -> V:
        """The value of a key, put in if it is not there."""
        if key not in self:
            self[key] = default
        return self[key]
