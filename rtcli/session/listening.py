"""The user's side: the audio that is sent, the speech that the server hears in it, and the turns that begin.

Law: it feeds the exchange of turns and keeps nothing that grows but its rows.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from rtcli.events import conversation, error, input_audio_buffer, response, session
from rtcli.events.beta import transcription_session
from rtcli.events.configuration import SemanticVad, ServerVad
from rtcli.events.live import session as live
from rtcli.events.objects import Message
from rtcli.events.translation import session as translation
from rtcli.formats import Entry
from rtcli.recording import Header
from rtcli.session.clock import InputClock
from rtcli.session.config import Config, at
from rtcli.session.exchange import Exchange
from rtcli.session.ledger import Handler, Ledger
from rtcli.session.rows import At
from rtcli.units import PCM_RATE_HZ, base64_bytes

DEFAULT_SILENCE_MS: Final = 500
"""Source: openai-python 3.52.0, ``realtime_audio_input_turn_detection.py``, for ``server_vad``."""
_PCM: Final = "audio/pcm"


class Listening(Ledger):
    """What is heard of the user."""

    def __init__(self, config: Config, exchange: Exchange) -> None:
        super().__init__(config)
        self.exchange = exchange
        self.clock = InputClock()
        self._live_format: str | None = None
        self._is_cut = False
        """The audio that was sent first is not in the recording, though the session's beginning may be."""

    def _appended(self, event: input_audio_buffer.Append, entry: Entry) -> None:
        audio = event.audio
        # As with the model's audio: most chunks have no padding.
        size = len(audio) * 3 // 4 if audio[-1:] != "=" else base64_bytes(len(audio), audio[-2:])
        self.clock.append(size, self.config.input_format, entry.line, entry.t)

    def _appended_to_translate(self, event: translation.InputAudioBufferAppend, entry: Entry) -> None:
        self._sent(event.audio, _PCM, entry)

    def _appended_live(self, event: live.InputAudioAppend, entry: Entry) -> None:
        self._sent(event.audio, self._live_format, entry)

    def _sent(self, audio: str, audio_format: str | None, entry: Entry) -> None:
        if entry.sender != "server":
            self.clock.append(base64_bytes(len(audio), audio[-2:]), audio_format, entry.line, entry.t)

    def _begins(self, _event: Any, _entry: Entry) -> None:
        self.clock.begins_here = not self._is_cut

    def _headed(self, header: Header, _entry: Entry) -> None:
        self._is_cut = "start" in header.cut

    def _live_begins(self, event: live.Started, entry: Entry) -> None:
        self._begins(event, entry)
        chosen = at(event.session, "audio", "format")
        name = str(chosen.__struct_config__.tag) if chosen is not None else None
        self._live_format = None if name == _PCM and chosen.rate != PCM_RATE_HZ else name

    def _speech_started(self, event: input_audio_buffer.SpeechStarted, entry: Entry) -> None:
        self.exchange.speech_began(event.item_id, At(entry.line, entry.t), event.audio_start_ms)

    def _speech_stopped(self, event: input_audio_buffer.SpeechStopped, entry: Entry) -> None:
        row = self.exchange.speech_stopped(event.item_id, At(entry.line, entry.t), event.audio_end_ms)
        silence_ms, semantic = _wait_of(self.config.turn_detection)
        if row is None or silence_ms is None:
            return
        row.speech_end, row.semantic = self.clock.at(event.audio_end_ms - silence_ms), semantic
        turn = self.exchange.turns[row.turn - 1]
        turn.speech_end, turn.semantic = row.speech_end, semantic

    def _timed_out(self, event: input_audio_buffer.TimeoutTriggered, entry: Entry) -> None:
        self.exchange.timed_out(event.item_id, At(entry.line, entry.t))

    def _commit(self, _event: input_audio_buffer.Commit, entry: Entry) -> None:
        self.exchange.commit_asked(At(entry.line, entry.t))

    def _committed(self, event: input_audio_buffer.Committed, entry: Entry) -> None:
        self.exchange.committed(event.item_id, At(entry.line, entry.t))
        if self.config.type == "transcription":
            self.exchange.no_answer_expected()

    def _created(self, event: conversation.ItemCreate, entry: Entry) -> None:
        item: Any = event.item
        if isinstance(item, Message) and item.role == "user":
            self.exchange.message_sent(item.id or "", At(entry.line, entry.t))

    def _added(self, event: Any, entry: Entry) -> None:
        item = event.item
        if isinstance(item, Message) and item.role == "user":
            self.exchange.message_added(item.id or "", At(entry.line, entry.t))

    def _asked(self, event: response.Create, entry: Entry) -> None:
        self.exchange.asked(event, At(entry.line, entry.t))

    def _refused(self, event: error.Error, _entry: Entry) -> None:
        code = event.error.code or ""
        if code == "input_audio_buffer_commit_empty":
            self.exchange.commit_refused()
        self.exchange.refused(event.error.event_id or "", code, event.error.param or "")

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        Header: _headed,
        input_audio_buffer.Append: _appended,
        translation.InputAudioBufferAppend: _appended_to_translate,
        live.InputAudioAppend: _appended_live,
        live.Started: _live_begins,
        session.Created: _begins,
        transcription_session.Created: _begins,
        translation.Created: _begins,
        input_audio_buffer.SpeechStarted: _speech_started,
        input_audio_buffer.SpeechStopped: _speech_stopped,
        input_audio_buffer.TimeoutTriggered: _timed_out,
        input_audio_buffer.Commit: _commit,
        input_audio_buffer.Committed: _committed,
        conversation.ItemCreate: _created,
        conversation.ItemAdded: _added,
        conversation.ItemCreated: _added,
        response.Create: _asked,
        error.Error: _refused,
    }


def _wait_of(detection: ServerVad | SemanticVad | None) -> tuple[int | None, bool]:
    """How much silence ends speech, in ms, and whether that is not told; None where nothing is known."""
    if isinstance(detection, SemanticVad):
        return 0, True
    if isinstance(detection, ServerVad):
        told = detection.silence_duration_ms
        return (told if isinstance(told, int) else DEFAULT_SILENCE_MS), False
    return None, False
