"""A translation session: whether it is closing, how it is configured, and where its streams are.

Law: what is kept is one value for each kind of stream, however long the session is.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from msgspec import Struct

from rtcli.events.translation import session
from rtcli.events.translation.configuration import Session
from rtcli.formats import Entry
from rtcli.session.config import Config
from rtcli.session.ledger import Handler, Ledger
from rtcli.units import PCM_RATE_HZ, PCM_SAMPLE_BYTES, base64_bytes


class Reached(Struct):
    """How far a stream has come on the timeline, and the line that said so."""

    elapsed_ms: int
    line: int


class Sent(Struct):
    """The last audio that the client sent, and until when what it sent so far lasts."""

    at_s: float
    lasts_until_s: float
    line: int


class Shape(Struct):
    """What the first audio delta said of its format; None where it said nothing."""

    sample_rate: int | None
    channels: int | None
    format: str | None
    line: int


class Translation(Ledger):
    """What has happened in a translation session so far."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.session: Session | None = None
        """The session as the server last reported it."""
        self.closing_line = 0
        """Where the client asked for the end; 0 while it has not."""
        self.closed_line = 0
        """Where the server said that the session is over."""
        self.reached: dict[str, Reached] = {}
        """By type of delta."""
        self.sent: Sent | None = None
        self.shape: Shape | None = None

    def _configured(self, event: session.Created | session.Updated, _entry: Entry) -> None:
        self.session = event.session

    def _closing(self, _event: session.Close, entry: Entry) -> None:
        self.closing_line = self.closing_line or entry.line

    def _closed(self, _event: session.Closed, entry: Entry) -> None:
        self.closed_line = self.closed_line or entry.line

    def _appended(self, event: session.InputAudioBufferAppend, entry: Entry) -> None:
        if entry.t is None:
            return
        seconds = base64_bytes(len(event.audio), event.audio[-2:]) / (PCM_RATE_HZ * PCM_SAMPLE_BYTES)
        begins_s = max(entry.t, self.sent.lasts_until_s) if self.sent else entry.t
        self.sent = Sent(entry.t, begins_s + seconds, entry.line)

    def _delta(self, event: session.InputTranscriptDelta | session.OutputTranscriptDelta, entry: Entry) -> None:
        if isinstance(event.elapsed_ms, int):
            self.reached[event.type] = Reached(event.elapsed_ms, entry.line)

    def _audio_delta(self, event: session.OutputAudioDelta, entry: Entry) -> None:
        if isinstance(event.elapsed_ms, int):
            self.reached[event.type] = Reached(event.elapsed_ms, entry.line)
        if self.shape is None:
            self.shape = shape_of(event, entry.line)

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        session.Created: _configured,
        session.Updated: _configured,
        session.Close: _closing,
        session.Closed: _closed,
        session.InputAudioBufferAppend: _appended,
        session.InputTranscriptDelta: _delta,
        session.OutputTranscriptDelta: _delta,
        session.OutputAudioDelta: _audio_delta,
    }


def shape_of(event: session.OutputAudioDelta, line: int) -> Shape:
    """What an audio delta says of its format."""
    return Shape(event.sample_rate or None, event.channels or None, event.format or None, line)
