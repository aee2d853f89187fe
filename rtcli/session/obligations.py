"""Requests of the client, until the server has answered them or refused them.

Law: every request is settled at most once, by the event that answers it or by an error; an answer
settles the oldest request that it fits. One exception: turn detection and the client may both begin a
response, and which of them did is known only when the other is refused. Then the client's request,
which its response had settled, is settled again by its refusal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from typing import Any, ClassVar, Final

from rtcli.events import conversation, error, input_audio_buffer, response, session
from rtcli.events.event import ServerEvent, type_name
from rtcli.formats import Entry
from rtcli.session.beginnings import Beginnings
from rtcli.session.config import Config, at
from rtcli.session.ledger import Handler, Ledger
from rtcli.session.request import ANSWER_OF, REQUEST_OF, Request, item_type_of, key_of

PATIENCE_S: Final = 10.0
"""How long an answer may take, where there are times."""
PATIENCE_EVENTS: Final = 50
"""How many events of the server may come first, where there are none."""
_KEPT: Final = 256
_OCCUPIED: Final = "conversation_already_has_active_response"

_CODES: Final[Mapping[str, str]] = {
    "input_audio_buffer_commit_empty": "input_audio_buffer.commit",
    _OCCUPIED: "response.create",
    "item_truncate_invalid_item_id": "conversation.item.truncate",
    "item_delete_invalid_item_id": "conversation.item.delete",
    "item_retrieve_invalid_item_id": "conversation.item.retrieve",
    "item_create_duplicate_id": "conversation.item.create",
}
"""The requests that errors refuse which do not name their cause. Source: errors in captured sessions."""
_PARAMS: Final[Mapping[str, str]] = {
    "session": "session.update",
    "item": "conversation.item.create",
    "response": "response.create",
    "audio_end_ms": "conversation.item.truncate",
}
"""The same, by the first word of ``error.param``."""
_CANCEL: Final = "response_cancel_not_active"


class Obligations(Ledger):
    """What the client waits for."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.pending: dict[int, Request] = {}
        """By line, the oldest first."""
        self.settled: Request | None = None
        """What the last event has answered or refused."""
        self.beginnings = Beginnings()
        self.unexplained = False
        """Something was refused, and nothing shows what."""
        self.served = 0
        """How many events the server has sent, without deltas, which come by the hundred in one answer."""

    def of(self, kind: str) -> list[Request]:
        """The requests of a type that are waiting, the oldest first."""
        return [request for request in self.pending.values() if request.type == kind]

    def overdue(self, t: float | None) -> list[Request]:
        """The requests that have waited too long when the server sends something else at `t` seconds."""
        late = []
        for request in self.pending.values():
            if t is not None and request.t is not None:
                waited_too_long = t - request.t > PATIENCE_S
            else:
                waited_too_long = self.served - request.served >= PATIENCE_EVENTS
            if not waited_too_long:
                break
            late.append(request)
        return late

    def unanswered(self, event: Any, t: float | None) -> list[Request]:
        """The requests that will not be answered, as the server's next event shows, which comes at `t` seconds.

        Of a response that is asked for while another is being given nobody knows what becomes; nor of any
        request once something was refused that is unknown.
        """
        if not self.pending or self.unexplained or is_delta(event):
            return []
        late = self.overdue(t)
        answered = self.answers(event) if late else None
        return [request for request in late if request is not answered and not request.is_crowded]

    def answers(self, event: Any) -> Request | None:
        """The request that an event of the server answers or refuses."""
        kind: type = type(event)
        find = self._finder(kind)
        return find(self, event) if find else None

    @classmethod
    @cache
    def _finder(cls, kind: type) -> Callable[[Obligations, Any], Request | None] | None:
        """How to find what events of a class settle, or of the nearest class that it extends; most settle nothing."""
        return next((cls._FINDERS[base] for base in kind.__mro__ if base in cls._FINDERS), None)

    def _asked(self, event: Any, entry: Entry) -> None:
        asked = getattr(event, "response", None) or None
        request = self.ask(event, entry, key_of(event), item_type_of(getattr(event, "item", None)))
        request.out_of_band = at(asked, "conversation") == "none"
        request.metadata = at(asked, "metadata")

    def ask(self, event: Any, entry: Entry, key: str = "", item_type: str = "") -> Request:
        """Something is asked for, of an item with this id and of this type if of any."""
        if len(self.pending) >= _KEPT:
            del self.pending[next(iter(self.pending))]
        is_crowded = self.beginnings.are_open and isinstance(event, response.Create)
        request = self.pending[entry.line] = Request(
            event.type, entry.line, entry.t, key, event.event_id or "", self.served, item_type, is_crowded=is_crowded
        )
        return request

    def settle_added(self, event: Any) -> None:
        """Join an item that was added to the request that asked for it, if there is one."""
        self.settled = self._added(event)
        if self.settled is not None:
            self.pending.pop(self.settled.line, None)

    def _heard(self, event: Any, entry: Entry) -> None:
        kind: type = type(event)
        find = self._finder(kind)
        if find is None or not (self.pending or isinstance(event, error.Error)):
            self.settled = None
        else:
            self.settled = find(self, event)
        if self.pending:
            for request in (*self.overdue(entry.t), self.settled):
                if request is not None:
                    self.pending.pop(request.line, None)
        self.served += 1

    def _passed(self, _event: Any, entry: Entry) -> None:
        """What settles nothing."""
        self.settled = None
        if self.pending:
            for request in self.overdue(entry.t):
                del self.pending[request.line]
        self.served += 1

    @classmethod
    def handler_of(cls, kind: type) -> Handler | None:
        """Deltas are not heeded at all: they come by the hundred in one answer."""
        handler = super().handler_of(kind)
        if handler is not cls._heard:
            return handler
        if _is_delta(kind):
            return None
        return cls._passed if cls._finder(kind) is None else handler

    def _committed(self, event: input_audio_buffer.Committed, entry: Entry) -> None:
        self._heard(event, entry)
        if self.settled is None and at(self.config.turn_detection, "create_response") is not False:
            self.beginnings.commit_line = entry.line

    def _began(self, event: response.Created, entry: Entry) -> None:
        self._heard(event, entry)
        inside = event.response.conversation_id is not None
        self.beginnings.add(event.response.id or "", self.settled, in_conversation=inside)

    def _ended(self, event: response.Done, entry: Entry) -> None:
        self._heard(event, entry)
        self.beginnings.end(event.response.id or "")

    def _failed(self, event: error.Error, entry: Entry) -> None:
        self._heard(event, entry)
        if self.settled is not None:
            self.beginnings.take_back(self.settled)
        elif not self._is_explained(event):
            self.unexplained = True

    @staticmethod
    def _is_explained(event: error.Error) -> bool:
        details = event.error
        return bool(details.event_id) or details.code == _CANCEL or (details.code or "") in _CODES

    def _by_kind(self, event: Any) -> Request | None:
        kind = REQUEST_OF[event.type]
        return next(iter(self.of(kind)), None)

    def _by_item(self, event: Any) -> Request | None:
        key = event.item_id if hasattr(event, "item_id") else getattr(event.item, "id", None)
        kind = REQUEST_OF[event.type]
        for request in self.pending.values():
            if request.key == key and request.type == kind:
                return request
        return None

    def _added(self, event: Any) -> Request | None:
        item, waiting = event.item, self.of("conversation.item.create")
        for one in waiting:
            if one.key == item.id:
                return one
        if waiting and not _is_being_written(item):
            kind = item_type_of(item)
            return next((one for one in waiting if not one.key and one.item_type == kind), None)
        return None

    def _created(self, event: response.Created) -> Request | None:
        waiting = self.of("response.create")
        metadata = event.response.metadata or None
        named = next((one for one in waiting if metadata and one.metadata == metadata), None)
        if named:
            return named
        out_of_band = event.response.conversation_id is None
        fitting = [one for one in waiting if one.out_of_band == out_of_band]
        if not fitting and not out_of_band and self.beginnings.commit_line:
            return None
        return next(iter(fitting or waiting), None)

    def _refused(self, event: error.Error) -> Request | None:
        details = event.error
        named = details.event_id or ""
        kind = _CODES.get(details.code or "") or _PARAMS.get((details.param or "").partition(".")[0], "")
        if named:
            waiting = [one for one in self.pending.values() if one.event_id == named]
        else:
            waiting = [one for one in self.of(kind) if details.code != _OCCUPIED or not one.out_of_band]
        if not waiting and details.code == _OCCUPIED:
            return self.beginnings.in_doubt(named)
        return next(iter(waiting), None)

    _FINDERS: ClassVar[Mapping[type, Callable[[Obligations, Any], Request | None]]] = {
        session.Updated: _by_kind,
        input_audio_buffer.Committed: _by_kind,
        input_audio_buffer.Cleared: _by_kind,
        conversation.ItemDeleted: _by_item,
        conversation.ItemRetrieved: _by_item,
        conversation.ItemTruncated: _by_item,
        conversation.ItemAdded: _added,
        conversation.ItemCreated: _added,
        response.Created: _created,
        error.Error: _refused,
    }
    """By event of the server: how to find the request that it settles."""
    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        **dict.fromkeys(ANSWER_OF, _asked),
        ServerEvent: _heard,
        input_audio_buffer.Committed: _committed,
        response.Created: _began,
        response.Done: _ended,
        error.Error: _failed,
    }


def is_delta(event: Any) -> bool:
    """Whether an event is a piece of something longer."""
    kind: type = type(event)
    return _is_delta(kind)


@cache
def _is_delta(kind: Any) -> bool:
    return type_name(kind).endswith(".delta")


def _is_being_written(item: Any) -> bool:
    """Whether an item of the conversation is one that the model begins, and none that the client sent whole."""
    return getattr(item, "role", "") == "assistant" and getattr(item, "status", "") == "in_progress"
