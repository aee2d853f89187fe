"""A call as turns, and a turn as strands: what the client sends, one item, one response, one transcription.

Within a strand one event follows from another, so that their order says something. Between strands it does
not: the network and the scheduler decide it anew in each run. What belongs to no turn is in turn 0.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from msgspec import Struct, field

from rtcli.script.account import APPENDS, Call, Told
from rtcli.script.words import Words, words_of
from rtcli.session.rows import TurnRow

_SOUND: Final = (*APPENDS, "input_audio_buffer.commit", "input_audio_buffer.clear")
_TRANSCRIPTION: Final = "conversation.item.input_audio_transcription."
_ANSWERS: Final = tuple(f"conversation.item.{what}" for what in ("truncated", "deleted", "retrieved"))
"""What the server says of an item because the client asked."""
_ORDER: Final = ("client", "sound", "item", "transcription", "response", "speech", "playback", "answer")
"""The kinds of strand in a turn, from cause to effect; any other comes behind them."""


class Strand(Struct):
    """Events that follow from each other."""

    kind: str
    told: list[Told] = field(default_factory=list)

    @property
    def types(self) -> tuple[str, ...]:
        """What happens in it."""
        return tuple(one.type for one in self.told)

    @property
    def content(self) -> tuple[str, tuple[tuple[str, bytes], ...]]:
        """What happens in it, word for word."""
        return self.kind, tuple((one.type, one.body) for one in self.told)


class Turn(Struct):
    """One input of the user and everything that follows from it; number 0 is what belongs to no turn."""

    number: int
    row: TurnRow | None = None
    strands: list[Strand] = field(default_factory=list)
    words: Words = field(default_factory=Words)

    @property
    def began(self) -> str:
        """What began it."""
        return self.row.began if self.row is not None else ""

    @property
    def line(self) -> int:
        """Its first line; 0 where it has none."""
        return min((one.line for strand in self.strands for one in strand.told), default=0)


def turns_of(call: Call) -> list[Turn]:
    """The turns of a connection in their order, the events of none of them first."""
    rows = call.measured.metrics.turns
    turns = [Turn(0), *(Turn(row.number, row) for row in rows)]
    sorter = _Sorter(call, rows)
    strands: dict[tuple[int, str, str], Strand] = {}
    for told in call.told:
        number, kind, name = sorter.place(told)
        key = (number, kind, name)
        if key not in strands:
            strands[key] = Strand(kind)
            turns[number].strands.append(strands[key])
        strands[key].told.append(told)
    for turn in turns:
        turn.strands.sort(key=_rank)
        turn.words = words_of(one for strand in turn.strands for one in strand.told)
    return turns


def _rank(strand: Strand) -> tuple[int, str]:
    return (_ORDER.index(strand.kind), "") if strand.kind in _ORDER else (len(_ORDER), strand.kind)


class _Sorter:
    """Says where each event of a connection belongs."""

    def __init__(self, call: Call, rows: Sequence[TurnRow]) -> None:
        begun = sorted((row.line, row.number) for row in rows)
        self._lines = [line for line, _ in begun]
        self._numbers = [number for _, number in begun]
        self._of_response = {row.id: row.turn for row in call.measured.metrics.responses if row.id}
        self._of_item = {item: row.number for row in rows for item in row.item_ids if item}
        self._response_of = dict(_written(call.told))

    def place(self, told: Told) -> tuple[int, str, str]:
        """The turn, the kind of strand, and which of them."""
        response, item = _named(told, "response"), _named(told, "item")
        if told.sender == "client":
            return self._sent(told)
        response = response or self._response_of.get(item, "")
        if response:
            return self._of_response.get(response, 0), _part_of_response(told.type), response
        if item:
            kind = "transcription" if told.type.startswith(_TRANSCRIPTION) else "item"
            number = self._of_item.setdefault(item, self._at(told.placed))
            return number, kind, item
        return 0, f"{told.sender} {told.type.partition('.')[0]}", ""

    def _sent(self, told: Told) -> tuple[int, str, str]:
        if told.type in ("close", "binary"):
            return 0, f"client {told.type}", ""
        return self._at(told.placed), "sound" if told.type in _SOUND else "client", ""

    def _at(self, line: int) -> int:
        """The turn that was the newest in a line."""
        place = bisect_right(self._lines, line)
        return self._numbers[place - 1] if place else 0


def _part_of_response(kind: str) -> str:
    """The audio of a response is sent beside its text, and played and cut while others go on."""
    if kind.startswith("output_audio_buffer."):
        return "playback"
    if kind.endswith(("audio.delta", "audio.done")):
        return "speech"
    return "answer" if kind in _ANSWERS else "response"


def _named(told: Told, kind: str) -> str:
    """The response or the item that an event is about; empty where it is about none."""
    paths = (f"$.{kind}_id", f"$.{kind}.id")
    return next((one.name for one in told.ids if one.path in paths), "")


def _written(told: Iterable[Told]) -> Iterator[tuple[str, str]]:
    """Each item that a response writes, with the response."""
    for one in told:
        response, item = _named(one, "response"), _named(one, "item")
        if response and item and one.sender != "client":
            yield item, response
