"""Spans, read as the collectors of OpenTelemetry read them."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path

import pytest
from google.protobuf import json_format
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import lines_of
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status
from sessions import FAILED, INTERRUPTED, SPOKEN
from written import RECORDS

from rtcli.errors import BadOption
from rtcli.events import Listener
from rtcli.formats.entry import interpret
from rtcli.formats.line import line_of
from rtcli.formats.rtcli import read
from rtcli.reports.otlp import UNTIMED, Spans

ROOT = Path(__file__).parents[2]
HEADER = b'{"rtcli":1,"started_at":"2026-11-20T19:00:00.250000Z","url":"wss://api.openai.com/v1/realtime?model=m"}\n'
START_NS = 1_795_201_200_250_000_000
SAID = "foggy"


def document(lines, *, content=False):
    pieces = []
    listener = Listener()
    spans = Spans(pieces.append, listener, content=content)
    for entry in read(lines, listener):
        spans.take(entry)
    spans.finish()
    return b"".join(pieces), spans.lost


def spans_of(lines, **options):
    """The spans, as the protocol's own package reads them; ids are text, attributes a dictionary."""
    text, _ = document(lines, **options)
    request = json_format.Parse(text, ExportTraceServiceRequest())
    raw = [
        span
        for resource in json.loads(text)["resourceSpans"]
        for scope in resource["scopeSpans"]
        for span in scope["spans"]
    ]
    parsed = [span for resource in request.resource_spans for scope in resource.scope_spans for span in scope.spans]
    assert len(raw) == len(parsed)
    return [Told(one, told) for one, told in zip(raw, parsed, strict=True)]


class Told:
    def __init__(self, raw, span):
        self.id, self.trace_id, self.parent_id = raw["spanId"], raw["traceId"], raw.get("parentSpanId", "")
        self.name, self.kind, self.events = span.name, span.kind, span.events
        self.start, self.end = span.start_time_unix_nano, span.end_time_unix_nano
        self.status, self.message = span.status.code, span.status.message
        self.told = {field.key: _value(field.value) for field in span.attributes}


def _value(value):
    kind = value.WhichOneof("value")
    found = getattr(value, kind)
    return [_value(one) for one in found.values] if kind == "array_value" else found


def lines(*scripts):
    return [HEADER, *(line for line in lines_of("".join(scripts)) if b'"rtcli"' not in line)]


def named(spans, name):
    (found,) = (span for span in spans if span.name == name)
    return found


def test_a_session_holds_turns_which_hold_responses_which_hold_calls():
    path = ROOT / "recordings/tool.jsonl"
    spans = spans_of(path.read_bytes().splitlines(keepends=True))
    by_id = {span.id: span for span in spans}
    session = named(spans, "session gpt-realtime")
    turn = named(spans, "turn")
    first, second = (span for span in spans if span.name == "chat gpt-realtime")
    tool = named(spans, "execute_tool get_weather")
    assert session.parent_id == ""
    assert by_id[turn.parent_id] is session
    assert by_id[first.parent_id] is by_id[second.parent_id] is turn
    assert by_id[tool.parent_id] is first
    assert session.start <= turn.start <= first.start < tool.start < tool.end <= second.end <= turn.end <= session.end


def test_times_are_those_of_the_calendar_to_the_microsecond():
    spans = spans_of(lines(SPOKEN, INTERRUPTED))
    (answer,) = (span for span in spans if span.told.get("gen_ai.operation.name") == "chat")
    assert (answer.start, answer.end) == (START_NS + 1_100_000_000, START_NS + 2_010_000_000)
    session = next(span for span in spans if not span.parent_id)
    assert (session.start, session.end) == (START_NS, START_NS + 2_050_000_000)
    began = datetime.fromisoformat("2026-11-20T19:00:00.25+00:00")
    assert round(began.timestamp() * 100) * 10**7 == START_NS


def test_a_response_says_what_the_conventions_ask():
    spans = spans_of(lines(SPOKEN, INTERRUPTED))
    answer = named(spans, "chat demo")
    assert answer.kind == Span.SPAN_KIND_CLIENT
    expected = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "demo",
        "gen_ai.conversation.id": "sess_1",
        "gen_ai.response.id": "resp_1",
        "gen_ai.response.finish_reasons": ["turn_detected"],
        "gen_ai.output.type": "speech",
        "gen_ai.usage.input_tokens": 20,
        "gen_ai.usage.output_tokens": 30,
        "gen_ai.usage.cache_read.input_tokens": 4,
        "rtcli.response.status": "cancelled",
        "rtcli.response.interrupted": True,
    }
    assert {name: answer.told.get(name) for name in expected} == expected
    assert answer.told["rtcli.created_to_first_audio_ms"] == 250
    turn = next(span for span in spans if span.told.get("rtcli.turn.number") == 1)
    assert answer.parent_id == turn.id
    assert turn.told["rtcli.stop_to_first_audio_ms"] == turn.told["rtcli.ttfa_ms"] == 350
    assert turn.told["rtcli.speech_ms"] == 200


@pytest.mark.parametrize(
    ("done", "code", "kind", "message"),
    [
        ('"status":"completed"', Status.STATUS_CODE_OK, None, ""),
        ('"status":"cancelled","status_details":{"type":"cancelled","reason":"client_cancelled"}', 0, None, ""),
        (
            '"status":"incomplete","status_details":{"type":"incomplete","reason":"max_output_tokens"}',
            Status.STATUS_CODE_ERROR,
            "max_output_tokens",
            "max_output_tokens",
        ),
        (
            '"status":"failed","status_details":{"type":"failed","error":{"code":"rate_limit_exceeded","message":"Slow."}}',
            Status.STATUS_CODE_ERROR,
            "rate_limit_exceeded",
            "Slow.",
        ),
        ('"status":"failed"', Status.STATUS_CODE_ERROR, "failed", "failed"),
    ],
)
def test_what_became_of_a_response_is_its_status(done, code, kind, message):
    script = '1 < response.created {"response":{"id":"r","status":"in_progress","conversation_id":"c"}}\n'
    script += '2 < response.done {"response":{"id":"r","conversation_id":"c",%s}}\n' % done
    answer = named(spans_of(lines(script)), "chat")
    assert (answer.status, answer.told.get("error.type"), answer.message) == (code, kind, message)


def test_errors_are_events_of_the_session():
    session = next(span for span in spans_of(lines(FAILED)) if not span.parent_id)
    (event,) = session.events
    fields = {field.key: _value(field.value) for field in event.attributes}
    assert (event.name, event.time_unix_nano) == ("error", START_NS + 200_000_000)
    assert fields["error.type"] == "cannot_update_voice"


def test_a_call_that_nobody_answered_says_so():
    content = (ROOT / "recordings/tool.jsonl").read_bytes().splitlines(keepends=True)
    tool = named(spans_of(content), "execute_tool get_weather")
    assert tool.told["rtcli.tool.answered"] is True
    assert tool.told["rtcli.tool_client_ms"] == (tool.end - tool.start) / 10**6
    unanswered = [line for line in content if b"function_call_output" not in line]
    tool = named(spans_of(unanswered), "execute_tool get_weather")
    assert tool.told["rtcli.tool.answered"] is False
    assert tool.start == tool.end


def test_what_was_said_is_there_only_if_it_is_asked_for():
    silent, _ = document(lines(SPOKEN, INTERRUPTED))
    told, _ = document(lines(SPOKEN, INTERRUPTED), content=True)
    assert SAID.encode() not in silent
    assert SAID.encode() in told
    answer = named(spans_of(lines(SPOKEN, INTERRUPTED), content=True), "chat demo")
    (heard,) = json.loads(answer.told["gen_ai.input.messages"])
    (said,) = json.loads(answer.told["gen_ai.output.messages"])
    assert heard["role"] == "user"
    assert heard["parts"][0]["content"].startswith("Is it [bold]foggy")
    assert said == {"role": "assistant", "parts": [{"type": "text", "content": "It is foggy in London."}]}


def test_what_tools_were_given_and_gave_is_content_too():
    path = ROOT / "recordings/tool.jsonl"
    content = path.read_bytes().splitlines(keepends=True)
    assert b"call.arguments" not in document(content)[0]
    tool = named(spans_of(content, content=True), "execute_tool get_weather")
    events = [json.loads(line).get("event", {}) for line in content]
    outputs = [one["item"]["output"] for one in events if one.get("item", {}).get("type") == "function_call_output"]
    arguments = [one["arguments"] for one in events if one.get("type") == "response.function_call_arguments.done"]
    assert tool.told["gen_ai.tool.call.arguments"] == arguments[0]
    assert tool.told["gen_ai.tool.call.result"] == outputs[0]


def test_the_same_recording_has_the_same_ids_and_another_has_others():
    first, again, other = (spans_of(lines(SPOKEN, more)) for more in (INTERRUPTED, INTERRUPTED, FAILED))
    assert [span.id for span in first] == [span.id for span in again]
    assert first[0].trace_id == again[0].trace_id
    assert first[0].trace_id != other[0].trace_id
    assert len({span.id for span in first}) == len(first)


def test_each_connection_is_a_trace():
    spans = spans_of([*lines(SPOKEN), *lines(FAILED)])
    assert len({span.trace_id for span in spans}) == 2
    assert sum(not span.parent_id for span in spans) == 2


def test_without_times_there_are_no_spans(shared):
    content = (shared / "traffic/realtime/tool_call_round.jsonl").read_bytes().splitlines(keepends=True)
    with pytest.raises(BadOption, match="nothing in this recording has a time"):
        document(content)
    text, lost = document([*lines(FAILED), b'{"rtcli":1}\n', *content])
    assert lost == {UNTIMED: 1}
    assert len(json.loads(text)["resourceSpans"]) == 1


def test_without_a_beginning_times_count_from_1970_and_that_is_said():
    script = [b'{"rtcli":1}\n', *lines(FAILED)[1:]]
    assert next(span.start for span in spans_of(script) if not span.parent_id) == 0
    attributes = json.loads(document(script)[0])["resourceSpans"][0]["resource"]["attributes"]
    assert "rtcli.clock" in [field["key"] for field in attributes]


def test_every_recording_here_becomes_spans_whose_ids_are_sound():
    for path in sorted((ROOT / "recordings").glob("*.jsonl")) + sorted((ROOT / "recordings/broken").glob("*.jsonl")):
        content = path.read_bytes().splitlines(keepends=True)
        try:
            spans = spans_of(content)
        except BadOption:
            continue
        ids = {span.id for span in spans}
        assert len(ids) == len(spans), path
        for span in spans:
            assert re.fullmatch("[0-9a-f]{16}", span.id)
            assert re.fullmatch("[0-9a-f]{32}", span.trace_id)
            assert span.parent_id in ids or span.parent_id == ""
            assert span.start <= span.end


@settings(max_examples=30)
@given(st.lists(RECORDS, max_size=6), st.booleans())
def test_nothing_in_a_recording_keeps_spans_from_being_made(records, content):
    pieces, listener = [], Listener()
    spans = Spans(pieces.append, listener, content=content)
    for number, record in enumerate(records, 1):
        entry = interpret(record, number, listener)
        entry.raw = line_of(record)
        spans.take(entry)
    try:
        spans.finish()
    except BadOption:
        return
    request = json_format.Parse(b"".join(pieces), ExportTraceServiceRequest())
    made = [span for of in request.resource_spans for scope in of.scope_spans for span in scope.spans]
    assert len({span.span_id for span in made}) == len(made)


@pytest.mark.parametrize(
    ("event", "name"),
    [
        ('session.started {"session":{"id":"live_1","model":"gpt-live-1"}}', "session gpt-live-1"),
        ('session.created {"session":{"id":"s","type":"translation","model":"gpt-realtime-translate"}}', None),
    ],
)
def test_a_session_without_turns_has_a_span_of_its_own(event, name):
    (session,) = spans_of(lines(f'0.5 < {event}\n2.5 - {{"note":"later"}}\n'))
    expected = re.findall(r'"(?:id|model)":"([^"]+)"', event)
    assert [session.told.get("gen_ai.conversation.id"), session.told.get("gen_ai.request.model")] == expected
    assert session.name == (name or f"session {expected[1]}")


@pytest.mark.parametrize(("end", "kind"), [("completed", None), ("failed", "failed")])
def test_what_an_mcp_server_was_asked_has_a_span(end, kind):
    script = '1 < response.mcp_call.in_progress {"item_id":"m","output_index":0}\n'
    script += '1.5 < response.mcp_call.%s {"item_id":"m","output_index":0}\n' % end
    span = named(spans_of(lines(script)), "mcp call")
    assert (span.start, span.end) == (START_NS + 10**9, START_NS + 15 * 10**8)
    assert span.told.get("error.type") == kind
    assert (span.status == Status.STATUS_CODE_ERROR) is (kind is not None)


@pytest.mark.parametrize("t", ["1e300", "-1e300", "1e12", "-5"])
def test_a_time_that_no_calendar_has_is_no_span_s(t):
    (session, *_) = spans_of(
        lines(
            f"""
{t} < session.created {{"session": {{"type": "realtime", "id": "s"}}}}
1.0 < error {{"error": {{"type": "x", "code": {10**30}, "message": "y"}}}}
{t} < error {{"error": {{"type": "x", "message": "y"}}}}
""".strip()
        )
    )
    assert 0 <= START_NS - 10**10 <= session.start <= session.end <= START_NS + 10**10
    assert all(session.start <= one.time_unix_nano <= session.end for one in session.events)
    assert len(session.events) == 2
