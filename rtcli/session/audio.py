"""The user's audio on its way to the server: how much, when, and in what format it seems to be.

Law: `Audio.appended_ms` only grows. It is the clock on which the server tells when speech began and
ended; what is committed or cleared moves a mark on it. An append costs a few additions.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import ClassVar, Final

from msgspec import Struct

from rtcli.events import conversation, error, input_audio_buffer, output_audio_buffer, response, session
from rtcli.formats import Entry
from rtcli.session.config import Config, at
from rtcli.session.ledger import Handler, Ledger, Memory
from rtcli.session.lifecycle import Lifecycle
from rtcli.session.sound import Sample
from rtcli.units import BYTES_PER_MS, MIN_COMMIT_MS, audio_ms, base64_bytes

UNPLAYED_MS: Final = 1000
"""How much of a response may be lost unheard when the user breaks in."""
PATIENCE_S: Final = 1.0
"""How long a client may take to say how much was heard."""
_APPENDS: Final = 8192
"""How many appends are remembered with their times: more than a minute of chunks of 10 ms."""
_OUTPUT_CHARACTERS: Final = 1 << 18
"""Base64 of the model's audio that is looked at; it begins with speech, so that 4 s are enough."""


class Moment(Struct, frozen=True):
    """An append: how much audio the client had sent with it, when, and in which line."""

    appended_ms: float
    t: float | None
    line: int


class Heard(Struct):
    """The stretch of the user's audio that became an item, as the server told it."""

    start_ms: int
    start: Moment | None
    """The append that carried its beginning; None where that is not remembered."""
    end_ms: int | None = None
    end: Moment | None = None


class BargeIn(Struct, frozen=True):
    """Speech that began while much of a response cannot have been played yet."""

    line: int
    t: float
    unplayed_ms: float
    response_id: str
    items: frozenset[str]

    def is_overdue(self, t: float | None) -> bool:
        """Whether a truncation should have come by `t` seconds."""
        return t is not None and t - self.t >= PATIENCE_S


class Audio(Ledger):
    """The user's audio, and what the client says was heard of the model's."""

    def __init__(self, config: Config, lifecycle: Lifecycle) -> None:
        super().__init__(config)
        self.lifecycle = lifecycle
        self.appended_ms = 0.0
        """All that was sent."""
        self.has_appends = False
        self.is_measured = True
        """The format of all of it was known."""
        self.committed: Memory[str, float] = Memory()
        """By item the audio that it was made from, in ms."""
        self.heard: Memory[str, Heard] = Memory()
        """By item where its audio lies in all that was sent."""
        self.truncated: Memory[str, int] = Memory()
        """By item how much of its audio was heard, in ms, as the last truncation says."""
        self.barge_in: BargeIn | None = None
        """The last one that was not followed by a truncation."""
        self.plays_elsewhere = False
        """The server has an output buffer: it plays to a call beside this connection."""
        self.has_own_speed = False
        """The session spoke faster or slower than the voice, at any time."""
        self.samples: dict[str, Sample] = {}
        """By format the first audio that was sent in it."""
        self.output_samples: dict[str, Sample] = {}
        """By format the first audio that was received in it."""
        self._appends: deque[tuple[float, float | None, int]] = deque(maxlen=_APPENDS)
        self._taken_ms = 0.0
        self._committing: deque[float] = deque(maxlen=64)
        self.format: str | None = ""
        """Of the last append."""
        self.per_ms = 0
        """Bytes of a millisecond in this format; 0 where it is not known."""
        self.sample: Sample | None = None
        """What is kept of audio in this format, while more is wanted."""

    @property
    def uncommitted_ms(self) -> float:
        """Sent, and neither committed nor cleared."""
        return self.appended_ms - self._taken_ms

    @property
    def speed(self) -> float:
        """How fast the session speaks, where 1 is the voice's own."""
        told = at(self.config.session, "audio", "output", "speed")
        return float(told) if told else 1.0

    def carried(self, ms: float) -> Moment | None:
        """The append that carried a moment of the session's audio; None where it is not remembered or not sent."""
        found = None
        for append in reversed(self._appends):
            if append[0] < ms:
                return Moment(*found) if found else None
            found = append
        return Moment(*found) if found and len(self._appends) < _APPENDS else None

    def wants(self, audio_format: str | None) -> bool:
        """Whether the model's audio in this format has not been looked at enough."""
        sample = self.output_samples.get(audio_format or "")
        return bool(audio_format) and (sample is None or sample.characters < _OUTPUT_CHARACTERS)

    def _appended(self, event: input_audio_buffer.Append, entry: Entry) -> None:
        if self.config.input_format is not self.format:
            self._begin_format(self.config.input_format)
        audio = event.audio
        self.add(base64_bytes(len(audio), audio[-2:]), entry.t, entry.line)
        if self.sample is not None and not self.sample.take(audio):
            self.sample = None

    def add(self, audio_bytes: int, t: float | None, line: int) -> None:
        """Count so many bytes, appended at `t` seconds."""
        if self.per_ms:
            self.appended_ms += audio_bytes / self.per_ms
            self._appends.append((self.appended_ms, t, line))

    def _begin_format(self, audio_format: str | None) -> None:
        self.has_appends = True
        self.format = audio_format
        self.per_ms = BYTES_PER_MS.get(audio_format or "", 0)
        self.is_measured = self.is_measured and bool(self.per_ms)
        self.sample = None
        if audio_format:
            sample = self.samples.setdefault(audio_format, Sample())
            self.sample = None if sample.is_full else sample

    def _commit(self, _event: input_audio_buffer.Commit, _entry: Entry) -> None:
        """The server refuses less than it takes at least, and keeps it."""
        if self.uncommitted_ms >= MIN_COMMIT_MS:
            self._committing.append(self.uncommitted_ms)
            self._taken_ms = self.appended_ms

    def _committed(self, event: input_audio_buffer.Committed, _entry: Entry) -> None:
        heard = self.heard.get(event.item_id)
        if heard is not None and heard.end_ms is not None:
            self.committed[event.item_id] = max(0.0, heard.end_ms - heard.start_ms)
            self._taken_ms = min(self.appended_ms, max(self._taken_ms, heard.end_ms))
        elif self._committing:
            self.committed[event.item_id] = self._committing.popleft()
        else:
            self.committed[event.item_id] = self.uncommitted_ms
            self._taken_ms = self.appended_ms

    def _refused(self, event: error.Error, _entry: Entry) -> None:
        if event.error.code == "input_audio_buffer_commit_empty" and self._committing:
            self._committing.popleft()

    def _clear(self, _event: input_audio_buffer.Clear, _entry: Entry) -> None:
        self._taken_ms = self.appended_ms

    def _started(self, event: input_audio_buffer.SpeechStarted, entry: Entry) -> None:
        self.heard[event.item_id] = Heard(event.audio_start_ms, self.carried(event.audio_start_ms))
        self.barge_in = self.barge_in or self._broke_in(entry)

    def _broke_in(self, entry: Entry) -> BargeIn | None:
        last, interrupts = self.lifecycle.last, at(self.config.turn_detection, "interrupt_response")
        if last is None or last.first_audio_t is None or entry.t is None or interrupts is False:
            return None
        received_ms = audio_ms(last.audio_bytes, last.audio_format)
        if received_ms is None or any(item in self.truncated for item in last.items):
            return None
        unplayed_ms = received_ms - (entry.t - last.first_audio_t) * 1000
        if unplayed_ms <= UNPLAYED_MS:
            return None
        return BargeIn(entry.line, entry.t, unplayed_ms, last.id, frozenset(last.items))

    def _stopped(self, event: input_audio_buffer.SpeechStopped, _entry: Entry) -> None:
        heard = self.heard.get(event.item_id)
        if heard is not None:
            heard.end_ms, heard.end = event.audio_end_ms, self.carried(event.audio_end_ms)

    def _idle(self, event: input_audio_buffer.TimeoutTriggered, _entry: Entry) -> None:
        start, end = self.carried(event.audio_start_ms), self.carried(event.audio_end_ms)
        self.heard[event.item_id] = Heard(event.audio_start_ms, start, event.audio_end_ms, end)

    def _truncated(self, event: conversation.ItemTruncate | conversation.ItemTruncated, _entry: Entry) -> None:
        self.truncated[event.item_id] = event.audio_end_ms
        self._settle(event.item_id)

    def _deleted(self, event: conversation.ItemDelete, _entry: Entry) -> None:
        self._settle(event.item_id)

    def _settle(self, item_id: str) -> None:
        if self.barge_in is not None and item_id in self.barge_in.items:
            self.barge_in = None

    def _answered(self, event: response.Created, entry: Entry) -> None:
        if self.barge_in is not None and event.response.conversation_id is not None:
            self.barge_in = None if self.barge_in.is_overdue(entry.t) else self.barge_in

    def _plays(self, _event: object, _entry: Entry) -> None:
        self.plays_elsewhere = True

    def _configured(self, _event: session.Created | session.Updated, _entry: Entry) -> None:
        self.has_own_speed = self.has_own_speed or self.speed != 1.0

    def _received(self, event: response.OutputAudioDelta, _entry: Entry) -> None:
        answer = self.lifecycle.responses.get(event.response_id)
        audio_format = answer.audio_format if answer else None
        if audio_format and self.wants(audio_format):
            self.output_samples.setdefault(audio_format, Sample()).take(event.delta)

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        input_audio_buffer.Append: _appended,
        input_audio_buffer.Commit: _commit,
        input_audio_buffer.Committed: _committed,
        input_audio_buffer.Clear: _clear,
        input_audio_buffer.SpeechStarted: _started,
        input_audio_buffer.SpeechStopped: _stopped,
        input_audio_buffer.TimeoutTriggered: _idle,
        conversation.ItemTruncate: _truncated,
        conversation.ItemTruncated: _truncated,
        conversation.ItemDelete: _deleted,
        output_audio_buffer.Started: _plays,
        output_audio_buffer.Stopped: _plays,
        output_audio_buffer.Cleared: _plays,
        response.Created: _answered,
        response.OutputAudioDelta: _received,
        session.Created: _configured,
        session.Updated: _configured,
        error.Error: _refused,
    }
