"""How the events that begin with ``response`` and ``output_audio_buffer`` move the state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from rtcli.events import output_audio_buffer, response
from rtcli.session.content import OWN, fill, settle
from rtcli.session.state import State, part_of, stream_of
from rtcli.session.stream import Stream
from rtcli.session.tree import Item, Response

AnyDelta = Any
Handler = Callable[[State, Any, float | None], None]


def created(state: State, event: response.Created, at_s: float | None) -> None:
    """A new response; a second event for the same id changes nothing."""
    reported = event.response
    known = state.responses.get(reported.id or "")
    if known is None:
        aside = reported.conversation_id is None
        known = state.add_response(reported.id or "", at_s, out_of_band=aside)
    known.known = True
    if not known.done:
        state.describe(known, reported)


def done(state: State, event: response.Done, at_s: float | None) -> None:
    """The response is final, and so is everything below it."""
    reported = event.response
    answer = state.response(reported.id or "", at_s)
    if answer.done:
        return
    state.describe(answer, reported)
    for item in reported.output or []:
        if getattr(item, "id", None):
            fill(state.written(answer.id, str(item.id), at_s), item, at_s)
    if answer.status == "cancelled":
        state.floor.cancelled(answer)
    answer.done, answer.done_s = True, at_s
    state.open.pop(answer.id, None)
    _close_all(answer)


def _close_all(answer: Response) -> None:
    for item in answer.children:
        item.unclosed = item.status == "in_progress"
        for part in item.parts.values():
            part.done = True
        for stream in item.streams.values():
            if not stream.done:
                stream.unclosed = True
                stream.close()


def item_added(state: State, event: response.OutputItemAdded, at_s: float | None) -> None:
    """The response begins an item."""
    if event.item.id:
        item = state.written(event.response_id, event.item.id, at_s)
        if not item.known:
            fill(item, event.item, at_s, final=False)


def item_done(state: State, event: response.OutputItemDone, at_s: float | None) -> None:
    """The response's item is final."""
    if event.item.id:
        answer = state.response(event.response_id, at_s)
        fill(state.written(event.response_id, event.item.id, at_s), event.item, at_s, answer.audio_format)


def part_added(state: State, event: response.ContentPartAdded, at_s: float | None) -> None:
    """The item begins a part."""
    part_of(state.written(event.response_id, event.item_id, at_s), event.content_index, at_s, event.part.type or "")


def part_done(state: State, event: response.ContentPartDone, at_s: float | None) -> None:
    """The part is final."""
    item = state.written(event.response_id, event.item_id, at_s)
    part_of(item, event.content_index, at_s, event.part.type or "").done = True
    settle(item, event.content_index, "text", event.part.text, at_s)
    settle(item, event.content_index, "transcript", event.part.transcript, at_s)


def _delta(kind: str) -> Handler:
    def delta(state: State, event: AnyDelta, at_s: float | None) -> None:
        """Append to the stream of this item, part and kind."""
        item = state.written(event.response_id, event.item_id, at_s)
        index = getattr(event, "content_index", OWN)
        stream = item.streams.get((index, kind)) or _begin(state, event.response_id, item, index, kind, at_s)
        if kind == "audio":
            stream.add_audio(event.delta, at_s, event.event_id)
        else:
            stream.add_text(event.delta, at_s, event.event_id)

    return delta


def _begin(state: State, response_id: str, item: Item, index: int, kind: str, at_s: float | None) -> Stream:
    """A stream, and with the first one the beginning of the answer."""
    answer = state.responses[response_id]
    if not answer.first_output or (answer.first_output == "transcript" and kind == "audio"):
        answer.first_output, answer.first_output_s = kind, at_s  # a transcript is not heard
    if kind == "audio":
        state.floor.sounds(answer)
    if not item.kind:
        item.kind = "function_call" if kind == "arguments" else "message"
    if item.kind == "message":
        item.role = item.role or "assistant"
    stream = stream_of(item, index, kind, at_s, answer.audio_format or state.config.output_format)
    stream.done = answer.done
    return stream


def _stream_done(kind: str, field: str) -> Handler:
    def stream_done(state: State, event: Any, at_s: float | None) -> None:
        """Close the stream; the value here is the truth."""
        item = state.written(event.response_id, event.item_id, at_s)
        index = getattr(event, "content_index", OWN)
        if kind == "audio" and (index, kind) not in item.streams:
            return  # WebRTC: the audio went another way
        if kind == "arguments":
            item.kind = item.kind or ("function_call" if hasattr(event, "name") else "mcp_call")
            item.name = item.name or getattr(event, "name", "")
            item.call_id = item.call_id or getattr(event, "call_id", "")
        stream = item.streams.get((index, kind)) or _begin(state, event.response_id, item, index, kind, at_s)
        stream.close(getattr(event, field) if field else None)

    return stream_done


def _mcp(progress: str) -> Handler:
    def mcp(state: State, event: Any, at_s: float | None) -> None:
        """The state of an MCP call; these events do not name their response."""
        state.item(event.item_id, at_s).progress = progress
        if progress != "in_progress" and state.turn is not None:
            state.turn.awaits = True

    return mcp


def cancel(state: State, event: response.Cancel, at_s: float | None) -> None:
    """The client wants a response to end; without an id, the one of the conversation."""
    answer = state.responses.get(event.response_id or "") or next(
        (one for one in reversed(state.open.values()) if not one.out_of_band), None
    )
    if answer is not None and not answer.done and answer.cancel_sent_s is None:
        answer.cancel_sent_s = at_s if at_s is not None else 0.0


def _playback(progress: str) -> Handler:
    def playback(state: State, event: Any, at_s: float | None) -> None:
        """What the caller hears, where the server plays it."""
        answer = state.response(event.response_id, at_s)
        answer.playback = progress
        if progress == "started":
            state.floor.sounds(answer)
        elif progress == "cleared":
            state.floor.cleared(answer)
        if not answer.first_output:
            answer.first_output, answer.first_output_s = "audio", at_s

    return playback


HANDLERS: Final[dict[type, Handler]] = {
    response.Created: created,
    response.Done: done,
    response.OutputItemAdded: item_added,
    response.OutputItemDone: item_done,
    response.ContentPartAdded: part_added,
    response.ContentPartDone: part_done,
    response.OutputTextDelta: _delta("text"),
    response.OutputTextDone: _stream_done("text", "text"),
    response.OutputAudioDelta: _delta("audio"),
    response.OutputAudioDone: _stream_done("audio", ""),
    response.OutputAudioTranscriptDelta: _delta("transcript"),
    response.OutputAudioTranscriptDone: _stream_done("transcript", "transcript"),
    response.FunctionCallArgumentsDelta: _delta("arguments"),
    response.FunctionCallArgumentsDone: _stream_done("arguments", "arguments"),
    response.McpCallArgumentsDelta: _delta("arguments"),
    response.McpCallArgumentsDone: _stream_done("arguments", "arguments"),
    response.McpCallInProgress: _mcp("in_progress"),
    response.McpCallCompleted: _mcp("completed"),
    response.McpCallFailed: _mcp("failed"),
    response.Cancel: cancel,
    output_audio_buffer.Started: _playback("started"),
    output_audio_buffer.Stopped: _playback("stopped"),
    output_audio_buffer.Cleared: _playback("cleared"),
}
