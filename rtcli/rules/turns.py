"""TUR: speech that begins and never ends, ends unbegun, or becomes no turn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import input_audio_buffer, response
from rtcli.formats import Entry
from rtcli.rules.rule import NEEDS_LOSSLESS, NEEDS_START, NEEDS_WHOLE_START, SHOWN, End, Rule, Verdict
from rtcli.session.config import at
from rtcli.session.ledgers import Ledgers
from rtcli.session.turns import Unannounced, is_off


def speech_twice(_event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Speech starts twice.

    The speech before has not stopped, and nothing else has ended it. A client that counts starts and
    stops stays silent for ever, or shows the user as speaking.

    Fix: this is the server's; take a new start as the end of the last speech.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}}
        > input_audio_buffer.append {"audio": {"$bytes": 96000}}
        < input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}
        < input_audio_buffer.speech_started {"item_id": "b", "audio_start_ms": 900}     # TUR01

    Source: openai-python 3.52.0, ``input_audio_buffer_speech_started_event.py``.
    """
    before = ledgers.turns.open
    if before is None:
        return ()
    message = f"the speech of {before.item_id[:SHOWN]} goes on since line {before.line}"
    return (Verdict("", message, "take a new start as the end of the last speech", (before.line,)),)


def stop_without_start(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Speech stops that never started.

    No start of it was told, and the client has not committed or cleared the buffer meanwhile, which
    ends a speech early.

    Fix: this is the server's; take the stop as a whole speech.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}}
        > input_audio_buffer.append {"audio": {"$bytes": 96000}}
        < input_audio_buffer.speech_stopped {"item_id": "a", "audio_end_ms": 500}     # TUR02
        > input_audio_buffer.clear {}
        < input_audio_buffer.cleared {}
        < input_audio_buffer.speech_stopped {"item_id": "b", "audio_end_ms": 700}

    Source: openai-python 3.52.0, ``input_audio_buffer_speech_stopped_event.py``.
    """
    if ledgers.turns.open is not None or ledgers.turns.meddled_line:
        return ()
    message = f"no speech of {event.item_id[:SHOWN]} was going on"
    return (Verdict("", message, "take the stop as a whole speech"),)


def another_item(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """One turn has different item ids.

    Start, stop and commit of a speech name the user message that it becomes. A client that follows the
    id shows two turns, or loses the transcript of one.

    Fix: this is the server's; follow the id of the commit.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}}
        > input_audio_buffer.append {"audio": {"$bytes": 96000}}
        < input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}
        < input_audio_buffer.speech_stopped {"item_id": "b", "audio_end_ms": 500}     # TUR03
        < input_audio_buffer.committed {"item_id": "b"}
        < conversation.item.added {"item": {"type": "message", "role": "user", "id": "b", "content": []}}

    Source: openai-python 3.52.0, ``input_audio_buffer_committed_event.py``.
    """
    turns = ledgers.turns
    if isinstance(event, input_audio_buffer.SpeechStopped):
        begun, expected = turns.open, turns.open.item_id if turns.open else ""
    else:
        begun, expected = turns.stopped, turns.stopped.stopped_id if turns.stopped else ""
        if turns.commits or turns.idle is not None:
            return ()
    if begun is None or event.item_id == expected:
        return ()
    message = (
        f"the speech is {expected[:SHOWN]} in line {begun.stopped_line or begun.line}, not {event.item_id[:SHOWN]}"
    )
    return (Verdict("$.item_id", message, "follow the id of the commit", (begun.line,)),)


def never_committed(_event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A turn is detected and never committed.

    The user stopped speaking, and speaks again; no message was made of what was said first. The model
    never hears it.

    Fix: this is the server's; commit by hand if it happens again.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}}
        > input_audio_buffer.append {"audio": {"$bytes": 96000}}
        < input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}
        < input_audio_buffer.speech_stopped {"item_id": "a", "audio_end_ms": 500}     # TUR04
        < input_audio_buffer.speech_started {"item_id": "b", "audio_start_ms": 900}

    Source: openai-python 3.52.0, ``input_audio_buffer_speech_stopped_event.py``.
    """
    stopped = ledgers.turns.stopped
    if stopped is None or stopped.has_manual_commit:
        return ()
    message = f"the speech of {stopped.item_id[:SHOWN]} has not become a message when the user speaks again"
    remedy = "commit by hand if it happens again"
    return (Verdict("", message, remedy, (stopped.line, entry.line), stopped.stopped_line, "server"),)


def times_out_of_order(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The times of speech are out of order.

    A speech ends before it starts, or starts before the one in front of it did. The times count all
    the audio of the session, and never begin anew.

    Fix: this is the server's; take the times of the recording.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}}
        > input_audio_buffer.append {"audio": {"$bytes": 96000}}
        < input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 100}
        < input_audio_buffer.speech_stopped {"item_id": "a", "audio_end_ms": 900}
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.added {"item": {"type": "message", "role": "user", "id": "a", "content": []}}
        < input_audio_buffer.speech_started {"item_id": "b", "audio_start_ms": 800}
        < input_audio_buffer.speech_stopped {"item_id": "b", "audio_end_ms": 700}     # TUR05

    Source: openai-python 3.52.0, ``input_audio_buffer_speech_started_event.py``.
    """
    if isinstance(event, input_audio_buffer.SpeechStarted):
        before, path, told = ledgers.turns.last, "$.audio_start_ms", event.audio_start_ms
    else:
        before, path, told = ledgers.turns.open, "$.audio_end_ms", event.audio_end_ms
        if before is not None and before.item_id != event.item_id:
            return ()
    if before is None or before.start_ms is None or told >= before.start_ms:
        return ()
    message = f"{told} ms lie before {before.start_ms} ms, where the speech of line {before.line} starts"
    return (Verdict(path, message, "take the times of the recording", (before.line,)),)


def idle_out_of_place(event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A timeout does not fit the session.

    The server says that nobody spoke for too long, though no ``idle_timeout_ms`` is set; or it never
    commits the silence, and answers something else.

    Fix: this is the server's; set ``idle_timeout_ms``, or handle the event.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": null}}}}}
        < input_audio_buffer.timeout_triggered {"item_id": "a", "audio_start_ms": 0, "audio_end_ms": 6000}     # TUR06
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.added {"item": {"type": "message", "role": "user", "id": "a", "content": []}}

    Source: openai-python 3.52.0, ``input_audio_buffer_timeout_triggered.py``.
    """
    idle = ledgers.turns.idle
    if isinstance(event, response.Done):
        if idle is None or idle.response_id is None or idle.response_id != event.response.id:
            return ()
        message = f"the silence of {idle.item_id[:SHOWN]} was never committed, and a response followed"
        return (Verdict("", message, "handle the event", (entry.line,), idle.line),)
    detection = ledgers.config.turn_detection
    is_known = detection is not None or is_off(ledgers.config)
    if not is_known or at(detection, "idle_timeout_ms") or is_being_switched(ledgers):
        return ()
    return (Verdict("", "a timeout is triggered, and no idle_timeout_ms is set", "set idle_timeout_ms"),)


def detection_is_off(_event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Turn detection is off, and tells speech.

    The session says that the client commits. Both the client and the server now make turns.

    Fix: take ``session.updated`` for what is in force, not what was asked for.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": null}}}}
        > input_audio_buffer.append {"audio": {"$bytes": 96000}}
        < input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}     # TUR07

    Source: openai-python 3.52.0, ``realtime_audio_config_input.py``, on ``turn_detection``.
    """
    if not is_off(ledgers.config) or is_being_switched(ledgers):
        return ()
    return (Verdict("", "the session says that turn detection is off", "take what session.updated says"),)


def never_announced(event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A committed item is never announced.

    The commit names the user message that is to come, and no ``conversation.item.added`` follows. What
    the user said is missing from the conversation that the client keeps.

    Fix: this is the server's; add the message when it is committed.

    ::

        < session.created {"session": {"type": "realtime"}}
        < input_audio_buffer.committed {"item_id": "a"}     # TUR14
        < input_audio_buffer.committed {"item_id": "b"}
        < conversation.item.added {"item": {"type": "message", "role": "user", "id": "b", "content": []}}

    Source: openai-python 3.52.0, ``input_audio_buffer_committed_event.py``.
    """
    turns = ledgers.turns
    if not turns.unannounced:
        return ()
    if isinstance(event, input_audio_buffer.Committed):
        missing = [one for one in turns.unannounced.values() if one.item_id != event.item_id]
    elif isinstance(event, End) and "end" in ledgers.context.kept:
        missing = list(turns.unannounced.values())
    else:
        missing = turns.overdue(ledgers.obligations.served)
    return [_unannounced(one, entry) for one in missing]


def _unannounced(one: Unannounced, entry: Entry) -> Verdict:
    message = f"the item {one.item_id[:SHOWN]} was committed, and never added to the conversation"
    return Verdict("$.item_id", message, "add the message when it is committed", (entry.line,), one.line, "server")


def is_being_switched(ledgers: Ledgers) -> bool:
    """Whether an update that touches turn detection is on its way."""
    return any(key.endswith("turn_detection") for asked in ledgers.settings.pending for key in asked.keys)


_STARTED: Final = input_audio_buffer.SpeechStarted
_STOPPED: Final = input_audio_buffer.SpeechStopped
_COMMITTED: Final = input_audio_buffer.Committed
_IDLE: Final = (input_audio_buffer.TimeoutTriggered, response.Done)
_SOON: Final = (_COMMITTED, _STARTED, _STOPPED, response.Created, response.Done, End)

RULES: Final[tuple[Rule, ...]] = (
    Rule("TUR01", "error", speech_twice, (_STARTED,), NEEDS_LOSSLESS),
    Rule("TUR02", "error", stop_without_start, (_STOPPED,), NEEDS_WHOLE_START, tier="second"),
    Rule("TUR03", "error", another_item, (_STOPPED, _COMMITTED), NEEDS_LOSSLESS),
    Rule("TUR04", "error", never_committed, (_STARTED,), NEEDS_LOSSLESS),
    Rule("TUR05", "error", times_out_of_order, (_STARTED, _STOPPED)),
    Rule("TUR06", "error", idle_out_of_place, _IDLE, NEEDS_LOSSLESS, tier="second"),
    Rule("TUR07", "error", detection_is_off, (_STARTED,), NEEDS_START),
    Rule("TUR14", "error", never_announced, _SOON, NEEDS_LOSSLESS),
)
