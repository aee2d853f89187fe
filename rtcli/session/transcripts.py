"""Transcriptions of the user's audio: whether they are on, which are waited for, and which are over.

Law: what is kept of a transcription is dropped when its result is there, but for the line of the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final

from msgspec import Struct, field

from rtcli.events import conversation, input_audio_buffer, session
from rtcli.formats import Entry
from rtcli.session.config import Config, at
from rtcli.session.ledger import Handler, Ledger, Memory
from rtcli.session.transitions import State, after

Key = tuple[str, int]
"""Item id and content index."""


RESULT_WITHIN_S: Final = 3.0
"""How long a transcription may take before its result is missed when the connection is closed."""


class Waiting(Struct, frozen=True):
    """A commit whose audio is being transcribed."""

    line: int
    t: float | None


class Progress(Struct):
    """How far the transcription of one part has come."""

    state: State = "unseen"
    pieces: list[str] = field(default_factory=list)
    result_line: int = 0
    """Where it was completed or failed; 0 while it is not."""


class Transcripts(Ledger):
    """What has been transcribed so far, and what has yet to be."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.was_on = False
        """Transcription was configured, or asked for, at some time."""
        self.known: Memory[str, int] = Memory()
        """Items of which something was heard, and the line of the first sign."""
        self.progress: Memory[Key, Progress] = Memory()
        self.waiting: Memory[str, Waiting] = Memory()
        """Committed items without a result, by id."""

    def missing(self, t: float | None) -> list[tuple[str, int]]:
        """The items that have no result at `t` seconds, and have had time enough for one, with their commits' lines."""
        return [
            (item_id, one.line)
            for item_id, one in self.waiting.items()
            if t is None or one.t is None or t - one.t >= RESULT_WITHIN_S
        ]

    @property
    def is_on(self) -> bool | None:
        """Whether transcription is in force; None while the session is not known."""
        return _transcribes(self.config.session) if self.config.session is not None else None

    def of(self, event: Any) -> Progress | None:
        """What is known of the part that an event is about."""
        return self.progress.get(_key(event))

    def _configured(self, event: Any, _entry: Entry) -> None:
        self.was_on = self.was_on or _transcribes(event.session)

    def _announced(self, event: Any, entry: Entry) -> None:
        self.know(event.item_id, entry.line)

    def know(self, item_id: str, line: int) -> None:
        """Something is heard of an item."""
        if item_id not in self.known:
            self.known[item_id] = line

    def _added(self, event: Any, entry: Entry) -> None:
        if isinstance(event.item.id, str):
            self.know(event.item.id, entry.line)

    def _committed(self, event: input_audio_buffer.Committed, entry: Entry) -> None:
        self._announced(event, entry)
        if self.is_on:
            self.waiting[event.item_id] = Waiting(entry.line, entry.t)

    def _deleted(self, event: conversation.ItemDeleted, _entry: Entry) -> None:
        self.waiting.pop(event.item_id, None)

    def _delta(self, event: conversation.InputAudioTranscriptionDelta, _entry: Entry) -> None:
        progress = self.progress.get(_key(event))
        if progress is None:
            progress = self.progress[_key(event)] = Progress()
        progress.state = after("transcription", progress.state, "began")
        if isinstance(event.delta, str) and progress.state == "open":
            progress.pieces.append(event.delta)

    def _ended(self, event: Any, entry: Entry) -> None:
        self.waiting.pop(event.item_id, None)
        progress = self.progress.get(_key(event)) or Progress()
        step = "failed" if isinstance(event, conversation.InputAudioTranscriptionFailed) else "completed"
        state = after("transcription", progress.state, step)
        self.progress[_key(event)] = Progress(state, result_line=progress.result_line or entry.line)

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        session.Created: _configured,
        session.Updated: _configured,
        session.Update: _configured,
        conversation.ItemCreate: _added,
        conversation.ItemAdded: _added,
        conversation.ItemCreated: _added,
        conversation.ItemRetrieved: _added,
        conversation.ItemDeleted: _deleted,
        input_audio_buffer.SpeechStarted: _announced,
        input_audio_buffer.TimeoutTriggered: _announced,
        input_audio_buffer.Committed: _committed,
        conversation.InputAudioTranscriptionDelta: _delta,
        conversation.InputAudioTranscriptionCompleted: _ended,
        conversation.InputAudioTranscriptionFailed: _ended,
    }


def _key(event: Any) -> Key:
    return event.item_id, event.content_index or 0


def _transcribes(config: Any) -> bool:
    return at(config, "audio", "input", "transcription") is not None
