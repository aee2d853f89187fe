"""TUR: who speaks when, and who answers."""

from __future__ import annotations

from edits import add, change, drop, drop_all, event, later, refused, repeat
from row import Row, driven, edited
from sessions import COMMIT, RESPOND, VAD, press, push_to_talk
from stage import Call, append, sound


def commits_beside_vad(call: Call) -> None:
    """A client that commits although turns are detected."""
    press(call, VAD)
    call.send(COMMIT, RESPOND)
    call.wait()


def forgets_to_commit(call: Call) -> None:
    """A client that asks for an answer before it commits."""
    press(call)
    call.send(RESPOND)
    call.wait()


def leaves_audio(call: Call) -> None:
    """A client that sends 600 ms more and hangs up."""
    push_to_talk(call)
    call.send(append(sound(600, loud=True)))
    call.wait(0.2)


_OFF = {"session__audio__input__turn_detection": None}
_INTERRUPT = {"session__audio__input__turn_detection__interrupt_response": True}

ROWS: tuple[Row, ...] = (
    edited(
        "TUR01",
        "heard",
        "The first `input_audio_buffer.speech_started` comes twice, with two event ids",
        repeat("input_audio_buffer.speech_started"),
    ),
    edited(
        "TUR02",
        "heard",
        "The second `input_audio_buffer.speech_started` is left out",
        drop("input_audio_buffer.speech_started#2"),
    ),
    edited(
        "TUR03",
        "heard",
        "The first `input_audio_buffer.speech_stopped` names another item",
        change("input_audio_buffer.speech_stopped", item_id="item_other"),
    ),
    edited(
        "TUR04",
        "heard",
        "The first `input_audio_buffer.committed` and what it announces are left out; the second item is then the first",
        drop("input_audio_buffer.committed", "conversation.item.added", "conversation.item.done"),
        change("input_audio_buffer.committed", previous_item_id=None),
        change("conversation.item.added", previous_item_id=None),
        change("conversation.item.done", previous_item_id=None),
    ),
    edited(
        "TUR05",
        "heard",
        "The second `input_audio_buffer.speech_stopped` is at 550 ms, and the speech began at 600",
        change("input_audio_buffer.speech_stopped#2", audio_end_ms=550),
    ),
    edited(
        "TUR06",
        "idle",
        "The session has no idle time-out, neither asked for nor in force",
        change("session.update", session__audio__input__turn_detection__idle_timeout_ms=None),
        change("session.updated", session__audio__input__turn_detection__idle_timeout_ms=None),
    ),
    edited(
        "TUR07",
        "heard",
        "Turn detection is off, both asked for and in force",
        change("session.update", **_OFF),
        change("session.updated", **_OFF),
    ),
    edited(
        "TUR08",
        "spoken",
        "A `response.create` crosses the answer that turn detection begins, and is refused",
        add("client", event("response.create", event_id="create_1"), behind="conversation.item.done"),
        refused(
            "response.create",
            "conversation_already_has_active_response",
            "The conversation has a response in progress.",
            behind="response.created",
        ),
        also="ERR01",
    ),
    driven("TUR09", commits_beside_vad, "The client commits although turn detection is on"),
    driven("TUR10", forgets_to_commit, "The client asks for a response with 240 ms in the buffer"),
    edited(
        "TUR11",
        "text",
        "`response.done` is cancelled with the reason `turn_detected`, and nobody spoke",
        change(
            "response.done",
            response__status="cancelled",
            response__status_details={"type": "cancelled", "reason": "turn_detected"},
        ),
    ),
    edited(
        "TUR12",
        "text",
        "`response.done` is cancelled with the reason `client_cancelled`, and the client did not cancel",
        change(
            "response.done",
            response__status="cancelled",
            response__status_details={"type": "cancelled", "reason": "client_cancelled"},
        ),
    ),
    edited(
        "TUR13",
        "not_interrupted",
        "The session lets the user interrupt, both asked for and in force",
        change("session.update", **_INTERRUPT),
        change("session.updated", **_INTERRUPT),
    ),
    edited(
        "TUR14",
        "heard",
        "The item of the first turn is never announced; the second is then the first",
        drop("conversation.item.added", "conversation.item.done"),
        change("input_audio_buffer.committed#2", previous_item_id=None),
        change("conversation.item.added", previous_item_id=None),
        change("conversation.item.done", previous_item_id=None),
    ),
    driven("TUR15", leaves_audio, "The client appends 600 ms more behind the answer, and hangs up"),
    edited(
        "TUR16",
        "spoken",
        "The answer is left out, and the connection is closed 12 s later",
        drop("conversation.item.added#2", "conversation.item.done#2"),
        drop_all("response.", "rate_limits."),
        later("close", 12),
    ),
    edited(
        "TUR17",
        "interruption",
        "`conversation.item.truncate` and its answer are left out, and the connection is closed 5 s later",
        drop("conversation.item.truncate", "conversation.item.truncated"),
        later("close", 5),
    ),
)
