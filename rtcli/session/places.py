"""Which node of the tree a line of the recording is about.

Law: a line that began a node is known for good, any other as long as it is among the last; so what
is remembered grows with the tree and not with the recording.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from operator import attrgetter
from typing import Any, Final

from rtcli.events import Event
from rtcli.events.input_audio_buffer import Append
from rtcli.session.state import State
from rtcli.session.tree import Connection, Node, Odd

RECENT_LINES: Final = 4096


Spot = tuple[int, Node, Connection]
"""A line, its node, and the connection that this belongs to."""


class Places:
    """The nodes by their lines."""

    def __init__(self) -> None:
        self._begun: dict[int, Spot] = {}
        self.recent: list[Spot | None] = [None] * RECENT_LINES
        """By line modulo their number what the last lines are about; not those that began a node."""

    def put(self, line: int, node: Node, connection: Connection) -> None:
        """Remember what a line is about."""
        if node.line:
            self.recent[line % RECENT_LINES] = (line, node, connection)
        else:
            node.line = line
            self._begun[line] = (line, node, connection)

    def of(self, line: int) -> Spot | None:
        """What a line is about, if that is still known."""
        spot = self.recent[line % RECENT_LINES]
        return spot if spot is not None and spot[0] == line else self._begun.get(line)


def place_of(state: State, content: object) -> Node:
    """The node that an entry is about, once it is applied: what it names, what it moved, or the turn."""
    if isinstance(content, Event):
        return placing(type(content))(state, content)
    return state.touched or state.here


@cache
def placing(kind: type[Event]) -> Callable[[State, Any], Node]:
    """How to tell what an event of a class is about."""
    response_of, item_of, appends = _naming(kind, "response"), _naming(kind, "item"), issubclass(kind, Append)

    def place(state: State, event: Any) -> Node:
        touched = state.touched
        if type(touched) is Odd:
            return touched
        response_id, item_id = response_of(event), item_of(event)
        answer = state.responses.get(response_id if type(response_id) is str else "")
        if type(item_id) is not str:
            item_id = ""
        item = answer.items.get(item_id) if answer is not None else None
        found = item or state.items.get(item_id) or answer or touched
        if found is None and appends:
            found = state.run
        return found or state.here

    return place


def _naming(kind: type[Event], what: str) -> Callable[[Any], Any]:
    """How an event of a class names a response or an item, or holds one that has an id."""
    fields, name = kind.__struct_fields__, f"{what}_id"
    if name in fields:
        return attrgetter(name)
    return (lambda event: getattr(getattr(event, what), "id", None)) if what in fields else lambda _: ""
