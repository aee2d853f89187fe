"""What a ledger is: one aspect of a connection, kept up to date event by event.

Law of every ledger: no event raises, each costs the same however many came before, and what is kept
grows with what is open, never with what is over.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, Final, TypeVar

if TYPE_CHECKING:
    from rtcli.formats import Entry
    from rtcli.session.config import Config

K = TypeVar("K")
V = TypeVar("V")
Handler = Callable[[Any, Any, "Entry"], None]
"""Takes a ledger, the event (or the record) and its entry."""

REMEMBERED: Final = 2048
"""How many things a ledger remembers by their ids: in the hour that a session may last at most, one every two seconds."""
_DROPPED_AT_ONCE: Final = 256
_put: Final = dict.__setitem__


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
        self._oldest: Iterator[K] = iter(())
        """The keys that are dropped next: to look for the first one each time costs more with each that was dropped."""

    def __setitem__(self, key: K, value: V) -> None:
        _put(self, key, value)
        if len(self) > self.size:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        self.has_forgotten = True
        oldest = next(self._oldest, None)
        if oldest is None:
            self._oldest = iter([*islice(self, _DROPPED_AT_ONCE)])
            oldest = next(self._oldest)
        del self[oldest]

    def pop(self, key: K, *default: Any) -> Any:
        """Take out the value of a key; another time it is among the youngest."""
        self._oldest = iter(())
        return super().pop(key, *default)

    def setdefault(self, key: K, default: V) -> V:
        """The value of a key, put in if it is not there."""
        if key not in self:
            self[key] = default
        return self[key]
