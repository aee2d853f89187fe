"""What a part of a session needs from before: the configuration in force, what is open, what it refers to.

An event belongs to the thread of its response, or of its item where no response made it. What is open is
carried whole, as far as it had come, because half of it would tell what never was; with what runs goes all that
happened since it began, but for the user's audio, because that may tell why it began. Of what is over go only
the events that tell what an item is, and only where it is spoken of again.

Law: each entry costs the same however many came before, and what is kept grows with what is open.
"""

from __future__ import annotations

from array import array
from collections import deque
from collections.abc import Callable, Iterable
from functools import partial
from itertools import chain
from typing import Any, ClassVar, Final

from msgspec import Struct, field

from rtcli.events import Event, Malformed, input_audio_buffer
from rtcli.events.event import type_name
from rtcli.formats import Entry
from rtcli.recording import Close, Note, Open
from rtcli.session.about import answers, item_of, named_by, response_of, tag_of
from rtcli.session.config import Config
from rtcli.session.ledger import Memory
from rtcli.session.obligations import Obligations

_OPEN_AT_MOST: Final = 256
_RECENT: Final = 4096
_FAULTY: Final = 16
_SETUP: Final = {
    "session.created": "created",
    "transcription_session.created": "created",
    "session.started": "created",
    "session.updated": "updated",
    "transcription_session.updated": "updated",
    "session.close": "close",
    "session.closed": "closed",
}
"""What each of these tells of the connection; the last one that does so is in force."""
_BEGIN_AN_ITEM: Final = frozenset(
    {
        "input_audio_buffer.speech_started",
        "input_audio_buffer.timeout_triggered",
        "input_audio_buffer.committed",
        "mcp_list_tools.in_progress",
    }
)
_END_AN_ITEM: Final = frozenset(
    {
        "conversation.item.added",
        "conversation.item.created",
        "conversation.item.deleted",
        "mcp_list_tools.completed",
        "mcp_list_tools.failed",
    }
)
_TELL_AN_ITEM: Final = frozenset({"conversation.item.added", "conversation.item.created", "conversation.item.done"})


class Thread(Struct, eq=False):
    """What happened so far to a response and its items, or to an item that is only announced."""

    lines: array[int] = field(default_factory=lambda: array("q"))
    is_going_on: bool = True
    owed: dict[str, str] = field(default_factory=dict)
    """Calls that have no output and wishes for approval that have no answer, each with the id of its item."""
    linked: list[Thread] = field(default_factory=list)
    """The input that a response answers, and speech over it."""

    @property
    def is_open(self) -> bool:
        """Something of it is still to come."""
        return self.is_going_on or bool(self.owed)


class Ground:
    """Where a connection stands: what would have to be told to somebody who begins to read now."""

    def __init__(self) -> None:
        self._config = Config()
        self._obligations = Obligations(self._config)
        self._setup: dict[str, int] = {}
        """The lines that made the connection what it is, by what each of them tells."""
        self._responses: Memory[str, Thread] = Memory(_OPEN_AT_MOST)
        self._items: Memory[str, Thread] = Memory(_OPEN_AT_MOST)
        """By id of an item the thread of the response that made it, or one of its own."""
        self._owing: Memory[str, Thread] = Memory(_OPEN_AT_MOST)
        self._told: Memory[str, array[int]] = Memory()
        """By id of an item the lines that tell what it is, apart from how it came to be."""
        self._heard: Thread | None = None
        """The input that no response has answered yet."""
        self._faulty: deque[int] = deque(maxlen=_FAULTY)
        """What the client sent that cannot be understood; the server may refuse it yet."""
        self.sound: deque[int] = deque(maxlen=_RECENT)
        """The lines of the user's audio that has not been committed."""
        self._recent: deque[int] = deque(maxlen=_RECENT)
        """The last lines, without the user's audio."""
        self._handlers: dict[type, Callable[[Any, int], None] | None] = {}

    def feed(self, entry: Entry) -> None:
        """Take in the next entry."""
        entry = entry.folded
        event: Any = entry.event
        kind: type = type(event)
        if kind not in self._handlers:
            self._handlers[kind] = self._handler_of(kind)
        handler = self._handlers[kind]
        if kind is Malformed and entry.sender == "client":
            self._faulty.append(entry.line)
        if handler is None:
            if kind is input_audio_buffer.Append:
                self.sound.append(entry.line)
            elif kind is not Note:
                self._recent.append(entry.line)
            return
        self._recent.append(entry.line)
        configure, oblige = Config.handler(kind), Obligations.handler_of(kind)
        if configure is not None:
            configure(self._config, event)
        if oblige is not None:
            oblige(self._obligations, event, entry)
        handler(event, entry.line)

    def lines(self) -> set[int]:
        """The lines that whoever begins to read now has to know, whatever comes."""
        needed = {*self._setup.values(), *self._obligations.pending, *self._faulty}
        began = list(self._heard.lines[:1]) if self._heard is not None and self._config.type != "transcription" else []
        for thread in (*self._responses.values(), *self._items.values(), *self._owing.values()):
            if thread.is_going_on:
                began += [one.lines[0] for one in (thread, *thread.linked) if one.lines]
            if thread.is_open:
                needed.update(thread.lines)
        if began:
            earliest = min(began)
            needed.update(line for line in self._recent if line >= earliest)
        return needed

    def referred_by(self, entry: Entry) -> Iterable[int]:
        """The lines from before that tell of the items which an event of the part names."""
        event: Any = entry.folded.event
        if not self._told or isinstance(event, input_audio_buffer.Append) or not isinstance(event, Event):
            return ()
        return chain.from_iterable(self._told.get(item_id, ()) for item_id in named_by(event))

    def _handler_of(self, kind: type) -> Callable[[Any, int], None] | None:
        if kind is Open:
            return partial(self._set_up, "open")
        if kind is Close:
            return self._is_closed
        if not issubclass(kind, Event):
            return None
        name = type_name(kind)
        if name in _SETUP:
            return partial(self._set_up, _SETUP[name])
        if name in self._SPECIAL:
            special = self._SPECIAL[name]
            return partial(special, self) if special else None
        fields = kind.__struct_fields__
        if "response_id" in fields:
            return self._streamed
        if "item_id" in fields or "item" in fields:
            return partial(self._happened, name)
        return self._nothing if Obligations.handler_of(kind) or Config.handler(kind) else None

    def _nothing(self, _event: Any, _line: int) -> None:
        """What moves no thread, and may settle a request."""

    def _set_up(self, what: str, _event: Any, line: int) -> None:
        if what == "created":
            self._setup.pop("updated", None)
        self._setup[what] = line

    def _is_closed(self, _close: Close, line: int) -> None:
        self._setup.setdefault("close record", line)

    def _refused(self, _event: Any, _line: int) -> None:
        self._faulty.clear()

    def _sounds(self, _event: Any, line: int) -> None:
        """The audio of a translation tells its own format."""
        self._setup.setdefault("sound", line)

    def _streamed(self, event: Any, line: int) -> None:
        thread = self._responses.get(event.response_id)
        if thread is not None:
            thread.lines.append(line)

    def _began(self, event: Any, line: int) -> None:
        thread = self._responses[response_of(event)] = Thread()
        self._take_request(thread)
        if self._heard is not None:
            thread.linked.append(self._heard)
            self._heard = None
        thread.lines.append(line)

    def _ended(self, event: Any, line: int) -> None:
        thread = self._responses.pop(response_of(event), None)
        if thread is not None:
            thread.lines.append(line)
            thread.is_going_on = False

    def _made(self, event: Any, line: int) -> None:
        thread = self._responses.get(event.response_id)
        if thread is None:
            return
        thread.lines.append(line)
        item_id, kind = item_of(event), tag_of(event.item)
        if item_id:
            self._items[item_id] = thread
        owed = getattr(event.item, "call_id", None) if kind == "function_call" else item_id
        if kind in ("function_call", "mcp_approval_request") and isinstance(owed, str) and owed not in self._owing:
            thread.owed[owed] = item_id
            self._owing[owed] = thread

    def _sent(self, event: Any, line: int) -> None:
        thread = self._owing.pop(answers(event), None)
        if thread is not None:
            item_id = thread.owed.pop(answers(event), "")
            thread.lines.append(line)
            if item_id in self._told:
                self._told[item_id].append(line)

    def _cancelled(self, event: Any, line: int) -> None:
        named = self._responses.get(event.response_id or "")
        for thread in [named] if named else self._responses.values():
            thread.lines.append(line)

    def _happened(self, name: str, event: Any, line: int) -> None:
        """Something to an item that may be no response's."""
        item_id = item_of(event)
        if not item_id:
            return
        if name in _TELL_AN_ITEM or "transcription" in name:
            self._told.setdefault(item_id, array("q")).append(line)
        thread = self._items.get(item_id)
        if thread is None and name in _BEGIN_AN_ITEM:
            thread = self._items[item_id] = Thread()
            for response in self._responses.values():
                response.linked.append(thread)
        if thread is not None:
            self._take_request(thread)
            thread.lines.append(line)
            if name == "input_audio_buffer.committed":
                self._heard = thread
                self.sound.clear()
            if name in _END_AN_ITEM and thread not in self._responses.values():
                thread.is_going_on = False
                del self._items[item_id]
        if name == "conversation.item.deleted":
            self._told.pop(item_id, None)

    def _take_request(self, thread: Thread) -> None:
        request = self._obligations.settled
        if request is not None:
            thread.lines.append(request.line)

    _SPECIAL: ClassVar[dict[str, Callable[[Ground, Any, int], None] | None]] = {
        "response.created": _began,
        "response.done": _ended,
        "response.output_item.added": _made,
        "response.output_item.done": _made,
        "response.cancel": _cancelled,
        "error": _refused,
        "conversation.item.create": _sent,
        "session.output_audio.delta": _sounds,
        "input_audio_buffer.append": None,
    }
