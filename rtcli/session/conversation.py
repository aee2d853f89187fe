"""The items of the conversation: which there are, which there were, and what is known of them.

Law: an item is known from the first event that names it as the conversation's, the client's own
``conversation.item.create`` among them, until it is deleted; then its id is free again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from rtcli.events import conversation, input_audio_buffer, response
from rtcli.events.objects import Message
from rtcli.formats import Entry
from rtcli.session.config import Config
from rtcli.session.ledger import Handler, Ledger, Memory
from rtcli.session.transitions import State, after


class Known(Struct):
    """An item as far as it is known."""

    id: str
    line: int
    """The first event that named it."""
    state: State = "unseen"
    type: str = ""
    role: str = ""
    status: str = ""
    has_audio: bool = False
    sent_line: int = 0
    """Where the client created it; 0 where it did not."""
    added_line: int = 0
    created_line: int = 0
    """Of ``conversation.item.created``, beta's word for it; some servers send both."""
    done_line: int = 0
    deleted_line: int = 0

    @property
    def is_there(self) -> bool:
        """Whether it is in the conversation, or about to be."""
        return self.state != "deleted"


class Conversation(Ledger):
    """The items of a connection."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.items: Memory[str, Known] = Memory()
        """By id, deleted ones too."""
        self.default_id = ""
        """The id of the conversation, as the first response in it told."""

    def has(self, item_id: str) -> bool:
        """Whether there may be an item of that id; when some are forgotten, that cannot be denied."""
        known = self.items.get(item_id)
        return known.is_there if known is not None else self.items.has_forgotten

    def had(self, item_id: str) -> bool:
        """Whether there may be, or may have been, an item of that id."""
        return item_id in self.items or self.items.has_forgotten

    def _known(self, item_id: Any, entry: Entry) -> Known:
        item_id = item_id if isinstance(item_id, str) else ""
        known = self.items.get(item_id)
        if known is None:
            known = self.items[item_id] = Known(item_id, entry.line)
        return known

    def _describe(self, known: Known, item: Any) -> None:
        known.type = str(type(item).__struct_config__.tag)
        known.role = getattr(item, "role", "") or known.role
        known.status = getattr(item, "status", "") or known.status
        if isinstance(item, Message):
            kinds = {type(part).__struct_config__.tag for part in item.content}
            known.has_audio = known.has_audio or bool(kinds & {"output_audio", "audio", "input_audio"})

    def _named(self, event: Any, entry: Entry) -> None:
        known = self._known(event.item_id, entry)
        known.state = after("item", known.state, "announced")

    def _sent(self, event: conversation.ItemCreate, entry: Entry) -> None:
        if isinstance(event.item.id, str) and event.item.id:
            known = self._known(event.item.id, entry)
            if known.state == "deleted":
                known = self.items[known.id] = Known(known.id, entry.line)
            known.state = after("item", known.state, "announced")
            known.sent_line = known.sent_line or entry.line
            self._describe(known, event.item)

    def _added(self, event: Any, entry: Entry) -> None:
        known = self._known(event.item.id, entry)
        if known.state == "deleted":
            known = self.items[known.id] = Known(known.id, entry.line)
        known.state = after("item", known.state, "added")
        if isinstance(event, conversation.ItemCreated):
            known.created_line = known.created_line or entry.line
        else:
            known.added_line = known.added_line or entry.line
        self._describe(known, event.item)

    def _written(self, event: Any, entry: Entry) -> None:
        one = self._known(event.item.id, entry)
        one.state = after("item", one.state, "announced")
        self._describe(one, event.item)

    def _done(self, event: conversation.ItemDone, entry: Entry) -> None:
        known = self._known(event.item.id, entry)
        known.state = after("item", known.state, "done")
        known.done_line = known.done_line or entry.line
        self._describe(known, event.item)

    def _deleted(self, event: conversation.ItemDeleted, entry: Entry) -> None:
        known = self._known(event.item_id, entry)
        known.state = after("item", known.state, "deleted")
        known.deleted_line = entry.line

    def _retrieved(self, event: conversation.ItemRetrieved, entry: Entry) -> None:
        self._written(event, entry)

    def _began(self, event: response.Created, _entry: Entry) -> None:
        self.default_id = self.default_id or event.response.conversation_id or ""

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        input_audio_buffer.SpeechStarted: _named,
        input_audio_buffer.TimeoutTriggered: _named,
        input_audio_buffer.Committed: _named,
        conversation.ItemCreate: _sent,
        conversation.ItemAdded: _added,
        conversation.ItemCreated: _added,
        conversation.ItemDone: _done,
        conversation.ItemDeleted: _deleted,
        conversation.ItemRetrieved: _retrieved,
        response.OutputItemAdded: _written,
        response.OutputItemDone: _written,
        response.Created: _began,
    }
