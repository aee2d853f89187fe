"""Which dialect is spoken is told by the events, with a reason, and not by the model's name."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.events import BETA, DIALECTS, LIVE, REALTIME, TRANSLATION, Detector
from rtcli.events.detection import clues

BETA_SESSION = {"modalities": ["text"], "model": "gpt-realtime"}
GA_SESSION = {"type": "realtime", "model": "gpt-4o-realtime-preview"}


def heard(*events, url=""):
    detector = Detector()
    if url:
        detector.connected_to(url)
    for line, event in enumerate(events, 1):
        detector.hear(event, line)
    return detector


@pytest.mark.parametrize(
    ("folder", "dialect"),
    [("realtime", REALTIME), ("beta", BETA), ("translation", TRANSLATION), ("live", LIVE)],
)
def test_every_captured_session_is_told_by_its_first_events(shared, folder, dialect):
    for path in sorted((shared / "traffic" / folder).glob("*.jsonl")):
        lines = path.read_text().splitlines()
        detector = heard(*(json.loads(line) for line in lines[:3]))
        assert detector.dialect is dialect, path.name
        assert detector.settled, path.name
        whole = heard(*map(json.loads, lines))
        assert whole.dialect is dialect, path.name
        assert not whole.disagree, whole.disagreement()


@pytest.mark.parametrize(
    ("event", "dialect"),
    [
        ({"type": "session.created", "session": GA_SESSION}, REALTIME),
        ({"type": "session.updated", "session": {"type": "transcription"}}, REALTIME),
        ({"type": "session.created", "session": {"type": "translation"}}, TRANSLATION),
        ({"type": "session.created", "session": BETA_SESSION}, BETA),
        ({"type": "transcription_session.updated", "session": {}}, BETA),
        ({"type": "transcription_session.update", "session": {}}, BETA),
        ({"type": "session.started", "session": {}}, LIVE),
        ({"type": "session.output_audio.delta", "delta": "AAAA"}, LIVE),
        ({"type": "session.output_audio.delta", "delta": "AAAA", "event_id": "e", "sample_rate": 24000}, TRANSLATION),
        ({"type": "session.output_transcript.delta", "delta": "a", "event_id": "e", "start_ms": 0}, LIVE),
        ({"type": "session.input_transcript.delta", "delta": "a", "event_id": "e", "elapsed_ms": 0}, TRANSLATION),
        ({"type": "session.input_audio_buffer.append", "audio": "AAAA"}, TRANSLATION),
        ({"type": "session.input_audio.append", "audio": "AAAA"}, LIVE),
        ({"type": "response.audio.delta"}, BETA),
        ({"type": "response.output_audio.delta"}, REALTIME),
        ({"type": "conversation.item.added"}, REALTIME),
        ({"type": "conversation.item.created", "item": {}}, BETA),
        ({"type": "response.created", "response": {"modalities": ["text"]}}, BETA),
        ({"type": "response.done", "response": {"output_modalities": ["text"]}}, REALTIME),
        ({"type": "response.create", "response": {"modalities": ["text"]}}, BETA),
        (
            {"type": "response.output_item.done", "item": {"role": "assistant", "content": [{"type": "audio"}]}},
            BETA,
        ),
        ({"type": "session.update", "session": {"turn_detection": None}}, BETA),
        ({"type": "session.update", "session": {"type": "realtime"}}, REALTIME),
    ],
    ids=lambda value: value["type"] if isinstance(value, dict) else value.name,
)
def test_one_event_tells_the_dialect(event, dialect):
    assert heard(event).dialect is dialect


def test_the_models_name_tells_nothing():
    for model in ("gpt-realtime", "gpt-4o-realtime-preview", "gpt-live-1", "gpt-realtime-translate"):
        assert not heard({"type": "session.created", "session": {"model": model}}).verdicts


def test_what_is_spoken_is_realtime_until_something_else_is_heard():
    assert heard().dialect is REALTIME
    assert heard({"type": "input_audio_buffer.append", "audio": ""}).dialect is REALTIME


def test_a_beta_client_at_a_realtime_server_is_told_with_both_reasons():
    detector = heard(
        {"type": "session.created", "session": GA_SESSION},
        {"type": "session.update", "session": {"modalities": ["text"]}},
    )
    assert detector.dialect is REALTIME
    assert detector.disagree
    assert detector.disagreement() == (
        "client speaks beta (line 2: session.update has session.modalities), "
        'server speaks realtime (line 1: session.type is "realtime")'
    )


def test_a_stronger_clue_replaces_a_weaker_one_and_an_equal_one_does_not():
    weak = {"type": "conversation.item.created", "item": {}}
    strong = {"type": "response.output_text.delta"}
    other = {"type": "response.text.delta"}
    certain = {"type": "session.updated", "session": BETA_SESSION}
    assert heard(weak, strong).dialect is REALTIME
    assert heard(weak, strong, other).dialect is REALTIME
    assert heard(weak, strong, certain).dialect is BETA
    assert heard(weak, strong, certain, {"type": "session.updated", "session": GA_SESSION}).dialect is BETA


@pytest.mark.parametrize(
    ("url", "dialect"),
    [
        ("wss://api.openai.com/v1/realtime/translations?model=x", TRANSLATION),
        ("wss://api.openai.com/v1/live/sessions", LIVE),
        ("wss://api.openai.com/v1/realtime?model=gpt-live-1", REALTIME),
        ("", REALTIME),
        ("not a url at all", REALTIME),
    ],
)
def test_the_address_tells_what_is_spoken_until_an_event_does(url, dialect):
    assert heard(url=url).dialect is dialect
    assert heard({"type": "session.created", "session": BETA_SESSION}, url=url).dialect is BETA


def test_a_silent_server_is_not_waited_for_without_end():
    detector = heard(*[{"type": "input_audio_buffer.append", "audio": ""}] * 500)
    assert detector.settled
    assert detector.dialect is REALTIME


def test_another_connection_is_listened_to_anew():
    detector = heard({"type": "session.created", "session": BETA_SESSION})
    detector.forget()
    assert detector.dialect is REALTIME
    assert not detector.settled


def test_every_type_that_only_one_dialect_has_tells_it():
    for dialect in DIALECTS.values():
        for name, event in dialect.types.items():
            if all(name not in other.types for other in DIALECTS.values() if other is not dialect):
                found = [clue.dialect for _, clue in clues({"type": name})]
                if found:
                    assert found[0] is dialect, name
                    assert next(clues({"type": name}))[0] == event.sender, name
                else:
                    assert dialect is REALTIME, name


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["type", "session", "response", "item", "content", "role", "model", "modalities", "x"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)
names = st.sampled_from(
    sorted(
        {
            "session.created",
            "session.update",
            "response.create",
            "response.done",
            "conversation.item.created",
            "session.output_audio.delta",
            "x",
        }
    )
)


@given(st.lists(st.tuples(names, json_values), max_size=6))
def test_no_json_value_makes_it_raise_and_a_prefix_is_told_the_same(values):
    events = [{**value, "type": name} if isinstance(value, dict) else value for name, value in values]
    whole = heard(*events)
    again = Detector()
    for line, event in enumerate(events, 1):
        assert again.dialect is heard(*events[: line - 1]).dialect
        again.hear(event, line)
    assert again.verdicts == whole.verdicts


@given(st.lists(json_values | st.fixed_dictionaries({"type": json_values}), max_size=6))
def test_whatever_comes_when_it_is_settled_what_is_spoken_does_not_make_it_raise(values):
    detector = heard({"type": "session.created", "session": {"type": "realtime"}})
    assert detector.settled
    for line, value in enumerate(values, 2):
        if detector.listens_to(value):
            detector.hear(value, line)
