"""What is left of an event without its ids, its times and what only fills it up."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.script.normal import OWN, Named, normal, written

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: (
        st.lists(inner) | st.dictionaries(st.text() | st.sampled_from(["id", "item", "audio", "message"]), inner)
    ),
    max_leaves=20,
)


def body(kind, known=None, **fields):
    return json.loads(normal(kind, {"type": kind, **fields}, known or {}).body)


def ids(kind, **fields):
    return normal(kind, {"type": kind, **fields}, {}).ids


def test_an_id_becomes_its_kind_and_stands_beside():
    event = {"item": {"id": "item_a", "type": "function_call", "call_id": "call_a"}, "previous_item_id": "item_b"}
    assert body("conversation.item.added", **event) == {
        "item": {"id": "‹item›", "type": "function_call", "call_id": "‹call›"},
        "previous_item_id": "‹item›",
    }
    assert ids("conversation.item.added", **event) == (
        Named("$.item.call_id", "call", "call_a"),
        Named("$.item.id", "item", "item_a"),
        Named("$.previous_item_id", "item", "item_b"),
    )


def test_no_item_before_is_not_the_same_as_some_item():
    assert body("conversation.item.added", previous_item_id=None) != body(
        "conversation.item.added", previous_item_id="a"
    )


@pytest.mark.parametrize(
    ("holder", "field"),
    [("metadata", "item_id"), ("prompt", "id"), ("voice", "id"), ("parameters", "response_id")],
)
def test_an_id_that_somebody_chose_for_good_stays(holder, field):
    assert body("session.updated", session={holder: {field: "mine"}}) == {"session": {holder: {field: "mine"}}}


def test_the_event_id_and_the_obfuscation_say_nothing():
    assert body("response.done", event_id="event_1", obfuscation="xyz") == {}


def test_the_event_id_of_a_client_is_kept_for_the_error_that_names_it():
    kept = normal("response.create", {"event_id": "mine"}, {}, keeps_own=True)
    assert (kept.body, kept.ids) == (b"{}", (Named(OWN, "event", "mine"),))
    assert ids("error", error={"event_id": "mine"}) == (Named("$.error.event_id", "event", "mine"),)


@pytest.mark.parametrize(
    ("kind", "field"),
    [
        ("input_audio_buffer.speech_started", "audio_start_ms"),
        ("input_audio_buffer.speech_stopped", "audio_end_ms"),
        ("conversation.item.truncate", "audio_end_ms"),
        ("session.output_transcript.delta", "elapsed_ms"),
    ],
)
def test_a_moment_is_only_there_or_not(kind, field):
    assert body(kind, **{field: 100}) == body(kind, **{field: 2500})
    assert body(kind, **{field: 100}) != body(kind)


def test_what_is_left_of_a_limit_is_a_moment_and_the_limit_is_not():
    limits = [{"name": "tokens", "limit": 100, "remaining": left, "reset_seconds": left / 10} for left in (90, 70)]
    one, other = (body("rate_limits.updated", rate_limits=[limit]) for limit in limits)
    assert one == other
    assert one["rate_limits"][0]["limit"] == 100


def test_the_length_of_a_silence_is_a_setting_and_no_moment():
    detection = {"turn_detection": {"silence_duration_ms": 500, "prefix_padding_ms": 300}}
    assert body("session.updated", session=detection) == {"session": detection}


def test_audio_in_a_message_is_told_by_its_length_and_content():
    one, same, other = (body("conversation.item.create", audio=audio)["audio"] for audio in ("AAAA", "AAAA", "////"))
    assert one == same
    assert one["audio_bytes"] == other["audio_bytes"] == 3
    assert one != other


def test_only_known_ids_are_found_in_a_sentence():
    told = body("error", {"resp_12345": "response"}, error={"message": "resp_12345 is open, resp_99999 is not"})
    assert told == {"error": {"message": "‹response› is open, resp_99999 is not"}}


@given(VALUES)
def test_the_normal_form_does_not_depend_on_the_order_of_keys(value):
    turned = json.loads(json.dumps(value), object_pairs_hook=lambda pairs: dict(pairs[::-1]))
    assert normal("x", json.loads(json.dumps(value)), {}) == normal("x", turned, {})


def test_what_is_deeper_than_anybody_looks_does_no_harm():
    deep = "here"
    for _ in range(400):
        deep = {"item": [deep]}
    assert normal("x", deep, {}).body == written(deep)


def test_a_sentence_may_name_as_many_ids_as_it_likes():
    """Where each was counted among all before it, this takes hours."""
    known = {f"item_{number}": "item" for number in range(10)}
    said = " ".join(f"item_{number % 10}" for number in range(200_000))
    told = normal("error", {"type": "error", "error": {"message": said}}, known)
    assert len(told.ids) == len({one.path for one in told.ids}) == 200_000
    assert {one.name for one in told.ids if one.path.endswith("[123456]")} == {"item_6"}
