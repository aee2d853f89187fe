"""What was said in a call, item by item, in the order of the conversation, with when it was heard.

An item stands where the server says that it stands, behind another; one of which that is not told stands
where it was first seen. An id that is free again, or that another response writes under, is another item's from
then on. Law: nothing raises; what is kept is the text, and no audio.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, Final

from rtcli.events import Malformed, conversation, error, input_audio_buffer, output_audio_buffer, response
from rtcli.events.objects import FunctionCall, FunctionCallOutput, McpCall, Message
from rtcli.formats import Entry
from rtcli.session.audible import Playing, share_out, tell_times
from rtcli.session.config import at
from rtcli.session.dictation import DICTATED, Dictation
from rtcli.session.ledger import Handler
from rtcli.session.saying import Kind, Saying, Who
from rtcli.session.sayings import Sayings
from rtcli.session.soundtrack import Soundtrack
from rtcli.session.unnamed import Unnamed

_WHO: Final[Mapping[str, Who]] = {"user": "user", "assistant": "model", "system": "system"}


class Dialogue:
    """The sayings of one connection. It is told every entry, and asked when all are told."""

    def __init__(self, number: int = 1) -> None:
        self.track = Soundtrack()
        self.number = number
        self._sayings = Sayings()
        self._answers: dict[str, list[Saying]] = {}
        """By response what is of it."""
        self._writing = self._sayings.writing
        self._unnamed = Unnamed()
        self._sent: dict[str, str] = {}
        """By event id the item that it asks for."""
        self._calls: dict[str, Saying] = {}
        self._playing: dict[str, Playing] = {}
        """By response."""
        self._dictation = Dictation()
        self._handlers: dict[type, Handler | None] = {}

    def is_ended_by(self, entry: Entry) -> bool:
        """Whether an entry is the first of another connection than this."""
        return self.track.is_ended_by(entry)

    def apply(self, entry: Entry) -> None:
        """Take in the next entry."""
        self.track.apply(entry)
        entry = entry.folded if isinstance(entry.event, Malformed) else entry
        kind = type(entry.event)
        if kind not in self._handlers:
            self._handlers[kind] = next((self.HANDLERS[base] for base in kind.__mro__ if base in self.HANDLERS), None)
        handler = self._handlers[kind]
        if handler is not None:
            handler(self, entry.event, entry)

    def finish(self) -> list[Saying]:
        """All that was said, in order."""
        self.track.finish()
        for item_id, parts in self._writing.items():
            if item_id in self._sayings and self._sayings[item_id].kind != "call":
                for index, writing in sorted(parts.items()):
                    share_out(self.track, self._sayings[item_id], index, writing)
        tell_times(self.track, self._sayings, self._playing)
        kept = [one for one in self._sayings.in_order() if one.text or one.kind == "call" or not one.transcribed]
        kept += sorted(self._dictation.sayings, key=lambda one: one.starts_s or 0.0)
        for one in kept:
            one.connection = self.number
        return kept

    # -- where items stand -----------------------------------------------------------------------

    def _saying(self, name: str, entry: Entry, who: Who = "model", kind: Kind = "speech") -> Saying:
        one = self._sayings.get(name)
        if one is None:
            one = self._sayings.begin(name, who, kind, entry.line)
            one.starts_s = one.ends_s = self.track.now_s
        return one

    # -- items ------------------------------------------------------------------------------------

    def _asked(self, event: conversation.ItemCreate, entry: Entry) -> None:
        item_id = event.item.id or f"\0{entry.line}"
        self._sayings.come(item_id, by_client=True)
        if item_id in self._sayings:
            return
        self._describe(item_id, event.item, entry)
        if item_id in self._sayings:
            self._sayings.place(item_id, event.previous_item_id)
            if not event.item.id:
                self._unnamed.sent(event.item, item_id)
            if event.event_id:
                self._sent[event.event_id] = item_id

    def _added(self, event: Any, entry: Entry) -> None:
        item_id = event.item.id or ""
        self._sayings.come(item_id, by_client=False)
        if item_id not in self._sayings:
            sent_as = self._unnamed.shown(event.item, self._sayings)
            if sent_as is not None:
                self._sayings.rename(sent_as, item_id).item_id = item_id
        self._describe(item_id, event.item, entry)
        if item_id in self._sayings:
            self._sayings.place(item_id, event.previous_item_id)

    def _asked_to_delete(self, event: conversation.ItemDelete, _entry: Entry) -> None:
        self._sayings.leaving.asked(event.item_id)

    def _deleted(self, event: conversation.ItemDeleted, _entry: Entry) -> None:
        self._sayings.leaving.left(event.item_id)

    def _written(self, event: Any, entry: Entry) -> None:
        """An item of a response, when it begins and when it is done."""
        self._describe(event.item.id or "", event.item, entry, event.response_id)

    def _reported(self, event: Any, entry: Entry) -> None:
        self._describe(event.item.id or "", event.item, entry)

    def _describe(self, item_id: str, item: Any, entry: Entry, response_id: str = "") -> None:
        item_id = self._sayings.name_in(response_id, item_id) if response_id else item_id
        if isinstance(item, Message):
            self._message(item_id, item, entry)
        elif isinstance(item, FunctionCall | McpCall):
            one = self._saying(item_id, entry, "model", "call")
            one.kind, one.name = "call", item.name or one.name
            one.text = item.arguments or one.text
            if isinstance(item, FunctionCall) and item.call_id:
                self._calls[item.call_id] = one
            elif isinstance(item, McpCall) and (item.output or item.error):
                one.output = item.output or f"error: {at(item.error, 'message')}"
        elif isinstance(item, FunctionCallOutput):
            self._output(item_id, item, entry)
        if item_id in self._sayings and response_id:
            self._answers_in(response_id, self._sayings[item_id])

    def _answers_in(self, response_id: str, one: Saying) -> None:
        """A saying is of a response."""
        one.out_of_band = self.track.is_apart(response_id)
        if one.response_id != response_id:
            one.response_id = response_id
            self._answers.setdefault(response_id, []).append(one)

    def _message(self, item_id: str, item: Message, entry: Entry) -> None:
        one = self._saying(item_id, entry, _WHO.get(item.role, "system"))
        one.who = _WHO.get(item.role, "system")
        for index, part in enumerate(item.content or []):
            tag = str(type(part).__struct_config__.tag)
            text = getattr(part, "text", None) or getattr(part, "transcript", None)
            if tag == "input_image":
                text = "[image]"
            one.kind = "text" if "text" in tag or "image" in tag else one.kind
            if tag == "input_audio" and not text and not self._writing.has(item_id, index):
                one.transcribed = False
            if isinstance(text, str) and text:
                self._writing.part(item_id, index).end(text)
                one.transcribed = True

    def _output(self, item_id: str, item: FunctionCallOutput, entry: Entry) -> None:
        """What a function gave back stands with its call; of a call that is not known, by itself."""
        one = self._calls.get(item.call_id or "")
        if one is None:
            one = self._saying(item_id, entry, "tool", "call")
        one.output = item.output

    def _refused(self, event: error.Error, _entry: Entry) -> None:
        item_id = self._sent.pop(event.error.event_id or "", "")
        if item_id in self._sayings:
            self._sayings.remove(item_id)

    # -- words ------------------------------------------------------------------------------------

    def _piece(self, event: Any, entry: Entry) -> None:
        """A piece of what the model says."""
        name = self._sayings.name_in(event.response_id, event.item_id)
        one = self._saying(name, entry)
        one.ends_s = self.track.now_s
        self._answers_in(event.response_id, one)
        if isinstance(event, response.OutputTextDelta):
            one.kind = "text"
        self._writing.part(name, event.content_index).add(
            event.delta,
            sum(clip.duration_ms for clip in self.track.played(event.response_id, event.item_id, event.content_index)),
        )

    def _whole(self, event: Any, entry: Entry) -> None:
        name = self._sayings.name_in(event.response_id, event.item_id)
        one = self._saying(name, entry)
        text = event.text if isinstance(event, response.OutputTextDone) else event.transcript
        self._answers_in(event.response_id, one)
        part = self._writing.part(name, event.content_index)
        if text:
            part.end(text)

    def _arguments(self, event: response.FunctionCallArgumentsDone, entry: Entry) -> None:
        one = self._saying(self._sayings.name_in(event.response_id, event.item_id), entry, "model", "call")
        one.kind, one.text, one.name = "call", event.arguments or one.text, event.name or one.name
        if event.call_id:
            self._calls[event.call_id] = one

    def _heard(self, event: conversation.InputAudioTranscriptionDelta, entry: Entry) -> None:
        one = self._saying(event.item_id, entry, "user")
        if event.delta:
            one.transcribed = True
            self._writing.part(event.item_id, event.content_index or 0).add(event.delta, 0.0)

    def _transcribed(self, event: conversation.InputAudioTranscriptionCompleted, entry: Entry) -> None:
        one = self._saying(event.item_id, entry, "user")
        one.transcribed = True
        self._writing.part(event.item_id, event.content_index).end(event.transcript)
        if not event.transcript.strip():
            one.transcribed, one.failure = False, "nothing was understood"

    def _failed(self, event: conversation.InputAudioTranscriptionFailed, entry: Entry) -> None:
        one = self._saying(event.item_id, entry, "user")
        one.transcribed = self._writing.has(event.item_id, event.content_index)
        one.failure = event.error.message or event.error.code or "the transcription failed"

    def _committed(self, event: input_audio_buffer.Committed, entry: Entry) -> None:
        one = self._saying(event.item_id, entry, "user")
        if event.item_id not in self._writing:
            one.transcribed = False
        self._sayings.place(event.item_id, event.previous_item_id)

    def _dictated(self, _event: Any, entry: Entry) -> None:
        self._dictation.apply(entry, self.track)

    # -- times ------------------------------------------------------------------------------------

    def _done(self, event: response.Done, entry: Entry) -> None:
        for item in event.response.output or []:
            self._describe(getattr(item, "id", None) or "", item, entry, event.response.id or "")
        for one in self._answers.get(event.response.id or "", ()):
            one.out_of_band = self.track.is_apart(one.response_id)
            one.cancelled = one.cancelled or event.response.status == "cancelled"

    def _plays(self, event: output_audio_buffer.Started, _entry: Entry) -> None:
        self._playing[event.response_id] = Playing(self.track.now_s)

    def _played(self, event: output_audio_buffer.Stopped | output_audio_buffer.Cleared, _entry: Entry) -> None:
        began = self._playing.get(event.response_id) or Playing(self.track.now_s)
        cleared = isinstance(event, output_audio_buffer.Cleared)
        self._playing[event.response_id] = Playing(began.starts_s, self.track.now_s, cleared)

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        conversation.ItemCreate: _asked,
        conversation.ItemAdded: _added,
        conversation.ItemCreated: _added,
        conversation.ItemDone: _reported,
        conversation.ItemDelete: _asked_to_delete,
        conversation.ItemDeleted: _deleted,
        response.OutputItemAdded: _written,
        response.OutputItemDone: _written,
        response.OutputTextDelta: _piece,
        response.OutputAudioTranscriptDelta: _piece,
        response.OutputTextDone: _whole,
        response.OutputAudioTranscriptDone: _whole,
        response.FunctionCallArgumentsDone: _arguments,
        conversation.InputAudioTranscriptionDelta: _heard,
        conversation.InputAudioTranscriptionCompleted: _transcribed,
        conversation.InputAudioTranscriptionFailed: _failed,
        input_audio_buffer.Committed: _committed,
        output_audio_buffer.Started: _plays,
        output_audio_buffer.Stopped: _played,
        output_audio_buffer.Cleared: _played,
        response.Done: _done,
        error.Error: _refused,
        **dict.fromkeys(DICTATED, _dictated),
    }


def dialogues(entries: Iterable[Entry]) -> list[Saying]:
    """All that was said in a recording, connection by connection."""
    sayings: list[Saying] = []
    dialogue, later_s = Dialogue(), 0.0
    for entry in entries:
        if dialogue.is_ended_by(entry):
            sayings += _later(dialogue, later_s)
            later_s += max(dialogue.track.ends_s, dialogue.track.duration_s)
            dialogue = Dialogue(dialogue.number + 1)
        dialogue.apply(entry)
    return sayings + _later(dialogue, later_s)


def _later(dialogue: Dialogue, later_s: float) -> list[Saying]:
    sayings = dialogue.finish()
    for one in sayings:
        one.starts_s = None if one.starts_s is None else one.starts_s + later_s
        one.ends_s = None if one.ends_s is None else one.ends_s + later_s
    return sayings
