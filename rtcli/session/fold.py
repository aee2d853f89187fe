"""The fold of a session's entries into its tree.

Law: no sequence of entries raises, each costs the same however many came before, and folding a
prefix and then the rest is folding the whole.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from msgspec import Struct
from msgspec.structs import replace

from rtcli.events import REALTIME, Event, Malformed, Unknown, session
from rtcli.formats import Entry
from rtcli.recording import Header, Open
from rtcli.session import items, records, responses, speech
from rtcli.session.config import Config
from rtcli.session.mark import Mark, hang
from rtcli.session.places import Places, place_of, placing
from rtcli.session.state import State
from rtcli.session.tree import Connection, Node, children_of

Handler = Callable[[State, Any, float | None], None]
HANDLERS: Final[dict[type, Handler]] = {
    **responses.HANDLERS,
    **items.HANDLERS,
    **speech.HANDLERS,
    **records.HANDLERS,
}


class _Way(Struct, frozen=True, gc=False):
    """What becomes of the events of a class that begin no connection."""

    configure: Callable[[Config, Any], None] | None
    move: Handler
    place: Callable[[State, Any], Node]


def _stay(_state: State, _event: Any, _at_s: float | None) -> None:
    """Change nothing: it is told by what answers it."""


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
        self.places = Places()
        self.state: State | None = None
        """The open ends of the last connection."""
        self._now_s: float | None = None
        self._ways: dict[type, _Way] = {}

    def apply(self, entry: Entry) -> None:
        """Take in the next entry."""
        event, state = entry.event, self.state
        way = self._ways.get(type(event))
        if way is None or state is None:
            self._apply(entry)
            return
        at_s = entry.t
        self.passed(at_s)
        state.touched = None
        if way.configure is not None:
            way.configure(self.config, event)
        way.move(state, event, at_s)
        connection = state.connection
        connection.events += 1
        self.places.put(entry.line, way.place(state, event), connection)

    def _apply(self, entry: Entry) -> None:
        """Take in an entry that may be anything, and learn how to take in events of its class."""
        event = entry.event
        self.passed(entry.t)
        folded = entry.folded.event if isinstance(event, Malformed) else event
        state = self._state_for(folded, entry.t)
        state.touched = None
        self.config.apply(entry)
        if isinstance(folded, Event):
            self._moving(type(folded))(state, folded, entry.t)
        if isinstance(event, Event):
            state.connection.events += 1
        elif isinstance(event, Unknown | Malformed):
            self._count(state.connection, event)
            records.odd(state, entry, event)
        elif isinstance(event, Header):
            state.connection.header = event
        else:
            records.record(state, event, entry.t, entry.sender)
        self.places.put(entry.line, place_of(state, event), state.connection)
        if isinstance(event, Event) and not isinstance(event, session.Created):  # which may begin a connection
            kind = type(event)
            self._ways[kind] = _Way(Config.handler(kind), self._moving(kind), placing(kind))

    def passed(self, at_s: float | None) -> None:
        """Count an entry that came at this time."""
        self.entries += 1
        self._now_s = at_s
        if at_s is not None:
            self.timed = True

    def mark(self, mark: Mark) -> None:
        """Hang a mark on the node that its line is about; where that is not known any more, where the session is."""
        spot = self.places.of(mark.line)
        if spot is not None:
            _, node, connection = spot
        elif self.state is not None:
            node, connection = self.state.here, self.state.connection
        else:
            return
        connection.errors += mark.severity == "error"
        connection.warnings += mark.severity == "warning"
        at_s = self._now_s if connection is self.connections[-1] else None
        hang(node.marks, replace(mark, at_s=at_s, after=len(children_of(node))))

    @staticmethod
    @cache
    def _moving(kind: type[Event]) -> Handler:
        """How events of a class let the state go on, or of the class it extends: one with extra fields is a subclass."""
        otherwise = records.foreign if _spoken_elsewhere(kind) else _stay
        move = next((HANDLERS[base] for base in kind.__mro__ if base in HANDLERS), otherwise)
        if kind.sender != "client" or "event_id" not in kind.__struct_fields__:
            return move

        def remember(state: State, event: Any, at_s: float | None) -> None:
            if event.event_id:
                records.remember(state, event.event_id, event.type)
            move(state, event, at_s)

        return remember

    def _state_for(self, event: object, at_s: float | None) -> State:
        """The state of the connection that the entry belongs to."""
        state = self.state
        if state is None or self._begins(event, state.connection):
            connection = Connection(at_s)
            self.connections.append(connection)
            state = self.state = State(connection, self.config)
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
