"""Clean sessions, recorded from the built-in server."""

from __future__ import annotations

from typing import Any, Final

from stage import Call, append, shortened, sound

_PCMU: Final = {"type": "audio/pcmu"}
VAD: Final = {"type": "server_vad", "prefix_padding_ms": 100, "silence_duration_ms": 200}
"""Turn detection that needs little audio."""
_TURN_MS: Final = (100, 200, 300)
"""Silence, speech, silence: a turn that the server's VAD finds."""
WEATHER: Final = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather of a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}
COMMIT: Final = {"type": "input_audio_buffer.commit", "event_id": "commit_1"}
RESPOND: Final = {"type": "response.create"}


def update(**session: Any) -> dict[str, Any]:
    """The client asks for a configuration."""
    return {"type": "session.update", "event_id": "update_1", "session": {"type": "realtime", **session}}


def ask(text: str, number: int = 1) -> dict[str, Any]:
    """The client adds what the user wrote."""
    content = [{"type": "input_text", "text": text}]
    item = {"id": f"user_{number}", "type": "message", "role": "user", "content": content}
    return {"type": "conversation.item.create", "event_id": f"ask_{number}", "item": item}


def written(call: Call, text: str, number: int = 1) -> None:
    """A question in writing, and its answer."""
    call.send(ask(text, number), RESPOND)
    call.wait()


def text(call: Call) -> None:
    """A question and an answer, both in writing."""
    call.send(update(output_modalities=["text"], instructions="Answer in one sentence."))
    call.wait(0.2)
    written(call, "Good morning!")


def chat(call: Call) -> None:
    """Two questions in writing, and their answers."""
    text(call)
    written(call, "Do you hear me?", 2)


def history(call: Call) -> None:
    """The client adds two messages, looks one up and deletes it."""
    call.send(ask("My name is Ada."), ask("I live in Turin.", 2))
    call.wait(0.3)
    call.send({"type": "conversation.item.retrieve", "event_id": "look_1", "item_id": "user_1"})
    call.wait(0.3)
    call.send({"type": "conversation.item.delete", "event_id": "delete_1", "item_id": "user_1"})
    call.wait(0.3)
    call.send(ask("And I am 30.", 3))
    call.wait(0.3)


def _voice(call: Call, **changes: Any) -> None:
    """Speech both ways, in µ-law, which keeps recordings small."""
    side = {"format": _PCMU, "turn_detection": VAD} | changes
    call.send(update(audio={"input": side, "output": {"format": _PCMU}}))
    call.wait(0.1)


def spoken(call: Call) -> None:
    """A spoken turn that VAD ends, transcribed and answered with speech."""
    _voice(call, transcription={"model": "gpt-4o-transcribe"})
    call.speak(*_TURN_MS)
    call.wait()
    call.lines[:] = shortened(call.lines)


def interruption(call: Call, audio_end_ms: int = 240) -> None:
    """The user speaks into the answer; the client says how much of it was heard."""
    _voice(call)
    call.speak(*_TURN_MS)
    call.wait(0.05)
    call.speak(0, 100)
    item_id = next(
        line["event"]["item_id"]
        for line in call.lines
        if line.get("event", {}).get("type") == "response.output_audio.delta"
    )
    truncate = {"type": "conversation.item.truncate", "event_id": "cut_1", "item_id": item_id, "content_index": 0}
    call.send(truncate | {"audio_end_ms": audio_end_ms})
    call.wait(0.1)


def heard(call: Call) -> None:
    """Two spoken turns that VAD ends; the client wants no answer of itself."""
    _voice(call, turn_detection=VAD | {"create_response": False})
    call.speak(*_TURN_MS)
    call.speak(*_TURN_MS)
    call.wait(0.1)


def idle(call: Call) -> None:
    """Nobody speaks for five seconds, and the model asks by itself."""
    detection = VAD | {"idle_timeout_ms": 5000}
    call.send(update(output_modalities=["text"], audio={"input": {"format": _PCMU, "turn_detection": detection}}))
    call.wait(0.1)
    call.speak(300)
    call.wait(6.0)


def press(call: Call, detection: dict[str, Any] | None = None, pieces: int = 4) -> None:
    """The client opens the microphone by hand: four times 60 ms of speech, or silence where turns are detected."""
    audio = {"input": {"format": _PCMU, "turn_detection": detection}}
    call.send(update(output_modalities=["text"], audio=audio))
    call.wait(0.1)
    for _ in range(pieces):
        call.send(append(sound(60, loud=detection is None)))
        call.wait(0.06)


def push_to_talk(call: Call) -> None:
    """The client commits a turn itself and asks for the answer."""
    press(call)
    call.send(COMMIT, RESPOND)
    call.wait()


def transcription(call: Call) -> None:
    """A transcription session: 120 ms of PCM16 at 24 kHz in, words out."""
    side = {"turn_detection": None, "transcription": {"model": "gpt-4o-transcribe"}}
    session = {"type": "transcription", "audio": {"input": side}}
    call.send({"type": "session.update", "event_id": "update_1", "session": session})
    call.wait(0.1)
    for _ in range(3):
        call.send(append(bytes(1920)))
        call.wait(0.04)
    call.send(COMMIT)
    call.wait()


def offer(call: Call) -> None:
    """The client offers a function, and asks what makes the model call it."""
    call.send(update(output_modalities=["text"], tools=[WEATHER]))
    call.wait(0.1)
    written(call, "What is the weather in London?")


def give(call: Call, output: str = "9 °C") -> None:
    """The client gives the output of the function that was called."""
    call_id = next(line["event"]["call_id"] for line in call.lines if "call_id" in line.get("event", {}))
    item = {"type": "function_call_output", "call_id": call_id, "output": output}
    call.send({"type": "conversation.item.create", "item": item})
    call.wait(0.1)


def tool(call: Call) -> None:
    """The model calls a function, gets its output and answers."""
    offer(call)
    give(call)
    call.send(RESPOND)
    call.wait()


def aside(**fields: Any) -> dict[str, Any]:
    """The client asks for a response beside the conversation."""
    said = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Greet Ada."}]}
    return {
        "type": "response.create",
        "event_id": "aside_1",
        "response": {"conversation": "none", "output_modalities": ["text"], "input": [said], **fields},
    }


def out_of_band(call: Call) -> None:
    """A response beside the conversation, with an input of its own."""
    call.send(aside(metadata={"topic": "greeting"}))
    call.wait()


def side_by_side(call: Call) -> None:
    """A response in the conversation and one beside it, asked for in the same breath."""
    call.send(update(output_modalities=["text"]))
    call.wait(0.1)
    call.send(ask("Good morning!"), RESPOND, aside())
    call.wait()


def not_interrupted(call: Call) -> None:
    """The user speaks into a long answer; the session is configured to go on with it."""
    detection = VAD | {"create_response": False, "interrupt_response": False}
    call.send(update(output_modalities=["text"], audio={"input": {"format": _PCMU, "turn_detection": detection}}))
    call.wait(0.1)
    call.send(ask("Please tell me a story."), RESPOND)
    call.wait(0.08)
    call.speak(0, 200, 300)
    call.wait()
