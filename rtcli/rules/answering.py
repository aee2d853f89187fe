"""TUR: who commits a turn, who asks for its answer, and whether there is one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import input_audio_buffer, response
from rtcli.formats import Entry
from rtcli.rules.rule import NEEDS_LOSSLESS, SHOWN, End, Rule, Verdict
from rtcli.rules.turns import is_being_switched
from rtcli.session.config import at
from rtcli.session.context import Need
from rtcli.session.ledgers import Ledgers
from rtcli.session.turns import is_off
from rtcli.units import MIN_COMMIT_MS

ANSWERED_WITHIN_S: Final = 10.0
_LEFT_MS: Final = 500


def asked_beside_turn_detection(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An answer is asked for that turn detection gives anyway.

    Turn detection has committed the turn, and creates the response by itself. Both are made, or one is
    refused with ``conversation_already_has_active_response``.

    Fix: leave ``response.create`` out, or set ``create_response`` to false.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}}
        > input_audio_buffer.append {"audio": {"$bytes": 96000}}
        < input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}
        < input_audio_buffer.speech_stopped {"item_id": "a", "audio_end_ms": 500}
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.added {"item": {"type": "message", "role": "user", "id": "a", "content": []}}
        > response.create {}     # TUR08

    Source: openai-python 3.52.0, ``realtime_audio_input_turn_detection.py``, on ``create_response``.
    """
    turn = ledgers.turns.awaiting
    if turn is None or turn.has_company or ledgers.lifecycle.open or is_being_switched(ledgers):
        return ()
    if at(event.response, "conversation") == "none":
        return ()
    message = f"turn detection answers the turn that it committed in line {turn.committed_line}"
    remedy = "leave response.create out, or set create_response to false"
    return (Verdict("", message, remedy, (turn.committed_line,)),)


def commit_beside_turn_detection(_event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The client commits though turn detection is on.

    That is legal, and cuts the turn where the client says. Where it is not meant, one speech becomes
    two turns.

    Fix: leave commits to the server, or turn detection off.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}}
        > input_audio_buffer.append {"audio": {"$bytes": 9600}}
        > input_audio_buffer.commit {}     # TUR09
        < input_audio_buffer.committed {"item_id": "a"}
        < conversation.item.added {"item": {"type": "message", "role": "user", "id": "a", "content": []}}

    Source: openai-python 3.52.0, ``input_audio_buffer_commit_event.py``.
    """
    detection = ledgers.config.turn_detection
    if detection is None or is_being_switched(ledgers):
        return ()
    name = detection.__struct_config__.tag
    return (Verdict("", f"the turn detection {name} commits by itself", "leave the commit to the server"),)


def asked_before_the_commit(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An answer is asked for while audio waits in the buffer.

    Turn detection is off, so that only a commit makes the audio a message. The model answers without
    having heard it.

    Fix: commit first, if the model is to hear it.

    ::

        - header {}
        < session.created {"session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcm"}, "turn_detection": null}}}}
        > input_audio_buffer.append {"audio": {"$bytes": 24000}}
        > response.create {}     # TUR10
        > response.create {"response": {"conversation": "none"}}

    Source: the guide on realtime conversations, on sessions without turn detection.
    """
    asked = event.response
    if not is_off(ledgers.config) or at(asked, "conversation") == "none" or at(asked, "input"):
        return ()
    left_ms = ledgers.audio.uncommitted_ms
    if left_ms < MIN_COMMIT_MS:
        return ()
    return (Verdict("", f"{left_ms:.0f} ms of audio are not committed", "commit first"),)


def audio_left_behind(_event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Audio was never committed.

    Turn detection is off, and the connection closes with audio in the buffer: nobody heard it. A
    microphone that streams until the end leaves such a rest.

    Fix: commit before closing, if it was meant to be heard.

    ::

        - header {}
        < session.created {"session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcm"}, "turn_detection": null}}}}
        > input_audio_buffer.append {"audio": {"$bytes": 48000}}
        - close {"code": 1000}     # TUR15

    Source: the guide on realtime conversations, on sessions without turn detection.
    """
    left_ms = ledgers.audio.uncommitted_ms
    if not is_off(ledgers.config) or left_ms <= _LEFT_MS:
        return ()
    message = f"{left_ms:.0f} ms of audio were never committed"
    return (Verdict("", message, "commit before closing", side="client"),)


def never_answered(_event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A turn of the user was never answered.

    Turn detection has committed it and is set to answer, and nothing came for ten seconds. The user
    waits, and speaks again.

    Fix: look for an error behind the commit, and at the rate limits.

    ::

        0.0 < session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}}
        0.1 > input_audio_buffer.append {"audio": {"$bytes": 96000}}
        1.0 < input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}
        1.5 < input_audio_buffer.speech_stopped {"item_id": "a", "audio_end_ms": 500}
        1.5 < input_audio_buffer.committed {"item_id": "a"}     # TUR16
        1.5 < conversation.item.added {"item": {"type": "message", "role": "user", "id": "a", "content": []}}
        13.0 < input_audio_buffer.speech_started {"item_id": "b", "audio_start_ms": 11000}

    Source: openai-python 3.52.0, ``realtime_audio_input_turn_detection.py``, on ``create_response``.
    """
    turn = ledgers.turns.awaiting
    if turn is None or turn.committed_t is None or entry.t is None:
        return ()
    waited_s = entry.t - turn.committed_t
    if waited_s <= ANSWERED_WITHIN_S:
        return ()
    message = f"no response to {turn.item_id[:SHOWN]} came for {waited_s:.1f} s"
    lines = (turn.line, entry.line)
    return (Verdict("", message, "look for an error behind the commit", lines, turn.committed_line, "server"),)


_HEARD: Final[frozenset[Need]] = frozenset({"audio", "websocket"})

RULES: Final[tuple[Rule, ...]] = (
    Rule("TUR08", "warning", asked_beside_turn_detection, (response.Create,), NEEDS_LOSSLESS),
    Rule("TUR09", "info", commit_beside_turn_detection, (input_audio_buffer.Commit,), tier="extended"),
    Rule("TUR10", "info", asked_before_the_commit, (response.Create,), _HEARD | {"start"}, tier="extended"),
    Rule("TUR15", "info", audio_left_behind, (End,), _HEARD | {"end", "client"}, tier="second"),
    Rule("TUR16", "warning", never_answered, (input_audio_buffer.SpeechStarted, End), NEEDS_LOSSLESS | {"times"}),
)
