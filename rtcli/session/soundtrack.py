"""A call as it could be heard: which audio of either side was heard when, and how much of it.

The user's audio is heard as it was spoken, which was before it was sent; the model's arrives faster than it
is spoken, and is heard from its start on, one thing after the other, until it is cut off. Where a client
sends faster than anybody speaks, as with a file, the call is longer than its recording: what follows is
heard later, by `heard_s`. Without times everything is heard in the order of the lines.

Two passes: `Soundtrack` is told every entry and keeps no audio; `Samples` is told them again and hands out the
audio of each, with its place. Law: neither raises, and what is kept grows with the clips, not with the audio.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from types import MethodType
from typing import Any, ClassVar, Final

from rtcli.events import Malformed, conversation, input_audio_buffer, output_audio_buffer, response, session
from rtcli.events.live import session as live
from rtcli.events.translation import session as translation
from rtcli.formats import Entry
from rtcli.recording import Header
from rtcli.session.clip import Clip, Coding, coding
from rtcli.session.config import Config, at, format_name
from rtcli.session.context import Context
from rtcli.session.lag import Lag, believed
from rtcli.session.ledger import Handler, Memory
from rtcli.session.microphone import PAUSE_S, Microphone, is_shortened
from rtcli.session.playback import Playback
from rtcli.session.samples import Piece, Samples, audio_in, decoded
from rtcli.session.utterances import Utterances

__all__ = ["LATE_S", "Piece", "Samples", "Soundtrack", "soundtracks"]
LATE_S: Final = 10.0
"""A recording whose first record comes later is a part of one, or counts from elsewhere."""
_BEGINNINGS: Final = (Header, session.Created, Malformed)
"""What the first entry of a connection can be."""


class Soundtrack:
    """The audio of one connection. A new one is made for the next, where `is_ended_by` says so."""

    def __init__(self) -> None:
        self.config = Config()
        self.microphone = Microphone()
        self.playback = Playback()
        self.utterances = Utterances(self.microphone)
        self.left_out: dict[str, int] = {}
        """Why audio is not in it, and of how many lines."""
        self.now_s = 0.0
        """When what comes now is heard, at the earliest."""
        self.duration_s = 0.0
        """Of the recording, as it was heard."""
        self.line = 0
        """The first line of the connection."""
        self.began_s = 0.0
        """When it began: not at 0 where only a part of it is told."""
        self.is_cut = False
        """The recording is a part of another, and lacks what was before."""
        self.entries = 0
        self.carriers: dict[tuple[int, int], Clip] = {}
        """By line and content index the clips of audio that the client put into items."""
        self._context = Context(self.config)
        self._lag = Lag()
        self._formats: Memory[str, str | None] = Memory()
        self._apart: Memory[str, bool] = Memory()
        """Responses outside the conversation."""
        self._live: Coding | None = None
        self._answered = False
        self._is_timed = False
        self._handlers: dict[type, tuple[Callable[[Any, Entry], None], ...]] = {}

    @property
    def clips(self) -> list[Clip]:
        """All of both sides, in the order in which they were heard."""
        return sorted((*self.microphone.clips, *self.playback.clips), key=lambda clip: clip.starts_s)

    @property
    def ends_s(self) -> float:
        """When the last sound was heard."""
        return max((clip.ends_s for clip in self.clips), default=0.0)

    @property
    def is_timed(self) -> bool:
        """It is told when things were, by the records or by the audio itself."""
        sides = (self.microphone.clips, self.playback.clips)
        return self._is_timed or any(clips and not is_shortened(clips) for clips in sides)

    def is_apart(self, response_id: str) -> bool:
        """Whether a response stands outside the conversation."""
        return response_id in self._apart

    def played(self, response_id: str, item_id: str, index: int) -> list[Clip]:
        """The clips of a part, in order; none where its audio was shortened by whoever made the log."""
        clips = self.playback.parts.get((response_id, item_id, index), [])
        return [] if is_shortened(clips) else clips

    def is_ended_by(self, entry: Entry) -> bool:
        """Whether an entry is the first of another connection than this."""
        return isinstance(entry.event, _BEGINNINGS) and self.entries > 0 and self._context.begins_anew(entry)

    def heard_s(self, t: float) -> float:
        """When something was heard that was recorded at `t`: the same, unless audio was sent faster than it was spoken."""
        return t + self._lag.at(t)

    def apply(self, entry: Entry) -> None:
        """Take in the next entry."""
        self.entries += 1
        self.line = self.line or entry.line
        entry = entry.folded if isinstance(entry.event, Malformed) else entry
        kind = type(entry.event)
        if entry.t is not None and kind is not Header:
            self._tick(believed(entry.t))
        handlers = self._handlers.get(kind)
        if handlers is None:
            handlers = self._handlers[kind] = tuple(self._handlers_of(kind))
        for handler in handlers:
            handler(entry.event, entry)

    def finish(self) -> None:
        """Nothing more comes: say when the user's utterances were spoken."""
        self.utterances.place()

    def _handlers_of(self, kind: type) -> Iterator[Callable[[Any, Entry], None]]:
        """What takes in events of a class: the configuration, where it is heeded, before the audio."""
        configure = Config.handler(kind)
        if configure is not None:
            yield lambda event, _entry: configure(self.config, event)
        handler = next((self.HANDLERS[base] for base in kind.__mro__ if base in self.HANDLERS), None)
        if handler is not None:
            yield MethodType(handler, self)

    def _tick(self, t: float | None) -> None:
        if t is not None:
            if not self._is_timed:
                self._is_timed, self.began_s = True, t if t > LATE_S else 0.0
            self.now_s = max(self.now_s, t + self._lag.now_s)
            self.duration_s = self.now_s

    # -- the user ---------------------------------------------------------------------------------

    def _appended(self, event: input_audio_buffer.Append, entry: Entry) -> None:
        self._sent(event.audio, coding(self.config.input_format), entry)

    def _appended_to_translate(self, event: translation.InputAudioBufferAppend, entry: Entry) -> None:
        self._sent(event.audio, coding("audio/pcm"), entry)

    def _appended_live(self, event: live.InputAudioAppend, entry: Entry) -> None:
        reflected = entry.sender == "server"
        self._sent(event.audio, coding("audio/pcm") if reflected else self._live or coding(None), entry)

    def _sent(self, payload: str, heard_in: Coding | None, entry: Entry) -> None:
        size = self._size(payload, heard_in)
        if not size or heard_in is None:
            return
        self.microphone.assume(heard_in)
        self.microphone.take(size, heard_in, entry.line, self._spoken_s(entry, heard_in.ms(size)), self.playback.head_s)
        self._wait(entry)

    def _created(self, event: conversation.ItemCreate, entry: Entry) -> None:
        for index, payload in audio_in(event):
            heard_in = coding(self.config.input_format)
            size = self._size(payload, heard_in)
            if size and heard_in is not None:
                now_s, place = self._spoken_s(entry, heard_in.ms(size)), (event.item.id or "", index, entry.line)
                clip = self.microphone.attach(size, heard_in, place, now_s, self.playback.head_s)
                self.carriers[entry.line, index] = clip
                self._wait(entry)

    def _spoken_s(self, entry: Entry, ms: float) -> float:
        """When audio that is sent now has ended; without times, behind what was heard before."""
        if believed(entry.t) is not None:
            return self.now_s
        before_s = self.microphone.head_s
        if self._answered:
            before_s, self._answered = max(before_s, self.playback.head_s), False
        return before_s + ms / 1000

    def _wait(self, entry: Entry) -> None:
        """What follows audio that was not spoken live is heard behind it."""
        behind_s = self.microphone.head_s - self.now_s
        t = believed(entry.t)
        if behind_s <= (0 if t is None else PAUSE_S):
            return
        self.now_s += behind_s
        if t is None:
            return
        self.microphone.waited(behind_s)
        self._lag.grow(t, self.now_s - t)

    def _speech_started(self, event: input_audio_buffer.SpeechStarted, entry: Entry) -> None:
        self.utterances.began(event, entry.line, self.now_s)
        if at(self.config.turn_detection, "interrupt_response") is not False:
            self.playback.interrupted(self.now_s)

    def _speech_stopped(self, event: input_audio_buffer.SpeechStopped, _entry: Entry) -> None:
        self.utterances.ended(event, self.now_s)

    def _committed(self, event: input_audio_buffer.Committed, entry: Entry) -> None:
        self.utterances.committed(event.item_id, entry.line, self.now_s)

    def _headed(self, header: Header, _entry: Entry) -> None:
        self.is_cut, self._context.one_connection = "start" in header.cut, True

    def _cleared_input(self, _event: Any, _entry: Entry) -> None:
        self.utterances.cleared()

    # -- the model --------------------------------------------------------------------------------

    def _began(self, event: response.Created, _entry: Entry) -> None:
        response_id = event.response.id or ""
        self._formats[response_id] = format_name(at(event.response, "audio", "output")) or self.config.output_format
        if event.response.conversation_id is None:
            self._apart[response_id] = True

    def _spoke(self, event: response.OutputAudioDelta, entry: Entry) -> None:
        told = self._formats.get(event.response_id) or self.config.output_format
        part = (event.response_id, event.item_id, event.content_index)
        self._received(event.delta, part, coding(told), entry)

    def _translated(self, event: translation.OutputAudioDelta, entry: Entry) -> None:
        self._received(event.delta, ("", "", 0), coding("audio/pcm", event.sample_rate or None), entry)

    def _spoke_live(self, event: live.OutputAudioDelta, entry: Entry) -> None:
        self._received(event.delta, ("", "", 0), self._live or coding(None), entry)

    def _received(self, payload: str, part: tuple[str, str, int], spoken_in: Coding | None, entry: Entry) -> None:
        size = self._size(payload, spoken_in)
        if size and spoken_in is not None:
            place = (entry.line, max(self.now_s, self.microphone.head_s) if believed(entry.t) is None else self.now_s)
            self.playback.take(part, size, spoken_in, place, part[0] in self._apart)

    def _done(self, event: response.Done, _entry: Entry) -> None:
        self._answered, response_id = True, event.response.id or ""
        if event.response.conversation_id is None and response_id not in self._formats:
            self._apart[response_id] = True
        if event.response.status == "cancelled":
            self.playback.cancelled(response_id, self.now_s)

    def _truncated(self, event: conversation.ItemTruncate | conversation.ItemTruncated, _entry: Entry) -> None:
        self.playback.truncated(event.item_id, event.content_index or 0, float(event.audio_end_ms), self.now_s)

    def _cleared(self, event: output_audio_buffer.Cleared, _entry: Entry) -> None:
        self.playback.cleared(event.response_id, self.now_s)

    def _live_began(self, event: live.Started, _entry: Entry) -> None:
        chosen = at(event.session, "audio", "format")
        name = str(chosen.__struct_config__.tag) if chosen is not None else None
        self._live = coding(name, getattr(chosen, "rate", None) or None)

    def _configured(self, _event: session.Created | session.Updated, _entry: Entry) -> None:
        self.microphone.assume(coding(self.config.input_format))

    def _size(self, payload: Any, heard_in: Coding | None) -> int:
        """How many bytes a payload is; 0 where it cannot be heard, which is counted."""
        data = decoded(payload)
        if data is None:
            self._leave_out("no base64")
        return len(data) if data and heard_in is not None else 0

    def _leave_out(self, why: str) -> None:
        self.left_out[why] = self.left_out.get(why, 0) + 1

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        Header: _headed,
        input_audio_buffer.Append: _appended,
        translation.InputAudioBufferAppend: _appended_to_translate,
        live.InputAudioAppend: _appended_live,
        conversation.ItemCreate: _created,
        input_audio_buffer.SpeechStarted: _speech_started,
        input_audio_buffer.SpeechStopped: _speech_stopped,
        input_audio_buffer.Committed: _committed,
        input_audio_buffer.Cleared: _cleared_input,
        response.Created: _began,
        response.OutputAudioDelta: _spoke,
        translation.OutputAudioDelta: _translated,
        live.OutputAudioDelta: _spoke_live,
        response.Done: _done,
        conversation.ItemTruncate: _truncated,
        conversation.ItemTruncated: _truncated,
        output_audio_buffer.Cleared: _cleared,
        live.Started: _live_began,
        session.Created: _configured,
        session.Updated: _configured,
    }


def soundtracks(entries: Iterator[Entry]) -> Iterator[Soundtrack]:
    """The soundtrack of each connection of a recording."""
    track = Soundtrack()
    for entry in entries:
        if track.is_ended_by(entry):
            track.finish()
            yield track
            track = Soundtrack()
        track.apply(entry)
    if track.entries:
        track.finish()
        yield track
