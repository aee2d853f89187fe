"""The built-in server, driven by texts and a clock of our own."""

from __future__ import annotations

import base64
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rtcli.events import Event, decode, encode
from rtcli.events.configuration import RealtimeSession, TranscriptionSession
from rtcli.standin import Standin, voice

SILENCE_MS = 48


class Call:
    """One client of one server; ``say`` sends and plays the clock forward until all is quiet."""

    def __init__(self, **options):
        self.standin = Standin(seed=7, **options)
        self.standin.open()
        self.now = 0.0
        self.events: list[Event] = self.standin.due(0.0)

    def send(self, *bodies):
        for body in bodies:
            self.standin.receive(body if isinstance(body, str) else json.dumps(body), self.now)
        return self._take(self.standin.due(self.now))

    def wait(self, seconds: float = 60.0):
        end, got = self.now + seconds, []
        while (at := self.standin.next_at) is not None and at <= end:
            got += self.standin.due(at)
        self.now = end
        return self._take(got)

    def say(self, *bodies):
        return self.send(*bodies) + self.wait()

    def speak(self, pcm16: bytes, step_ms: int = 100):
        got = []
        for start in range(0, len(pcm16), step_ms * 48):
            chunk = base64.b64encode(pcm16[start : start + step_ms * 48]).decode()
            got += self.send({"type": "input_audio_buffer.append", "audio": chunk}) + self.wait(step_ms / 1000)
        return got

    def _take(self, events):
        self.events += events
        return events


def message(text: str, **more):
    content = [{"type": "input_text", "text": text}]
    return {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": content, **more}}


def update(**session):
    return {"type": "session.update", "event_id": "mine", "session": {"type": "realtime", **session}}


CREATE = {"type": "response.create"}
TOOL = {
    "type": "function",
    "name": "get_weather",
    "description": "Look up the weather for a city.",
    "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
}


def types(events):
    """The types, a run of the same as one."""
    names = [event.type for event in events]
    return [name for index, name in enumerate(names) if index == 0 or names[index - 1] != name]


def only(events, name):
    (event,) = [event for event in events if event.type == name]
    return event


def test_the_first_event_is_session_created_with_the_defaults():
    (created,) = Call().events
    assert created.type == "session.created"
    assert isinstance(created.session, RealtimeSession)
    assert created.session.audio.input.turn_detection.silence_duration_ms == 500


def test_a_text_turn_has_the_order_of_the_real_server(shared):
    call = Call()
    call.say(update(output_modalities=["text"]))
    got = types(call.say(message("Hello"), CREATE))
    lines = (shared / "traffic/realtime/history_seeding.jsonl").read_text().splitlines()
    real = types([event for line in lines if isinstance(event := decode(line), Event) and event.sender == "server"])
    seeded = real.index("response.created")
    assert got[:2] == real[2:4] == ["conversation.item.added", "conversation.item.done"]
    assert got[2:-1] == real[seeded:]
    assert got[-1] == "rate_limits.updated"


def test_a_spoken_answer_has_the_order_of_the_real_server(shared):
    got = types(Call().say(message("Hello"), CREATE))
    lines = (shared / "traffic/realtime/text_in_audio_out.jsonl").read_text().splitlines()
    real = types([event for line in lines if isinstance(event := decode(line), Event) and event.sender == "server"])
    deltas = {"response.output_audio.delta", "response.output_audio_transcript.delta"}
    assert [name for name in got[:-1] if name not in deltas] == [name for name in real[2:] if name not in deltas]


def test_a_function_call_has_the_order_of_the_real_server_and_its_output_is_used(shared):
    call = Call()
    call.say(update(tools=[TOOL], output_modalities=["text"]))
    got = call.say(message("What is the weather in London?"), CREATE)
    lines = (shared / "traffic/realtime/tool_call_round.jsonl").read_text().splitlines()
    real = types([event for line in lines if isinstance(event := decode(line), Event) and event.sender == "server"])
    assert types(got)[:-1] == real[2 : real.index("response.done") + 1]
    done = only(got, "response.function_call_arguments.done")
    assert json.loads(done.arguments) == {"city": "London"}
    output = {"type": "function_call_output", "call_id": done.call_id, "output": "cloudless, 21 degrees"}
    after = call.say({"type": "conversation.item.create", "item": output}, CREATE)
    assert "cloudless, 21 degrees" in only(after, "response.output_text.done").text


def test_a_spoken_turn_is_heard_committed_transcribed_and_answered():
    call = Call()
    call.say(update(audio={"input": {"transcription": {"model": "gpt-4o-transcribe"}}}))
    padding = bytes(1000 * SILENCE_MS)
    got = call.speak(padding + voice.user("weather").pcm16 + padding) + call.wait()
    names = types(got)
    assert names[:6] == [
        "input_audio_buffer.speech_started",
        "input_audio_buffer.speech_stopped",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
    ]
    started, stopped = only(got, "input_audio_buffer.speech_started"), only(got, "input_audio_buffer.speech_stopped")
    assert 500 <= started.audio_start_ms <= 1000, "the padding of 300 ms lies before the speech at 1000 ms"
    speech_end_ms = 1000 + voice.user("weather").length_ms
    assert speech_end_ms <= stopped.audio_end_ms <= speech_end_ms + 600, "500 ms of silence end the turn"
    assert (
        only(got, "conversation.item.input_audio_transcription.completed").transcript
        == "What is the weather in London?"
    )
    assert {started.item_id, stopped.item_id} == {only(got, "input_audio_buffer.committed").item_id}


def test_the_deltas_add_up_to_what_is_said():
    got = Call().say(message("hello"), CREATE)
    written = "".join(event.delta for event in got if event.type == "response.output_audio_transcript.delta")
    spoken = b"".join(base64.b64decode(event.delta) for event in got if event.type == "response.output_audio.delta")
    assert written == only(got, "response.output_audio_transcript.done").transcript == voice.model("greeting").text
    assert spoken == voice.model("greeting").pcm16


def test_speech_over_an_answer_cancels_it_as_the_real_server_reports_it():
    call = Call()
    call.send(message("Tell me a story"), CREATE)
    call.wait(0.6)
    got = call.speak(voice.user("stop").pcm16, 20)
    names = types(got[next(i for i, e in enumerate(got) if e.type == "input_audio_buffer.speech_started") :])
    closing = [
        "input_audio_buffer.speech_started",
        "response.output_audio.done",
        "response.output_audio_transcript.done",
        "response.content_part.done",
        "conversation.item.done",
        "response.output_item.done",
        "response.done",
    ]
    assert names[: len(closing)] == closing
    done = only(got, "response.done").response
    assert (done.status, done.status_details.reason) == ("cancelled", "turn_detected")
    assert only(got, "response.output_item.done").item.status == "incomplete"
    assert voice.model("story").text.startswith(only(got, "response.output_audio_transcript.done").transcript)


def test_a_cancelled_answer_is_done_and_a_second_cancel_finds_nothing():
    call = Call()
    call.send(message("hello"), CREATE)
    call.wait(0.2)
    got = call.send({"type": "response.cancel"}, {"type": "response.cancel", "event_id": "again"})
    assert only(got, "response.done").response.status_details.reason == "client_cancelled"
    assert only(got, "error").error.code == "response_cancel_not_active"
    assert only(got, "error").error.event_id == "again"
    assert call.wait() == [], "nothing comes after the end"


@pytest.mark.parametrize(
    ("body", "code", "param"),
    [
        ({"type": "session.update", "session": {}}, "missing_required_parameter", "session.type"),
        ({"type": "session.update"}, "missing_required_parameter", "session"),
        (update(tool_choice="sometimes"), "invalid_value", "session.tool_choice"),
        (update(tempo=3), "unknown_parameter", "session.tempo"),
        (
            update(audio={"input": {"turn_detection": {"type": "server_vd"}}}),
            "invalid_value",
            "session.audio.input.turn_detection.type",
        ),
        (update(audio={"output": {"speed": 9}}), "integer_above_max_value", "session.audio.output.speed"),
        (update(model="another"), "invalid_value", "session.model"),
        ({"type": "respond"}, "invalid_value", "type"),
        ({"type": "response.done"}, "invalid_value", "type"),
        ({"type": "input_audio_buffer.commit"}, "input_audio_buffer_commit_empty", None),
        ({"type": "input_audio_buffer.append", "audio": "abc$"}, "invalid_value", "audio"),
        ({"type": "conversation.item.delete", "item_id": "no"}, "item_delete_invalid_item_id", "item_id"),
        ({"type": "conversation.item.retrieve", "item_id": "no"}, "item_retrieve_invalid_item_id", "item_id"),
        (
            {"type": "conversation.item.truncate", "item_id": "no", "content_index": 0, "audio_end_ms": 1},
            "item_truncate_invalid_item_id",
            "item_id",
        ),
        (
            {"type": "conversation.item.truncate", "item_id": "no", "content_index": 0, "audio_end_ms": -1},
            "integer_below_min_value",
            "audio_end_ms",
        ),
        (
            {
                "type": "conversation.item.create",
                "item": {"type": "function_call_output", "call_id": "no", "output": ""},
            },
            "invalid_tool_call_id",
            "item.call_id",
        ),
        (message("x") | {"previous_item_id": "no"}, "invalid_value", "previous_item_id"),
        ({"type": "response.create", "event_id": "x" * 513}, "string_above_max_length", "event_id"),
        ("nonsense", "invalid_json", None),
    ],
)
def test_a_bad_event_gets_the_error_that_the_real_server_gives(body, code, param):
    got = Call().say(body)
    error = only(got, "error").error
    assert (error.type, error.code, error.param) == ("invalid_request_error", code, param)
    if isinstance(body, dict):
        assert error.event_id == (body.get("event_id") or None)


def test_an_update_with_one_bad_key_changes_nothing():
    call = Call()
    call.say(update(instructions="Be brief.", tool_choice="sometimes"))
    after = only(call.say(update()), "session.updated").session
    assert after.instructions == call.events[0].session.instructions


def test_a_second_response_is_refused_while_one_is_active_and_out_of_band_is_not():
    call = Call()
    call.send(message("hello"), CREATE)
    got = call.send(CREATE | {"event_id": "second"})
    assert only(got, "error").error.code == "conversation_already_has_active_response"
    aside = call.say(
        {
            "type": "response.create",
            "response": {"conversation": "none", "metadata": {"topic": "x"}, "output_modalities": ["text"]},
        }
    )
    done = [event.response for event in aside if event.type == "response.done" and event.response.metadata]
    assert [(answer.conversation_id, answer.metadata) for answer in done] == [(None, {"topic": "x"})]


def test_the_voice_is_fixed_once_the_assistant_has_spoken():
    call = Call()
    assert types(call.say(update(audio={"output": {"voice": "ash"}}))) == ["session.updated"]
    call.say(message("hello"), CREATE)
    assert only(call.say(update(audio={"output": {"voice": "sage"}})), "error").error.code == "cannot_update_voice"


def test_audio_can_be_truncated_up_to_its_length_and_its_transcript_is_forgotten():
    call = Call()
    done = only(call.say(message("hello"), CREATE), "response.done").response
    cut = {"type": "conversation.item.truncate", "item_id": done.output[0].id, "content_index": 0}
    assert only(call.say(cut | {"audio_end_ms": 60_000}), "error").error.code == "invalid_value"
    assert only(call.say(cut | {"audio_end_ms": 500}), "conversation.item.truncated").audio_end_ms == 500
    kept = only(
        call.say({"type": "conversation.item.retrieve", "item_id": done.output[0].id}), "conversation.item.retrieved"
    )
    assert kept.item.content[0].transcript is None


def test_a_committed_message_can_be_retrieved_with_its_audio():
    call = Call()
    call.say(update(audio={"input": {"turn_detection": None}}))
    pcm16 = voice.user("hello").pcm16
    call.speak(pcm16)
    committed = only(call.say({"type": "input_audio_buffer.commit"}), "input_audio_buffer.committed")
    kept = only(
        call.say({"type": "conversation.item.retrieve", "item_id": committed.item_id}), "conversation.item.retrieved"
    )
    assert base64.b64decode(kept.item.content[0].audio) == pcm16


def test_nothing_is_answered_by_itself_when_vad_may_not_create_responses():
    call = Call()
    call.say(update(audio={"input": {"turn_detection": {"type": "server_vad", "create_response": False}}}))
    got = call.speak(voice.user("hello").pcm16 + bytes(900 * SILENCE_MS)) + call.wait()
    assert "input_audio_buffer.committed" in types(got)
    assert "response.created" not in types(got)


def test_the_model_speaks_by_itself_after_the_idle_time_out():
    call = Call()
    got = call.send(update(audio={"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 5000}}}))
    assert types(got) == ["session.updated"]
    assert types(call.wait(4.9)) == []
    assert types(call.wait(0.2))[:2] == ["input_audio_buffer.timeout_triggered", "input_audio_buffer.committed"]


def test_a_transcription_session_transcribes_and_does_not_answer():
    call = Call(transcription=True)
    assert isinstance(call.events[0].session, TranscriptionSession)
    got = call.speak(voice.user("hello").pcm16 + bytes(900 * SILENCE_MS)) + call.wait()
    assert only(got, "conversation.item.input_audio_transcription.completed").transcript == "Hello, can you hear me?"
    assert not [name for name in types(got) if name.startswith("response.")]


@pytest.mark.parametrize("name", ["audio/pcmu", "audio/pcma"])
def test_speech_is_heard_and_given_in_g711(name):
    from rtcli.standin.codec import decode as expand
    from rtcli.standin.codec import encode as compress

    call = Call()
    call.say(update(audio={"input": {"format": {"type": name}}, "output": {"format": {"type": name}}}))
    speech = compress(voice.user("hello").pcm16 + bytes(900 * SILENCE_MS), name)
    got = call.say({"type": "input_audio_buffer.append", "audio": base64.b64encode(speech).decode()})
    assert "input_audio_buffer.committed" in types(got)
    said = b"".join(base64.b64decode(event.delta) for event in got if event.type == "response.output_audio.delta")
    phrase = voice.model("hear").pcm16
    assert abs(len(expand(said, name)) - len(phrase)) < 4800


def test_usage_adds_up():
    usage = only(Call().say(message("hello"), CREATE), "response.done").response.usage
    assert usage.total_tokens == usage.input_tokens + usage.output_tokens
    assert usage.output_tokens == usage.output_token_details.text_tokens + usage.output_token_details.audio_tokens
    assert usage.input_tokens == usage.input_token_details.text_tokens + usage.input_token_details.audio_tokens


def test_a_token_limit_leaves_the_response_incomplete():
    done = only(
        Call().say(message("story"), {"type": "response.create", "response": {"max_output_tokens": 3}}), "response.done"
    ).response
    assert (done.status, done.status_details.reason) == ("incomplete", "max_output_tokens")


def test_a_limit_is_kept_in_tokens():
    limited = {"type": "response.create", "response": {"max_output_tokens": 40}}
    done = only(Call().say(message("story"), limited), "response.done").response
    assert 20 < done.usage.output_tokens <= 40


def test_two_sentences_in_one_append_are_two_turns():
    call = Call()
    call.say(update(audio={"input": {"transcription": {"model": "gpt-4o-transcribe"}}}))
    pause = bytes(900 * SILENCE_MS)
    speech = pause + voice.user("stop").pcm16 + pause + voice.user("weather").pcm16 + pause
    got = call.say({"type": "input_audio_buffer.append", "audio": base64.b64encode(speech).decode()})
    heard = [event.transcript for event in got if event.type.endswith("transcription.completed")]
    assert heard == [voice.user("stop").text, voice.user("weather").text]
    statuses = [event.response.status for event in got if event.type == "response.done"]
    assert statuses == ["cancelled", "completed"], "the second sentence interrupts the answer to the first"


@pytest.mark.parametrize("drop", ["input_audio_buffer.clear", "input_audio_buffer.commit"])
def test_speech_that_is_cleared_or_committed_midway_has_no_stop(drop):
    call = Call()
    (started,) = call.speak(voice.user("stop").pcm16[: 700 * SILENCE_MS])
    got = call.say({"type": drop}) + call.speak(bytes(900 * SILENCE_MS))
    assert "input_audio_buffer.speech_stopped" not in types(got)
    committed = [event.item_id for event in got if event.type == "input_audio_buffer.committed"]
    assert committed == ([started.item_id] if drop.endswith("commit") else [])


def test_the_answer_goes_on_when_speech_may_not_interrupt_it():
    call = Call()
    call.say(update(audio={"input": {"turn_detection": {"type": "server_vad", "interrupt_response": False}}}))
    call.send(message("Tell me a story"), CREATE)
    got = call.speak(voice.user("stop").pcm16, 20) + call.wait()
    assert "input_audio_buffer.speech_started" in types(got)
    assert only(got, "response.done").response.status == "completed"


def test_after_the_idle_time_out_the_server_says_why_it_speaks():
    call = Call()
    call.send(update(audio={"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 5000}}}))
    got = call.wait(5.5)
    committed, added = (
        only(got, "input_audio_buffer.committed"),
        [e for e in got if e.type == "conversation.item.added"],
    )
    assert [event.item.role for event in added] == ["user", "system", "assistant"]
    assert added[0].item.id == committed.item_id


def test_speech_keeps_the_idle_time_out_away():
    call = Call()
    call.send(update(audio={"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 5000}}}))
    call.wait(4.9)
    got = call.speak(voice.user("hello").pcm16 + bytes(600 * SILENCE_MS))
    assert "input_audio_buffer.timeout_triggered" not in types(got)
    assert "response.created" in types(got)


def test_an_answer_keeps_the_idle_time_out_away():
    call = Call()
    call.send(update(audio={"input": {"turn_detection": {"type": "server_vad", "idle_timeout_ms": 5000}}}))
    call.wait(3.0)
    call.send(CREATE)
    assert "input_audio_buffer.timeout_triggered" not in types(call.wait(4.0))
    assert "input_audio_buffer.timeout_triggered" in types(call.wait(4.0))


def test_a_message_with_damaged_audio_is_refused_whole():
    part = {"type": "input_audio", "audio": "&"}
    text = {"type": "input_text", "text": "x"}
    item = {"type": "message", "role": "user", "content": [text, part]}
    (refused,) = Call().say({"type": "conversation.item.create", "item": item})
    assert (refused.error.code, refused.error.param) == ("invalid_value", "item.content[1].audio")


def test_a_spoken_message_can_be_sent_as_an_item():
    audio = base64.b64encode(voice.user("weather").pcm16).decode()
    item = {"type": "message", "role": "user", "content": [{"type": "input_audio", "audio": audio}]}
    got = Call().say({"type": "conversation.item.create", "item": item}, CREATE)
    assert only(got, "response.output_audio_transcript.done").transcript == voice.model("weather").text
    assert not next(event for event in got if event.type == "conversation.item.added").item.content[0].audio


def test_other_speech_gets_the_plain_answer_whatever_was_said_before():
    call = Call()
    call.say(message("Tell me a story"), CREATE)
    call.speak(bytes(500 * SILENCE_MS))
    got = call.speak(voice.model("tool").pcm16 + bytes(900 * SILENCE_MS)) + call.wait()
    assert only(got, "response.output_audio_transcript.done").transcript == voice.model("plain").text


def test_a_transcript_can_be_retrieved_once_it_is_complete():
    call = Call()
    call.say(update(audio={"input": {"transcription": {"model": "gpt-4o-transcribe"}}}))
    got = call.speak(voice.user("hello").pcm16 + bytes(900 * SILENCE_MS)) + call.wait()
    item_id = only(got, "input_audio_buffer.committed").item_id
    kept = only(call.say({"type": "conversation.item.retrieve", "item_id": item_id}), "conversation.item.retrieved")
    assert kept.item.content[0].transcript == voice.user("hello").text


def test_each_mcp_server_is_tried_once_and_fails():
    call = Call()
    docs = {
        "type": "mcp",
        "server_label": "docs",
        "server_url": "https://example.com/mcp",
        "authorization": "sk-secret",
    }
    got = call.say(update(tools=[docs]))
    assert types(got) == [
        "session.updated",
        "mcp_list_tools.in_progress",
        "conversation.item.added",
        "mcp_list_tools.failed",
        "conversation.item.done",
    ]
    assert not any(b"sk-secret" in encode(event) for event in got)
    assert types(call.say(update(tools=[docs]))) == ["session.updated"]


@pytest.mark.parametrize(
    ("asked", "code", "param"),
    [
        ({"conversation": "other"}, "invalid_value", "response.conversation"),
        ({"output_modalities": ["text", "audio"]}, "invalid_value", "response.output_modalities"),
        ({"input": [{"type": "item_reference", "id": "no"}]}, "invalid_value", "response.input[0].id"),
        ({"tools": [{"type": "function"}]}, "missing_required_parameter", "response.tools[0].name"),
    ],
)
def test_a_response_that_cannot_be_is_refused(asked, code, param):
    (refused,) = Call().say({"type": "response.create", "response": asked})
    assert (refused.error.code, refused.error.param) == (code, param)


def test_a_response_has_the_input_and_the_tools_that_it_is_given():
    call = Call()
    call.say(update(tools=[TOOL], output_modalities=["text"]), message("What is the weather?", id="asked"))
    plain = {"type": "response.create", "response": {"tools": []}}
    assert only(call.say(plain), "response.output_text.done").text == voice.model("weather").text
    story = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "a story"}]}
    aside = {"conversation": "none", "input": [story], "tools": []}
    got = call.say({"type": "response.create", "response": aside})
    assert only(got, "response.output_text.done").text == voice.model("story").text
    assert not [name for name in types(got) if name.startswith("conversation.")], "it leaves no trace"
    named = {"conversation": "none", "input": [{"type": "item_reference", "id": "asked"}]}
    called = only(call.say({"type": "response.create", "response": named}), "response.function_call_arguments.done")
    assert called.name == TOOL["name"]


def test_a_transcription_session_refuses_to_answer():
    refused = only(Call(transcription=True).say(CREATE), "error").error
    assert (refused.type, refused.code) == ("invalid_request_error", "invalid_event")


def test_an_answer_that_is_cancelled_before_it_began_leaves_nothing():
    call = Call()
    got = call.say(CREATE, {"type": "response.cancel"})
    assert types(got) == ["response.created", "response.done", "rate_limits.updated"]
    assert only(got, "response.done").response.output == []


def test_the_end_of_an_aside_does_not_end_the_answer_in_the_conversation():
    call = Call()
    call.send(message("Tell me a story"), CREATE)
    call.send({"type": "response.create", "response": {"conversation": "none", "output_modalities": ["text"]}})
    assert "response.done" in types(call.wait(1.0))
    assert only(call.send(CREATE), "error").error.code == "conversation_already_has_active_response"


def test_items_name_their_predecessor_as_the_real_server_does(shared):
    def named(events):
        ids, places = [], []
        for event in events:
            if event.type == "conversation.item.added":
                ids.append(event.item.id)
            if event.type in {"conversation.item.added", "conversation.item.done"}:
                previous = event.previous_item_id
                places.append((event.type, ids.index(event.item.id), previous and ids.index(previous)))
        return places

    def real(name):
        return named([decode(line) for line in (shared / "traffic/realtime" / name).read_text().splitlines()])

    reply = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "Noted."}]}
    seeded = Call()
    seeded.say(update(output_modalities=["text"]), message("I like teal."))
    seeded.say({"type": "conversation.item.create", "item": reply}, message("What do I like?"), CREATE)
    assert named(seeded.events) == real("history_seeding.jsonl")

    called = Call()
    called.say(update(tools=[TOOL], output_modalities=["text"]))
    done = only(called.say(message("What is the weather in London?"), CREATE), "response.function_call_arguments.done")
    output = {"type": "function_call_output", "call_id": done.call_id, "output": "sunny"}
    called.say({"type": "conversation.item.create", "item": output}, CREATE)
    assert named(called.events) == real("tool_call_round.jsonl")


def test_the_same_seed_and_texts_give_the_same_events():
    def events():
        call = Call()
        call.say(message("hello"), CREATE)
        return [encode(event) for event in call.events]

    assert events() == events()


def test_without_a_pace_everything_is_due_at_once():
    standin = Standin(pace=0.0)
    standin.receive(json.dumps(CREATE), 5.0)
    assert standin.due(5.0)[-1].type == "rate_limits.updated"


def append(pcm16):
    return {"type": "input_audio_buffer.append", "audio": base64.b64encode(pcm16).decode()}


def hears(**audio_input):
    return update(audio={"input": audio_input})


SENT = {
    "greets": message("hello"),
    "asks": message("weather", id="item_1"),
    "puts first": message("hello", id="item_1") | {"previous_item_id": "root"},
    "creates": CREATE,
    "creates aside": {"type": "response.create", "response": {"conversation": "none"}},
    "creates short": {"type": "response.create", "response": {"max_output_tokens": 1}},
    "cancels": {"type": "response.cancel"},
    "speaks": append(voice.user("stop").pcm16),
    "begins to speak": append(voice.user("stop").pcm16[:30000]),
    "is silent": append(bytes(48 * 900)),
    "commits": {"type": "input_audio_buffer.commit"},
    "clears": {"type": "input_audio_buffer.clear"},
    "has a tool": update(tools=[TOOL]),
    "has an MCP server": update(tools=[{"type": "mcp", "server_label": "docs"}]),
    "wants text": update(output_modalities=["text"]),
    "has no VAD": hears(turn_detection=None, transcription={"model": "whisper-1"}),
    "is idle": hears(turn_detection={"type": "server_vad", "idle_timeout_ms": 5000}),
    "is polite": hears(turn_detection={"type": "server_vad", "interrupt_response": False}),
    "telephones": hears(format={"type": "audio/pcmu"}),
    "deletes": {"type": "conversation.item.delete", "item_id": "item_1"},
    "retrieves": {"type": "conversation.item.retrieve", "item_id": "item_1"},
    "truncates": {"type": "conversation.item.truncate", "item_id": "item_1", "content_index": 0, "audio_end_ms": 0},
    "clears output": {"type": "output_audio_buffer.clear"},
    "says nothing": "",
    "sends a list": "[]",
    "breaks off": "{",
    "has a number for a type": '{"type":3}',
}


def segments_of(events):
    """The user's segments: each start with what ended it, if anything did."""
    open_segment, detection, found = None, None, []
    for event in events:
        match event.type:
            case "session.created" | "session.updated":
                wanted = event.session.audio.input.turn_detection
                open_segment, detection = open_segment if wanted == detection else None, wanted
            case "input_audio_buffer.speech_started":
                open_segment = event
                found.append([event])
            case "input_audio_buffer.speech_stopped":
                assert open_segment is not None, "a stop needs a start"
                assert event.item_id == open_segment.item_id
                assert event.audio_end_ms >= open_segment.audio_start_ms
                found[-1].append(event)
            case "input_audio_buffer.committed" | "input_audio_buffer.cleared":
                open_segment = None
    return found


def order_is_kept(events):
    """Inside a response everything opens before it speaks, closes after, and is closed before the end."""
    current, ended, opened = None, set(), set()
    for event in events:
        match event.type:
            case "response.created":
                if event.response.conversation_id:
                    assert current is None, "one response in the conversation at a time"
                    current = event.response.id
                opened.add(event.response.id)
            case "response.done":
                opened.remove(event.response.id)
                ended.add(event.response.id)
                current = None if event.response.id == current else current
                open_parts = [place for place in opened if isinstance(place, tuple) and place[0] == event.response.id]
                assert not open_parts, "what was opened is closed"
            case "response.output_item.added":
                assert event.response_id in opened
                opened.add((event.response_id, event.item.id))
            case "response.output_item.done":
                opened.remove((event.response_id, event.item.id))
            case name if name.startswith("response."):
                assert (event.response_id, event.item_id) in opened
                assert event.response_id not in ended


PAUSES = st.sampled_from([0.0, 0.01, 0.1, 0.3, 1.0, 6.0])


@settings(max_examples=150, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(sorted(SENT)), PAUSES), max_size=14))
def test_whatever_a_client_sends_every_event_is_legal_and_nothing_raises(script):
    call = Call()
    for name, pause in script:
        call.send(SENT[name])
        call.wait(pause)
    call.send(SENT["has no VAD"])
    call.wait()
    assert call.standin.next_at is None, "it comes to rest"
    for event in call.events:
        again = decode(encode(event))
        assert isinstance(again, Event)
        assert again == event
        assert not again.extra
    created = [event.response.id for event in call.events if event.type == "response.created"]
    done = [event.response.id for event in call.events if event.type == "response.done"]
    assert sorted(created) == sorted(done), "every response that began is done"
    event_ids = [event.event_id for event in call.events]
    assert len(set(event_ids)) == len(event_ids)
    committed = [event.item_id for event in call.events if event.type == "input_audio_buffer.committed"]
    assert all(committed)
    assert len(set(committed)) == len(committed)
    starts = [segment[0].audio_start_ms for segment in segments_of(call.events)]
    assert starts == sorted(starts)
    order_is_kept(call.events)
