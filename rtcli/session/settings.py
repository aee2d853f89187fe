"""What the client asked to be configured and what came of it: asked, in force or refused, over time.

Law: an update is pending until ``session.updated`` or an error settles it, the oldest first. One that
is refused is refused whole.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final, Literal

from msgspec import UNSET, Struct

from rtcli.events import error, response, session
from rtcli.formats import Entry
from rtcli.session.config import Config, at, detection_of, format_name, voice_of
from rtcli.session.ledger import Handler, Ledger

_KEPT: Final = 64
Outcome = Literal["asked", "in force", "refused"]


class Asked(Struct):
    """An update, and what came of it."""

    config: Any
    line: int
    event_id: str
    outcome: Outcome = "asked"
    outcome_line: int = 0
    """Where it was settled: by ``session.updated``, or by the error that refused it."""

    @property
    def keys(self) -> frozenset[str]:
        """What it sets, such as ``instructions`` and ``audio.output.voice``."""
        return frozenset(keys_of(self.config))


class Settings(Ledger):
    """Updates, and whether the assistant has spoken, which fixes its voice."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.pending: deque[Asked] = deque(maxlen=_KEPT)
        self.spoke_line = 0
        """The first audio of the assistant; 0 while there was none."""
        self.history: deque[Asked] = deque(maxlen=_KEPT)
        """The last updates, settled or not, the oldest first."""

    def of(self, key: str) -> list[Asked]:
        """The updates that set something, such as ``audio.output.voice``, the oldest first."""
        return [asked for asked in self.history if key in asked.keys]

    def _asked(self, event: session.Update, entry: Entry) -> None:
        asked = Asked(event.session, entry.line, event.event_id or "")
        self.pending.append(asked)
        self.history.append(asked)

    def _updated(self, _event: session.Updated, entry: Entry) -> None:
        if self.pending:
            asked = self.pending.popleft()
            asked.outcome, asked.outcome_line = "in force", entry.line

    def _refused(self, event: error.Error, entry: Entry) -> None:
        cause, param = event.error.event_id, event.error.param
        for asked in self.pending:
            if (cause and asked.event_id == cause) or (not cause and str(param or "").startswith("session")):
                self.pending.remove(asked)
                asked.outcome, asked.outcome_line = "refused", entry.line
                return

    def _spoke(self, _event: response.OutputAudioDelta, entry: Entry) -> None:
        self.spoke_line = self.spoke_line or entry.line

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        session.Update: _asked,
        session.Updated: _updated,
        error.Error: _refused,
        response.OutputAudioDelta: _spoke,
    }


def keys_of(config: Any) -> Iterator[str]:
    """What a configuration sets, by dotted names; the two sides of the audio are looked into."""
    for name in config.__struct_fields__ if isinstance(config, Struct) else ():
        value = getattr(config, name)
        if value is UNSET:
            continue
        if name in {"audio", "input", "output"} and isinstance(value, Struct):
            yield from (f"{name}.{key}" for key in keys_of(value))
        else:
            yield name


def scalars(config: Any) -> Iterator[tuple[str, Any]]:
    """The settings that can be compared word for word; what is cleared or left out is not among them."""
    for name in ("instructions", "max_output_tokens"):
        if at(config, name):
            yield name, at(config, name)
    if isinstance(getattr(config, "tool_choice", None), str):
        yield "tool_choice", config.tool_choice
    if at(config, "output_modalities"):
        yield "output_modalities", sorted(at(config, "output_modalities"))
    if voice_of(config):
        yield "audio.output.voice", voice_of(config)
    for side in ("input", "output"):
        if format_name(at(config, "audio", side)):
            yield f"audio.{side}.format", format_name(at(config, "audio", side))
    if at(config, "audio", "input", "transcription", "model"):
        yield "audio.input.transcription.model", at(config, "audio", "input", "transcription", "model")
    heard = at(config, "audio", "input")
    if heard is not None and heard.turn_detection is None:
        yield "audio.input.turn_detection", None
    detection = detection_of(config)
    if detection is not None:
        yield "audio.input.turn_detection", str(detection.__struct_config__.tag)
        for name in ("create_response", "interrupt_response", "idle_timeout_ms"):
            value = getattr(detection, name, None)
            if value is False or value:
                yield f"audio.input.turn_detection.{name}", value
