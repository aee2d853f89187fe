"""Beta client events become the realtime events that do the same, or are refused with a reason."""

from __future__ import annotations

import copy
import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.events import Event, decode
from rtcli.events.dialects import CONTENT_TYPES, FORMATS, RENAMED_EVENTS, RESPONSE_FIELDS, SESSION_FIELDS
from rtcli.events.migration import Migrated, Refused, migrate


def update(**session):
    return {"type": "session.update", "event_id": "e1", "session": session}


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (update(instructions="x"), {"type": "realtime", "instructions": "x"}),
        (update(modalities=["text", "audio"]), {"type": "realtime", "output_modalities": ["audio"]}),
        (update(modalities=["text"]), {"type": "realtime", "output_modalities": ["text"]}),
        (
            update(input_audio_format="g711_ulaw", output_audio_format="pcm16"),
            {
                "type": "realtime",
                "audio": {
                    "input": {"format": {"type": "audio/pcmu"}},
                    "output": {"format": {"type": "audio/pcm", "rate": 24000}},
                },
            },
        ),
        (
            update(turn_detection=None, input_audio_transcription={"model": "whisper-1"}, voice="alloy", speed=1.1),
            {
                "type": "realtime",
                "audio": {
                    "input": {"turn_detection": None, "transcription": {"model": "whisper-1"}},
                    "output": {"voice": "alloy", "speed": 1.1},
                },
            },
        ),
        (update(max_response_output_tokens="inf"), {"type": "realtime", "max_output_tokens": "inf"}),
        (
            update(tool_choice="get_order"),
            {"type": "realtime", "tool_choice": {"type": "function", "name": "get_order"}},
        ),
        (update(tool_choice="required"), {"type": "realtime", "tool_choice": "required"}),
    ],
)
def test_a_session_update_is_rewritten(before, after):
    kept = copy.deepcopy(before)
    outcome = migrate(before)
    assert outcome == Migrated({"type": "session.update", "event_id": "e1", "session": after})
    assert before == kept, "the event that was given is left alone"


def test_a_transcription_session_becomes_a_session_of_that_type():
    outcome = migrate(
        {
            "type": "transcription_session.update",
            "session": {"input_audio_format": "pcm16", "input_audio_transcription": {"model": "whisper-1"}},
        }
    )
    assert outcome == Migrated(
        {
            "type": "session.update",
            "session": {
                "type": "transcription",
                "audio": {
                    "input": {"format": {"type": "audio/pcm", "rate": 24000}, "transcription": {"model": "whisper-1"}}
                },
            },
        }
    )


def test_a_response_and_the_items_in_it_are_rewritten():
    said = {"type": "message", "role": "assistant", "content": [{"type": "text", "text": "hi"}]}
    asked = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}
    outcome = migrate(
        {
            "type": "response.create",
            "response": {
                "modalities": ["audio", "text"],
                "voice": "ash",
                "input": [said, asked],
                "max_response_output_tokens": 9,
            },
        }
    )
    assert isinstance(outcome, Migrated)
    assert outcome.body["response"] == {
        "input": [{**said, "content": [{"type": "output_text", "text": "hi"}]}, asked],
        "output_modalities": ["audio"],
        "audio": {"output": {"voice": "ash"}},
        "max_output_tokens": 9,
    }


def test_an_assistants_parts_get_their_new_names_and_others_keep_theirs():
    for old, new in CONTENT_TYPES.items():
        item = {"type": "message", "role": "assistant", "content": [{"type": old}]}
        outcome = migrate({"type": "conversation.item.create", "item": item})
        assert isinstance(outcome, Migrated)
        assert outcome.body["item"]["content"] == [{"type": new}]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (update(temperature=0.7), r"\$\.session\.temperature: realtime does not have it"),
        (update(input_audio_format="opus"), r'\$\.session\.input_audio_format: .*"opus"'),
        (
            update(voice="ash", audio={"output": {"voice": "sage"}}),
            r"\$\.session\.voice: the event has audio\.output\.voice",
        ),
        (update(voice="ash", audio="loud"), r"\$\.session\.voice: audio\.output\.voice has no place"),
        ({"type": "response.create", "response": {"temperature": 1}}, r"\$\.response\.temperature: "),
        ({"type": "response.created"}, "sent by the server"),
        ({"type": "response.audio.delta"}, "sent by the server"),
        ({"type": "session.start"}, "realtime has no session.start"),
        ({"type": "weather.changed"}, "realtime has no weather.changed"),
        ({"type": 5}, "no type"),
        ({"type": "conversation.item.delete"}, r"\$\.item_id: required"),
        ({"type": "session.update", "session": 7}, r"\$\.session: "),
        ({"type": "response.create", "response": 7}, r"\$\.response: "),
        (
            {"type": "conversation.item.create", "item": {"type": "message", "role": "assistant", "content": [7]}},
            r"\$\.item\.content\[0\]: ",
        ),
        (
            {"type": "conversation.item.create", "item": {"role": "assistant", "content": [{"type": 7}]}},
            r"\$\.item\.content\[0\]\.type: ",
        ),
    ],
)
def test_what_has_no_counterpart_is_refused_with_the_reason(event, reason):
    outcome = migrate(event)
    assert isinstance(outcome, Refused)
    assert re.search(reason, outcome.reasons[0])


def test_what_has_no_counterpart_is_left_out_when_that_is_asked_for():
    outcome = migrate(update(temperature=0.7, client_secret={"value": "x"}, voice="ash", nonsense=1), drop=True)
    assert isinstance(outcome, Migrated)
    assert outcome.body["session"] == {"type": "realtime", "audio": {"output": {"voice": "ash"}}}
    assert sorted(outcome.dropped) == ["$.session.client_secret", "$.session.nonsense", "$.session.temperature"]


def test_every_captured_beta_client_event_is_rewritten(shared):
    for path in (shared / "traffic/beta").glob("*.jsonl"):
        for line in path.read_text().splitlines():
            event = json.loads(line)
            outcome = migrate(event)
            if event["type"] in ("session.update", "conversation.item.create", "response.create"):
                assert isinstance(outcome, Migrated), outcome
                result = decode(json.dumps(outcome.body))
                assert isinstance(result, Event)
                assert result.extra == ()


def test_every_captured_realtime_client_event_comes_out_unchanged(shared):
    seen = 0
    for path in (shared / "traffic/realtime").glob("*.jsonl"):
        for line in path.read_text().splitlines():
            event = json.loads(line)
            result = decode(line)
            if result.sender == "client":
                assert migrate(event) == Migrated(event)
                seen += 1
    assert seen > 50


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-3, 9000)
    | st.floats(0, 2)
    | st.sampled_from(["", "pcm16", "ash", "auto", "text"]),
    lambda inner: (
        st.lists(inner, max_size=2)
        | st.dictionaries(st.sampled_from(["type", "model", "name", "input"]), inner, max_size=2)
    ),
    max_leaves=5,
)
sessions = st.dictionaries(
    st.sampled_from([*SESSION_FIELDS, "instructions", "tools", "tool_choice", "audio", "type"]), values, max_size=5
)


@given(st.sampled_from(["session.update", "transcription_session.update", "response.create"]), sessions, st.booleans())
def test_whatever_comes_out_is_an_event_of_realtime_and_changes_no_more(name, inside, drop):
    holder = "response" if name == "response.create" else "session"
    outcome = migrate({"type": name, holder: inside}, drop=drop)
    if isinstance(outcome, Refused):
        assert outcome.reasons
        return
    result = decode(json.dumps(outcome.body))
    assert isinstance(result, Event), result
    assert result.extra == ()
    assert migrate(outcome.body) == Migrated(outcome.body)


def test_the_data_has_every_row_of_the_compiled_table(shared):
    table = json.loads((shared / "protocol/renames.json").read_text())
    assert {row["beta"]: tuple(row["ga"]) for row in table["events"]} == {
        name: row.realtime for name, row in RENAMED_EVENTS.items()
    }
    session = {row["beta"].removeprefix("session."): row for row in table["fields"] if row["object"] == "session"}
    for name, row in SESSION_FIELDS.items():
        wanted = session[name]["ga"]
        if name == "client_secret":
            assert row.realtime is None
        else:
            assert wanted == (None if row.realtime is None else f"session.{row.realtime}")
    others = {"(absent)", "tool_choice (string)", "include (transcription session only)"}
    assert session.keys() - SESSION_FIELDS.keys() == others
    response = {row["beta"]: row["ga"] for row in table["fields"] if row["object"] == "response.create.response"}
    assert response == {name: row.realtime for name, row in RESPONSE_FIELDS.items()}
    formats = next(row["values"] for row in table["fields"] if row["beta"] == "session.input_audio_format")
    assert formats == FORMATS


def test_what_is_nested_as_deep_as_can_be_read_is_rewritten_and_left_as_it_was():
    deep: dict[str, object] = {}
    for _ in range(800):
        deep = {"a": deep}
    event = update(modalities=["text"], tools=[{"type": "function", "name": "f", "parameters": deep}])
    outcome = migrate(event)
    assert isinstance(outcome, Migrated)
    assert outcome.body["session"]["tools"] == event["session"]["tools"]
    assert "modalities" in event["session"]
