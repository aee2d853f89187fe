"""Envelopes around events, by the names that people give their fields."""

from __future__ import annotations

import json

import pytest
from msgspec import Raw

from rtcli.formats.bodies import told
from rtcli.formats.logged import Where
from rtcli.recording import Binary, Close

CREATE = '{"type": "response.create"}'


def held(envelope):
    """What an envelope holds: the events read, everything else as it is."""
    text = envelope if isinstance(envelope, str) else json.dumps(envelope)
    return [one.content for one in told(Raw(text.encode()), Where(1))]


def wrapped(times):
    envelope = json.loads(CREATE)
    for _ in range(times):
        envelope = {"direction": "sent", "data": envelope}
    return envelope


def test_an_event_in_envelopes_is_found_word_for_word_four_deep():
    for times in range(5):
        assert held(wrapped(times)) == [CREATE]
    assert CREATE not in held(wrapped(6))


@pytest.mark.parametrize(
    ("envelope", "event"),
    [
        (
            {"type": "response.create", "direction": "sent", "data": {"response": {}}},
            {"type": "response.create", "response": {}},
        ),
        ({"type": "response.create", "direction": "sent", "data": {}}, {"type": "response.create"}),
        (
            {"event": "response.create", "direction": "sent", "data": {"response": {}}},
            {"type": "response.create", "response": {}},
        ),
        ({"level": "info", "ctx": CREATE}, {"type": "response.create"}),
        ({"level": "info", "ctx": json.loads(CREATE)}, {"type": "response.create"}),
    ],
    ids=["type beside", "type beside nothing", "name beside", "in a text", "in a field of any name"],
)
def test_an_event_is_put_together_where_its_type_stands_outside(envelope, event):
    assert [json.loads(one) for one in held(envelope)] == [event]


@pytest.mark.parametrize("field", ["kind", "event", "op", "action"])
def test_the_end_of_a_connection_is_one_by_any_name(field):
    assert held({field: "close", "code": 1000, "reason": "bye"}) == [Close(None, None, 1000, "bye")]
    assert held({field: "disconnected", "code": True, "reason": 7}) == [Close(None, None, None, "")]


def test_a_binary_frame_is_its_bytes_and_one_that_is_no_base64_its_text():
    frame = {"opcode": 2, "direction": "sent"}
    assert held(frame | {"data": "AAEC"}) == [Binary(None, None, b"\0\1\2")]
    assert held(frame | {"data": "AAE"}) == ["AAE"]


def test_where_the_sender_is_told_every_text_is_a_frame():
    assert held({"direction": "sent", "payload": "hello"}) == ["hello"]
    assert held({"direction": "sent", "frames": ["hello", {"x": 1}, 3]}) == ["hello", '{"x": 1}']
    assert held({"direction": "sent", "payload": 3}) == []
    assert held({"payload": "hello"}) == []


@pytest.mark.parametrize("envelope", ["{}", "[]", "3", "null", "{", '"text"', '{"type": "heartbeat", "n": 1}'])
def test_what_is_no_event_is_none(envelope):
    assert held(envelope) == []
