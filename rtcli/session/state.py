"""Where everything of one connection is found by its id, and where new things are hung.

Law: whatever an event names exists afterwards; what the recording did not open is a placeholder.
A thing is placed once, by the first event that names it.
"""

from __future__ import annotations

from collections import deque
from typing import Final

from rtcli.events.configuration import RealtimeSession, TranscriptionSession
from rtcli.events.objects import Response as ResponseObject
from rtcli.session.config import Config, format_name
from rtcli.session.floor import Floor
from rtcli.session.stream import Stream
from rtcli.session.tree import Connection, Item, Node, Odd, Part, Place, Response, Turn

REMEMBERED_EVENTS: Final = 1024
"""How far back an error may point to the client's event that caused it."""

REACH: Final = 64
"""How far back an item is looked for that came before its response: a bound, so that no event costs more."""


class State:
    """The open ends of one connection."""

    def __init__(self, connection: Connection, config: Config) -> None:
        self.connection = connection
        self.config = config
        self.turn: Turn | None = None
        self.responses: dict[str, Response] = {}
        self.open: dict[str, Response] = {}
        """Responses that are not done."""
        self.floor = Floor()
        self.items: dict[str, Item] = {}
        self.unsettled: dict[tuple[str, str], deque[Item]] = {}
        """Items that the client sent without an id, until the server names them."""
        self.loose: dict[str, Place] = {}
        """Items of the model that came before the response they belong to, and where they hang."""
        self.run: Stream | None = None
        """The user's audio that is being sent."""
        self.odd: dict[tuple[object, ...], Odd] = {}
        """Runs of events that could not be applied."""
        self.errors: set[str] = set()
        self.setups: set[str] = set()
        self.setup: RealtimeSession | TranscriptionSession | None = None
        """The configuration that was reported last."""
        self.causes: dict[str, tuple[str, Item | None]] = {}
        self.touched: Node | None = None
        """What the entry that is being applied has hung or looked up, the last of it."""

    @property
    def here(self) -> Place:
        """Where something that belongs to no response is hung."""
        return self.turn or self.connection

    @property
    def is_answering(self) -> bool:
        """Whether a response of the conversation is open."""
        return any(not one.out_of_band for one in self.open.values())

    def hang(self, node: Node) -> None:
        """Hang a node where the session is now."""
        self.here.children.append(node)  # type: ignore[arg-type]
        self.touched = node
        self.odd.clear()

    def begin_turn(self, at_s: float | None) -> Turn:
        """The turn that takes the user's input: the open one, unless it has been answered."""
        if self.turn is None or self.turn.answered:
            self.connection.turns += 1
            self.turn = self.touched = Turn(at_s, self.connection.turns)
            self.connection.children.append(self.turn)
            self.odd.clear()
        return self.turn

    def response(self, response_id: str, at_s: float | None) -> Response:
        """The response of that id, made up where the recording does not have its beginning."""
        found = self.responses.get(response_id)
        return found or self.add_response(response_id, at_s, known=False)

    def add_response(
        self, response_id: str, at_s: float | None, *, known: bool = True, out_of_band: bool = False
    ) -> Response:
        """A new response in its place: the open turn, a turn of its own, or the connection."""
        response = Response(at_s, response_id, known=known, out_of_band=out_of_band)
        self.responses[response_id] = self.open[response_id] = response
        if out_of_band:
            self.connection.children.append(response)
            return response
        turn = self.turn
        if turn is None or (turn.answered and not turn.awaits and not self._speaking(response)):
            turn = self.begin_turn(at_s)
        response.asked_s = turn.input_end_s if known else None
        turn.answered, turn.awaits = True, False
        turn.children.append(response)
        self.floor.answers(response, turn)
        self.odd.clear()
        return response

    def _speaking(self, but: Response) -> bool:
        return any(other is not but and not other.out_of_band for other in self.open.values())

    def describe(self, response: Response, reported: ResponseObject) -> None:
        """Take over what the server says of a response."""
        response.status = reported.status or response.status
        response.details = reported.status_details or response.details
        response.usage = reported.usage or response.usage
        response.metadata = reported.metadata or response.metadata
        output = getattr(reported.audio or None, "output", None) or None
        response.audio_format = format_name(output) or response.audio_format or self.config.output_format

    def written(self, response_id: str, item_id: str, at_s: float | None) -> Item:
        """The item of that id in that response; the same id in another response is another item."""
        response = self.responses.get(response_id) or self.response(response_id, at_s)
        item = response.items.get(item_id)
        if item is None:
            item = self._take(item_id) or Item(at_s, item_id, known=False)
            self.write(response, item)
        return item

    def _take(self, item_id: str) -> Item | None:
        """Take an item that hangs loose from where it is, if it is among the last that were hung there."""
        place = self.loose.pop(item_id, None)
        children = place.children if place is not None else []
        for back in range(1, min(len(children), REACH) + 1):
            if children[-back] is self.items.get(item_id):
                del children[-back]
                return self.items[item_id]
        return None

    def write(self, response: Response, item: Item) -> None:
        """Hang an item under the response that writes it."""
        self.floor.writes(response, item)
        response.items[item.id] = item
        response.children.append(item)
        self.items[item.id] = item

    def item(self, item_id: str, at_s: float | None) -> Item:
        """The item of that id in the conversation, made up where it is not known."""
        item = self.items.get(item_id)
        if item is None:
            item = self.items[item_id] = Item(at_s, item_id, known=False)
            self.hang(item)
        self.touched = item
        return item


def part_of(item: Item, index: int, at_s: float | None, kind: str = "") -> Part:
    """The content part of that index."""
    part = item.parts.get(index)
    if part is None:
        part = item.parts[index] = Part(at_s, index, kind)
        item.children.append(part)
    part.kind = part.kind or kind
    return part


def stream_of(item: Item, index: int, kind: str, at_s: float | None, audio_format: str | None = None) -> Stream:
    """The stream of that kind in the part of that index; a negative index is the item's own."""
    stream = item.streams.get((index, kind))
    if stream is None:
        stream = item.streams[index, kind] = Stream(kind, at_s, audio_format=audio_format)
        if index < 0:
            item.children.append(stream)
        else:
            part_of(item, index, at_s, "audio" if kind in {"audio", "transcript"} else kind).children.append(stream)
    return stream
