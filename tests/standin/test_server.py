"""The built-in server: turns, answers and refusals, driven by events and a clock of our own."""

from __future__ import annotations

import base64
import json

import pytest
from callers import CREATE, TOOL, Call, message, only, types, update

from rtcli.events import Event, build, decode, encode
from rtcli.events.configuration import RealtimeSession
from rtcli.standin import voice


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


def test_the_deltas_add_up_to_what_is_said():
    got = Call().say(message("hello"), CREATE)
    written = "".join(event.delta for event in got if event.type == "response.output_audio_transcript.delta")
    spoken = b"".join(base64.b64decode(event.delta) for event in got if event.type == "response.output_audio.delta")
    assert written == only(got, "response.output_audio_transcript.done").transcript == voice.model("greeting").text
    assert spoken == voice.model("greeting").pcm16


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
        (message("x", after="no"), "invalid_value", "previous_item_id"),
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
    got = call.send(build.new_response.create(event_id="second"))
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
    call.say(update(tools=[TOOL], output_modalities=["text"]), message("What is the weather?", item_id="asked"))
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
