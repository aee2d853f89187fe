"""The ledgers and the rules hold their laws on any sequence of events."""

from __future__ import annotations

import json

from hypothesis import given, settings
from hypothesis import strategies as st
from sweeping import examples

from rtcli.events import Listener, build, encode
from rtcli.events.billed import Usage
from rtcli.events.configuration import FunctionTool, RealtimeConfig, RealtimeSession, ResponseParams
from rtcli.events.objects import (
    FunctionCall,
    FunctionCallOutput,
    ItemReference,
    McpApprovalRequest,
    McpApprovalResponse,
    McpCall,
    Message,
    Response,
    StreamedPart,
)
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check
from rtcli.session.ledger import Memory

IDS = ("a", "b", "")


def pool():
    """Events of every family, about few ids, so that they meet."""
    yield build.session.created(RealtimeSession(id="s", model="m"))
    yield build.session.created(RealtimeSession(id="t"))
    yield build.session.update(RealtimeConfig(tools=[FunctionTool(name="f")], instructions="x"), event_id="a")
    yield build.session.updated(RealtimeSession(id="s", instructions="y"))
    yield build.error("no", code="x", caused_by="a")
    yield build.error("no", code="response_cancel_not_active")
    yield build.new_response.create(ResponseParams(conversation="none"))
    yield build.new_response.create(event_id="a")
    yield build.new_response.cancel()
    yield build.error("no", param="item")
    for one in IDS:
        call = FunctionCall(call_id=one, name="f", arguments="{", status="completed")
        yield build.item(one).create(Message(role="user", content=[]))
        yield build.new_item.create(FunctionCallOutput(call_id=one, output=""))
        yield build.item(one).create(McpApprovalResponse(id=one, approval_request_id=one, approve=True))
        yield build.item(one).added(McpApprovalRequest(id=one, server_label="s", name="f", arguments=""))
        yield build.item(one).deleted()
        yield build.item(one).delete(event_id=one)
        yield build.item(one).truncate(audio_end_ms=0, content_index=1)
        yield build.item(one).created(Message(role="user", content=[]), previous_item_id="x")
        yield build.item(one).done(Message(role="assistant", status="completed", content=[]))
        yield build.item(one).create(Message(role="assistant", content=[]), previous_item_id="x")
        yield build.new_response.create(ResponseParams(input=[ItemReference(id=one)]))
        yield build.response(one).cancel()
        yield build.item(one).content(0).delta("x")
        yield build.item(one).content(0).completed("y")
        yield build.input_audio.committed(one)
        yield build.mcp_list_tools(one).in_progress()
        yield build.mcp_list_tools(one).failed()
        for other in IDS:
            written = build.response(other).item(one, 0)
            yield written.added(call)
            yield written.done(call)
            yield written.done(McpCall(id=one, server_label="s", name="f", arguments=""))
            yield written.function_call(one, "g").arguments_done("{}")
            yield written.mcp_call().completed()
            yield written.function_call("x", "g").arguments_delta("{")
            yield build.response(other).item(one, 1).content(0).part_added(StreamedPart(type="text"))
            yield written.content(0).text_done("")
        yield build.response(one).created()
        yield build.response(one).created(Response(conversation_id=f"c{one}"))
        yield build.response(one).done(
            Response(status="completed", output=[call], conversation_id="c", usage=Usage(input_tokens=len(one)))
        )


EVENTS = [encode(event).decode() for event in pool()]
CLEARED = encode(build.input_audio.cleared()).decode()
HEADER = '{"rtcli":1,"transport":"websocket","handshake":true,"lossless":true}'
RECORDS = [
    *(
        f'{{"t":{number}.0,"from":"{side}","event":{text}}}'
        for number, text in enumerate(EVENTS)
        for side in ("client", "server")
    ),
    '{"t":9.0,"from":"server","close":{"code":1000}}',
    '{"t":9.0,"from":"client","text":"no event"}',
]
CONNECTIONS = [
    HEADER,
    EVENTS[0].join(('{"t":1.0,"from":"server","event":', "}")),
    CLEARED.join(('{"t":1.0,"from":"server","event":', "}")),
    CLEARED.join(('{"t":1.0,"from":"client","event":', "}")),
]
"""What begins connections, and an event of which no rule has anything to say but where it stands."""


def fed(lines):
    """What is found at each line, and at the end."""
    listener = Listener()
    check = Check(RULES, listener)
    at_lines = [
        [(one.code, one.line, one.message) for one in check.feed(entry)]
        for entry in read((line.encode() + b"\n" for line in lines), listener)
    ]
    return at_lines, check.finish()


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.sampled_from(RECORDS), max_size=25), st.booleans())
def test_no_sequence_of_events_raises_and_a_prefix_finds_what_the_whole_finds_so_far(records, headed):
    lines = [HEADER, *records] if headed else records
    whole, _ = fed(lines)
    for end in range(0, len(lines), 5):
        assert fed(lines[:end])[0] == whole[:end]


@settings(max_examples=examples(150), deadline=None)
@given(st.lists(st.sampled_from(CONNECTIONS * 20 + RECORDS), max_size=25))
def test_a_run_finds_what_is_found_line_by_line(lines):
    listener = Listener()
    check = Check(RULES, listener)
    told = check.run(read((line.encode() + b"\n" for line in lines), listener))
    at_lines, at_the_end = fed(lines)
    expected = [one for line in at_lines for one in line] + [(one.code, one.line, one.message) for one in at_the_end]
    assert [(one.code, one.line, one.message) for one in told] == expected


def test_the_first_event_of_a_second_connection_is_judged_like_that_of_the_first():
    session, cleared = CONNECTIONS[1:3]
    at_lines, _ = fed([HEADER, session, cleared, HEADER, cleared])
    listener = Listener()
    told = Check(RULES, listener).run(
        read((line.encode() + b"\n" for line in [HEADER, session, cleared, HEADER, cleared]), listener)
    )
    assert [code for code, _, _ in at_lines[4]] == ["SEQ01"]
    assert [(one.code, one.line) for one in told] == [("SEQ01", 5)]


def test_the_pool_wakes_many_rules():
    codes = {code for line in fed(RECORDS * 2)[0] for code, _, _ in line}
    assert len(codes) > 12


def test_a_long_session_is_remembered_in_part():
    memory = Memory(3)
    for number in range(10):
        memory[number] = str(number)
    memory[9] = "again"
    assert memory == {7: "7", 8: "8", 9: "again"}


@settings(max_examples=examples(100), deadline=None)
@given(st.integers(1, 5), st.lists(st.tuples(st.sampled_from(["put", "put", "put", "pop", "set"]), st.integers(0, 9))))
def test_a_memory_keeps_the_youngest_in_the_order_in_which_they_came(size, steps):
    memory, kept = Memory(size), []
    for step, key in steps:
        if step == "pop":
            assert memory.pop(key, None) == (key if key in kept else None)
            kept = [one for one in kept if one != key]
            continue
        if step == "put":
            memory[key] = key
        else:
            assert memory.setdefault(key, key) == key
        kept += [] if key in kept else [key]
        kept = kept[-size:]
        assert [*memory] == kept


def test_what_the_ledgers_keep_does_not_grow_with_the_session():
    listener = Listener()
    check = Check(RULES, listener)
    for number in range(6000):
        call = FunctionCall(call_id=f"c{number}", name="f", arguments="{}")
        for event in (
            build.response(f"r{number}").item(f"i{number}", 0).done(call),
            build.item(f"i{number}").content(0).delta("x"),
            build.mcp_list_tools(f"m{number}").in_progress(),
        ):
            text = json.dumps({"t": 1.0, "from": "server", "event": json.loads(encode(event))})
            for entry in read([text.encode() + b"\n"], listener):
                check.feed(entry)
    kept = check.ledgers
    assert max(len(kept.calls.known), len(kept.transcripts.progress), len(kept.mcp.listings)) <= 4096


def test_what_is_kept_of_one_response_is_bounded_and_nothing_is_claimed_of_the_rest():
    listener = Listener()
    check = Check(RULES, listener)
    response = build.response("r")
    events = [response.created(Response(conversation_id="c"))]
    for number in range(1000):
        events.append(response.item(f"i{number}", number).added(Message(role="assistant", content=[])))
        events.append(response.item("i0", 0).content(number).part_added(StreamedPart(type="text")))
        events.append(response.item("i0", 0).content(number).text_delta("x"))
        events.append(response.item("i0", 0).content(number).text_done("x"))
    found = []
    for number, event in enumerate(events):
        text = json.dumps({"t": 1.0, "from": "server", "event": json.loads(encode(event)) | {"event_id": f"e{number}"}})
        for entry in read([text.encode() + b"\n"], listener):
            found += check.feed(entry)
    kept = check.ledgers.lifecycle.responses["r"]
    assert len(kept.items) < 1000
    assert len(kept.items["i0"].parts) < 1000
    assert len(kept.items["i0"].streams) < 1000
    assert [one for one in found if one.severity != "info"] == []
