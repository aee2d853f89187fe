"""What is kept of a session for its numbers: one small row for each turn, response, call and so on.

A row says when each stage was reached, and in which line; None where it was not, or cannot be known. Rows can be
packed when nobody holds them (`rtcli.session.shelf`), and are therefore made so that this can be told.
"""

from __future__ import annotations

from math import isfinite
from typing import Literal, NamedTuple

from msgspec import Struct, field

from rtcli.session.prices import Cost
from rtcli.session.tokens import Tokens

Beginner = Literal["vad", "client", "timeout", "tool round"]
"""Who began a turn or a response: turn detection, the client, the idle timeout, or a tool's answer."""


class At(NamedTuple):
    """When something happened: the line that shows it, and seconds of the recording."""

    line: int
    t: float | None


class SpeechRow(Struct, weakref=True):
    """A stretch of speech that turn detection told."""

    item_id: str
    line: int
    turn: int = 0
    start_ms: int | None = None
    end_ms: int | None = None
    started: At | None = None
    speech_end: At | None = None
    """When the audio with its end was sent: before the silence that told the end, where that is configured."""
    stopped: At | None = None
    committed: At | None = None
    semantic: bool = False
    """The wait of semantic turn detection is not known, and therefore part of the speech."""

    @property
    def speech_ms(self) -> int | None:
        """How long it lasts on the clock of the audio."""
        if self.start_ms is None or self.end_ms is None or self.end_ms < self.start_ms:
            return None
        return self.end_ms - self.start_ms


class TurnRow(Struct, weakref=True):
    """One input of the user and everything that answers it."""

    number: int
    """From 1."""
    line: int
    began: Beginner
    item_ids: list[str] = field(default_factory=list)
    response_ids: list[str] = field(default_factory=list)
    started: At | None = None
    speech_end: At | None = None
    stopped: At | None = None
    commit: At | None = None
    """The client ended the input itself."""
    committed: At | None = None
    asked: At | None = None
    """The client asked for the first response; None where turn detection did."""
    created: At | None = None
    """Of the first response."""
    first_text: At | None = None
    first_audio: At | None = None
    """Of whichever response spoke first, which need not be the first one."""
    done: At | None = None
    """Of the last response that is done."""
    unopened: bool = False
    """The beginning of a response is not in the recording: no stage that it may have reached first is known."""
    semantic: bool = False
    ready: bool = False
    """Some of its input is complete, so that it can be answered."""
    speech_ms: int | None = None
    tool_ms: float | None = None
    """From calls whose arguments are whole to the response that takes their answers, over all rounds."""
    interrupted: bool = False
    input_tokens: int | None = None
    cached_tokens: int | None = None
    output_tokens: int | None = None
    cost: Cost | None = None
    unpriced: int = 0
    """Responses and transcriptions with a usage that has no price."""


class ResponseRow(Struct, weakref=True):
    """A response, from its creation to its end, and how its audio came."""

    id: str
    line: int
    turn: int = 0
    began: Beginner = "client"
    out_of_band: bool = False
    status: str | None = None
    reason: str | None = None
    asked: At | None = None
    created: At | None = None
    first_token: At | None = None
    """The first delta of text, transcript, audio or of a call's arguments."""
    first_text: At | None = None
    first_audio: At | None = None
    last_audio: At | None = None
    done: At | None = None
    audio_format: str | None = None
    audio_ms: float | None = None
    """How long its audio lasts; 0 where it has none, None where that is not known."""
    first_audible_ms: float | None = None
    dry_ms: float | None = None
    speech: At | None = None
    """The first speech of the user while it was open or its audio could still be heard."""
    heard_ms: float | None = None
    """How much of it was heard, by the client's word where it truncated, else what could have been when that speech began."""
    unplayed_ms: float | None = None
    interrupted: bool = False
    audio_after_speech: At | None = None
    truncated: At | None = None
    """The client said how much was heard."""
    cleared: At | None = None
    playback_began: At | None = None
    playback_ended: At | None = None
    """Where the server plays the audio."""
    tokens: Tokens | None = None
    model: str | None = None
    cost: Cost | None = None

    @property
    def speaks(self) -> bool:
        """There is audio, here or on its way to a caller elsewhere."""
        return self.first_audio is not None or (self.audio_ms is None and self.created is not None)


class CallRow(Struct, weakref=True):
    """A function call, from its arguments to what the model makes of the answer."""

    call_id: str
    name: str
    line: int
    turn: int = 0
    response_id: str = ""
    whole: At | None = None
    answered: At | None = None
    next_created: At | None = None
    next_output: At | None = None
    """The first text or audio of the response that takes the answer."""
    gap_ms: float | None = None
    """Silence between what was said before the call and the first audio behind it; 0 where there is none."""


class TranscriptionRow(Struct, weakref=True):
    """The transcription of one part of an item."""

    item_id: str
    content_index: int
    line: int
    committed: At | None = None
    first_delta: At | None = None
    completed: At | None = None
    failed: At | None = None
    model: str | None = None
    cost: Cost | None = None
    unpriced: bool = False
    """It is over, and what it costs cannot be known."""


class McpRow(Struct, weakref=True):
    """A call of an MCP tool, a listing of such tools, or the wait for an approval."""

    item_id: str
    kind: Literal["call", "list", "approval"]
    began: At
    ended: At | None = None
    failed: bool = False

    @property
    def line(self) -> int:
        """Where it began."""
        return self.began.line


class UpdateRow(Struct, weakref=True):
    """A change of the configuration that was asked for, and when it was in force."""

    asked: At
    updated: At | None = None
    event_id: str = ""


def ms_between(start: At | None, end: At | None) -> float | None:
    """Milliseconds from one moment to another, to the microsecond; None where one is not known."""
    if start is None or end is None or start.t is None or end.t is None:
        return None
    ms = (end.t - start.t) * 1000
    return round(ms, 3) if isfinite(ms) else None
