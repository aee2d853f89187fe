"""What both sides say in each turn: transcripts, and what is written.

Law: of a stream that is over its text is kept and nothing else; a bound on what is kept of a text makes
a long call cost no more than its number of turns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from msgspec import Struct, field

from rtcli.events import conversation, response
from rtcli.events.objects import Message
from rtcli.formats import Entry
from rtcli.session.config import Config, at
from rtcli.session.ledger import Handler, Ledger, Memory
from rtcli.session.measured import Connection
from rtcli.session.metrics import Metrics
from rtcli.session.prices import PRICES, Prices

_LONGEST: Final = 1 << 20
"""How many characters are kept of one text in any case."""
_OPEN: Final = 256

Key = tuple[str, str, int]
"""Response, item and content index."""


class Words(Struct):
    """What was said in a turn, part after part."""

    user: list[str] = field(default_factory=list)
    model: list[str] = field(default_factory=list)


class _Stream(Struct):
    """A text of the model that is being written."""

    words: Words
    place: int
    pieces: list[str] = field(default_factory=list)
    length: int = 0


class Said(Ledger):
    """The words of a connection. It is fed behind the metrics, which say what belongs to which turn."""

    def __init__(self, config: Config, metrics: Metrics, longest: int | None = None) -> None:
        super().__init__(config)
        self._exchange, self._answering = metrics.exchange, metrics.answering
        self._longest = longest or _LONGEST
        self._words: dict[int, Words] = {}
        """By number of the turn; 0 is what belongs to none."""
        self._open: Memory[Key, _Stream] = Memory(_OPEN)
        self._over: Memory[Key, None] = Memory()
        self._transcribed: Memory[tuple[str, int], int] = Memory()
        """By item and content index the place of its transcript among the words of its turn."""
        self._sent = 0
        """Messages of the client that the server has not yet shown."""
        self._shown: Memory[str, None] = Memory()

    def of(self, turn: int) -> Words:
        """What was said in a turn so far; a stream that is not over is not among it."""
        return self._words.get(turn) or Words()

    def finish(self) -> None:
        """The end of the connection, and of every stream."""
        for key in list(self._open):
            self._close(key, None)

    def _in(self, turn: int) -> Words:
        return self._words.setdefault(turn, Words())

    def _cut(self, text: str) -> str:
        return text if len(text) <= self._longest else text[: self._longest]

    def _heard(self, event: conversation.InputAudioTranscriptionCompleted, _entry: Entry) -> None:
        """A transcript of the same audio that comes again, as xAI's grows, replaces the one before."""
        turn, key = self._exchange.turn_of(event.item_id), (event.item_id, event.content_index or 0)
        if turn is None or not isinstance(event.transcript, str) or not event.transcript.strip():
            return
        user = self._in(turn.number).user
        place = self._transcribed.setdefault(key, len(user))
        user[place : place + 1] = [self._cut(event.transcript.strip())]

    def _message_sent(self, event: conversation.ItemCreate, _entry: Entry) -> None:
        item: Any = event.item
        if isinstance(item, Message) and item.role == "user":
            self._sent += 1
            self._write(item)

    def _message_added(self, event: Any, _entry: Entry) -> None:
        """Where the client is recorded, its messages are known when the server shows them."""
        item = event.item
        if not isinstance(item, Message) or item.role != "user" or (item.id and item.id in self._shown):
            return
        if not any(text.strip() for text in _texts(item)):
            return
        self._shown[item.id or ""] = None
        if self._sent:
            self._sent -= 1
        else:
            self._write(item)

    def _write(self, item: Message) -> None:
        texts = [text for text in _texts(item) if text.strip()]
        turn = self._exchange.turn_of(item.id or "") or (self._exchange.turns[-1] if self._exchange.turns else None)
        if texts and turn is not None:
            self._in(turn.number).user += [self._cut(text.strip()) for text in texts]

    def _delta(self, event: Any, _entry: Entry) -> None:
        key = _key(event)
        stream = self._open.get(key)
        if stream is None:
            if key in self._over:
                return
            stream = self._begin(key)
        if isinstance(event.delta, str) and stream.length <= self._longest:
            stream.pieces.append(event.delta)
            stream.length += len(event.delta)

    def _begin(self, key: Key) -> _Stream:
        row = self._answering.known.get(key[0])
        words = self._in(row.turn if row is not None else 0)
        stream = self._open[key] = _Stream(words, len(words.model))
        words.model.append("")
        return stream

    def _text_done(self, event: Any, _entry: Entry) -> None:
        self._close(_key(event), getattr(event, "text", None) or getattr(event, "transcript", None))

    def _close(self, key: Key, final: Any) -> None:
        if key in self._over:
            return
        stream = self._open.pop(key, None) or self._begin(key)
        self._open.pop(key, None)
        self._over[key] = None
        text = final if isinstance(final, str) else "".join(stream.pieces)
        stream.words.model[stream.place] = self._cut(text.strip())

    def _done(self, event: response.Done, _entry: Entry) -> None:
        """What never came in deltas, or not all of it, stands in the response; what was cut short has no other end."""
        response_id = event.response.id or ""
        for item in event.response.output or []:
            if isinstance(item, Message):
                for index, text in enumerate(_texts(item)):
                    if text.strip():
                        self._close((response_id, item.id or "", index), text)
        for key in [key for key in self._open if key[0] == response_id]:
            self._close(key, None)

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        conversation.InputAudioTranscriptionCompleted: _heard,
        conversation.ItemCreate: _message_sent,
        conversation.ItemAdded: _message_added,
        conversation.ItemCreated: _message_added,
        response.OutputTextDelta: _delta,
        response.OutputAudioTranscriptDelta: _delta,
        response.OutputTextDone: _text_done,
        response.OutputAudioTranscriptDone: _text_done,
        response.Done: _done,
    }


class Spoken(Connection):
    """A connection that is being measured, with its words."""

    def __init__(self, prices: Prices = PRICES, longest: int | None = None) -> None:
        super().__init__(prices)
        self.said = Said(self.config, self.metrics, longest)
        self._speaks: dict[type, Handler | None] = {}

    def apply(self, entry: Entry) -> None:
        """Take in the next entry."""
        super().apply(entry)
        entry = entry.folded
        kind = type(entry.event)
        if kind not in self._speaks:
            self._speaks[kind] = Said.handler_of(kind)
        handler = self._speaks[kind]
        if handler is not None:
            handler(self.said, entry.event, entry)


def _key(event: Any) -> Key:
    return event.response_id, event.item_id, event.content_index or 0


def _texts(item: Message) -> Iterator[str]:
    for part in item.content or []:
        text = at(part, "text") or at(part, "transcript")
        yield text if isinstance(text, str) else ""


def tools_by_turn(connection: Connection) -> dict[int, list[str]]:
    """The functions that the model called, by the number of the turn, in order."""
    found: dict[int, list[str]] = {}
    for call in connection.metrics.calls:
        found.setdefault(call.turn, []).append(call.name)
    return found
