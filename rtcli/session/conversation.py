"""The items of the conversation: which there are, which there were, and what is known of them.

Law: an item is known from the first event that names it as the conversation's, the client's own
``conversation.item.create`` among them, until it is deleted or refused; then its id is free again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, ClassVar, Final

from msgspec import Struct

from rtcli.events import Malformed, conversation, error, input_audio_buffer, response
from rtcli.events.objects import Message
from rtcli.formats import Entry
from rtcli.session.config import Config, at
from rtcli.session.identities import is_elided
from rtcli.session.ledger import Handler, Ledger, Memory
from rtcli.session.obligations import Obligations
from rtcli.session.transitions import State, after

_ANNOUNCERS: Final = frozenset(
    {
        "conversation.item.create",
        "conversation.item.added",
        "conversation.item.created",
        "response.output_item.added",
        "input_audio_buffer.speech_started",
        "input_audio_buffer.committed",
    }
)
"""Events that make an item known even where they are faulty: the next event that names it is not to blame."""
_AUDIO: Final = frozenset({"output_audio", "audio", "input_audio"})


class Known(Struct, gc=False):
    """An item as far as it is known."""

    id: str
    line: int
    """The first event that named it."""
    state: State = "unseen"
    type: str = ""
    role: str = ""
    status: str = ""
    has_audio: bool = False
    previous_id: str = ""
    """The item that it stands behind, as the server told last."""
    faulty: bool = False
    """A faulty event announced it, so that what it is may have been told there."""
    sent_line: int = 0
    """Where the client created it; 0 where it did not."""
    committed_line: int = 0
    added_line: int = 0
    created_line: int = 0
    """Of ``conversation.item.created``, beta's word for it; some servers send both."""
    done_line: int = 0
    deleting_line: int = 0
    """Where the client asked for its deletion, while that is neither done nor refused."""
    deleted_line: int = 0
    refused_line: int = 0
    """The error that refused its creation."""
    replaces: bool = False
    """The client created it behind its wish to delete another of that id: the next deletion is the other's."""

    @property
    def is_there(self) -> bool:
        """Whether it is in the conversation, or about to be."""
        return self.state != "deleted"

    @property
    def is_only_announced(self) -> bool:
        """Whether its id was told and nothing else of it, so that it was never seen in the conversation."""
        return self.state == "announced" and not self.type and not self.faulty


class Conversation(Ledger):
    """The items of a connection."""

    def __init__(self, config: Config, obligations: Obligations) -> None:
        super().__init__(config)
        self.obligations = obligations
        self.items: Memory[str, Known] = Memory()
        """By id, deleted ones too."""
        self.id = ""
        """The id of the conversation, as the last response in it told."""
        self.id_line = 0
        """The first response that told this id."""

    def has(self, item_id: str) -> bool:
        """Whether there may be an item of that id; when some are forgotten, that cannot be denied."""
        known = self.items.get(item_id)
        return known.is_there if known is not None else self._may_have_had(item_id)

    def had(self, item_id: str) -> bool:
        """Whether there may be, or may have been, an item of that id."""
        return item_id in self.items or self._may_have_had(item_id)

    def _may_have_had(self, item_id: str) -> bool:
        return self.items.has_forgotten or is_elided(item_id)

    def _known(self, item_id: Any, entry: Entry) -> Known:
        """What is known of an item; of one without an id nothing is kept."""
        return self.items.get(item_id) or self._first_named(item_id, entry)

    def _begun(self, item_id: Any, entry: Entry) -> Known:
        """The same for an event that begins an item: another, if the one of that id is gone."""
        known = self.items.get(item_id) or self._first_named(item_id, entry)
        return known if known.state != "deleted" else self._renewed(known, entry)

    def _first_named(self, item_id: Any, entry: Entry) -> Known:
        if not item_id:
            return Known("", entry.line)
        known = self.items[item_id] = Known(item_id, entry.line)
        return known

    def _renewed(self, known: Known, entry: Entry) -> Known:
        fresh = self.items[known.id] = Known(known.id, entry.line, replaces=known.is_there)
        return fresh

    def _named(self, event: Any, entry: Entry) -> None:
        known = self._begun(event.item_id, entry)
        known.state = after("item", known.state, "announced")

    def _committed(self, event: input_audio_buffer.Committed, entry: Entry) -> None:
        self._named(event, entry)
        known = self._known(event.item_id, entry)
        known.committed_line = known.committed_line or entry.line
        known.previous_id = event.previous_item_id or ""

    def _faulty(self, event: Malformed, entry: Entry) -> None:
        if event.type in _ANNOUNCERS:
            body = event.body
            named = at(body, "item", "id") or at(body, "item_id")
            known = self._begun(named if isinstance(named, str) else "", entry)
            known.state = after("item", known.state, "announced")
            known.faulty = True

    def _sent(self, event: conversation.ItemCreate, entry: Entry) -> None:
        known = self._begun(event.item.id, entry)
        if known.deleting_line:
            known = self._renewed(known, entry)
        known.state = after("item", known.state, "announced")
        known.sent_line = known.sent_line or entry.line
        _describe(known, event.item)

    def add(self, event: Any, entry: Entry) -> None:
        """An item takes its place."""
        item = event.item
        known = self._begun(item.id, entry)
        known.state = after("item", known.state, "added")
        if type(event).__struct_config__.tag == "conversation.item.created":
            known.created_line = known.created_line or entry.line
        else:
            known.added_line = known.added_line or entry.line
        known.previous_id = event.previous_item_id or ""
        _describe(known, item)

    def _announced(self, event: response.OutputItemAdded, entry: Entry) -> None:
        self.announce(event.item, entry)

    def announce(self, item: Any, entry: Entry) -> None:
        """An item begins."""
        known = self._begun(item.id, entry)
        known.state = after("item", known.state, "announced")
        _describe(known, item)

    def _reported(self, event: Any, entry: Entry) -> None:
        self.report(event.item, entry)

    def report(self, item: Any, entry: Entry) -> None:
        """An item as it is now; if it is deleted, that does not bring it back."""
        known = self._known(item.id, entry)
        if known.is_there:
            known.state = after("item", known.state, "announced")
        _describe(known, item)

    def _done(self, event: conversation.ItemDone, entry: Entry) -> None:
        self.finish(self._known(event.item.id, entry), event.item, entry.line)

    @staticmethod
    def finish(known: Known, item: Any, line: int) -> None:
        """An item is final."""
        known.state = after("item", known.state, "done")
        known.done_line = known.done_line or line
        _describe(known, item)

    def _asked_to_delete(self, event: conversation.ItemDelete, entry: Entry) -> None:
        known = self.items.get(event.item_id)
        if known is not None:
            known.deleting_line = entry.line

    def _deleted(self, event: conversation.ItemDeleted, entry: Entry) -> None:
        known = self._known(event.item_id, entry)
        if known.replaces:
            known.replaces = False
            return
        known.state = after("item", known.state, "deleted")
        known.deleting_line, known.deleted_line = 0, entry.line

    def _refused(self, _event: error.Error, entry: Entry) -> None:
        request = self.obligations.settled
        known = self.items.get(request.key) if request else None
        if request is None or known is None:
            return
        if request.type == "conversation.item.delete":
            known.deleting_line, known.replaces = 0, False
        elif known.sent_line == request.line and known.state == "announced":
            known.state = after("item", known.state, "deleted")
            known.refused_line = entry.line

    def _answered(self, event: Any, entry: Entry) -> None:
        told = event.response.conversation_id
        if told and told != self.id:
            self.id, self.id_line = told, entry.line

    def _ended(self, event: response.Done, entry: Entry) -> None:
        """What a response says at its end that it has made is there, even if it was never announced."""
        self._answered(event, entry)
        for item in event.response.output or ():
            if getattr(item, "id", None) not in self.items:
                self.announce(item, entry)

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        input_audio_buffer.SpeechStarted: _named,
        input_audio_buffer.TimeoutTriggered: _named,
        input_audio_buffer.Committed: _committed,
        conversation.ItemCreate: _sent,
        conversation.ItemAdded: add,
        conversation.ItemCreated: add,
        conversation.ItemDone: _done,
        conversation.ItemDelete: _asked_to_delete,
        conversation.ItemDeleted: _deleted,
        conversation.ItemRetrieved: _reported,
        response.OutputItemAdded: _announced,
        response.OutputItemDone: _reported,
        response.Created: _answered,
        response.Done: _ended,
        error.Error: _refused,
        Malformed: _faulty,
    }


@cache
def _is_audio(part: Any) -> bool:
    """Whether parts of a class are audio, by its name in the dialect."""
    return part.__struct_config__.tag in _AUDIO


def _describe(known: Known, item: Any) -> None:
    """Take down what an item says of itself; most are messages."""
    if isinstance(item, Message):
        known.type, known.role = "message", item.role
        for part in item.content:
            if _is_audio(type(part)):
                known.has_audio = True
    else:
        known.type = type(item).__struct_config__.tag
    status = getattr(item, "status", None)
    if status:
        known.status = status
