"""The model's side: responses, how their audio comes, and what the user's speech does to it.

Law: of a response that is done its row is kept and nothing else; what comes late changes the row only
where it says what was heard of it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final

from rtcli.events import conversation, input_audio_buffer, output_audio_buffer, response
from rtcli.events.objects import Response as Reported
from rtcli.formats import Entry
from rtcli.session.arriving import Arriving, heard_ms, silent_from
from rtcli.session.config import Config, at, format_name
from rtcli.session.exchange import Exchange
from rtcli.session.ledger import Handler, Ledger, Memory
from rtcli.session.prices import Cost, Prices
from rtcli.session.rows import At, ResponseRow, TurnRow
from rtcli.session.shelf import Shelf
from rtcli.session.tokens import Tokens, counted, tokens_of

_OPEN: Final = 256


class Answering(Ledger):
    """What the model says, and what is heard of it."""

    def __init__(self, config: Config, exchange: Exchange, prices: Prices) -> None:
        super().__init__(config)
        self.exchange = exchange
        self.prices = prices
        self.first_sound: Callable[[ResponseRow, At], None] = lambda _row, _now: None
        """Is told when a response begins to speak."""
        self.taken_up: Callable[[], None] = lambda: None
        """Is told when a response goes on whose beginning is not in the recording."""
        self._responses: Shelf[ResponseRow] = Shelf()
        self.known: Memory[str, ResponseRow] = Memory()
        """By id."""
        self._open: Memory[str, Arriving] = Memory(_OPEN)
        self._items: Memory[str, ResponseRow] = Memory()
        """By item that a response has made."""
        self._spoken: ResponseRow | None = None
        """The last response of the conversation that has spoken."""
        self._speech: tuple[At, int] | None = None
        """The last time that the user began to speak, and the turn of it."""

    @property
    def _model(self) -> str | None:
        model = at(self.config.session, "model")
        return model if isinstance(model, str) else None

    @property
    def responses(self) -> Shelf[ResponseRow]:
        """All of them, each with what has come so far."""
        for arriving in self._open.values():
            arriving.settle()
        return self._responses

    def _created(self, event: response.Created, entry: Entry) -> None:
        reported, now = event.response, At(entry.line, entry.t)
        known = self.known.get(reported.id or "")
        if known is not None:
            self._set_aside(known, reported)
            return
        row = ResponseRow(reported.id or "", entry.line, created=now, model=self._model)
        row.out_of_band = reported.conversation_id is None
        self.exchange.answered(row, reported.metadata or None, now)
        told = format_name(at(reported, "audio", "output")) or at(reported, "output_audio_format")
        self._begin(row, told or self.config.output_format)

    def _begin(self, row: ResponseRow, audio_format: str | None) -> None:
        self._responses.append(row)
        self.known[row.id] = row
        if len(self._open) >= _OPEN:
            self._give_up(next(iter(self._open)))
        self._open[row.id] = Arriving(row, audio_format)

    def _give_up(self, response_id: str) -> None:
        """Too many are open: what still comes of the oldest is not counted."""
        row = self._open.pop(response_id).row
        row.audio_ms = row.dry_ms = None

    def _row(self, response_id: str, entry: Entry) -> ResponseRow:
        """The response of that id; one whose beginning is not in the recording begins here."""
        row = self.known.get(response_id)
        if row is None:
            row = ResponseRow(response_id, entry.line, model=self._model)
            if not any(one.row.turn for one in self._open.values()):  # or else it is most likely beside that one
                self._take_up(row, entry)
            # How much of its audio is missing cannot be known, so none of it is measured.
            self._begin(row, None)
            row.audio_ms = row.dry_ms = None
        return row

    def _take_up(self, row: ResponseRow, entry: Entry) -> None:
        self.exchange.taken_up(row, At(entry.line, entry.t))
        self.taken_up()

    def _set_aside(self, row: ResponseRow, reported: Reported) -> None:
        """A response whose beginning was not there may turn out to be outside the conversation."""
        if row.created is None and not row.out_of_band and reported.conversation_id is None:
            row.out_of_band = True
            self.exchange.left(row)

    def _turn(self, row: ResponseRow) -> TurnRow | None:
        return self.exchange.turn(row.turn)

    def _begun_turn(self, row: ResponseRow) -> TurnRow | None:
        """The turn of a response, if what comes first of its answers is in the recording."""
        turn = self._turn(row)
        return None if turn is None or turn.unopened else turn

    def _wrote(self, event: Any, entry: Entry) -> None:
        row = self._row(event.response_id, entry)
        if row.done is None and row.first_text is None:
            row.first_text = At(entry.line, entry.t)
            row.first_token = row.first_token or row.first_text
            turn = self._begun_turn(row)
            if turn is not None:
                turn.first_text = turn.first_text or row.first_text

    def _named(self, event: Any, entry: Entry) -> None:
        """Whatever names a response is a sign of it, where the events before it were not recorded."""
        self._row(event.response_id, entry)

    def _argued(self, event: Any, entry: Entry) -> None:
        row = self._row(event.response_id, entry)
        if row.done is None:
            row.first_token = row.first_token or At(entry.line, entry.t)

    def _sounded(self, event: response.OutputAudioDelta, entry: Entry) -> None:
        arriving = self._open.get(event.response_id)
        if arriving is None:
            arriving = self._open.get(self._row(event.response_id, entry).id)
        if arriving is not None and arriving.take(event.delta, entry.line, entry.t):
            row = arriving.row
            self._items[event.item_id] = row
            self._speaks(row, At(entry.line, entry.t))

    def _speaks(self, row: ResponseRow, now: At) -> None:
        """The first audio of a response."""
        row.first_token = row.first_token or now
        self.first_sound(row, now)
        turn = self._begun_turn(row)
        if turn is not None:
            turn.first_audio = turn.first_audio or now
        if not row.out_of_band:
            self._spoken = row

    def _sound_ended(self, event: response.OutputAudioDone, entry: Entry) -> None:
        """Audio that ends and never came here travels elsewhere, and has a length that is not known."""
        row = self._row(event.response_id, entry)
        if row.done is None and row.first_audio is None:
            row.audio_ms = row.dry_ms = None

    def _item_added(self, event: response.OutputItemAdded, entry: Entry) -> None:
        row = self._row(event.response_id, entry)
        if isinstance(event.item.id, str):
            self._items[event.item.id] = row

    def _done(self, event: response.Done, entry: Entry) -> None:
        reported, now = event.response, At(entry.line, entry.t)
        row = self._row(reported.id or "", entry)
        if row.done is not None:
            return
        self._set_aside(row, reported)
        if not row.turn and not row.out_of_band:
            self._take_up(row, entry)
        arriving = self._open.pop(row.id, None)
        row.done, row.status = now, reported.status or None
        row.reason = at(reported, "status_details", "reason")
        row.tokens = tokens_of(reported.usage)
        row.cost = self.prices.of_response(row.model, row.tokens)
        if row.first_audio is None and row.tokens is not None and row.tokens.audio_out:
            row.audio_ms = row.dry_ms = None
        if row.status == "cancelled":
            self._was_cut(row)
        if arriving is not None:
            arriving.settle()
        turn = self._turn(row)
        if turn is not None:
            turn.done = now
            _add(turn, row.tokens, row.cost)

    def _was_cut(self, row: ResponseRow) -> None:
        """A cancelled response was interrupted if it was for the user's speech, told before it was created or since."""
        if row.reason == "turn_detected" and row.speech is None and self._speech and self._speech[1] != row.turn:
            row.speech = self._speech[0]
        if row.speech is not None:
            self._interrupted(row)

    def _interrupted(self, row: ResponseRow) -> None:
        row.interrupted = True
        turn = self._turn(row)
        if turn is not None:
            turn.interrupted = True

    def _user_speaks(self, event: input_audio_buffer.SpeechStarted, entry: Entry) -> None:
        now, turn = At(entry.line, entry.t), self.exchange.turn_of(event.item_id)
        self._speech = (now, turn.number if turn is not None else 0)
        for arriving in self._open.values():
            if not arriving.row.out_of_band:
                arriving.settle()
                self._spoken_over(arriving.row, now)
        if self._spoken is not None and self._spoken.done is not None and _can_be_heard(self._spoken, now):
            self._spoken_over(self._spoken, now)

    def _spoken_over(self, row: ResponseRow, now: At) -> None:
        if row.speech is not None:
            return
        told_ms = row.heard_ms if row.truncated is not None else None
        row.speech, row.heard_ms = now, heard_ms(row, now)
        interrupts = at(self.config.turn_detection, "interrupt_response") is not False
        if interrupts and row.heard_ms is not None and row.audio_ms is not None and row.audio_ms > row.heard_ms:
            row.unplayed_ms = round(row.audio_ms - row.heard_ms, 3)
            self._interrupted(row)
        elif interrupts and row.playback_began is not None and row.playback_ended is None:
            self._interrupted(row)
        row.heard_ms = told_ms if told_ms is not None else row.heard_ms

    def _truncated(self, event: conversation.ItemTruncate, entry: Entry) -> None:
        row = self._items.get(event.item_id)
        if row is None or row.truncated is not None:
            return
        row.truncated = At(entry.line, entry.t)
        told_ms = counted(event.audio_end_ms)
        if told_ms is not None and sum(its is row for its in self._items.values()) == 1:
            row.heard_ms = float(told_ms)
        if row.speech is None and self._speech is not None and row.first_audio is not None:
            # A player that begins late still plays when all would have been heard by the clock used here.
            row.speech = self._speech[0] if self._speech[0].line > row.first_audio.line else None
        if row.speech is not None:
            self._interrupted(row)

    def _plays(self, event: output_audio_buffer.Started, entry: Entry) -> None:
        row = self._row(event.response_id, entry)
        row.playback_began = row.playback_began or At(entry.line, entry.t)
        if row.first_audio is None:
            row.first_audio = row.playback_began
            row.audio_ms = row.dry_ms = None
            self._speaks(row, row.first_audio)

    def _stops(self, event: output_audio_buffer.Stopped, entry: Entry) -> None:
        row = self._row(event.response_id, entry)
        row.playback_ended = row.playback_ended or At(entry.line, entry.t)

    def _cleared(self, event: output_audio_buffer.Cleared, entry: Entry) -> None:
        row = self._row(event.response_id, entry)
        if row.cleared is None:
            row.cleared = row.playback_ended = At(entry.line, entry.t)
            if row.speech is not None:
                self._interrupted(row)

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        response.Created: _created,
        response.OutputTextDelta: _wrote,
        response.OutputAudioTranscriptDelta: _wrote,
        response.FunctionCallArgumentsDelta: _argued,
        response.McpCallArgumentsDelta: _argued,
        response.OutputAudioDelta: _sounded,
        response.OutputAudioDone: _sound_ended,
        response.OutputTextDone: _named,
        response.OutputAudioTranscriptDone: _named,
        response.FunctionCallArgumentsDone: _named,
        response.ContentPartAdded: _named,
        response.ContentPartDone: _named,
        response.OutputItemDone: _named,
        response.OutputItemAdded: _item_added,
        response.Done: _done,
        input_audio_buffer.SpeechStarted: _user_speaks,
        conversation.ItemTruncate: _truncated,
        output_audio_buffer.Started: _plays,
        output_audio_buffer.Stopped: _stops,
        output_audio_buffer.Cleared: _cleared,
    }


def _can_be_heard(row: ResponseRow, now: At) -> bool:
    """Whether the audio of a response that is done may still be playing."""
    if row.playback_began is not None:
        return row.playback_ended is None
    until = silent_from(row)
    return until is not None and now.t is not None and now.t < until


def _add(turn: TurnRow, used: Tokens | None, cost: Cost | None) -> None:
    """What a response of a turn used belongs to what the turn used."""
    if used is not None:
        turn.input_tokens = _sum(turn.input_tokens, used.input)
        turn.cached_tokens = _sum(turn.cached_tokens, used.cached)
        turn.output_tokens = _sum(turn.output_tokens, used.output)
        turn.unpriced += cost is None
    if cost is not None:
        turn.cost = turn.cost + cost if turn.cost is not None else cost


def _sum(before: int | None, more: int | None) -> int | None:
    return before if more is None else (before or 0) + more
