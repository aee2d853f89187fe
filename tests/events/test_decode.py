"""Laws of decoding and encoding."""

from __future__ import annotations

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import inspect
from sweeping import examples

from rtcli.events import DIALECTS, Event, Malformed, Unknown, decode, encode
from rtcli.events.faults import examine

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=6)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def values(schema):
    """JSON values that fit a type, as the type says itself."""
    match schema:
        case inspect.Metadata():
            return values(schema.type)
        case inspect.UnionType():
            return st.one_of(*map(values, schema.types))
        case inspect.StructType():
            return objects(schema)
        case inspect.ListType():
            return st.lists(values(schema.item_type), min_size=schema.min_length or 0, max_size=3)
        case inspect.DictType():
            return st.dictionaries(values(schema.key_type), values(schema.value_type), max_size=3)
        case inspect.LiteralType():
            return st.sampled_from(schema.values)
        case inspect.StrType():
            return TEXT
        case inspect.IntType():
            return st.integers(
                schema.ge if schema.ge is not None else -(2**31), schema.le if schema.le is not None else 2**31
            )
        case inspect.FloatType():
            return st.floats(schema.ge if schema.ge is not None else -1e6, schema.le if schema.le is not None else 1e6)
        case inspect.BoolType():
            return st.booleans()
        case inspect.NoneType():
            return st.none()
    return JSON


def objects(schema):
    needed = {field.encode_name: values(field.type) for field in schema.fields if field.required}
    free = {field.encode_name: values(field.type) for field in schema.fields if not field.required}
    tag = {schema.tag_field: st.just(schema.tag)} if schema.tag_field else {}
    return st.fixed_dictionaries(tag | needed, optional=free)


EVENTS = {
    dialect: {
        name: st.deferred(lambda event=event: values(inspect.type_info(event)))
        for name, event in DIALECTS[dialect].types.items()
    }
    for dialect in DIALECTS
}
EACH_DIALECT = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=str)


def any_event(dialect):
    events = EVENTS[dialect.name]
    return st.sampled_from(sorted(events)).flatmap(events.__getitem__)


@given(st.binary() | TEXT | JSON.map(json.dumps) | JSON.map(lambda body: json.dumps({"type": "error", "error": body})))
def test_nothing_that_is_decoded_raises(text):
    assert isinstance(decode(text), Event | Unknown | Malformed)


@settings(max_examples=examples(120))
@EACH_DIALECT
@given(data=st.data())
def test_encoding_what_was_decoded_gives_an_equal_object(dialect, data):
    body = data.draw(any_event(dialect))
    event = decode(json.dumps(body), dialect)
    assert isinstance(event, Event), event
    assert not event.extra
    assert event.type == body["type"]
    assert json.loads(encode(event)) == body


@settings(max_examples=examples(100))
@EACH_DIALECT
@given(data=st.data(), more=st.dictionaries(TEXT.filter(lambda key: key != "type"), JSON, min_size=1, max_size=2))
def test_fields_beyond_the_schema_survive_decoding_and_encoding(dialect, data, more):
    body = data.draw(any_event(dialect))
    text = json.dumps(more | body)
    event = decode(text, dialect)
    assert isinstance(event, Event | Malformed)
    if isinstance(event, Event):
        assert json.loads(encode(event)) == json.loads(text)


@settings(max_examples=examples(120))
@EACH_DIALECT
@given(data=st.data())
def test_the_slow_path_accepts_what_the_fast_path_accepts_and_reports_what_it_refuses(dialect, data):
    body = data.draw(any_event(dialect))
    if data.draw(st.booleans()):
        key = data.draw(st.sampled_from(sorted(body)))
        body = body | {key: data.draw(JSON)}
    text = json.dumps(body)
    slow, fast = examine(text, dialect), fast_or_refusal(text, dialect)
    if isinstance(fast, Event):
        assert slow == fast
    elif isinstance(slow, Event):
        assert slow.extra or "got `float`" in fast


@settings(max_examples=examples(150))
@EACH_DIALECT
@given(data=st.data())
def test_fast_and_slow_path_agree_on_texts_with_a_character_wrong_anywhere(dialect, data):
    body = data.draw(any_event(dialect))
    text = json.dumps(body)
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.integers(0, len(text)))
        more = data.draw(
            st.sampled_from(['"', "{", "}", "[", "]", ",", ":", "0", "1", "-", ".", "e9", "\\", "\n", "é", ""])
        )
        text = text[:place] + more + text[place + data.draw(st.integers(0, 2)) :]
    slow, fast = examine(text, dialect), fast_or_refusal(text, dialect)
    if isinstance(fast, Event):
        assert slow == fast
    elif isinstance(slow, Event):
        assert slow.extra or "got `float`" in fast or repeats_a_key(text)
    assert decode(text, dialect) == (fast if isinstance(fast, Event) else slow)
    assert decode(text.encode(), dialect) == decode(text, dialect)


def repeats_a_key(text):
    found = []
    json.loads(text, object_pairs_hook=lambda pairs: found.append(len(dict(pairs)) < len(pairs)) or dict(pairs))
    return any(found)


@settings(max_examples=examples(120))
@EACH_DIALECT
@given(data=st.data())
def test_fast_and_slow_path_agree_on_a_wrong_value_at_any_depth(dialect, data):
    body = data.draw(any_event(dialect))
    holder, key = data.draw(st.sampled_from(list(places({"event": body}))))
    holder[key] = data.draw(JSON)
    text = json.dumps(body)
    slow, fast = examine(text, dialect), fast_or_refusal(text, dialect)
    if isinstance(fast, Event):
        assert slow == fast
    elif isinstance(slow, Event):
        assert slow.extra or "got `float`" in fast
    if isinstance(slow, Event):
        written = json.loads(encode(slow))
        assert untyped(written) == untyped(body)
        assert examine(json.dumps(written), dialect) == slow


def untyped(value):
    """The value without the types of objects, which are written also where they went without saying."""
    if isinstance(value, dict):
        return {key: untyped(entry) for key, entry in value.items() if key != "type"}
    return [untyped(entry) for entry in value] if isinstance(value, list) else value


def places(value):
    if isinstance(value, dict | list):
        for key in value if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from places(value[key])


@given(st.text() | st.text(st.characters(categories=["Cs"])))
def test_a_string_with_surrogates_is_reported_and_does_not_raise(text):
    assert isinstance(decode('{"type":"error","event_id":"' + text), Malformed)
    assert isinstance(decode(text.encode("utf-8", "surrogatepass")), Event | Unknown | Malformed)


def fast_or_refusal(text, dialect):
    try:
        return dialect.decoder.decode(text)
    except msgspec.DecodeError as refusal:
        return str(refusal)
