"""Every event has one builder, and what it builds is an event of the wire."""

from __future__ import annotations

import base64
import json
import re
import subprocess
import sys

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.events import BETA, REALTIME, build, decode, encode
from rtcli.events.billed import TranscriptionDuration
from rtcli.events.build import Events
from rtcli.events.configuration import RealtimeConfig, RealtimeSession, ResponseParams
from rtcli.events.objects import FunctionCall, InputText, Message, RateLimit, Response, StreamedPart, TranscriptionError

names = st.text(min_size=1, max_size=8)
numbers = st.integers(0, 10**6)


def everything(made, text, number, audio):
    """One event of every builder."""
    user = Message(role="user", content=[InputText(text=text)])
    item, answer = made.item(text), made.response(text)
    written = answer.item(text, number)
    part, call, mcp = written.content(number), written.function_call(text, text), written.mcp_call()
    spoken, listing = item.content(number), made.mcp_list_tools(text)
    return [
        made.session.update(RealtimeConfig(instructions=text)),
        made.session.created(RealtimeSession(id=text)),
        made.session.updated(RealtimeSession(model=text)),
        made.conversation.created(text),
        made.new_item.create(user, previous_item_id=text, event_id=text),
        item.delete(),
        item.retrieve(event_id=text),
        item.truncate(audio_end_ms=number),
        item.added(user),
        item.done(user, previous_item_id=None),
        item.created(user),
        item.retrieved(user),
        item.deleted(),
        item.truncated(audio_end_ms=number, content_index=number),
        spoken.delta(text, obfuscation=text),
        spoken.completed(text, usage=TranscriptionDuration(seconds=1.5)),
        spoken.failed(TranscriptionError(message=text)),
        spoken.segment(text, segment_id=text, speaker=text, start_s=0.5, end_s=1.0),
        made.input_audio.append(audio),
        made.input_audio.commit(),
        made.input_audio.clear(event_id=text),
        made.input_audio.committed(text, previous_item_id=text),
        made.input_audio.cleared(),
        made.input_audio.speech_started(text, audio_start_ms=number),
        made.input_audio.speech_stopped(text, audio_end_ms=number),
        made.input_audio.timeout_triggered(text, audio_start_ms=0, audio_end_ms=number),
        made.input_audio.dtmf("5", received_at=number),
        made.output_audio.clear(),
        made.output_audio.started(text),
        made.output_audio.stopped(text),
        made.output_audio.cleared(text),
        made.new_response.create(ResponseParams(instructions=text)),
        answer.cancel(),
        answer.created(),
        answer.done(Response(status="failed")),
        written.added(user),
        written.done(FunctionCall(name=text, arguments="{}")),
        part.part_added(StreamedPart(type="text", text="")),
        part.part_done(StreamedPart(type="audio", transcript=text)),
        part.text_delta(text),
        part.text_done(text),
        part.audio_delta(audio),
        part.audio_done(),
        part.transcript_delta(text, obfuscation=text),
        part.transcript_done(text),
        call.arguments_delta(text),
        call.arguments_done(text),
        mcp.arguments_delta(text),
        mcp.arguments_done(text),
        mcp.in_progress(),
        mcp.completed(),
        mcp.failed(),
        listing.in_progress(),
        listing.completed(),
        listing.failed(),
        made.error(text, code=text, param=None, caused_by=text),
        made.rate_limits([RateLimit(name="tokens", limit=number)]),
    ]


def test_every_type_of_the_dialect_has_one_builder():
    built = [event.type for event in everything(Events(), "x", 1, b"")]
    assert sorted(built) == sorted(REALTIME.types)


@given(names, numbers, st.binary(max_size=40))
def test_what_is_built_is_what_the_wire_decodes_to(text, number, audio):
    for event in everything(Events(), text, number, audio):
        assert decode(encode(event)) == event


def test_each_level_hands_its_ids_to_the_next():
    event = build.response("resp_1").item("item_1", 2).content(3).text_delta("Hello")
    body = json.loads(encode(event))
    assert re.fullmatch(r"event_\d+", body.pop("event_id"))
    assert body == {
        "type": "response.output_text.delta",
        "response_id": "resp_1",
        "item_id": "item_1",
        "output_index": 2,
        "content_index": 3,
        "delta": "Hello",
    }


def test_an_items_id_is_that_of_its_group_whatever_the_item_says():
    said = Message(id="other", role="user", content=[])
    assert build.item("item_1").added(said).item.id == "item_1"
    assert build.item("item_1").create(said).item.id == "item_1"
    assert build.new_item.create(Message(role="user", content=[])).item.id is not None
    assert "id" not in json.loads(encode(build.new_item.create(Message(role="user", content=[]))))["item"]
    assert build.response("r").done(Response(id="other")).response.id == "r"


def test_server_events_get_their_ids_from_the_source_that_is_given():
    made = Events(iter(["a", "b"]).__next__)
    assert made.input_audio.cleared().event_id == "a"
    assert made.response("r").created().event_id == "b"
    assert [Events().input_audio.cleared().event_id for _ in range(2)] == ["event_1", "event_1"]


def test_audio_is_base64_on_the_wire():
    assert base64.b64decode(build.input_audio.append(b"\x01\x02\x03").audio) == b"\x01\x02\x03"
    assert base64.b64decode(build.response("r").item("i", 0).content(0).audio_delta(b"ab").delta) == b"ab"


@pytest.mark.parametrize(
    "wrong",
    [
        "build.response()",
        "build.response('r').item('i')",
        "build.item('i').truncate()",
        "build.item('i').truncate(5)",
        "build.input_audio.speech_started('i')",
        "build.response('r').item('i', 0).text_delta('x')",
        "build.response('r').create()",
    ],
)
def test_an_event_that_lacks_something_cannot_be_built(wrong):
    with pytest.raises((TypeError, AttributeError)):
        eval(wrong, {"build": build})


def test_a_type_checker_refuses_an_event_that_lacks_something(tmp_path):
    script = tmp_path / "wrong.py"
    script.write_text(
        "from rtcli.events import build\nbuild.item('i').truncate()\nbuild.item('i').truncated(audio_end_ms='x')\n"
    )
    result = subprocess.run(
        [sys.executable, "-m", "mypy", script], capture_output=True, text=True, timeout=120, check=False
    )
    assert "wrong.py:2: error: Missing named argument" in result.stdout
    assert "wrong.py:3: error: Argument" in result.stdout


def test_a_function_call_is_told_in_either_dialects_way():
    call = build.response("r").item("i", 0).function_call("call_1", "get_weather").arguments_done('{"city":"Rome"}')
    assert call.is_function_call_done
    assert msgspec.structs.astuple(call.function_call()) == ("call_1", "get_weather", '{"city":"Rome"}')
    early = {"type": "response.function_call_arguments.done", "event_id": "e", "response_id": "r", "item_id": "i"}
    beta = decode(json.dumps({**early, "output_index": 0, "call_id": "call_1", "arguments": "{}"}), BETA)
    assert beta.is_function_call_done
    assert msgspec.structs.astuple(beta.function_call()) == ("call_1", "", "{}")
    item = FunctionCall(name="f", call_id="c", arguments="{}", status="completed")
    done = build.response("r").item("i", 0).done(item)
    assert msgspec.structs.astuple(done.function_call()) == ("c", "f", "{}")
    assert not done.is_function_call_done
    cut = FunctionCall(name="f", call_id="c", arguments='{"ci', status="incomplete")
    assert build.response("r").item("i", 0).done(cut).function_call() is None
    assert build.response("r").item("i", 0).done(Message(role="assistant", content=[])).function_call() is None
    assert build.input_audio.cleared().function_call() is None
    assert not build.input_audio.cleared().is_function_call_done


def test_captured_calls_are_told_by_both_events(shared):
    for folder in ("realtime", "beta"):
        told = []
        for path in sorted((shared / "traffic" / folder).glob("*tool_call*.jsonl")):
            for line in path.read_text().splitlines():
                event = decode(line, BETA if folder == "beta" else REALTIME)
                if call := event.function_call():
                    told.append((event.type, call.name, json.loads(call.arguments)))
        assert told, folder
        assert {name for _, name, _ in told} == {"get_weather"}
