"""SES: the session and how it is configured."""

from __future__ import annotations

from typing import Any

from edits import add, change, event
from row import Row, driven, edited
from sessions import RESPOND, VAD, ask, spoken, text, update
from stage import Call


class Asks:
    """A client that asks for a configuration, after a question and its answer."""

    def __init__(self, event_id: str | None = "update_2", **session: Any) -> None:
        self._named = {"event_id": event_id} if event_id else {}
        self._session = session

    def __call__(self, call: Call) -> None:
        """Play it."""
        text(call)
        call.send({"type": "session.update", **self._named, "session": {"type": "realtime"} | self._session})
        call.wait(0.2)


class Adds:
    """A client that adds an item, after a question and its answer."""

    def __init__(self, role: str, **part: str) -> None:
        self._item = {"id": "item_2", "type": "message", "role": role, "content": [part]}

    def __call__(self, call: Call) -> None:
        """Play it."""
        text(call)
        call.send({"type": "conversation.item.create", "event_id": "add_1", "item": self._item})
        call.wait(0.2)


def another_voice(call: Call) -> None:
    """A client that changes the voice after the answer was spoken."""
    spoken(call)
    call.send(update(audio={"output": {"voice": "cedar"}}) | {"event_id": "update_2"})
    call.wait(0.2)


def typeless(call: Call) -> None:
    """A client that does not say what the session is for."""
    text(call)
    call.send({"type": "session.update", "session": {"instructions": "Be brief."}})
    call.wait(0.2)


def faster(call: Call) -> None:
    """A client that changes the speed while the answer is given."""
    call.send(update(output_modalities=["text"]))
    call.wait(0.1)
    call.send(ask("Good morning!"), RESPOND)
    call.wait(0.15)
    call.send(update(audio={"output": {"speed": 1.2}}) | {"event_id": "update_2"})
    call.wait()


def listens_for_turns(call: Call) -> None:
    """A client that wants turns of a model which transcribes while the user speaks."""
    side = {"turn_detection": VAD, "transcription": {"model": "gpt-realtime-whisper"}}
    session = {"type": "transcription", "audio": {"input": side}}
    call.send({"type": "session.update", "event_id": "update_1", "session": session})
    call.wait(0.2)


_CLOCK = {"type": "function", "name": "get_time", "description": "The time of day.", "parameters": {"type": "object"}}
_PATIENT = {"type": "semantic_vad", "idle_timeout_ms": 8000}

ROWS: tuple[Row, ...] = (
    driven(
        "SES01",
        Asks(model="gpt-realtime-mini"),
        "The client asks for another model, which the server refuses",
        also="ERR01",
    ),
    driven(
        "SES02",
        another_voice,
        "The client asks for another voice after a spoken answer, which the server refuses",
        also="ERR01",
    ),
    driven(
        "SES03",
        typeless,
        "The client's second `session.update` has no `session.type`, which the schema requires; the server refuses it",
        also="ERR01 SCH05",
    ),
    driven(
        "SES04",
        Asks(type="transcription"),
        "The client asks for a transcription session in the middle, which the server refuses",
        also="ERR01",
    ),
    edited(
        "SES05",
        "text",
        "`session.updated` has other instructions than were asked for",
        change("session.updated", session__instructions="You are a helpful assistant."),
    ),
    driven(
        "SES06",
        Asks(None, audio={"input": {"format": {"type": "audio/pcm", "rate": 16000}}}),
        "The client asks for PCM at 16 kHz, which the schema does not have and the server refuses",
        also="ERR01 SCH07",
    ),
    driven(
        "SES07",
        Asks(voice="cedar"),
        "The client asks for `session.voice`, where the beta had it; the server refuses it",
        also="ERR01 SCH09",
    ),
    driven(
        "SES08",
        Asks(output_modalities=["text", "audio"]),
        "The client asks for text and audio together, which the server refuses",
        also="ERR01",
    ),
    edited(
        "SES09",
        "text",
        "A `response.create` is added behind the end of the connection",
        add("client", event("response.create"), behind="close#last"),
    ),
    driven(
        "SES10",
        faster,
        "The client asks for another speed while the answer is given, which the server refuses",
        also="ERR01",
    ),
    driven(
        "SES11",
        listens_for_turns,
        "The client asks for server VAD with `gpt-realtime-whisper`",
        transcription=True,
    ),
    driven(
        "SES12",
        Asks(audio={"input": {"turn_detection": _PATIENT}}),
        "The client asks for semantic VAD with an idle time-out, which the schema does not have; the server refuses it",
        also="ERR01 SCH09",
    ),
    driven(
        "SES13",
        Asks(tools=[_CLOCK], tool_choice={"type": "function", "name": "get_date"}),
        "The client offers one function and demands another, which the server refuses",
        also="ERR01",
    ),
    driven(
        "SES14",
        Adds("system", type="output_text", text="Be brief."),
        "The client adds a system message with `output_text`, which the server refuses",
        also="ERR01",
    ),
    driven(
        "SES15",
        Adds("assistant", type="output_audio", audio="AAAAAAAA", transcript="Hm."),
        "The client adds audio as the assistant's, which the server refuses",
        also="ERR01",
    ),
)
