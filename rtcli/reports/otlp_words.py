"""What spans tell beside the numbers: why a response failed, which errors came, and, if asked for, what was said."""

from __future__ import annotations

from typing import Any, Final, NamedTuple

from msgspec import to_builtins

from rtcli.events import conversation, error, response
from rtcli.events.beta import transcription_session
from rtcli.events.live import error as live_error
from rtcli.events.live import session as live
from rtcli.events.objects import FunctionCall, FunctionCallOutput, Message
from rtcli.events.translation import session as translation
from rtcli.formats import Entry
from rtcli.session.config import at

_ERRORS_KEPT: Final = 128
"""As many events as the SDKs let a span have."""


class Trouble(NamedTuple):
    """An error event."""

    t: float | None
    line: int
    type: str
    message: str


class Words:
    """Takes in the entries of a connection."""

    def __init__(self, *, content: bool) -> None:
        self.session: Any = None
        """The session as a dialect begins it that knows no turns."""
        self.failures: dict[str, tuple[str, str]] = {}
        """By response the code and the message of what made it fail."""
        self.troubles: list[Trouble] = []
        self.heard: dict[str, str] = {}
        """By item what the user said or wrote."""
        self.given: dict[str, str] = {}
        """By call the arguments."""
        self.answered: dict[str, str] = {}
        """By call the output of the tool."""
        self.said: dict[str, list[dict[str, Any]]] = {}
        """By response the parts of what the model said, in the words of the conventions."""
        self._content = content

    def take(self, entry: Entry) -> None:
        """Keep what an entry tells; of most nothing."""
        event = entry.folded.event
        if isinstance(event, error.Error | live_error.Error):
            self._failed(event.error, entry)
        elif isinstance(event, response.Done):
            self._done(event)
        elif isinstance(event, live.Started | translation.Created | transcription_session.Created):
            self.session = event.session
        elif not self._content:
            return
        elif isinstance(event, conversation.InputAudioTranscriptionCompleted):
            self.heard[event.item_id] = str(event.transcript or "")
        elif isinstance(event, conversation.ItemCreate | conversation.ItemAdded | conversation.ItemCreated):
            self._item(event.item)

    def _failed(self, details: Any, entry: Entry) -> None:
        if len(self.troubles) < _ERRORS_KEPT:
            kind = str(at(details, "code") or at(details, "type") or "error")
            self.troubles.append(Trouble(entry.t, entry.line, kind, str(at(details, "message") or "")))

    def _done(self, event: response.Done) -> None:
        done = event.response
        failure = at(done, "status_details", "error")
        if failure:
            kind = str(at(failure, "code") or at(failure, "type") or "failed")
            self.failures[done.id or ""] = (kind, str(at(failure, "message") or ""))
        if self._content:
            self.said[done.id or ""] = [part for item in done.output or () for part in self._parts(item)]

    def _item(self, item: Any) -> None:
        if isinstance(item, FunctionCallOutput):
            self.answered[str(item.call_id)] = str(item.output or "")
        elif isinstance(item, Message) and item.role == "user":
            text = "\n".join(filter(None, map(_text, item.content or ())))
            if text:
                self.heard[str(item.id or "")] = text

    def _parts(self, item: Any) -> list[dict[str, Any]]:
        if isinstance(item, FunctionCall):
            self.given[str(item.call_id)] = str(item.arguments or "")
            return [{"type": "tool_call", "id": item.call_id, "name": item.name, "arguments": item.arguments}]
        if not isinstance(item, Message):
            return []
        return [{"type": "text", "content": text} for text in map(_text, item.content or ()) if text]


def _text(part: Any) -> str:
    """What a part of an item says."""
    body = to_builtins(part) if part is not None else {}
    said = (body.get("text") or body.get("transcript")) if isinstance(body, dict) else ""
    return said if isinstance(said, str) else ""
