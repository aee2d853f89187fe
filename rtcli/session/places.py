"""Which node of the tree a line of the recording is about.

Law: a line that began a node is known for good, any other as long as it is among the last; so what
is remembered grows with the tree and not with the recording.
"""

from __future__ import annotations

from typing import Final, NamedTuple

from rtcli.events import Event, input_audio_buffer
from rtcli.session.state import State
from rtcli.session.tree import Connection, Node, Odd

RECENT_LINES: Final = 4096


class Spot(NamedTuple):
    """A node, and the connection that it belongs to."""

    line: int
    node: Node
    connection: Connection


class Places:
    """The nodes by their lines."""

    def __init__(self) -> None:
        self._begun: dict[int, Spot] = {}
        self._recent: list[Spot | None] = [None] * RECENT_LINES

    def put(self, line: int, node: Node, connection: Connection) -> None:
        """Remember what a line is about."""
        spot = Spot(line, node, connection)
        if not node.line:
            node.line = line
            self._begun[line] = spot
        else:
            self._recent[line % RECENT_LINES] = spot

    def of(self, line: int) -> Spot | None:
        """What a line is about, if that is still known."""
        spot = self._recent[line % RECENT_LINES]
        return spot if spot is not None and spot.line == line else self._begun.get(line)


def place_of(state: State, content: object) -> Node:
    """The node that an entry is about, once it is applied: what it names, what it moved, or the turn."""
    if not isinstance(content, Event) or isinstance(state.touched, Odd):
        return state.touched or state.here
    answer = state.responses.get(_named(content, "response"))
    item_id = _named(content, "item")
    item = answer.items.get(item_id) if answer is not None else None
    found = item or state.items.get(item_id) or answer or state.touched
    if found is None and isinstance(content, input_audio_buffer.Append):
        found = state.run
    return found or state.here


def _named(event: Event, what: str) -> str:
    """The id of a response or an item that an event names or holds."""
    name = getattr(event, f"{what}_id", None) or getattr(getattr(event, what, None), "id", None)
    return name if isinstance(name, str) else ""
