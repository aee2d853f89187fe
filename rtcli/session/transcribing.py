"""The transcriptions of the user's audio: when they came, and what they cost.

Law: a transcription comes at any time, before its audio is committed or long after the answer, so it is
found by its item alone; how many are waited for is bounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from rtcli.events import conversation, input_audio_buffer
from rtcli.formats import Entry
from rtcli.session.config import Config, at
from rtcli.session.exchange import Exchange
from rtcli.session.ledger import Handler, Ledger, Memory
from rtcli.session.prices import Prices
from rtcli.session.rows import At, TranscriptionRow
from rtcli.session.shelf import Shelf


class Committed(NamedTuple):
    """When audio became an item, and the model that was to transcribe it then."""

    at: At
    model: str | None


class Transcribing(Ledger):
    """What of the user's audio became text."""

    def __init__(self, config: Config, exchange: Exchange, prices: Prices) -> None:
        super().__init__(config)
        self.exchange = exchange
        self.prices = prices
        self.transcriptions: Shelf[TranscriptionRow] = Shelf()
        self._known: Memory[tuple[str, int], TranscriptionRow] = Memory()
        """By item and content index."""
        self._committed: Memory[str, Committed] = Memory()

    @property
    def model(self) -> str | None:
        """The model that transcribes."""
        named = at(self.config.session, "audio", "input", "transcription", "model")
        return named if isinstance(named, str) else None

    def _commits(self, event: input_audio_buffer.Committed, entry: Entry) -> None:
        committed = self._committed.setdefault(event.item_id, Committed(At(entry.line, entry.t), self.model))
        row = self._known.get((event.item_id, 0))
        if row is not None:
            row.committed = row.committed or committed.at

    def _row(self, event: Any, entry: Entry) -> TranscriptionRow:
        key = (event.item_id, event.content_index or 0)
        row = self._known.get(key)
        if row is None:
            committed = self._committed.get(event.item_id)
            row = TranscriptionRow(*key, entry.line, committed.at if committed else None)
            row.model = committed.model if committed else self.model
            self._known[key] = row
            self.transcriptions.append(row)
        return row

    def _delta(self, event: conversation.InputAudioTranscriptionDelta, entry: Entry) -> None:
        row = self._row(event, entry)
        row.first_delta = row.first_delta or At(entry.line, entry.t)

    def _completed(self, event: conversation.InputAudioTranscriptionCompleted, entry: Entry) -> None:
        row = self._row(event, entry)
        if row.completed is not None:
            return
        row.completed = At(entry.line, entry.t)
        if self.exchange.transcribed(row.item_id, row.completed) and self.config.type == "transcription":
            self.exchange.no_answer_expected()
        row.cost = self.prices.of_transcription(row.model, event.usage or None)
        row.unpriced = row.cost is None
        turn = self.exchange.turn_of(row.item_id)
        if turn is not None:
            turn.unpriced += row.unpriced
            if row.cost is not None:
                turn.cost = turn.cost + row.cost if turn.cost is not None else row.cost

    def _failed(self, event: conversation.InputAudioTranscriptionFailed, entry: Entry) -> None:
        row = self._row(event, entry)
        row.failed = row.failed or At(entry.line, entry.t)

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        input_audio_buffer.Committed: _commits,
        conversation.InputAudioTranscriptionDelta: _delta,
        conversation.InputAudioTranscriptionCompleted: _completed,
        conversation.InputAudioTranscriptionFailed: _failed,
    }
