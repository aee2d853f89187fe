"""The configuration in force.

Law: it is what the last ``session.created`` or ``session.updated`` says, whole, except for the
input format that a ``session.update`` asks for: the server works in order, so appends behind it are
in that format already. An error that refuses the update takes it back.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any, Final

from rtcli.events import Malformed, error, session
from rtcli.events.configuration import (
    RealtimeConfig,
    RealtimeSession,
    SemanticVad,
    ServerVad,
    Tool,
    TranscriptionConfig,
    TranscriptionSession,
)
from rtcli.events.objects import AudioFormat, VoiceId
from rtcli.formats import Entry
from rtcli.recording import Header

AnySession = RealtimeSession | TranscriptionSession
AnyConfig = RealtimeConfig | TranscriptionConfig


class Config:
    """What is known of how the session is configured; everything is None until the server says it."""

    def __init__(self) -> None:
        self._forget()

    def _forget(self) -> None:
        self.session: AnySession | None = None
        """The last session object, as the server reported it."""
        self.session_id: str | None = None
        self.input_format: str | None = None
        self.output_format: str | None = None
        self._update: tuple[str, str | None] | None = None

    def apply(self, entry: Entry) -> None:
        """Take in an entry; most have nothing to do with the configuration."""
        event = entry.folded.event if isinstance(entry.event, Malformed) else entry.event
        handler = self.handler(type(event))
        if handler is not None:
            handler(self, event)

    @staticmethod
    @cache
    def handler(kind: type) -> Callable[[Config, Any], None] | None:
        """What takes in an event of a class, or of the nearest class that it extends; mostly nothing."""
        return next((_HANDLERS[base] for base in kind.__mro__ if base in _HANDLERS), None)

    @property
    def type(self) -> str | None:
        """``realtime`` or ``transcription``."""
        return type_of(self.session) if self.session else None

    @property
    def model(self) -> str | None:
        """The model that speaks."""
        return model_of(self.session) if self.session else None

    @property
    def voice(self) -> str | None:
        """The voice it speaks with."""
        return voice_of(self.session) if self.session else None

    @property
    def modalities(self) -> list[str] | None:
        """What it answers with: ``text`` or ``audio``."""
        return list(getattr(self.session, "output_modalities", None) or []) or None

    @property
    def turn_detection(self) -> ServerVad | SemanticVad | None:
        """How turns are told; None when the client commits them, or nothing is known."""
        return detection_of(self.session) if self.session else None

    @property
    def tools(self) -> list[Tool]:
        """What the model may call."""
        return list(getattr(self.session, "tools", None) or [])

    def _created(self, event: session.Created) -> None:
        if self.session_id is not None and event.session.id and event.session.id != self.session_id:
            self._forget()
        self._updated(event)

    def _updated(self, event: session.Created | session.Updated) -> None:
        self.session = event.session
        self.session_id = event.session.id or self.session_id
        self.input_format = format_name(at(event.session, "audio", "input")) or self.input_format
        self.output_format = format_name(at(event.session, "audio", "output")) or self.output_format
        self._update = None

    def _asked(self, event: session.Update) -> None:
        asked = format_name(at(event.session, "audio", "input"))
        if asked:
            self._update = (event.event_id or "", self.input_format)
            self.input_format = asked

    def _refused(self, event: error.Error) -> None:
        if self._update and event.error.event_id and event.error.event_id == self._update[0]:
            self.input_format = self._update[1]
            self._update = None


def at(value: Any, *steps: str) -> Any:
    """What stands at a path of objects, parsed or decoded; None where it ends early or nothing is said."""
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else getattr(value or None, step, None)
    return value if value or value == 0 else None


def format_name(side: Any) -> str | None:
    """The name of the audio format of one direction, such as ``audio/pcm``."""
    chosen: AudioFormat | None = getattr(side, "format", None) or None
    return str(chosen.__struct_config__.tag) if chosen else None


def type_of(config: AnyConfig) -> str:
    """``realtime`` or ``transcription``; a session of beta does not say, and converses."""
    return str(config.__struct_config__.tag or "realtime")


def model_of(config: AnyConfig) -> str | None:
    """The model that speaks, or the one that transcribes where nothing speaks, as in a transcription of beta."""
    if hasattr(config, "model"):
        return config.model or None
    transcribes: str | None = at(config, "audio", "input", "transcription", "model")
    return transcribes


def voice_of(config: AnyConfig) -> str | None:
    """The voice by its name or id."""
    voice = at(config, "audio", "output", "voice")
    return voice.id if isinstance(voice, VoiceId) else voice


def detection_of(config: AnyConfig) -> ServerVad | SemanticVad | None:
    """How turns are told, where the server does it."""
    detection: ServerVad | SemanticVad | None = at(config, "audio", "input", "turn_detection")
    return detection


_HANDLERS: Final[dict[Any, Callable[[Config, Any], None]]] = {
    Header: lambda config, _: config._forget(),  # noqa: SLF001 - the table belongs to the class
    session.Created: Config._created,  # noqa: SLF001
    session.Updated: Config._updated,  # noqa: SLF001
    session.Update: Config._asked,  # noqa: SLF001
    error.Error: Config._refused,  # noqa: SLF001
}
