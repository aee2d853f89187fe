"""Who answers whom: the user's inputs as turns, what was asked for, and the responses that answer.

A response of the conversation answers the newest turn that has a complete input and no answer yet; one
that follows a tool's answer goes on with the turn of the call; any other begins a turn of its own.
Law: one turn at most takes input, and what waits for an answer is bounded. Responses outside the
conversation answer no turn.
"""

from __future__ import annotations

from collections import deque
from typing import Any, Final

from msgspec import Struct

from rtcli.events import response
from rtcli.session.config import at
from rtcli.session.ledger import Memory
from rtcli.session.rows import At, Beginner, ResponseRow, SpeechRow, TurnRow
from rtcli.session.shelf import Shelf
from rtcli.session.tokens import counted

_WAITING: Final = 64
_OCCUPIED: Final = "conversation_already_has_active_response"


class Request(Struct, gc=False):
    """A ``response.create`` that waits for its response."""

    at: At
    event_id: str
    out_of_band: bool
    metadata: Any


class Exchange:
    """The turns of a connection."""

    def __init__(self) -> None:
        self.turns: Shelf[TurnRow] = Shelf()
        self.speeches: Shelf[SpeechRow] = Shelf()
        self._input: TurnRow | None = None
        """The turn that takes input: nothing has answered it."""
        self._resumed: TurnRow | None = None
        """The turn that goes on with the next response, because a tool has answered."""
        self._spoken: Memory[str, tuple[SpeechRow | None, TurnRow]] = Memory(_WAITING)
        """By item what was announced and is not committed; without a row where it is no speech."""
        self._known: Memory[str, TurnRow] = Memory()
        """By item of the user its turn."""
        self._unnamed = 0
        """Messages that the client has created without an id, and the server has not yet added."""
        self._commits: deque[At] = deque(maxlen=_WAITING)
        self._requests: deque[Request] = deque(maxlen=_WAITING)
        self._taken: tuple[Request, ResponseRow] | None = None
        """The last request that was taken for answered, and by what."""

    def turn_of(self, item_id: str) -> TurnRow | None:
        """The turn that an item of the user belongs to."""
        return self._known.get(item_id)

    def turn(self, number: int) -> TurnRow | None:
        """The turn of that number; 0 is none."""
        return self.turns[number - 1] if number else None

    def speech_began(self, item_id: str, now: At, start_ms: int | None) -> None:
        """Turn detection hears the user."""
        if item_id not in self._known:
            row, turn = self._heard(item_id, now)
            row.start_ms, row.started = counted(start_ms), now
            turn.started = turn.started or now

    def speech_stopped(self, item_id: str, now: At, end_ms: int | None) -> SpeechRow | None:
        """Turn detection hears the end of it; None where it has said so before."""
        if item_id not in self._spoken:
            if item_id in self._known:
                return None
            self._heard(item_id, now)
        row, turn = self._spoken[item_id]
        if row is None or row.stopped is not None:
            return None
        row.end_ms, row.stopped = counted(end_ms), now
        turn.stopped, turn.ready = now, True
        if row.speech_ms is not None:
            turn.speech_ms = (turn.speech_ms or 0) + row.speech_ms
        return row

    def timed_out(self, item_id: str, now: At) -> None:
        """Nobody spoke for long."""
        if item_id not in self._known:
            turn = self._place(item_id, "timeout", now)
            turn.ready = True
            self._spoken[item_id] = (None, turn)

    def commit_asked(self, now: At) -> None:
        """The client ends the input itself."""
        self._commits.append(now)

    def commit_refused(self) -> None:
        """The oldest commit came to nothing."""
        if self._commits:
            self._commits.popleft()

    def committed(self, item_id: str, now: At) -> None:
        """The audio became an item."""
        row, turn = self._spoken.pop(item_id, (None, self._known.get(item_id)))
        if turn is None or (row is not None and row.stopped is None):
            asked = self._commits.popleft() if self._commits else None
            turn = turn or self._place(item_id, "client", asked or now)
            turn.commit = asked
        turn.committed, turn.ready = now, True
        if row is not None:
            row.committed = now

    def message_sent(self, item_id: str, now: At) -> None:
        """The client puts a message of the user into the conversation."""
        self._unnamed += not item_id
        self._message(item_id, now)

    def message_added(self, item_id: str, now: At) -> None:
        """A message of the user is in the conversation, whoever made it."""
        if item_id in self._known:
            return
        if self._unnamed:
            self._unnamed -= 1
            if self._input is None:
                return
        self._message(item_id, now)

    def transcribed(self, item_id: str, now: At) -> bool:
        """The user was heard; tells whether that is taken for an input of its own, as in a log of what is said only.

        What is heard so while an answer is given is what is answered.
        """
        taking = self._input
        if item_id in self._known or (taking is not None and (taking.started or taking.stopped or taking.committed)):
            return False
        latest = self.turns[-1] if self.turns else None
        if latest is not None and latest is not self._input and self._is_answered(latest):
            latest.item_ids.append(item_id)
            self._known[item_id] = latest
        else:
            self._place(item_id, "vad", now).ready = True
        return True

    def _is_answered(self, turn: TurnRow) -> bool:
        """Whether its answer has begun, or goes on behind a tool, and is not done."""
        return turn.done is None and (bool(turn.response_ids) or turn is self._resumed)

    def resume(self, turn: TurnRow | None, now: At) -> None:
        """A tool has answered: the next response goes on with the turn of the call."""
        self._resumed = turn or (self.turns[-1] if self.turns else self._new("tool round", now))

    def asked(self, event: response.Create, now: At) -> None:
        """The client asks for a response."""
        wanted = event.response or None
        out_of_band = at(wanted, "conversation") == "none"
        self._requests.append(Request(now, event.event_id or "", out_of_band, at(wanted, "metadata")))

    def refused(self, event_id: str, code: str, param: str) -> None:
        """A request was refused, told by its id or by what is wrong; what was taken for its response is then none."""
        waiting = [one for one in self._requests if one.event_id == event_id] if event_id else list(self._requests)[:1]
        if waiting and (event_id or code == _OCCUPIED or param.partition(".")[0] == "response"):
            self._requests.remove(waiting[0])
        elif code == _OCCUPIED and self._taken is not None and self._taken[0].event_id == event_id:
            row = self._taken[1]
            row.asked, row.began, turn = None, "vad", self.turn(row.turn)
            if turn is not None and turn.response_ids[:1] == [row.id]:
                turn.asked = None
            self._taken = None

    def no_answer_expected(self) -> None:
        """Nothing answers in this session: the input is a turn of its own."""
        self._input = None

    def answered(self, row: ResponseRow, metadata: Any, now: At) -> None:
        """A response begins: find what asked for it, and the turn that it answers."""
        request = self._request_of(row.out_of_band, metadata or None)
        self._taken = (request, row) if request is not None else None
        row.asked = request.at if request is not None else None
        if row.out_of_band:
            return
        turn = self._answer(row, now)
        if turn.created is None and not turn.unopened:
            turn.created, turn.asked = now, row.asked

    def taken_up(self, row: ResponseRow, now: At) -> None:
        """A response goes on whose beginning is not in the recording: it answers who waits, and since when is not known."""
        request = self._request_of(False, None)
        row.asked = request.at if request is not None else None
        turn = self._answer(row, now)
        turn.unopened = True
        if turn.created is None:
            turn.asked = row.asked

    def left(self, row: ResponseRow) -> None:
        """A response that was taken up turns out to be outside the conversation: its turn waits on."""
        turn = self.turn(row.turn)
        row.turn = 0
        if turn is None:
            return
        turn.response_ids.remove(row.id)
        turn.unopened = bool(turn.response_ids) and turn.created is None
        if not turn.response_ids:
            turn.asked = None
        if row.began == "tool round":
            self._resumed = self._resumed or turn
        elif not turn.response_ids:
            self._input = self._input or turn

    def _answer(self, row: ResponseRow, now: At) -> TurnRow:
        turn = self._answered_turn(row, now)
        row.turn = turn.number
        turn.response_ids.append(row.id)
        return turn

    def _answered_turn(self, row: ResponseRow, now: At) -> TurnRow:
        resumed, self._resumed = self._resumed, None
        turn = self._input
        if turn is not None and turn.ready:
            self._split_off_speech(turn)
            row.began = "client" if row.asked else turn.began
            return turn
        if resumed is not None:
            row.began = "tool round"
            return resumed
        row.began = "client"
        return self._new("client", row.asked or now)

    def _split_off_speech(self, turn: TurnRow) -> None:
        """Speech that still goes on is not what is being answered: it begins the next turn."""
        self._input = None
        going_on = [row for row, its in self._spoken.values() if its is turn and row is not None and not row.stopped]
        for row in going_on:
            turn.item_ids = [one for one in turn.item_ids if one != row.item_id]
            self._into(self._input or self._new_input("vad", row.started or At(row.line, None)), row)

    def _into(self, turn: TurnRow, row: SpeechRow) -> None:
        turn.item_ids.append(row.item_id)
        turn.started = turn.started or row.started
        row.turn = turn.number
        self._spoken[row.item_id] = (row, turn)
        self._known[row.item_id] = turn

    def _heard(self, item_id: str, now: At) -> tuple[SpeechRow, TurnRow]:
        turn = self._place(item_id, "vad", now)
        row = SpeechRow(item_id, now.line, turn.number)
        self._spoken[item_id] = (row, turn)
        self.speeches.append(row)
        return row, turn

    def _message(self, item_id: str, now: At) -> None:
        turn = self._place(item_id, "client", now) if item_id else self._input or self._new_input("client", now)
        turn.started, turn.ready = turn.started or now, True

    def _place(self, item_id: str, began: Beginner, now: At) -> TurnRow:
        """The turn that a new item of the user belongs to."""
        turn = self._input or self._new_input(began, now)
        turn.item_ids.append(item_id)
        self._known[item_id] = turn
        return turn

    def _new_input(self, began: Beginner, now: At) -> TurnRow:
        self._input = self._new(began, now)
        return self._input

    def _new(self, began: Beginner, now: At) -> TurnRow:
        turn = TurnRow(len(self.turns) + 1, now.line, began)
        self.turns.append(turn)
        return turn

    def _request_of(self, out_of_band: bool, metadata: Any) -> Request | None:
        fitting = [one for one in self._requests if one.out_of_band == out_of_band]
        if metadata is not None:
            fitting = [one for one in fitting if one.metadata == metadata] or fitting
        found = next((one for one in fitting if one.metadata is None or one.metadata == metadata), None)
        if found is not None:
            self._requests.remove(found)
        return found
