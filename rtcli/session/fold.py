"""The fold of a session's entries into its tree.

Law: no sequence of entries raises, each costs the same however many came before, and folding a
prefix and then the rest is folding the whole.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from msgspec.structs import replace

from rtcli.events import REALTIME, Event, Malformed, Unknown, session
from rtcli.formats import Entry
from rtcli.recording import Header, Open
from rtcli.session import items, records, responses, speech
from rtcli.session.config import Config
from rtcli.session.mark import Mark, hang
from rtcli.session.places import Places, place_of
from rtcli.session.state import State
from rtcli.session.tree import Connection, children_of

HANDLERS: Final[dict[type, Callable[[State, Any, float | None], None]]] = {
    **responses.HANDLERS,
    **items.HANDLERS,
    **speech.HANDLERS,
    **records.HANDLERS,
}


def _spoken_elsewhere(kind: type) -> bool:
    """Whether an event class is of a dialect that has no turns and no responses."""
    return not any(base in REALTIME.types.values() for base in kind.__mro__)


class Session:
    """Everything that the entries so far say about a session."""

    def __init__(self) -> None:
        self.config = Config()
        """The configuration in force on the last connection."""
        self.connections: list[Connection] = []
        self.entries = 0
        self.timed = False
        """Some entry had a time."""
        self._places = Places()
        self._now_s: float | None = None
        self._state: State | None = None
        self._handlers = dict(HANDLERS)

    def apply(self, entry: Entry) -> None:
        """Take in the next entry."""
        event = entry.event
        self.entries += 1
        self.timed = self.timed or entry.t is not None
        self._now_s = entry.t
        folded = entry.folded.event if isinstance(event, Malformed) else event
        state = self._state_for(folded, entry.t)
        state.touched = None
        self.config.apply(entry)
        if isinstance(folded, Event):
            self._move(state, folded, entry.t)
        if isinstance(event, Event):
            state.connection.events += 1
        elif isinstance(event, Unknown | Malformed):
            self._count(state.connection, event)
            records.odd(state, entry, event)
        elif isinstance(event, Header):
            state.connection.header = event
        else:
            records.record(state, event, entry.t, entry.sender)
        self._places.put(entry.line, place_of(state, event), state.connection)

    def _move(self, state: State, event: Event, at_s: float | None) -> None:
        """Let an event change the state."""
        if event.sender == "client" and getattr(event, "event_id", None):
            records.remember(state, event.event_id, event.type)  # type: ignore[attr-defined]
        handler = self._handler(type(event))
        if handler is not None:
            handler(state, event, at_s)

    def mark(self, mark: Mark) -> None:
        """Hang a mark on the node that its line is about; where that is not known any more, where the session is."""
        spot = self._places.of(mark.line)
        if spot is not None:
            node, connection = spot.node, spot.connection
        elif self._state is not None:
            node, connection = self._state.here, self._state.connection
        else:
            return
        connection.errors += mark.severity == "error"
        connection.warnings += mark.severity == "warning"
        at_s = self._now_s if connection is self.connections[-1] else None
        hang(node.marks, replace(mark, at_s=at_s, after=len(children_of(node))))

    def _handler(self, kind: type) -> Callable[[State, Any, float | None], None] | None:
        """The handler of a class, or of the class it extends: an event with extra fields is a subclass."""
        if kind not in self._handlers:
            known = next((HANDLERS[base] for base in kind.__mro__ if base in HANDLERS), None)
            if known is None and _spoken_elsewhere(kind):
                known = records.foreign
            if known is None:
                return None
            self._handlers[kind] = known
        return self._handlers[kind]

    def _state_for(self, event: object, at_s: float | None) -> State:
        """The state of the connection that the entry belongs to."""
        state = self._state
        if state is None or self._begins(event, state.connection):
            connection = Connection(at_s)
            self.connections.append(connection)
            state = self._state = State(connection, self.config)
        return state

    @staticmethod
    def _begins(event: object, connection: Connection) -> bool:
        """Whether the entry is the first of another connection."""
        if isinstance(event, Header):
            return True
        if isinstance(event, Open):
            return connection.closed
        if isinstance(event, session.Created) and connection.session_id:
            return bool(event.session.id) and event.session.id != connection.session_id
        return False

    @staticmethod
    def _count(connection: Connection, event: Unknown | Malformed) -> None:
        if isinstance(event, Unknown):
            connection.unknown += 1
        else:
            connection.malformed += 1
        connection.events += 1
