"""What the client asked to be configured and what came of it.

Law: an update is pending until ``session.updated`` or an error settles it, the oldest first.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar

from msgspec import Struct

from rtcli.events import error, response, session
from rtcli.formats import Entry
from rtcli.session.config import Config, at, detection_of, format_name, voice_of
from rtcli.session.ledger import Handler, Ledger, Memory


class Asked(Struct):
    """An update that has not been settled."""

    config: Any
    line: int
    event_id: str


class Settings(Ledger):
    """Updates on their way, and what limits them: who has spoken, what is being answered."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.pending: deque[Asked] = deque(maxlen=64)
        self.spoke_line = 0
        """The first audio of the assistant; 0 while there was none."""
        self.open: Memory[str, int] = Memory()
        """Responses that are not done, and the lines where they began."""

    def _asked(self, event: session.Update, entry: Entry) -> None:
        self.pending.append(Asked(event.session, entry.line, event.event_id or ""))

    def _updated(self, _event: session.Updated, _entry: Entry) -> None:
        if self.pending:
            self.pending.popleft()

    def _refused(self, event: error.Error, _entry: Entry) -> None:
        cause, param = event.error.event_id, event.error.param
        for asked in self.pending:
            if (cause and asked.event_id == cause) or (not cause and str(param or "").startswith("session")):
                self.pending.remove(asked)
                return

    def _spoke(self, _event: response.OutputAudioDelta, entry: Entry) -> None:
        self.spoke_line = self.spoke_line or entry.line

    def _began(self, event: response.Created, entry: Entry) -> None:
        self.open[event.response.id or ""] = entry.line

    def _ended(self, event: response.Done, _entry: Entry) -> None:
        self.open.pop(event.response.id or "", None)

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        session.Update: _asked,
        session.Updated: _updated,
        error.Error: _refused,
        response.OutputAudioDelta: _spoke,
        response.Created: _began,
        response.Done: _ended,
    }


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
