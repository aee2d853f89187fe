"""TUR: answers that are broken off: by whom, whether they stop, and what the model learns of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import response
from rtcli.formats import Entry
from rtcli.rules.rule import NEEDS_CLIENT, NEEDS_LOSSLESS, SHOWN, End, Rule, Verdict
from rtcli.session.config import at
from rtcli.session.ledgers import Ledgers

IN_FLIGHT: Final = 20
"""How many deltas may still come when the user has begun to speak."""

BURST_S: Final = 0.5
"""How long what was sent at once may take to arrive, where there are times."""


def broken_off_by_nobody(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Turn detection breaks off a response, and nobody spoke.

    The response ended because of speech, and no speech was told since it began. A client that waits
    for ``speech_started`` to stop its player does not stop it.

    Fix: this is the server's; stop the player when a response is cancelled.

    ::

        - header {}
        < session.created {"session": {"type": "realtime"}}
        > input_audio_buffer.append {"audio": {"$bytes": 96000}}
        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r", "status": "cancelled", "status_details": {"type": "cancelled", "reason": "turn_detected"}}}     # TUR11
        < response.created {"response": {"id": "s"}}
        < input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}
        < response.done {"response": {"id": "s", "status": "cancelled", "status_details": {"type": "cancelled", "reason": "turn_detected"}}}

    Source: openai-python 3.52.0, ``realtime_response_status.py``.
    """
    answer = _cancelled(event, ledgers, "turn_detected")
    if answer is None or ledgers.turns.open is not None:
        return ()
    last = ledgers.turns.last
    if last is None and "start" not in ledgers.context.kept:
        return ()
    if last is not None and max(last.line, last.ended_line) > answer.line:
        return ()
    message = f"no speech was told since the response {answer.id[:SHOWN]} began"
    return (Verdict("$.response.status_details.reason", message, "stop the player by response.done", (answer.line,)),)


def cancelled_by_nobody(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response is cancelled by the client, which did not.

    The server says that the client cancelled, and the client sent neither ``response.cancel`` nor
    ``output_audio_buffer.clear``. Another program may be connected to the same session.

    Fix: look for whoever else controls the session.

    ::

        < session.created {"session": {"type": "realtime"}}
        > response.create {}
        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r", "status": "cancelled", "status_details": {"type": "cancelled", "reason": "client_cancelled"}}}     # TUR12
        > response.create {}
        < response.created {"response": {"id": "s"}}
        > response.cancel {}
        < response.done {"response": {"id": "s", "status": "cancelled", "status_details": {"type": "cancelled", "reason": "client_cancelled"}}}

    Source: openai-python 3.52.0, ``response_cancel_event.py``.
    """
    answer = _cancelled(event, ledgers, "client_cancelled")
    if answer is None or ledgers.turns.cancel_line > (answer.asked or answer.line):
        return ()
    if ledgers.context.one_connection and "websocket" not in ledgers.context.kept:
        return ()
    message = f"the client has not cancelled the response {answer.id[:SHOWN]}"
    return (Verdict("$.response.status_details.reason", message, "look for who else controls it", (answer.line,)),)


def went_on(event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The user breaks in, and the response goes on.

    Turn detection is set to interrupt. The response has sent more than twenty deltas since the user
    began to speak, and was completed.

    Fix: look at ``interrupt_response``.

    ::

        < session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}}
        > input_audio_buffer.append {"audio": {"$bytes": 96000}}
        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "text"}}
        < input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "a"}
        < response.output_text.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "text": "aaaaaaaaaaaaaaaaaaaaa"}
        < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "text", "text": "aaaaaaaaaaaaaaaaaaaaa"}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "status": "completed", "content": [{"type": "output_text", "text": "aaaaaaaaaaaaaaaaaaaaa"}]}}
        < response.done {"response": {"id": "r", "status": "completed", "usage": {"total_tokens": 30, "input_tokens": 20, "output_tokens": 10}}}     # TUR13

    Source: openai-python 3.52.0, ``realtime_audio_input_turn_detection.py``, on ``interrupt_response``.
    """
    answer = ledgers.lifecycle.responses.get(event.response.id or "")
    if answer is None or event.response.status != "completed" or not answer.in_conversation:
        return ()
    detection = ledgers.config.turn_detection
    if detection is None or at(detection, "interrupt_response") is False or answer.deltas_since_speech <= IN_FLIGHT:
        return ()
    spoken = ledgers.turns.last
    if spoken is not None and spoken.t is not None and entry.t is not None and entry.t - spoken.t < BURST_S:
        return ()
    message = f"{answer.deltas_since_speech} deltas came after the user had begun to speak in line {answer.speech_line}"
    return (Verdict("$.response.status", message, "look at interrupt_response", (answer.speech_line,)),)


def barge_in_without_truncation(event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The user breaks in, and the model is not told how much was heard.

    Audio travels faster than it plays: when the user began to speak, more than a second of the answer
    cannot have been played. Over a WebSocket only the client knows, and it has not said so; the model
    believes that all of it was heard.

    Fix: stop the player, and send ``conversation.item.truncate`` with the milliseconds that were played.

    ::

        - header {}
        0.0 < session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}, "output": {"format": {"type": "audio/pcm"}}}}}
        0.1 > input_audio_buffer.append {"audio": {"$bytes": 96000}}
        1.0 < response.created {"response": {"id": "r", "conversation_id": "v"}}
        1.1 < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "content": []}}
        1.1 < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        1.2 < response.output_audio.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": {"$bytes": 144000}}
        1.2 < response.output_audio.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0}
        1.2 < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "audio"}}
        1.2 < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "status": "completed", "content": []}}
        1.2 < response.done {"response": {"id": "r", "conversation_id": "v"}}
        2.0 < input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}     # TUR17
        3.0 < input_audio_buffer.speech_stopped {"item_id": "a", "audio_end_ms": 900}
        3.0 < input_audio_buffer.committed {"item_id": "a"}
        3.0 < conversation.item.added {"item": {"type": "message", "role": "user", "id": "a", "content": []}}
        3.1 < response.created {"response": {"id": "s", "conversation_id": "v"}}
        3.2 < response.done {"response": {"id": "s", "conversation_id": "v"}}

    Source: the guide on realtime conversations, on interruptions over WebSockets.
    """
    barge_in = ledgers.audio.barge_in
    if barge_in is None or not barge_in.is_overdue(entry.t):
        return ()
    if isinstance(event, End) and "end" not in ledgers.context.kept:
        return ()
    if isinstance(event, response.Created) and event.response.conversation_id is None:
        return ()
    message = (
        f"{barge_in.unplayed_ms:.0f} ms of {barge_in.response_id[:SHOWN]} cannot have been heard when speech began"
    )
    remedy = "stop the player, and send conversation.item.truncate with what was played"
    return (Verdict("", message, remedy, (entry.line,), barge_in.line, "client"),)


def _cancelled(event: Any, ledgers: Ledgers, reason: str) -> Any:
    """The response that was cancelled for a reason, if its beginning was seen."""
    told = getattr(event.response.status_details, "reason", None)
    if event.response.status != "cancelled" or told != reason:
        return None
    answer = ledgers.lifecycle.responses.get(event.response.id or "")
    return answer if answer is not None and answer.line else None


_DONE: Final = (response.Done,)

RULES: Final[tuple[Rule, ...]] = (
    Rule("TUR11", "error", broken_off_by_nobody, _DONE, NEEDS_LOSSLESS),
    Rule("TUR12", "warning", cancelled_by_nobody, _DONE, NEEDS_LOSSLESS | NEEDS_CLIENT, tier="second"),
    Rule("TUR13", "warning", went_on, _DONE, tier="extended"),
    Rule(
        "TUR17",
        "warning",
        barge_in_without_truncation,
        (response.Created, End),
        frozenset({"client", "times", "audio", "websocket"}),
    ),
)
