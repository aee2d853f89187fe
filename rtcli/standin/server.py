"""The built-in server: takes in a client's texts at given times, gives out events when they are due.

Laws: it never raises on anything that a client sends; what it sends is legal in the realtime
dialect; with the same seed, texts and times it sends the same events.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable
from typing import Any, Final

import msgspec

from rtcli.events import (
    Event,
    conversation,
    decode,
    error,
    input_audio_buffer,
    objects,
    output_audio_buffer,
    rate_limits,
    response,
    session,
)
from rtcli.events.configuration import FunctionTool, RealtimeConfig, ResponseParams
from rtcli.events.objects import InputAudio, Item, Message
from rtcli.standin import settings
from rtcli.standin.answer import THINKING_S, Answer, Status
from rtcli.standin.conversation import Conversation, text_of
from rtcli.standin.hearing import Hearing
from rtcli.standin.identity import Ids
from rtcli.standin.refusal import Refused, event_id_of, refusal_of
from rtcli.standin.script import reply
from rtcli.standin.usage import TokenBudget, usage_of
from rtcli.standin.voice import understood
from rtcli.units import BYTES_PER_MS, MIN_COMMIT_MS

SESSION_SECONDS: Final = 3600
"""Source: ``session.expires_at`` of captured sessions, an hour after the beginning."""
TRANSCRIBING_S: Final = 0.08


class Standin:
    """One session. Times are seconds of any clock that does not go backwards."""

    def __init__(
        self,
        *,
        model: str = settings.MODEL,
        transcription: bool = False,
        started_unix: int = 0,
        seed: int | None = None,
        pace: float = 1.0,
    ) -> None:
        self._ids = Ids(seed)
        self._pace = pace
        kind = "transcription" if transcription else "realtime"
        self._session = settings.defaults(kind, self._ids.new("sess"), model, started_unix + SESSION_SECONDS)
        self._conversation = Conversation(self._ids.new("conv"))
        self._hearing = Hearing()
        self._answer: Answer | None = None
        self._asides: dict[str, Answer] = {}
        self._spoke = False
        self._budget = TokenBudget()
        self._out: list[Event] = []
        self._agenda: list[tuple[float, int, Callable[..., None], tuple[Any, ...]]] = []
        self._count = 0
        self._idle = 0
        self._hear_as_configured()

    # --- from outside --------------------------------------------------------------------------

    def open(self) -> None:
        """The connection is there."""
        self._send(session.Created, session=settings.typed(self._session))

    def receive(self, text: str | bytes, now: float) -> None:
        """A frame came from the client."""
        event = decode(text) if isinstance(text, str) else decode(b"")
        try:
            refused = refusal_of(event)
            if refused:
                raise refused
            _HANDLERS[type(event)](self, event, now)
        except Refused as refusal:
            self._send(error.Error, error=refusal.details(event_id_of(event)))

    def due(self, now: float) -> list[Event]:
        """The events whose time has come, in order."""
        while self._agenda and self._agenda[0][0] <= now:
            at, _, action, details = heapq.heappop(self._agenda)
            action(at, *details)
        out, self._out = self._out, []
        return out

    @property
    def next_at(self) -> float | None:
        """When there is something to do without the client; None when there is not."""
        return self._agenda[0][0] if self._agenda else None

    # --- session -------------------------------------------------------------------------------

    def _update(self, event: session.Update, now: float) -> None:
        asked = msgspec.to_builtins(event.session)
        if asked["type"] != self._session["type"]:
            raise Refused(
                "invalid_value",
                f"This session is of type '{self._session['type']}', which cannot be changed.",
                "session.type",
            )
        if isinstance(event.session, RealtimeConfig):
            self._check_realtime(event.session)
        self._session = settings.merged(self._session, asked)
        self._hear_as_configured()
        self._send(session.Updated, session=settings.typed(self._session))
        self._rest(now)

    def _check_realtime(self, asked: RealtimeConfig) -> None:
        if asked.model and asked.model != self._session["model"]:
            raise Refused("invalid_value", "The model of a session cannot be changed.", "session.model")
        if asked.output_modalities and len(asked.output_modalities) > 1:
            raise Refused(
                "invalid_value",
                "Invalid modalities: ask for 'text' or for 'audio', not for both.",
                "session.output_modalities",
            )
        voice = asked.audio.output.voice if asked.audio and asked.audio.output else None
        if voice and self._spoke and msgspec.to_builtins(voice) != self._session["audio"]["output"]["voice"]:
            raise Refused(
                "cannot_update_voice",
                "Cannot update a conversation's voice if assistant audio is present.",
                "session.audio.output.voice",
            )
        for index, tool in enumerate(asked.tools or ()):
            if isinstance(tool, FunctionTool) and not tool.name:
                place = f"session.tools[{index}].name"
                raise Refused("missing_required_parameter", f"Missing required parameter: '{place}'.", place)

    def _hear_as_configured(self) -> None:
        audio = self._session["audio"]["input"]
        self._hearing.configure(audio["format"]["type"], audio["turn_detection"])

    # --- the user's audio ----------------------------------------------------------------------

    def _append(self, event: input_audio_buffer.Append, now: float) -> None:
        for edge in self._hearing.append(event.audio):
            if edge.kind == "start":
                self._idle += 1
                self._hearing.item_id = self._ids.new("item")
                self._send(input_audio_buffer.SpeechStarted, audio_start_ms=edge.at_ms, item_id=self._hearing.item_id)
                if self._answer and self._hearing.detection.get("interrupt_response") is not False:
                    self._finish(self._answer, "cancelled", "turn_detected", now)
            else:
                self._send(input_audio_buffer.SpeechStopped, audio_end_ms=edge.at_ms, item_id=self._hearing.item_id)
                self._commit_audio(self._hearing.item_id, now)
                self._answer_turn(now)

    def _commit(self, _event: input_audio_buffer.Commit, now: float) -> None:
        if self._hearing.uncommitted_ms < MIN_COMMIT_MS:
            message = f"Error committing input audio buffer: buffer too small. Expected at least {MIN_COMMIT_MS}ms of audio, but buffer only has {self._hearing.uncommitted_ms:.2f}ms of audio."
            raise Refused("input_audio_buffer_commit_empty", message)
        self._commit_audio(self._hearing.item_id or self._ids.new("item"), now)

    def _clear(self, _event: input_audio_buffer.Clear, _now: float) -> None:
        self._hearing.clear()
        self._send(input_audio_buffer.Cleared)

    def _commit_audio(self, item_id: str, now: float) -> None:
        """Make the buffered audio a user message, and transcribe it where that is configured."""
        pcm16 = self._hearing.take()
        talk = self._conversation
        previous = talk.order[-1] if talk.order else None
        self._send(input_audio_buffer.Committed, previous_item_id=previous, item_id=item_id)
        talk.audio[item_id] = pcm16
        talk.audio_tokens += len(pcm16) // BYTES_PER_MS["audio/pcm"] // 100
        self._add_item(
            Message(id=item_id, status="completed", role="user", content=[InputAudio(transcript=None)]), item_id
        )
        text = understood(pcm16)
        if not text.startswith("("):
            talk.said = text
        if self._session["audio"]["input"]["transcription"]:
            self._transcribe(item_id, text, len(pcm16) // BYTES_PER_MS["audio/pcm"], now)

    def _transcribe(self, item_id: str, text: str, length_ms: int, now: float) -> None:
        pieces = [word if number == 0 else f" {word}" for number, word in enumerate(text.split())]
        for number, piece in enumerate(pieces):
            self._at(now + TRANSCRIBING_S * (1 + number / 8) * self._pace, self._transcribe_piece, item_id, piece)
        usage = objects.TranscriptionDuration(seconds=-(-length_ms // 1000))
        self._at(now + TRANSCRIBING_S * (2 + len(pieces) / 8) * self._pace, self._transcribed, item_id, text, usage)

    def _transcribe_piece(self, _at: float, item_id: str, piece: str) -> None:
        veil = self._ids.obfuscation(piece)
        place = {"item_id": item_id, "content_index": 0}
        self._send(conversation.InputAudioTranscriptionDelta, **place, delta=piece, obfuscation=veil)

    def _transcribed(self, _at: float, item_id: str, text: str, usage: objects.TranscriptionDuration) -> None:
        place = {"item_id": item_id, "content_index": 0}
        self._send(conversation.InputAudioTranscriptionCompleted, **place, transcript=text, usage=usage)

    def _answer_turn(self, now: float) -> None:
        """VAD ended a turn: answer it, where that is configured."""
        if (
            self._session["type"] == "realtime"
            and self._hearing.detection.get("create_response") is not False
            and not self._answer
        ):
            self._start(ResponseParams(), now)

    def _rest(self, now: float) -> None:
        """Nobody speaks: after the idle time-out the model speaks by itself."""
        self._idle += 1
        idle_ms = self._hearing.detection.get("idle_timeout_ms")
        if idle_ms and not self._answer and self._session["type"] == "realtime":
            self._at(now + idle_ms / 1000, self._time_out, self._idle, int(self._hearing.appended_ms))

    def _time_out(self, at: float, idle: int, started_ms: int) -> None:
        if idle != self._idle or self._hearing.speaking:
            return
        item_id, ended_ms = self._ids.new("item"), int(self._hearing.appended_ms)
        self._send(
            input_audio_buffer.TimeoutTriggered, audio_start_ms=started_ms, audio_end_ms=ended_ms, item_id=item_id
        )
        self._commit_audio(item_id, at)
        self._answer_turn(at)

    # --- items ---------------------------------------------------------------------------------

    def _create_item(self, event: conversation.ItemCreate, _now: float) -> None:
        self._conversation.check(event.item)
        item_id = getattr(event.item, "id", None) or self._ids.new("item")
        item = _stored(event.item, item_id)
        self._add_item(item, item_id, event.previous_item_id)
        if isinstance(event.item, Message):
            for part in event.item.content:
                if isinstance(part, InputAudio) and isinstance(part.audio, str):
                    pcm16 = self._hearing.decoded(part.audio, "item.content[0].audio")
                    self._conversation.audio[item_id] = pcm16
                    self._conversation.said = understood(pcm16)

    def _add_item(self, item: Item, item_id: str, after: Any = None) -> None:
        previous = self._conversation.add(item, item_id, after)
        self._send(conversation.ItemAdded, previous_item_id=previous, item=item)
        self._send(conversation.ItemDone, previous_item_id=self._conversation.settled_before(item_id), item=item)

    def _delete_item(self, event: conversation.ItemDelete, _now: float) -> None:
        self._conversation.remove(event.item_id)
        self._send(conversation.ItemDeleted, item_id=event.item_id)

    def _retrieve_item(self, event: conversation.ItemRetrieve, _now: float) -> None:
        self._send(conversation.ItemRetrieved, item=self._conversation.retrieved(event.item_id))

    def _truncate_item(self, event: conversation.ItemTruncate, _now: float) -> None:
        self._conversation.truncate(event.item_id, event.content_index, event.audio_end_ms)
        self._send(
            conversation.ItemTruncated,
            item_id=event.item_id,
            content_index=event.content_index,
            audio_end_ms=event.audio_end_ms,
        )

    # --- responses -----------------------------------------------------------------------------

    def _create_response(self, event: response.Create, now: float) -> None:
        if self._session["type"] != "realtime":
            raise Refused("invalid_event", "A transcription session has no responses.", "type")
        asked = event.response or ResponseParams()
        if self._answer and asked.conversation != "none":
            message = f"Conversation already has an active response in progress: {self._answer.id}. Wait until the response is finished before creating a new one."
            raise Refused("conversation_already_has_active_response", message)
        self._start(asked, now)

    def _start(self, asked: Any, now: float) -> None:
        self._idle += 1
        aside = asked.conversation == "none"
        audio = msgspec.to_builtins(asked.audio)["output"] if asked.audio and asked.audio.output else {}
        defaults = self._session["audio"]["output"]
        modalities = list(asked.output_modalities or self._session["output_modalities"])
        limit = asked.max_output_tokens or self._session["max_output_tokens"]
        answer = Answer(
            self._ids,
            self._reply(asked, aside=aside, spoken="audio" in modalities),
            conversation_id=None if aside else self._conversation.id,
            modalities=modalities,
            voice=audio.get("voice") or defaults["voice"],
            audio_format=(audio.get("format") or defaults["format"])["type"],
            limit=limit if isinstance(limit, int) else None,
            metadata=asked.metadata,
        )
        if aside:
            self._asides[answer.id] = answer
        else:
            self._answer = answer
        self._out.append(answer.created())
        self._at(now + THINKING_S * self._pace, self._begin, answer)

    def _reply(self, asked: Any, *, aside: bool, spoken: bool) -> Any:
        said, output = self._conversation.said, self._conversation.output
        if asked.input:
            said = " ".join(text_of(item) for item in asked.input if isinstance(item, Message))
            output = None
        elif aside:
            output = None
        typed = settings.typed(self._session)
        tools = asked.tools or getattr(typed, "tools", None) or ()
        choice = asked.tool_choice or getattr(typed, "tool_choice", "auto")
        if not aside:
            self._conversation.output = None
        return reply(said, output, tools, choice, spoken=spoken)

    def _begin(self, now: float, answer: Answer) -> None:
        if not answer.open:
            return
        added, item, more = answer.begin()
        self._out.append(added)
        if answer.conversation_id:
            previous = self._conversation.add(item, answer.item_id)
            self._send(conversation.ItemAdded, previous_item_id=previous, item=item)
        self._out += more
        end = now
        for offset, kind, value in answer.steps():
            end = now + offset * self._pace
            self._at(end, self._step, answer, kind, value)
        self._at(end, self._complete, answer)

    def _step(self, _at: float, answer: Answer, kind: str, value: Any) -> None:
        if answer.open:
            self._spoke = self._spoke or kind == "audio"
            self._out.append(answer.next(kind, value))

    def _complete(self, now: float, answer: Answer) -> None:
        if not answer.open:
            return
        status: Status = "incomplete" if answer.cut_short else "completed"
        self._finish(answer, status, "max_output_tokens" if answer.cut_short else None, now)

    def _finish(self, answer: Answer, status: Status, reason: str | None, now: float) -> None:
        closing, item, more = answer.end(status)
        self._out += closing
        if item is not None and answer.conversation_id:
            self._keep(answer, item)
        self._out += more
        usage = usage_of(self._conversation, self._session, answer)
        self._out.append(answer.done(status, reason, usage))
        self._asides.pop(answer.id, None)
        if answer is self._answer:
            self._answer = None
        self._send(rate_limits.Updated, rate_limits=self._budget.spend(usage, now))
        self._rest(now)

    def _keep(self, answer: Answer, item: Item) -> None:
        """The conversation keeps the final item, if the client has not deleted it meanwhile."""
        if answer.item_id not in self._conversation.items:
            return
        self._conversation.items[answer.item_id] = item
        self._conversation.spoken_ms[answer.item_id] = answer.audio_ms
        self._send(conversation.ItemDone, previous_item_id=self._conversation.settled_before(answer.item_id), item=item)

    def _cancel(self, event: response.Cancel, now: float) -> None:
        named = event.response_id or (self._answer.id if self._answer else None)
        answer = self._answer if self._answer and self._answer.id == named else self._asides.get(named or "")
        if answer is None:
            raise Refused("response_cancel_not_active", "Cancellation failed: no active response found")
        self._finish(answer, "cancelled", "client_cancelled", now)

    def _no_output_buffer(self, _event: Event, _now: float) -> None:
        raise Refused("invalid_event", "There is no output audio buffer on a WebSocket.", "type")

    # --- how it is done ------------------------------------------------------------------------

    def _send(self, event_class: Any, **fields: Any) -> None:
        self._out.append(event_class(event_id=self._ids.new("event"), **fields))

    def _at(self, at: float, action: Callable[..., None], *details: Any) -> None:
        """Do something at a later time, which it is told first; equal times keep their order."""
        self._count += 1
        heapq.heappush(self._agenda, (at, self._count, action, details))


def _stored(item: Item, item_id: str) -> Item:
    """The item as the server tells it back: with an id and a status, without audio bytes."""
    if isinstance(item, Message):
        content: list[objects.ContentPart] = [
            InputAudio(transcript=part.transcript or None) if isinstance(part, InputAudio) else part
            for part in item.content
        ]
        return msgspec.structs.replace(item, id=item_id, status="completed", content=content)
    changes: dict[str, Any] = {"id": item_id}
    if hasattr(item, "status"):
        changes["status"] = "completed"
    return msgspec.structs.replace(item, **changes)


# ruff: noqa: SLF001 - the table belongs to the class
_HANDLERS: Final[dict[type, Callable[[Standin, Any, float], None]]] = {
    session.Update: Standin._update,
    input_audio_buffer.Append: Standin._append,
    input_audio_buffer.Commit: Standin._commit,
    input_audio_buffer.Clear: Standin._clear,
    conversation.ItemCreate: Standin._create_item,
    conversation.ItemDelete: Standin._delete_item,
    conversation.ItemRetrieve: Standin._retrieve_item,
    conversation.ItemTruncate: Standin._truncate_item,
    response.Create: Standin._create_response,
    response.Cancel: Standin._cancel,
    output_audio_buffer.Clear: Standin._no_output_buffer,
}
