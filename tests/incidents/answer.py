"""What the model does in a call: it speaks, calls a function, or fails."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from incidents import sound
from incidents.call import Call
from incidents.setup import FORMATS

from rtcli.events import build
from rtcli.events.billed import InputTokens, OutputTokens, Usage
from rtcli.events.objects import (
    FunctionCall,
    FunctionCallOutput,
    Message,
    OutputAudio,
    RateLimit,
    Response,
    ResponseAudio,
    ResponseAudioOutput,
    StatusDetails,
    StatusError,
    StreamedPart,
)
from rtcli.units import BYTES_PER_MS

DELTA_MS = 200
TOKEN_MS = 50
WORD_MS = 350
WITHOUT_SOUND_MS = 300
"""The model begins to speak a little before the first word."""


class Answer(NamedTuple):
    """A spoken answer as the client got it."""

    response_id: str
    item_id: str
    first_at: float
    """When its first audio came."""
    audio_ms: int
    what: sound.Samples


def answers(
    call: Call,
    text: str,
    *,
    thinks_s: float = 0.35,
    pace: float = 3.0,
    cut_after_s: float | None = None,
    cut_by: str = "turn_detected",
    carried_ms: int | None = None,
    in_conversation: bool = True,
    metadata: dict[str, str] | None = None,
) -> Answer:
    """The model answers with speech, streamed `pace` times as fast as it plays, for so long or to its end."""
    words = text.split()
    billed_ms = WITHOUT_SOUND_MS + len(words) * WORD_MS
    what = sound.voice(billed_ms if carried_ms is None else carried_ms, begin_ms=len(text) * 97)
    response_id, item_id = call.new_id("resp"), call.new_id("item")
    made = call.events.response(response_id)
    call.now += 0.03
    call.server(made.created(reported(call, "in_progress", in_conversation=in_conversation, metadata=metadata)))
    call.now += thinks_s
    output, named = made.item(item_id, 0), call.events.item(item_id)
    begun = Message(id=item_id, role="assistant", status="in_progress", content=[])
    call.server(output.added(begun))
    if in_conversation:
        call.server(named.added(begun, previous_item_id=call.tail))
    part = output.content(0)
    call.server(part.part_added(StreamedPart(type="audio", transcript="")))
    first_at = call.now + 0.002
    cut_at = None if cut_after_s is None else first_at + cut_after_s
    spoken, sent_ms, end = _stream(call, part, words, what, first_at, pace, cut_at)
    call.now = end
    transcript = " ".join(spoken)
    call.server(part.audio_done())
    call.server(part.transcript_done(transcript))
    call.server(part.part_done(StreamedPart(type="audio", transcript=transcript)))
    status = "completed" if cut_at is None else "incomplete"
    whole = Message(id=item_id, role="assistant", status=status, content=[OutputAudio(transcript=transcript)])
    if in_conversation:
        call.server(named.done(whole, previous_item_id=call.tail))
        call.tail = item_id
    call.server(output.done(whole))
    done = reported(
        call,
        "completed" if cut_at is None else "cancelled",
        in_conversation=in_conversation,
        metadata=metadata,
        output=[whole],
        status_details=None if cut_at is None else StatusDetails(type="cancelled", reason=cut_by),
        usage=usage(call, len(spoken) * 2 + 4, -(-(billed_ms if cut_at is None else sent_ms) // TOKEN_MS)),
    )
    call.server(made.done(done))
    limits(call)
    played_ms = sent_ms * BYTES_PER_MS[call.said_on_the_wire_in] / BYTES_PER_MS[call.setup.said_in]
    call.played_until = max(call.played_until, first_at) + played_ms / 1000
    return Answer(response_id, item_id, first_at, sent_ms, what)


def _stream(call: Call, part: Any, words: list[str], what: sound.Samples, first_at: float, pace: float, cut_at: Any):
    """Send the deltas; the words and the milliseconds that went out, and when the last did."""
    stop = first_at + 3600 if cut_at is None else cut_at
    per_delta = DELTA_MS * sound.PER_MS
    spoken, sent, at = [], 0, first_at
    for start in range(0, len(what), per_delta):
        at = first_at + start / sound.PER_MS / 1000 / pace
        if at >= stop:
            break
        piece = what[start : start + per_delta]
        call.server(part.audio_delta(sound.on_the_wire(piece, call.said_on_the_wire_in)), at)
        sent += len(piece)
    ends_at = first_at + len(what) / sound.PER_MS / 1000 / pace
    for index, word in enumerate(words):
        at = first_at + 0.0011 + (ends_at - first_at) * index / len(words)
        if at >= stop:
            break
        call.server(part.transcript_delta(f" {word}" if spoken else word), at)
        spoken.append(word)
    return spoken, sent // sound.PER_MS, min(stop, ends_at + 0.01)


def heard_out(call: Call, _answer: Answer, gap_s: float = 0.7) -> None:
    """The caller listens to the end, and thinks for a moment."""
    call.now = max(call.now, call.played_until) + gap_s


class Called(NamedTuple):
    """A function call that the model made."""

    call_id: str
    item_id: str


def calls(call: Call, name: str, arguments: dict[str, Any], *, thinks_s: float = 0.4) -> Called:
    """The model calls a function."""
    text = json.dumps(arguments)
    called = Called(call.new_id("call"), call.new_id("item"))
    made = call.events.response(call.new_id("resp"))
    call.now += 0.03
    call.server(made.created(reported(call, "in_progress")))
    call.now += thinks_s
    output, named = made.item(called.item_id, 0), call.events.item(called.item_id)
    begun = FunctionCall(id=called.item_id, status="in_progress", name=name, call_id=called.call_id, arguments="")
    whole = FunctionCall(id=called.item_id, status="completed", name=name, call_id=called.call_id, arguments=text)
    call.server(output.added(begun))
    call.server(named.added(begun, previous_item_id=call.tail))
    streamed = output.function_call(called.call_id, name)
    for start in range(0, len(text), 4):
        call.now += 0.02
        call.server(streamed.arguments_delta(text[start : start + 4]))
    call.server(streamed.arguments_done(text))
    call.server(named.done(whole, previous_item_id=call.tail))
    call.server(output.done(whole))
    call.server(made.done(reported(call, "completed", output=[whole], usage=usage(call, 8 + len(text) // 4, 0))))
    limits(call)
    call.tail = called.item_id
    return called


def gives(call: Call, called: Called, output: str) -> FunctionCallOutput:
    """The client sends a function's output; what will stand in the conversation."""
    result = FunctionCallOutput(call_id=called.call_id, output=output)
    call.client(build.new_item.create(result))
    call.text_tokens += len(output) // 4
    return result


def given(call: Call, called: Called, output: str) -> None:
    """The client sends a function's output and asks for the answer; the server takes it."""
    result = gives(call, called, output)
    call.asks()
    call.now += 0.03
    call.stands(call.new_id("item"), result)


def fails(call: Call, code: str, message: str, *, thinks_s: float = 0.2) -> None:
    """The response fails before it has said anything."""
    made = call.events.response(call.new_id("resp"))
    call.now += 0.03
    call.server(made.created(reported(call, "in_progress")))
    call.now += thinks_s
    details = StatusDetails(type="failed", error=StatusError(type="tokens", code=code, message=message))
    nothing = Usage(
        total_tokens=0,
        input_tokens=0,
        output_tokens=0,
        input_token_details=InputTokens(text_tokens=0, audio_tokens=0, image_tokens=0, cached_tokens=0),
        output_token_details=OutputTokens(text_tokens=0, audio_tokens=0),
    )
    call.server(made.done(reported(call, "failed", status_details=details, usage=nothing)))


def reported(call: Call, status: Any, *, in_conversation: bool = True, **changes: Any) -> Response:
    """A response as the server says it is."""
    usual = {
        "object": "realtime.response",
        "status": status,
        "status_details": None,
        "output": [],
        "conversation_id": call.conversation_id if in_conversation else None,
        "output_modalities": ["audio"],
        "max_output_tokens": "inf",
        "audio": ResponseAudio(output=ResponseAudioOutput(format=FORMATS[call.setup.said_in], voice=call.setup.voice)),
        "usage": None,
        "metadata": None,
    }
    return Response(**usual | changes)


def usage(call: Call, text_tokens: int, audio_tokens: int) -> Usage:
    """What a response is billed for; what it said is part of the next one's input."""
    read = call.text_tokens + call.audio_tokens
    total = read + text_tokens + audio_tokens
    billed = Usage(
        total_tokens=total,
        input_tokens=read,
        output_tokens=text_tokens + audio_tokens,
        input_token_details=InputTokens(
            text_tokens=call.text_tokens, audio_tokens=call.audio_tokens, image_tokens=0, cached_tokens=0
        ),
        output_token_details=OutputTokens(text_tokens=text_tokens, audio_tokens=audio_tokens),
    )
    call.text_tokens += text_tokens
    call.audio_tokens += audio_tokens
    call.tokens_left -= total
    return billed


def limits(call: Call) -> None:
    """The server says how much is left of the limit, which is full again before the next response."""
    left = min(call.tokens_left, call.left_at_most)
    call.tokens_left = call.limit
    reset_s = round((call.limit - left) / call.limit * 60, 3)
    limit = RateLimit(name="tokens", limit=call.limit, remaining=left, reset_seconds=reset_s)
    call.server(call.events.rate_limits([limit]))
