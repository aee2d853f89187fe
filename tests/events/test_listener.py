"""Learning makes decoding faster and changes nothing else."""

from __future__ import annotations

import copy
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.events import BETA, DIALECTS, REALTIME, Event, Listener, Malformed, Unknown, decode, encode

DONE = {
    "type": "response.done",
    "event_id": "e",
    "response": {
        "id": "r",
        "object": "realtime.response",
        "status": "completed",
        "output": [
            {"type": "function_call", "name": "f", "arguments": "{}", "call_id": "c"},
            {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "x"}]},
        ],
        "usage": {"total_tokens": 1},
        "metadata": {"k": "v"},
    },
}
OBJECTS = [
    (),
    ("response",),
    ("response", "output", 0),
    ("response", "output", 1),
    ("response", "output", 1, "content", 0),
    ("response", "usage"),
]
HEARD = '{"type":"session.updated","event_id":"e","session":{"type":"realtime"}}'


def with_fields(event, fields):
    twin = copy.deepcopy(event)
    for (*way, name), value in fields:
        holder = twin
        for step in way:
            holder = holder[step]
        holder[name] = value
    return twin


def extras(event):
    return sorted(((extra.path, extra.value) for extra in event.extra), key=repr)


def test_a_field_that_keeps_coming_is_learned():
    listener = Listener(REALTIME)
    odd = json.dumps(with_fields(DONE, [(("response", "usage", "grok_tokens"), 5)]))
    before = listener.vocabulary
    classes = {type(listener.decode(odd, line)) for line in range(20)}
    assert listener.vocabulary is not before
    assert len(classes) == 2
    assert {kind.__name__ for kind in classes} == {"Done"}
    assert all(issubclass(kind, REALTIME.types["response.done"]) for kind in classes)


fields = st.lists(
    st.tuples(
        st.tuples(
            st.sampled_from(OBJECTS),
            st.sampled_from(["vendor", "extra", "foreign", "a-b", "learned_0", "", "made_for", "\t", '"', "\\"]),
        ).map(lambda pair: (*pair[0], pair[1])),
        st.none() | st.integers(-9, 9) | st.text(max_size=4) | st.lists(st.integers(0, 3), max_size=2),
    ),
    max_size=4,
    unique_by=lambda pair: pair[0],
)


@given(st.lists(fields, min_size=1, max_size=4), st.integers(5, 30))
def test_what_was_learned_is_decoded_as_without_learning(variants, rounds):
    texts = [json.dumps(with_fields(DONE, chosen)) for chosen in variants]
    listener = Listener(REALTIME)
    for number in range(rounds):
        text = texts[number % len(texts)]
        learned, plain = listener.decode(text, number), decode(text)
        assert isinstance(learned, Event)
        assert isinstance(plain, Event)
        assert extras(learned) == extras(plain)
        assert json.loads(encode(learned)) == json.loads(text)
        assert learned.type == plain.type
        assert isinstance(learned, REALTIME.types["response.done"])
        assert learned.response.output[1].role == "assistant"


@pytest.mark.parametrize("name", ["\tobfuscation", 'a"b', "a\\b", "\x00", "\x7f", "\u2028", "\u202e", "é"])
def test_a_field_with_a_name_that_json_escapes_is_told_each_time(name):
    listener = Listener(REALTIME)
    for line in range(40):
        event = listener.decode(json.dumps(with_fields(DONE, [((name,), 1)])), line)
        assert extras(event) == extras(decode(json.dumps(with_fields(DONE, [((name,), 1)]))))
        assert [extra.path for extra in event.extra] == [(name,)]


def test_a_hostile_peer_with_ever_new_names_is_not_followed_for_ever():
    listener = Listener(REALTIME)
    unions = set()
    for number in range(2000):
        text = json.dumps({"type": "input_audio_buffer.clear", f"field_{number}": number})
        event = listener.decode(text, number)
        assert json.loads(encode(event)) == json.loads(text)
        unions.add(id(listener.vocabulary))
    assert len(unions) <= 65


def test_a_name_of_another_dialect_is_its_event_and_says_so():
    listener = Listener(REALTIME)
    text = '{"type":"response.audio.delta","event_id":"e","response_id":"r","item_id":"i","output_index":0,"content_index":0,"delta":"AAAA"}'
    for number in range(12):
        event = listener.decode(text, number)
        assert isinstance(event, BETA.types["response.audio.delta"])
        assert event.foreign == "beta"
        assert event.extra == ()
        assert json.loads(encode(event)) == json.loads(text)


def test_the_session_decides_what_a_shared_name_means():
    delta = '{"type":"session.output_audio.delta","delta":"AAAA"}'
    heard = [
        ("live", '{"type":"session.started","event_id":"e","session":{}}', Event),
        ("translation", '{"type":"session.created","event_id":"e","session":{"type":"translation"}}', Malformed),
    ]
    for name, first, expected in heard:
        listener = Listener()
        listener.decode(first, 1, "server")
        assert listener.dialect is DIALECTS[name]
        assert isinstance(listener.decode(delta, 2, "server"), expected), name


def test_a_dialect_that_was_asked_for_is_kept_whatever_is_heard():
    listener = Listener(BETA)
    listener.decode(HEARD, 1, "server")
    assert listener.dialect is BETA
    assert listener.detector.dialect is REALTIME


@pytest.mark.parametrize("dialect", [*DIALECTS.values(), None], ids=str)
@given(text=st.binary(max_size=60) | st.text(max_size=60))
def test_no_text_makes_it_raise(dialect, text):
    listener = Listener(dialect)
    for line in range(2):
        assert isinstance(listener.decode(text, line), Event | Unknown | Malformed)


DELTA = {
    "type": "response.output_text.delta",
    "event_id": "e",
    "response_id": "r",
    "item_id": "i",
    "output_index": 0,
    "content_index": 0,
    "delta": "x",
}
wrong = st.one_of(
    st.none(), st.text(max_size=3), st.integers(-3, 3), st.floats(-2, 2), st.lists(st.integers(), max_size=1)
)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["output_index", "delta", "obfuscation", "vendor", "item_id"]), wrong, max_size=3
        ),
        min_size=1,
        max_size=5,
    ),
    st.integers(5, 40),
)
def test_faults_that_keep_coming_are_told_as_without_learning(variants, rounds):
    texts = [json.dumps({**DELTA, **chosen}) for chosen in variants]
    listener = Listener(REALTIME)
    for number in range(rounds):
        text = texts[number % len(texts)]
        learned, plain = listener.decode(text, number), decode(text)
        assert isinstance(learned, Malformed) == isinstance(plain, Malformed)
        assert sorted(learned.extra, key=repr) == sorted(plain.extra, key=repr)
        if isinstance(plain, Malformed):
            assert learned.faults == plain.faults
            assert learned.body == plain.body == json.loads(text)
            assert learned.type == plain.type
        else:
            assert json.loads(encode(learned)) == json.loads(encode(plain))


def test_a_field_that_keeps_being_wrong_is_let_through_and_looked_at():
    listener = Listener(REALTIME)
    bad = [json.dumps({**DELTA, "output_index": str(number)}) for number in range(20)]
    results = [listener.decode(text, number) for number, text in enumerate(bad)]
    assert listener.suspects
    assert all(isinstance(result, Malformed) for result in results)
    assert [result.faults[0].found for result in results] == [f'"{number}"' for number in range(20)]
    good = listener.decode(json.dumps(DELTA), 21)
    assert isinstance(good, REALTIME.types["response.output_text.delta"])
    assert good.output_index == 0


@pytest.mark.parametrize("whole_ones", range(6))
def test_a_broken_event_of_another_dialect_is_told_however_many_whole_ones_came_before(whole_ones):
    listener = Listener()
    listener.decode('{"type":"session.created","event_id":"e","session":{"type":"translation"}}', 1)
    whole = json.dumps({**DONE, "type": "response.created"})
    for line in range(whole_ones):
        assert isinstance(listener.decode(whole, line, "server"), Event)
    for line in range(12, 20):
        broken = listener.decode('{"type":"response.created","event_id":"e","response":[]}', line, "server")
        assert [fault.path for fault in broken.faults] == ["$.response"]


def test_an_object_where_something_else_kept_standing_is_read_as_what_it_is():
    listener = Listener(REALTIME)
    for line in range(20):
        assert isinstance(listener.decode('{"type":"response.create","response":%d}' % line, line), Malformed)
    assert listener.suspects
    good = listener.decode('{"type":"response.create","response":{"instructions":"Be brief."}}', 20)
    assert isinstance(good, REALTIME.types["response.create"])
    assert good.response.instructions == "Be brief."
