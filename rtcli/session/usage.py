"""Tokens from response to response, errors, and the client's events that errors may refer to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from rtcli.events import conversation, error, response, session
from rtcli.events.event import ClientEvent
from rtcli.formats import Entry
from rtcli.session.config import Config
from rtcli.session.ledger import Handler, Ledger, Memory


class Context(Struct, gc=False):
    """How many tokens the last response in the conversation took in, and its line."""

    input_tokens: int
    line: int


class Usage(Ledger):
    """What was used, and what went wrong, so far."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.sent: Memory[str, int] = Memory()
        """Ids of the client's events, and their lines."""
        self.errors: Memory[str, list[int]] = Memory()
        """By code the lines of the errors, the last few."""
        self.context: Context | None = None
        self.disturbed = False
        """The conversation was shortened or changed since the last response, for a reason that can be seen."""

    def _sent(self, event: Any, entry: Entry) -> None:
        if isinstance(event.event_id, str):
            self.sent[event.event_id] = entry.line

    def _changed(self, event: Any, entry: Entry) -> None:
        self._sent(event, entry)
        self.disturbed = True

    def _shortened(self, _event: Any, _entry: Entry) -> None:
        self.disturbed = True

    def _asked(self, event: response.Create, entry: Entry) -> None:
        self._sent(event, entry)
        asked = event.response
        if asked and (asked.input or asked.instructions or asked.tools):
            self.disturbed = True

    def _failed(self, event: error.Error, entry: Entry) -> None:
        lines = self.errors.get(event.error.code or "") or []
        self.errors[event.error.code or ""] = [*lines[-2:], entry.line]

    def _done(self, event: response.Done, entry: Entry) -> None:
        used = event.response.usage
        if not used or not used.input_tokens or event.response.conversation_id is None:
            return
        self.note_context(used.input_tokens, entry.line)

    def note_context(self, input_tokens: int, line: int) -> None:
        """The last response took in so many tokens."""
        self.context = Context(input_tokens, line)
        self.disturbed = False

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        session.Update: _changed,
        conversation.ItemDelete: _changed,
        conversation.ItemTruncate: _changed,
        response.Create: _asked,
        ClientEvent: _sent,
        conversation.ItemDeleted: _shortened,
        conversation.ItemTruncated: _shortened,
        error.Error: _failed,
        response.Done: _done,
    }
