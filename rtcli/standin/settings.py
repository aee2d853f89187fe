"""The session's configuration at the built-in server: defaults, and how an update changes them.

Source for the defaults: captured ``session.created`` events of gpt-realtime.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from rtcli.events.configuration import RealtimeConfig, RealtimeSession, Tool, TranscriptionConfig, TranscriptionSession
from rtcli.standin.refusal import Refused

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

_NULLABLE: Final = {
    "turn_detection",
    "transcription",
    "noise_reduction",
    "idle_timeout_ms",
    "language",
    "prompt",
    "tracing",
    "include",
    "reasoning",
}
_NESTED: Final = {"audio", "input", "output", "turn_detection", "transcription"}

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


class Settings:
    """The configuration in force; an update is taken whole or refused whole."""

    def __init__(self, body: Body) -> None:
        self.body = body

    @property
    def kind(self) -> str:
        """``realtime`` or ``transcription``."""
        return str(self.body["type"])

    @property
    def typed(self) -> RealtimeSession | TranscriptionSession:
        """The session as the events carry it."""
        return msgspec.convert(self.body, RealtimeSession | TranscriptionSession)

    @property
    def tools(self) -> list[Tool]:
        """What the session offers to the model."""
        return list(getattr(self.typed, "tools", None) or ())

    def update(self, asked: RealtimeConfig | TranscriptionConfig, *, spoke: bool, answering: bool) -> None:
        """Take over what a client asks; `spoke` and `answering` say what can no longer be changed."""
        body = without_nulls(msgspec.to_builtins(asked))
        if body["type"] != self.kind:
            message = f"This session is of type '{self.kind}', which cannot be changed."
            raise Refused("invalid_value", message, "session.type")
        self._check(body, spoke=spoke, answering=answering)
        self.body = _merged(self.body, body)

    def _check(self, asked: Body, *, spoke: bool, answering: bool) -> None:
        if asked.get("model", self.body.get("model")) != self.body.get("model"):
            raise Refused("invalid_value", "The model of a session cannot be changed.", "session.model")
        if "output_modalities" in asked:
            check_modalities(asked["output_modalities"], "session.output_modalities")
        self._check_output(asked.get("audio", {}).get("output", {}), spoke=spoke, answering=answering)
        check_tools(asked.get("tools", ()), asked.get("tool_choice"), "session")

    def _check_output(self, asked: Body, *, spoke: bool, answering: bool) -> None:
        current = self.body["audio"].get("output", {})
        if spoke and asked.get("voice", current.get("voice")) != current.get("voice"):
            message = "Cannot update a conversation's voice if assistant audio is present."
            raise Refused("cannot_update_voice", message, "session.audio.output.voice")
        if answering and asked.get("speed", current.get("speed")) != current.get("speed"):
            message = "The speed can be changed between responses, not while one is in progress."
            raise Refused("invalid_value", message, "session.audio.output.speed")


def check_modalities(asked: list[str], param: str) -> None:
    """Refuse what is neither text nor audio alone."""
    if asked not in (["text"], ["audio"]):
        raise Refused("invalid_value", "Invalid modalities: ask for 'text' or for 'audio', one of them.", param)


def check_tools(tools: Sequence[Body], choice: Any, param: str) -> None:
    """Refuse a function without a name, and a choice of a function that is not offered beside it."""
    for index, tool in enumerate(tools):
        if tool["type"] == "function" and not tool.get("name"):
            place = f"{param}.tools[{index}].name"
            raise Refused("missing_required_parameter", f"Missing required parameter: '{place}'.", place)
    named = choice["name"] if isinstance(choice, dict) and choice["type"] == "function" else None
    if tools and named is not None and named not in {tool.get("name") for tool in tools}:
        raise Refused("invalid_value", "The chosen function is not in 'tools'.", f"{param}.tool_choice")


def without_nulls(asked: Body) -> Body:
    """What is asked for; null stays only where it turns something off."""
    return {
        name: without_nulls(value) if isinstance(value, dict) and name in _NESTED else value
        for name, value in asked.items()
        if value is not None or name in _NULLABLE
    }


def _merged(current: Body, asked: Body) -> Body:
    """The session after an update; what is configured as a whole is replaced, with its defaults filled in."""
    after = current | {name: value for name, value in asked.items() if name not in {"audio", "type", "model"}}
    if "tools" in asked:
        after["tools"] = [_public(tool) for tool in asked["tools"]]
    audio = asked.get("audio", {})
    after["audio"] = {side: current["audio"][side] | _filled(audio.get(side, {})) for side in current["audio"]}
    return after


def _public(tool: Body) -> Body:
    """The tool as the server tells it back: without what opens the way to an MCP server."""
    return {name: value for name, value in tool.items() if name not in {"authorization", "headers"}}


def _filled(side: Body) -> Body:
    full = dict(side)
    detection = full.get("turn_detection")
    if detection:
        full["turn_detection"] = (_SERVER_VAD if detection["type"] == "server_vad" else _SEMANTIC_VAD) | detection
    if full.get("transcription"):
        full["transcription"] = {"language": None, "prompt": None} | full["transcription"]
    if full.get("format", {}).get("type") == "audio/pcm":
        full["format"] = _PCM
    return full
