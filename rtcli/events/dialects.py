"""The dialects: which event types each has, and what beta calls otherwise. Data, not code.

A dialect is one list of event classes; the same word on the wire may be another class in another
dialect, and the session decides which one is spoken.
"""

from __future__ import annotations

from functools import cached_property
from importlib import import_module
from typing import Any, Final, Union

import msgspec
from msgspec import Struct

from rtcli.events.event import Event, type_name


class Dialect:
    """A set of event types, spoken together on one connection. Its classes are loaded when first asked for."""

    def __init__(self, name: str, spoken_at: str, module: str) -> None:
        self.name = name
        self.spoken_at = spoken_at
        self._module = module

    @cached_property
    def types(self) -> dict[str, type[Event]]:
        """The class of each type name."""
        listed: tuple[type[Event], ...] = import_module(self._module).TYPES
        return {type_name(event): event for event in listed}

    @cached_property
    def union(self) -> Any:
        """The type that a decoder decodes to."""
        return Union[tuple(self.types.values())]  # noqa: UP007 - built from data

    @cached_property
    def decoder(self) -> msgspec.json.Decoder[Event]:
        """Decodes one event's text, strictly, reading its type once."""
        return msgspec.json.Decoder(self.union)

    def __repr__(self) -> str:
        return f"Dialect({self.name!r})"


REALTIME: Final = Dialect(
    "realtime", "wss /v1/realtime, sessions of type realtime and transcription", "rtcli.events.realtime"
)
BETA: Final = Dialect(
    "beta",
    "wss /v1/realtime with the header OpenAI-Beta: realtime=v1, before 2026, and other vendors",
    "rtcli.events.beta",
)
TRANSLATION: Final = Dialect("translation", "wss /v1/realtime/translations", "rtcli.events.translation")
LIVE: Final = Dialect("live", "wss /v1/live/sessions, GPT-Live", "rtcli.events.live")

DIALECTS: Final[dict[str, Dialect]] = {dialect.name: dialect for dialect in (REALTIME, BETA, TRANSLATION, LIVE)}


class RenamedEvent(Struct, frozen=True):
    """An event type of beta, and what stands for it in realtime."""

    beta: str
    realtime: tuple[str, ...]
    hint: str


class RenamedField(Struct, frozen=True):
    """A field of beta, and where realtime has it; None where it has no counterpart."""

    beta: str
    realtime: str | None
    hint: str


RENAMED_EVENTS: Final[dict[str, RenamedEvent]] = {
    row.beta: row
    for row in (
        RenamedEvent("response.text.delta", ("response.output_text.delta",), "only the name changed"),
        RenamedEvent("response.text.done", ("response.output_text.done",), "only the name changed"),
        RenamedEvent("response.audio.delta", ("response.output_audio.delta",), "only the name changed"),
        RenamedEvent("response.audio.done", ("response.output_audio.done",), "only the name changed"),
        RenamedEvent(
            "response.audio_transcript.delta", ("response.output_audio_transcript.delta",), "only the name changed"
        ),
        RenamedEvent(
            "response.audio_transcript.done", ("response.output_audio_transcript.done",), "only the name changed"
        ),
        RenamedEvent(
            "conversation.item.created",
            ("conversation.item.added", "conversation.item.done"),
            "added gives the item its place, done its final content",
        ),
        RenamedEvent("transcription_session.update", ("session.update",), 'with a session of type "transcription"'),
        RenamedEvent("transcription_session.updated", ("session.updated",), 'its session has type "transcription"'),
        RenamedEvent("transcription_session.created", ("session.created",), 'its session has type "transcription"'),
    )
}
"""Event types that beta calls otherwise. ``conversation.item.created`` is in both unions, and no
captured realtime session has it.

Source: the realtime guide, section "Beta to GA migration"; openai-python 3.52.0, the unions of
``types/beta/realtime`` beside those of ``types/realtime``; for ``transcription_session.created``
crate api_openai 0.3.0.
"""

SESSION_FIELDS: Final[dict[str, RenamedField]] = {
    row.beta: row
    for row in (
        RenamedField("modalities", "output_modalities", '["audio"] includes the transcript; both together are refused'),
        RenamedField("input_audio_format", "audio.input.format", 'an object such as {"type":"audio/pcm","rate":24000}'),
        RenamedField(
            "output_audio_format", "audio.output.format", 'an object such as {"type":"audio/pcm","rate":24000}'
        ),
        RenamedField("input_audio_transcription", "audio.input.transcription", "only the place changed"),
        RenamedField("input_audio_noise_reduction", "audio.input.noise_reduction", "only the place changed"),
        RenamedField("turn_detection", "audio.input.turn_detection", "only the place changed"),
        RenamedField("voice", "audio.output.voice", "only the place changed"),
        RenamedField("speed", "audio.output.speed", "only the place changed"),
        RenamedField("max_response_output_tokens", "max_output_tokens", "only the name changed"),
        RenamedField("temperature", None, "it was removed without a successor"),
        RenamedField("client_secret", None, "secrets come from POST /v1/realtime/client_secrets"),
    )
}
"""Fields of a beta session object. Source: openai-python 3.52.0, ``types/beta/realtime/session.py``
beside ``types/realtime/realtime_session_create_request.py``; the guide's migration section."""

RESPONSE_FIELDS: Final[dict[str, RenamedField]] = {
    row.beta: row
    for row in (
        SESSION_FIELDS["modalities"],
        SESSION_FIELDS["voice"],
        SESSION_FIELDS["output_audio_format"],
        SESSION_FIELDS["max_response_output_tokens"],
        SESSION_FIELDS["temperature"],
    )
}
"""Fields of what ``response.create`` asks for, and of the response that the server reports; the
latter said ``max_output_tokens`` in beta already. Source: as above, ``response_create_event.py``."""

FORMATS: Final[dict[str, dict[str, Any]]] = {
    "pcm16": {"type": "audio/pcm", "rate": 24000},
    "g711_ulaw": {"type": "audio/pcmu"},
    "g711_alaw": {"type": "audio/pcma"},
}
"""Audio formats: beta's name and realtime's object."""

CONTENT_TYPES: Final = {"text": "output_text", "audio": "output_audio"}
"""Types of an assistant message's parts. The parts of ``response.content_part.*`` kept their old names."""

NEAR_MISSES: Final = {
    "response.cancelled": "response.done",
    "response.output_item.created": "response.output_item.added",
    "conversation.item.updated": "conversation.item.done",
}
"""Names that guides and other programs use and no server sends, and the event that tells it.
Source: the guide realtime-conversations names the first two; no schema and no capture has them."""


def realtime_name(path: tuple[str | int, ...]) -> str:
    """What realtime says for a beta field at this path of an event; empty where it is no beta field."""
    if len(path) != 2 or path[0] not in _RENAMED_IN:
        return ""
    row = _RENAMED_IN[path[0]].get(str(path[1]))
    if row is None:
        return ""
    place = f'realtime says "{path[0]}.{row.realtime}"' if row.realtime else "realtime does not have it"
    return f"a field of the beta dialect: {place} ({row.hint})"


_RENAMED_IN: Final[dict[Any, dict[str, RenamedField]]] = {"session": SESSION_FIELDS, "response": RESPONSE_FIELDS}
