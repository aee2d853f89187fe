from __future__ import annotations

import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from notation import told
from sweeping import examples

from rtcli.events import DIALECTS, Event, decode, encode
from rtcli.formats import Entry
from rtcli.formats.rtcli import read
from rtcli.session import Session
from rtcli.session.tree import Response, Turn, children_of

FILES = [
    "realtime/audio_in_server_vad_turn.jsonl",
    "realtime/tool_call_round.jsonl",
    "realtime/webrtc_sideband_text_turn.jsonl",
    "beta/tool_call.jsonl",
    "live/text_only_session.jsonl",
    "vendors/xai_audio_in_server_vad_turn.jsonl",
]


@pytest.fixture
def traffic(shared):
    lines = [line for name in FILES for line in (shared / "traffic" / name).read_bytes().splitlines(keepends=True)]
    entries = list(read(lines))
    records = list(
        read(
            [
                b'{"rtcli":1}\n',
                b'{"t":1,"open":{}}\n',
                b'{"t":2,"from":"server","close":{"code":1000}}\n',
                b'{"t":3,"note":"x"}\n',
                b"half",
            ]
        )
    )
    return entries + records


def folded(entries):
    session = Session()
    for entry in entries:
        session.apply(entry)
    return session


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=examples(60))
@given(data=st.data())
def test_no_sequence_of_entries_raises_and_a_prefix_then_the_rest_is_the_whole(traffic, data):
    numbers = st.integers(0, len(traffic) - 1)
    times = st.one_of(st.none(), st.floats(-10, 1e6, allow_nan=False))
    picked = [
        Entry(line, data.draw(times), traffic[number].sender, traffic[number].event)
        for line, number in enumerate(data.draw(st.lists(numbers, max_size=80)), 1)
    ]
    cut = data.draw(st.integers(0, len(picked)))
    session = folded(picked[:cut])
    for connection in session.connections:
        walk(connection)
    for entry in picked[cut:]:
        session.apply(entry)
    assert session.connections == folded(picked).connections


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=30)
@given(data=st.data())
def test_events_of_a_response_in_any_order_say_the_same(shared, data):
    entries = list(read((shared / "traffic/realtime/text_in_audio_out.jsonl").read_bytes().splitlines(keepends=True)))
    kinds = [entry.event.type for entry in entries]
    begin, end = kinds.index("response.created") + 1, kinds.index("response.done")
    order = data.draw(st.permutations(range(begin, end)))
    session = folded([*entries[:begin], *(entries[number] for number in order), *entries[end:]])
    answers = [node for connection in session.connections for node in walk(connection) if isinstance(node, Response)]
    assert [
        [stream.text for stream in streams([item]) if stream.kind == "transcript"] for item in answers[0].children
    ] == [["Hi there!"]]


def walk(node):
    yield node
    for child in children_of(node):
        yield from walk(child)


def streams(connections):
    return [node for connection in connections for node in walk(connection) if type(node).__name__ == "Stream"]


def test_what_the_server_sends_twice_doubles_no_text(shared):
    for path in sorted((shared / "traffic/realtime").glob("*.jsonl")):
        entries = list(read(path.read_bytes().splitlines(keepends=True)))
        once, twice = (
            folded(entries),
            folded([copy for entry in entries for copy in [entry] * (2 if entry.sender == "server" else 1)]),
        )
        texts = [stream.text for stream in streams(once.connections) if stream.kind != "input"]
        assert [stream.text for stream in streams(twice.connections) if stream.kind != "input"] == texts


def test_a_header_begins_another_connection():
    session = told('- {"rtcli":1}\n< session.created {"session":{"type":"realtime","id":"a"}}\n- {"rtcli":1}')
    assert [connection.session_id for connection in session.connections] == ["a", ""]


def test_another_session_id_begins_another_connection():
    session = told(
        '< session.created {"session":{"type":"realtime","id":"a"}}\n< session.created {"session":{"type":"realtime","id":"b"}}'
    )
    assert [connection.session_id for connection in session.connections] == ["a", "b"]


def test_client_frames_before_the_session_belong_to_its_connection():
    session = told('> response.create {}\n< session.created {"session":{"type":"realtime","id":"a"}}')
    assert len(session.connections) == 1


def test_item_ids_are_compared_inside_one_connection():
    item = '{"item":{"type":"message","role":"user","id":"i","content":[{"type":"input_text","text":"%s"}]}}'
    session = told(
        f'< conversation.item.added {item % "one"}\n- {{"rtcli":1}}\n< conversation.item.added {item % "two"}'
    )
    assert [[stream.text for stream in streams([connection])] for connection in session.connections] == [
        ["one"],
        ["two"],
    ]


def test_an_event_with_fields_of_its_own_moves_the_state_like_any_other():
    session = told('< response.created {"vendor":1,"response":{"id":"r","conversation_id":"c"}}')
    (turn,) = session.connections[0].children
    assert isinstance(turn, Turn)
    assert turn.children[0].id == "r"


BARE = '- {"from":"server","event":%s}'


def test_what_is_left_of_a_damaged_event_moves_the_state_and_the_event_is_shown_as_damaged():
    created = '{"type":"session.created","session":{"type":"realtime","id":"a","model":"m"}}'
    session = told(BARE % created)
    (connection,) = session.connections
    assert (connection.session_id, connection.events, connection.malformed) == ("a", 1, 1)
    assert session.config.model == "m"
    assert [type(child).__name__ for child in connection.children] == ["Setup", "Odd"]


def test_a_damaged_event_can_begin_another_connection():
    created = '{"type":"session.created","session":{"type":"realtime","id":"%s"}}'
    session = told(f"{BARE % created % 'a'}\n{BARE % created % 'b'}\n{BARE % created % 'b'}")
    assert [connection.session_id for connection in session.connections] == ["a", "b"]
    assert [connection.malformed for connection in session.connections] == [1, 2]


def test_the_tree_of_a_recording_without_event_ids_says_the_same(traffic):
    whole, without = folded(traffic), Session()
    for entry in traffic:
        without.apply(without_id(entry))
    assert sum(connection.malformed for connection in without.connections) > 100
    assert [(stream.kind, stream.text) for stream in streams(without.connections)] == [
        (stream.kind, stream.text) for stream in streams(whole.connections)
    ]
    assert [connection.session_id for connection in without.connections] == [
        connection.session_id for connection in whole.connections
    ]


def without_id(entry):
    """The entry of an event that lacks its id, where it has one and is in order."""
    event = entry.event
    if not isinstance(event, Event) or entry.sender != "server":
        return entry
    body = json.loads(encode(event))
    body.pop("event_id", None)
    dialect = next((one for one in DIALECTS.values() if type(event) in one.types.values()), None)
    return entry if dialect is None else replace(entry, event=decode(json.dumps(body), dialect))
