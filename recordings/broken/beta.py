"""A clean session in the beta dialect, written down event by event."""

from __future__ import annotations

from typing import Any

from stage import STARTED_UNIX, Line
from written import Scripted

_MODEL = "gpt-4o-realtime-preview"


def beta() -> list[Line]:
    """A question and an answer in writing, as the beta had it."""
    stage = Scripted(8, f"ws://127.0.0.1:8080/v1/realtime?model={_MODEL}")
    session = _session(stage.ids.new("sess"))
    stage.say("session.created", session=session)
    stage.wait(0.05)
    stage.send({"type": "session.update", "event_id": "update_1", "session": {"modalities": ["text"]}})
    stage.say("session.updated", session=session | {"modalities": ["text"]})
    stage.wait(0.05)
    _ask(stage)
    _answer(stage, "Seven hills, they say.")
    stage.hang_up()
    return stage.lines


def _session(session_id: str) -> dict[str, Any]:
    detection = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200}
    return {
        "id": session_id,
        "object": "realtime.session",
        "model": _MODEL,
        "expires_at": STARTED_UNIX + 1800,
        "modalities": ["audio", "text"],
        "instructions": "Answer in one sentence.",
        "voice": "alloy",
        "input_audio_format": "pcm16",
        "output_audio_format": "pcm16",
        "input_audio_transcription": None,
        "turn_detection": detection | {"create_response": True, "interrupt_response": True},
        "tools": [],
        "tool_choice": "auto",
        "temperature": 0.8,
        "max_response_output_tokens": "inf",
    }


def _ask(stage: Scripted) -> None:
    content = [{"type": "input_text", "text": "How many hills has Rome?"}]
    item = {"id": "user_1", "type": "message", "role": "user", "content": content}
    stage.send({"type": "conversation.item.create", "item": item}, {"type": "response.create"})
    kept = {"object": "realtime.item", "status": "completed"}
    stage.say("conversation.item.created", previous_item_id=None, item=item | kept)


def _answer(stage: Scripted, text: str) -> None:
    response_id, item_id = stage.ids.new("resp"), stage.ids.new("item")
    body: dict[str, Any] = {
        "object": "realtime.response",
        "id": response_id,
        "status": "in_progress",
        "status_details": None,
        "output": [],
        "conversation_id": stage.conversation_id,
        "modalities": ["text"],
        "voice": "alloy",
        "output_audio_format": "pcm16",
        "temperature": 0.8,
        "max_output_tokens": "inf",
        "usage": None,
        "metadata": None,
    }
    stage.say("response.created", response=body)
    stage.say(
        "rate_limits.updated",
        rate_limits=[{"name": "tokens", "limit": 40000, "remaining": 39900, "reset_seconds": 0.2}],
    )
    blank = {"id": item_id, "object": "realtime.item", "type": "message", "status": "in_progress", "role": "assistant"}
    here = {"response_id": response_id, "output_index": 0}
    place = {"response_id": response_id, "item_id": item_id, "output_index": 0, "content_index": 0}
    stage.say("response.output_item.added", **here, item=blank | {"content": []})
    stage.say("conversation.item.created", previous_item_id="user_1", item=blank | {"content": []})
    stage.say("response.content_part.added", **place, part={"type": "text", "text": ""})
    for number, word in enumerate(text.split()):
        stage.say("response.text.delta", **place, delta=f" {word}" if number else word)
    stage.say("response.text.done", **place, text=text)
    stage.say("response.content_part.done", **place, part={"type": "text", "text": text})
    item = blank | {"status": "completed", "content": [{"type": "text", "text": text}]}
    stage.say("response.output_item.done", **here, item=item)
    stage.say("response.done", response=body | {"status": "completed", "output": [item], "usage": _usage()})


def _usage() -> dict[str, Any]:
    return {
        "total_tokens": 26,
        "input_tokens": 20,
        "output_tokens": 6,
        "input_token_details": {"text_tokens": 20, "audio_tokens": 0, "cached_tokens": 0},
        "output_token_details": {"text_tokens": 6, "audio_tokens": 0},
    }
