"""What an event carries, in one line: the words of the timeline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from rtcli.events import (
    Event,
    Malformed,
    Unknown,
    conversation,
    error,
    input_audio_buffer,
    rate_limits,
    response,
    session,
)
from rtcli.events.objects import (
    FunctionCall,
    FunctionCallOutput,
    InputImage,
    McpApprovalResponse,
    McpCall,
    McpListTools,
    Message,
)
from rtcli.recording import Binary, Close, Control, Header, Note, Open, Other, Torn
from rtcli.session.records import words_of
from rtcli.units import base64_bytes
from rtcli.views import setup
from rtcli.views.measure import plural, short, size
from rtcli.views.text import said
from rtcli.views.trouble import error_name, error_words

_TEXTS: Final = ("text", "transcript", "delta", "audio")


def carried(content: Any) -> str:
    """What an entry's content says, fit for the terminal."""
    words = _WORDS.get(type(content)) or next(
        (_WORDS[base] for base in type(content).__mro__ if base in _WORDS), _anything
    )
    return words(content)


def kind_of(content: Any) -> str:
    """The event's type; of another record its kind."""
    if isinstance(content, Event | Unknown | Malformed):
        return content.type or "no event"
    if isinstance(content, Control):
        return content.kind
    return str(type(content).__name__.lower())


def quoted(text: object) -> str:
    """Words between quotation marks, on one line."""
    return f"“{said(str(text))}”" if text else ""


def _anything(event: Any) -> str:
    """Ids, index and words of an event that has no more to say."""
    names = [short(str(getattr(event, name))) for name in ("response_id", "item_id") if getattr(event, name, None)]
    if "audio.delta" in event.type:
        return _line(*names[-1:], size(base64_bytes(len(event.delta), event.delta[-2:])))
    words = next((quoted(value) for value in (getattr(event, name, None) for name in _TEXTS) if value), "")
    return _line(*names[-1:], words)


def _line(*parts: object) -> str:
    return "  ".join(str(part) for part in parts if part)


def item_words(item: Any) -> str:
    """An item in one line."""
    name = short(str(getattr(item, "id", None) or ""))
    match item:
        case Message(role=role, content=content):
            return _line(name, role, *(_part_words(part) for part in content))
        case FunctionCall() | McpCall():
            return _line(name, f"{said(item.name)}({said(item.arguments)})" if item.arguments else said(item.name))
        case FunctionCallOutput(call_id=call_id, output=output):
            return _line(name, short(call_id), quoted(output))
        case McpListTools(server_label=server, tools=tools):
            return _line(name, said(server), plural(len(tools), "tool"))
        case McpApprovalResponse(approve=approve):
            return _line(name, "approved" if approve else "not approved")
    return _line(name, said(str(getattr(item, "name", ""))))


def _part_words(part: Any) -> str:
    if isinstance(part, InputImage):
        return "image"
    text = getattr(part, "text", None) or getattr(part, "transcript", None)
    if text:
        return quoted(text)
    audio = getattr(part, "audio", None)
    return size(base64_bytes(len(audio), audio[-2:])) + " of audio" if audio else ""


def _created_item(event: Any) -> str:
    behind = f"behind {short(event.previous_item_id)}" if getattr(event, "previous_item_id", None) else ""
    return _line(item_words(event.item), behind)


def _response(event: response.Created | response.Done) -> str:
    answer = event.response
    details, usage = answer.status_details, answer.usage
    return _line(
        short(answer.id or ""),
        said((answer.status or "").replace("_", " ")),
        f"({said(details.reason)})" if details and details.reason else "",
        f"{usage.input_tokens or 0:,} tokens in, {usage.output_tokens or 0:,} out" if usage else "",
        _status_error(details.error) if details and details.error else "",
    )


def _status_error(failure: Any) -> str:
    return ": ".join(said(str(word)) for word in (failure.type, failure.code, failure.message) if word)


def _create(event: response.Create) -> str:
    params = event.response or None
    if params is None:
        return ""
    return _line(
        "out of band" if params.conversation == "none" else "",
        " and ".join(params.output_modalities or []),
        plural(len(params.input), "item") + " of its own" if params.input is not None and params.input else "",
        f"instructions {quoted(params.instructions)}" if params.instructions else "",
    )


def _arguments(event: Any) -> str:
    return _line(short(event.item_id), f"{said(getattr(event, 'name', '') or '')}({said(event.arguments)})")


def _error(event: error.Error) -> str:
    return f"{error_name(event.error)}: {said(error_words(event.error))}"


def _limits(event: rate_limits.Updated) -> str:
    return _line(
        *(f"{said(limit.name or '?')} {limit.remaining or 0:,} of {limit.limit or 0:,}" for limit in event.rate_limits)
    )


def _cut(event: Any) -> str:
    return _line(short(event.item_id), f"at {event.audio_end_ms / 1000:.2f} s")


def _speech(event: Any) -> str:
    start, end = getattr(event, "audio_start_ms", None), getattr(event, "audio_end_ms", None)
    times = [f"{time / 1000:.2f} s" for time in (start, end) if time is not None]
    return _line(short(event.item_id), "at " + " to ".join(times))


def _malformed(event: Malformed) -> str:
    return "; ".join(f"{said(fault.path)}: {said(fault.message)}" for fault in event.faults)


def _closed(close: Close) -> str:
    return _line("without a code" if close.code is None else close.code, said(close.reason))


_WORDS: Final[dict[type, Callable[[Any], str]]] = {
    session.Created: lambda event: _line(short(event.session.id or ""), *map(said, setup.facts(event.session))),
    session.Updated: lambda event: _line(short(event.session.id or ""), *map(said, setup.facts(event.session))),
    session.Update: lambda event: _line(*map(said, setup.facts(event.session))),
    conversation.Created: lambda event: short(event.conversation.id or ""),
    conversation.ItemCreate: _created_item,
    conversation.ItemAdded: _created_item,
    conversation.ItemCreated: _created_item,
    conversation.ItemDone: lambda event: item_words(event.item),
    conversation.ItemRetrieved: lambda event: item_words(event.item),
    conversation.ItemTruncate: _cut,
    conversation.ItemTruncated: _cut,
    conversation.InputAudioTranscriptionFailed: lambda event: (
        f"{short(event.item_id)}  {error_name(event.error)}: {said(error_words(event.error))}"
    ),
    conversation.InputAudioTranscriptionSegment: lambda event: _line(
        short(event.item_id), f"{said(event.speaker)}:", quoted(event.text)
    ),
    input_audio_buffer.Append: lambda event: size(base64_bytes(len(event.audio), event.audio[-2:])),
    input_audio_buffer.SpeechStarted: _speech,
    input_audio_buffer.SpeechStopped: _speech,
    input_audio_buffer.TimeoutTriggered: _speech,
    input_audio_buffer.DtmfEventReceived: lambda event: said(event.event),
    response.Create: _create,
    response.Cancel: lambda event: short(event.response_id or ""),
    response.Created: _response,
    response.Done: _response,
    response.OutputItemAdded: lambda event: item_words(event.item),
    response.OutputItemDone: lambda event: item_words(event.item),
    response.ContentPartAdded: lambda event: _line(short(event.item_id), said(event.part.type or "")),
    response.ContentPartDone: lambda event: _line(short(event.item_id), said(event.part.type or "")),
    response.FunctionCallArgumentsDone: _arguments,
    response.McpCallArgumentsDone: _arguments,
    rate_limits.Updated: _limits,
    error.Error: _error,
    Unknown: lambda event: _line("unknown type", quoted(words_of(event.type, event.body))),
    Malformed: _malformed,
    Header: lambda header: _line(said(header.by), said(header.url), said(header.started_at)),
    Open: lambda opened: _line(opened.status, said(opened.subprotocol or "")),
    Close: _closed,
    Note: lambda note: said(note.text),
    Binary: lambda binary: size(len(binary.data)),
    Control: lambda control: size(len(control.data)) if control.data else "",
    Torn: lambda torn: f"{torn.size_bytes} bytes without an end",
    Other: lambda _: "a record of a kind that this version does not know",
}
