"""TRN and TRL: transcriptions and translations."""

from __future__ import annotations

from edits import add, change, drop, drop_all, event, later, move, repeat, value
from row import Row, driven, edited
from sessions import RESPOND, transcription
from stage import Call


def wants_an_answer(call: Call) -> None:
    """A client that asks a transcription session for a response."""
    transcription(call)
    call.send(RESPOND | {"event_id": "create_1"})
    call.wait(0.2)


_HEARD = "conversation.item.input_audio_transcription"
_PLACE = {"item_id": value("input_audio_buffer.committed", "item_id"), "content_index": 0}
_SECOND = {"type": "duration", "seconds": 1}
_WENT_WRONG = {"type": "server_error", "code": "internal_error", "message": "The audio could not be transcribed."}
_SEGMENT = event(f"{_HEARD}.segment", **_PLACE, id="seg_1", text="(speech, 0.1 s)", speaker="A", start=0.1, end=0.0)

TRANSCRIPTION: tuple[Row, ...] = (
    edited(
        "TRN01",
        "transcription",
        "Everything about the transcript is left out, and the close comes five seconds later",
        drop_all(_HEARD),
        later("close", 5),
    ),
    edited(
        "TRN02",
        "transcription",
        "The result comes twice, with two event ids",
        repeat(f"{_HEARD}.completed"),
    ),
    edited(
        "TRN03",
        "heard",
        "A transcript of the first turn is added, in a session that has no transcription",
        add(
            "server",
            event(f"{_HEARD}.completed", **_PLACE, transcript="Good morning.", usage=_SECOND),
            behind="conversation.item.done",
        ),
    ),
    edited(
        "TRN04",
        "transcription",
        "A piece of a transcript is added for an item that there never was",
        add(
            "server",
            event(f"{_HEARD}.delta", item_id="item_unknown", content_index=0, delta="Good"),
            behind="conversation.item.done",
        ),
    ),
    edited(
        "TRN05",
        "transcription",
        "The last piece of the transcript comes once more behind the result",
        repeat(f"{_HEARD}.delta#last", behind=f"{_HEARD}.completed"),
    ),
    edited("TRN06", "transcription", "A piece of the transcript is left out", drop(f"{_HEARD}.delta#2")),
    edited(
        "TRN07",
        "transcription",
        "The transcription fails in place of its result",
        add("server", event(f"{_HEARD}.failed", **_PLACE, error=_WENT_WRONG), behind=f"{_HEARD}.completed"),
        drop(f"{_HEARD}.completed"),
    ),
    edited(
        "TRN08",
        "transcription",
        "A segment from 0.1 s to 0.0 s is added before the result",
        add("server", _SEGMENT, before=f"{_HEARD}.completed"),
    ),
    edited(
        "TRN09",
        "transcription",
        "The first piece of the transcript has a log probability of 0.3",
        change(f"{_HEARD}.delta", logprobs=[{"token": "(", "logprob": 0.3, "bytes": [40]}]),
    ),
    driven(
        "TRN10",
        wants_an_answer,
        "The client asks for a response, which the server refuses",
        also="ERR01",
        transcription=True,
    ),
)

TRANSLATION: tuple[Row, ...] = (
    edited(
        "TRL01",
        "translation",
        "The client sends a `response.create`, which the dialect does not have",
        add("client", event("response.create"), behind="session.updated"),
        also="SCH13",
    ),
    edited(
        "TRL02",
        "translation",
        "The last `session.input_audio_buffer.append` comes once more behind `session.close`",
        repeat("session.input_audio_buffer.append#last", behind="session.close"),
    ),
    edited(
        "TRL03",
        "translation",
        "The last `session.output_transcript.delta` is moved behind `session.closed`",
        move("session.output_transcript.delta#last", behind="session.closed"),
    ),
    edited("TRL04", "translation", "`session.closed` is left out", drop("session.closed")),
    edited(
        "TRL05",
        "translation",
        "The third `session.output_transcript.delta` is at 200 ms, and the second at 400",
        change("session.output_transcript.delta#3", elapsed_ms=200),
    ),
    edited(
        "TRL06",
        "translation",
        "The client's `session.update` names a model, for which the schema has no place",
        change("session.update", session__model="gpt-realtime"),
        also="SCH09",
    ),
    edited(
        "TRL07",
        "translation",
        "The source is not transcribed, neither asked for nor in force",
        change("session.update", session__audio__input__transcription=None),
        change("session.updated", session__audio__input__transcription=None),
    ),
    edited(
        "TRL08",
        "translation",
        "All from the second `session.input_audio_buffer.append` on comes 3 s later",
        later("session.input_audio_buffer.append#2", 3),
    ),
    edited(
        "TRL09",
        "translation",
        "The third `session.output_audio.delta` is at 16 kHz",
        change("session.output_audio.delta#3", sample_rate=16000),
    ),
)

ROWS: tuple[Row, ...] = (*TRANSCRIPTION, *TRANSLATION)
