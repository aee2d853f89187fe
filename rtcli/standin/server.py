"""The built-in server: takes in a client's texts at given times, gives out events when they are due.

Laws: it never raises on anything that a client sends; what it sends is legal in the realtime
dialect; with the same seed, texts and times it sends the same events.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import msgspec

from rtcli.events import (
    Event,
    conversation,
    decode,
    input_audio_buffer,
    objects,
    output_audio_buffer,
    response,
    session,
)
from rtcli.events.configuration import McpServer, ResponseParams
from rtcli.events.objects import InputAudio, InputText, Item, McpListTools, Message
from rtcli.standin import settings
from rtcli.standin.conversation import Conversation
from rtcli.standin.detection import Edge
from rtcli.standin.hearing import Hearing
from rtcli.standin.outbox import Outbox
from rtcli.standin.refusal import Refused, event_id_of, refusal_of
from rtcli.standin.responses import Responses
from rtcli.standin.transcribing import Transcribing
from rtcli.standin.understanding import understood
from rtcli.units import BYTES_PER_MS, MIN_COMMIT_MS

SESSION_SECONDS: Final = 3600
"""Source: ``session.expires_at`` of captured sessions, an hour after the beginning."""
SILENT_USER: Final = "The user has not said anything for a while."


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
        self._outbox = Outbox(seed, pace)
        kind = "transcription" if transcription else "realtime"
        session_id = self._outbox.ids.new("sess")
        self._settings = settings.Settings(settings.defaults(kind, session_id, model, started_unix + SESSION_SECONDS))
        self._build = self._outbox.build
        self._conversation = Conversation(self._outbox.ids.new("conv"))
        self._hearing = Hearing()
        self._responses = Responses(self._outbox, self._conversation, self._settings, self._rest)
        self._transcribing = Transcribing(self._outbox, self._conversation)
        self._mcp_servers: set[str] = set()
        self._idle = 0
        """Counts whatever ends a silence, so that a time-out knows that it is stale."""
        self._hear_as_configured()

    # --- from outside --------------------------------------------------------------------------

    def open(self) -> None:
        """The connection is there."""
        self._outbox.put(self._build.session.created(self._settings.typed))

    def receive(self, text: str | bytes, now: float) -> None:
        """A frame came from the client; a binary one is refused like any text that is no JSON."""
        event = decode(text) if isinstance(text, str) else decode(b"")
        try:
            refused = refusal_of(event)
            if refused:
                raise refused
            _HANDLERS[type(event)](self, event, now)
        except Refused as refusal:
            self._outbox.put(
                self._build.error(refusal.message, code=refusal.code, param=refusal.param, caused_by=event_id_of(event))
            )

    def due(self, now: float) -> list[Event]:
        """The events whose time has come, in order."""
        return self._outbox.due(now)

    @property
    def next_at(self) -> float | None:
        """When there is something to do without the client; None when there is not."""
        return self._outbox.next_at

    # --- session -------------------------------------------------------------------------------

    def _update(self, event: session.Update, now: float) -> None:
        answering = self._responses.active is not None
        self._settings.update(event.session, spoke=self._responses.spoke, answering=answering)
        self._hear_as_configured()
        self._outbox.put(self._build.session.updated(self._settings.typed))
        self._list_tools()
        self._rest(now)

    def _hear_as_configured(self) -> None:
        audio = self._settings.body["audio"]["input"]
        self._hearing.configure(audio["format"]["type"], audio["turn_detection"])

    def _list_tools(self) -> None:
        """Try each MCP server once; this server reaches out to nobody, so every listing fails."""
        for tool in self._settings.tools:
            if not isinstance(tool, McpServer) or tool.server_label in self._mcp_servers:
                continue
            self._mcp_servers.add(tool.server_label)
            item_id = self._outbox.ids.new("mcpl")
            listing = self._build.mcp_list_tools(item_id)
            self._outbox.put(listing.in_progress())
            done = self._announce(McpListTools(id=item_id, server_label=tool.server_label, tools=[]), item_id)
            self._outbox.put(listing.failed())
            done()

    # --- the user's audio ----------------------------------------------------------------------

    def _append(self, event: input_audio_buffer.Append, now: float) -> None:
        for edge in self._hearing.append(event.audio):
            if edge.kind == "start":
                self._speech_starts(edge, now)
            else:
                self._speech_stops(edge, now)

    def _speech_starts(self, edge: Edge, now: float) -> None:
        self._idle += 1
        item_id = self._outbox.ids.new("item")
        self._hearing.begin(item_id, edge.at_ms)
        self._outbox.put(self._build.input_audio.speech_started(item_id, audio_start_ms=edge.at_ms))
        if self._hearing.detection.get("interrupt_response") is not False:
            self._responses.interrupt(now)

    def _speech_stops(self, edge: Edge, now: float) -> None:
        item_id = self._hearing.item_id
        self._outbox.put(self._build.input_audio.speech_stopped(item_id, audio_end_ms=edge.at_ms))
        self._commit_speech(self._hearing.end(edge.at_ms), item_id, now)
        self._answer_turn(now)

    def _commit(self, _event: input_audio_buffer.Commit, now: float) -> None:
        waiting_ms = self._hearing.uncommitted_ms
        if waiting_ms < MIN_COMMIT_MS:
            message = (
                f"Error committing input audio buffer: buffer too small. Expected at least {MIN_COMMIT_MS}ms of audio, "
                f"but buffer only has {waiting_ms:.2f}ms of audio."
            )
            raise Refused("input_audio_buffer_commit_empty", message)
        item_id = self._hearing.item_id or self._outbox.ids.new("item")
        self._commit_speech(self._hearing.take(), item_id, now)

    def _clear(self, _event: input_audio_buffer.Clear, _now: float) -> None:
        self._hearing.clear()
        self._outbox.put(self._build.input_audio.cleared())

    def _commit_speech(self, pcm16: bytes, item_id: str, now: float) -> None:
        self._commit_audio(pcm16, item_id, understood(pcm16), now)

    def _commit_audio(self, pcm16: bytes, item_id: str, text: str, now: float) -> None:
        """Make audio a user message, and transcribe it where that is configured."""
        order = self._conversation.order
        previous = order[-1] if order else None
        self._outbox.put(self._build.input_audio.committed(item_id, previous_item_id=previous))
        content: list[objects.ContentPart] = [InputAudio(transcript=None)]
        self._add_item(Message(id=item_id, status="completed", role="user", content=content), item_id)
        self._conversation.heard(item_id, pcm16, text)
        if self._settings.body["audio"]["input"]["transcription"]:
            self._transcribing.begin(item_id, text, len(pcm16) // BYTES_PER_MS["audio/pcm"], now)

    def _answer_turn(self, now: float) -> None:
        """VAD ended a turn: answer it, where that is configured and nothing is being answered.

        Source: openai-python 3.52.0, ``realtime_audio_input_turn_detection.py``: without
        ``interrupt_response`` the turn may stay unanswered while a response is in progress.
        """
        wanted = self._hearing.detection.get("create_response") is not False
        if wanted and self._settings.kind == "realtime" and not self._responses.active:
            self._idle += 1
            self._responses.start(ResponseParams(), now)

    def _rest(self, now: float) -> None:
        """Nobody speaks: after the idle time-out the model speaks by itself."""
        self._idle += 1
        idle_ms = self._hearing.detection.get("idle_timeout_ms")
        if idle_ms and not self._responses.active and self._settings.kind == "realtime":
            self._outbox.at(now + idle_ms / 1000, self._time_out, self._idle, self._hearing.appended_ms)

    def _time_out(self, now: float, idle: int, started_ms: int) -> None:
        if idle != self._idle or self._hearing.speaking:
            return
        item_id, ended_ms = self._outbox.ids.new("item"), self._hearing.appended_ms
        self._outbox.put(
            self._build.input_audio.timeout_triggered(item_id, audio_start_ms=started_ms, audio_end_ms=ended_ms)
        )
        self._commit_audio(self._hearing.take(), item_id, "", now)
        note_id = self._outbox.ids.new("item")
        content: list[objects.ContentPart] = [InputText(text=SILENT_USER)]
        self._add_item(Message(id=note_id, status="completed", role="system", content=content), note_id)
        self._answer_turn(now)

    # --- items ---------------------------------------------------------------------------------

    def _create_item(self, event: conversation.ItemCreate, _now: float) -> None:
        self._conversation.check(event.item)
        pcm16 = self._audio_in(event.item)
        item_id = getattr(event.item, "id", None) or self._outbox.ids.new("item")
        self._add_item(_stored(event.item, item_id), item_id, event.previous_item_id)
        if pcm16:
            self._conversation.heard(item_id, pcm16, understood(pcm16))

    def _audio_in(self, item: Item) -> bytes:
        """The audio in a message, which is refused whole when a part of it is damaged."""
        parts = item.content if isinstance(item, Message) else ()
        return b"".join(
            self._hearing.decoded(part.audio, f"item.content[{index}].audio")
            for index, part in enumerate(parts)
            if isinstance(part, InputAudio) and isinstance(part.audio, str)
        )

    def _add_item(self, item: Item, item_id: str, after: Any = None) -> None:
        self._announce(item, item_id, after)()

    def _announce(self, item: Item, item_id: str, after: Any = None) -> Callable[[], None]:
        """Add an item; gives back what says that it is complete."""
        previous = self._conversation.add(item, item_id, after)
        made = self._build.item(item_id)
        self._outbox.put(made.added(item, previous_item_id=previous))
        return lambda: self._outbox.put(made.done(item, previous_item_id=previous))

    def _delete_item(self, event: conversation.ItemDelete, _now: float) -> None:
        self._conversation.remove(event.item_id)
        self._outbox.put(self._build.item(event.item_id).deleted())

    def _retrieve_item(self, event: conversation.ItemRetrieve, _now: float) -> None:
        self._outbox.put(self._build.item(event.item_id).retrieved(self._conversation.retrieved(event.item_id)))

    def _truncate_item(self, event: conversation.ItemTruncate, _now: float) -> None:
        self._conversation.truncate(event.item_id, event.content_index, event.audio_end_ms)
        made = self._build.item(event.item_id)
        self._outbox.put(made.truncated(audio_end_ms=event.audio_end_ms, content_index=event.content_index))

    # --- responses -----------------------------------------------------------------------------

    def _create_response(self, event: response.Create, now: float) -> None:
        self._responses.create(event, now)
        self._idle += 1

    def _cancel(self, event: response.Cancel, now: float) -> None:
        self._responses.cancel(event, now)

    def _no_output_buffer(self, _event: Event, _now: float) -> None:
        raise Refused("invalid_event", "There is no output audio buffer on a WebSocket.", "type")


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
