"""The session's configuration at the built-in server: defaults, and how an update changes them.

Source for the defaults: captured ``session.created`` events of gpt-realtime.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec

from rtcli.events.configuration import RealtimeSession, TranscriptionSession

MODEL: Final = "gpt-realtime"
_PCM: Final = {"type": "audio/pcm", "rate": 24000}
_SERVER_VAD: Final = {
    "type": "server_vad",
    "threshold": 0.5,
    "prefix_padding_ms": 300,
    "silence_duration_ms": 500,
    "idle_timeout_ms": None,
    "create_response": True,
    "interrupt_response": True,
}
_SEMANTIC_VAD: Final = {
    "type": "semantic_vad",
    "eagerness": "auto",
    "create_response": True,
    "interrupt_response": True,
}
_TRANSCRIPTION: Final = {"model": "gpt-4o-transcribe", "language": None, "prompt": None}

Body = dict[str, Any]


def defaults(kind: str, session_id: str, model: str, expires_at: int) -> Body:
    """A session as it is created."""
    audio_input: Body = {"format": _PCM, "transcription": None, "noise_reduction": None, "turn_detection": _SERVER_VAD}
    common: Body = {"type": kind, "object": "realtime.session", "id": session_id}
    if kind == "transcription":
        audio_input["transcription"] = _TRANSCRIPTION
        common["object"] = "realtime.transcription_session"
        return common | {"audio": {"input": audio_input}, "include": None, "expires_at": expires_at}
    return common | {
        "model": model,
        "output_modalities": ["audio"],
        "instructions": "You are a stand-in for a model, with a few things to say.",
        "tools": [],
        "tool_choice": "auto",
        "max_output_tokens": "inf",
        "tracing": None,
        "truncation": "auto",
        "prompt": None,
        "expires_at": expires_at,
        "audio": {"input": audio_input, "output": {"format": _PCM, "voice": "marin", "speed": 1.0}},
        "include": None,
    }


def merged(current: Body, asked: Body) -> Body:
    """The session after an update; what is configured as a whole is replaced, with its defaults filled in."""
    after = current | {name: value for name, value in asked.items() if name not in {"audio", "type", "model"}}
    audio = asked.get("audio") or {}
    after["audio"] = {side: {**current["audio"][side], **_filled(audio.get(side) or {})} for side in current["audio"]}
    return after


def _filled(side: Body) -> Body:
    full = dict(side)
    detection = full.get("turn_detection")
    if detection:
        full["turn_detection"] = (_SERVER_VAD if detection["type"] == "server_vad" else _SEMANTIC_VAD) | detection
    if full.get("transcription"):
        full["transcription"] = {"language": None, "prompt": None} | full["transcription"]
    if (full.get("format") or {}).get("type") == "audio/pcm":
        full["format"] = _PCM
    return full


def typed(body: Body) -> RealtimeSession | TranscriptionSession:
    """The session as the events carry it."""
    return msgspec.convert(body, RealtimeSession | TranscriptionSession)
