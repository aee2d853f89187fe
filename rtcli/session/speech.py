"""How the events that begin with ``input_audio_buffer`` move the state: the user's audio and its turns."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final, Literal

from rtcli.events import input_audio_buffer
from rtcli.session.config import at
from rtcli.session.state import State
from rtcli.session.stream import Stream
from rtcli.session.tree import Item, Remark, Speech

Handler = Callable[[State, Any, float | None], None]


def append(state: State, event: input_audio_buffer.Append, at_s: float | None) -> None:
    """The client sends audio; a run of it ends with the turn, a commit or a clear."""
    run = state.run
    if run is None:
        run = state.run = Stream("input", at_s, audio_format=state.config.input_format)
        state.hang(run)
    run.add_audio(event.audio, at_s, event.event_id or "")


def end_run(state: State) -> Stream | None:
    """The audio that was being sent; what comes now is another run."""
    run, state.run = state.run, None
    if run is not None:
        run.close()
    return run


def speech_started(state: State, event: input_audio_buffer.SpeechStarted, at_s: float | None) -> None:
    """VAD hears the user: a turn begins, unless the open one has no answer yet."""
    known = state.items.get(event.item_id)
    if known is not None and known.speech is not None:
        return
    over = [answer for answer in state.open.values() if not answer.out_of_band]
    interrupts = at(state.config.turn_detection, "interrupt_response") is not False
    state.floor.speech_began(at_s, over, interrupts=interrupts)
    if state.turn is None or state.turn.answered:
        end_run(state)
    state.floor.speaks_in(state.begin_turn(at_s))
    _announce(state, event.item_id, at_s, "vad").audio_start_ms = event.audio_start_ms


def _announce(state: State, item_id: str, at_s: float | None, cause: Literal["vad", "commit", "timeout"]) -> Speech:
    """The speech of an item that the server has named and will add."""
    item = state.items.get(item_id)
    if item is None:
        item = state.items[item_id] = Item(at_s, item_id, "message", "user")
        state.hang(item)
    if item.speech is None:
        item.speech = Speech(at_s, cause)
    return item.speech


def speech_stopped(state: State, event: input_audio_buffer.SpeechStopped, at_s: float | None) -> None:
    """VAD hears the end of it; from here on the user waits."""
    if event.item_id not in state.items:
        state.begin_turn(at_s)
    speech = _announce(state, event.item_id, at_s, "vad")
    if speech.stopped_s is None and speech.audio_end_ms is None:
        speech.audio_end_ms, speech.stopped_s = event.audio_end_ms, at_s
        if state.turn is not None and not state.turn.answered:
            state.turn.input_end_s = at_s


def commit(state: State, _event: input_audio_buffer.Commit, at_s: float | None) -> None:
    """The client ends the user's input by itself; the audio before it belongs to the turn it begins."""
    run, before = end_run(state), state.here
    begins = state.turn is None or state.turn.answered
    moves = run is not None and begins and bool(before.children) and before.children[-1] is run
    if moves:
        before.children.pop()
    turn = state.begin_turn(at_s)
    turn.input_end_s = at_s
    if run is not None and moves:
        turn.children.append(run)
        turn.at_s = run.at_s


def committed(state: State, event: input_audio_buffer.Committed, at_s: float | None) -> None:
    """The audio became an item."""
    end_run(state)
    if event.item_id not in state.items:
        turn = state.begin_turn(at_s)
        if turn.input_end_s is None:
            turn.input_end_s = at_s
    _announce(state, event.item_id, at_s, "commit").committed = True


def cleared(state: State, _event: object, _at_s: float | None) -> None:
    """The audio that was not yet committed is dropped."""
    end_run(state)


def timeout(state: State, event: input_audio_buffer.TimeoutTriggered, at_s: float | None) -> None:
    """Nobody spoke for long; the empty stretch begins a turn."""
    end_run(state)
    state.begin_turn(at_s)
    speech = _announce(state, event.item_id, at_s, "timeout")
    speech.audio_start_ms, speech.audio_end_ms = event.audio_start_ms, event.audio_end_ms


def key_pressed(state: State, event: input_audio_buffer.DtmfEventReceived, at_s: float | None) -> None:
    """The caller pressed a key."""
    state.hang(Remark(at_s, "key", event.event))


HANDLERS: Final[dict[type, Handler]] = {
    input_audio_buffer.Append: append,
    input_audio_buffer.Clear: cleared,
    input_audio_buffer.Cleared: cleared,
    input_audio_buffer.Commit: commit,
    input_audio_buffer.Committed: committed,
    input_audio_buffer.SpeechStarted: speech_started,
    input_audio_buffer.SpeechStopped: speech_stopped,
    input_audio_buffer.TimeoutTriggered: timeout,
    input_audio_buffer.DtmfEventReceived: key_pressed,
}
