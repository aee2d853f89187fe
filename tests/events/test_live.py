"""What is peculiar to the dialect of GPT-Live."""

from __future__ import annotations

import json

import pytest

from rtcli.events import LIVE, Event, Listener, Malformed, decode, encode


def item(**fields):
    return {"type": "decision.item.create", "item": fields}


def test_a_decision_message_may_leave_out_its_type_and_comes_back_without_it():
    body = item(role="user", content="hi")
    event = decode(json.dumps(body), LIVE)
    assert isinstance(event, Event)
    assert event.item.role == "user"
    assert event.extra == ()
    assert json.loads(encode(event)) == body


def test_it_is_judged_as_a_message_and_keeps_what_is_unknown():
    assert [fault.path for fault in decode(json.dumps(item(role="user")), LIVE).faults] == ["$.item.content"]
    body = item(role="user", content="hi", colour="red")
    event = decode(json.dumps(body), LIVE)
    assert [extra.path for extra in event.extra] == [("item", "colour")]
    assert json.loads(encode(event)) == body


def test_it_is_decoded_the_same_however_often_it_comes():
    listener = Listener(LIVE)
    for number in range(20):
        body = item(role="user", content="hi", colour=number)
        assert json.loads(encode(listener.decode(json.dumps(body), number))) == body


@pytest.mark.parametrize("kind", ["instructions", "thinking", "commentary"])
def test_what_is_appended_says_which_work_it_answers_or_that_it_answers_none(kind):
    body = {"type": f"session.{kind}.append", "content": "x"}
    (fault,) = decode(json.dumps(body), LIVE).faults
    assert (fault.code, fault.path) == ("SCH05", "$.delegation_id")
    assert isinstance(decode(json.dumps(body | {"delegation_id": None}), LIVE), Event)


def test_events_of_both_directions_are_one_class():
    audio = {"type": "session.input_audio.append", "audio": "AAAA"}
    assert decode(json.dumps(audio), LIVE).reflected
    for more in ({}, {"event_id": "e"}, {"event_id": "e", "client_event_id": "c"}):
        assert isinstance(decode(json.dumps({"type": "transport.dtmf.send", "event": "5"} | more), LIVE), Event)


def test_what_belongs_to_another_api_is_kept_as_it_came():
    inner = {"type": "response.output_text.delta", "anything": [1, {"deep": None}]}
    body = {"type": "response.event", "event_id": "e", "event": inner}
    assert json.loads(encode(decode(json.dumps(body), LIVE))) == body
    assert isinstance(decode(json.dumps(body | {"event": "x"}), LIVE), Malformed)
