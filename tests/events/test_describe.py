"""What is said of an event type is what its class has."""

from __future__ import annotations

import json

import pytest
from msgspec import inspect

from rtcli.events import DIALECTS
from rtcli.events.describe import Field, as_data, kind_of, pages, prose, summary
from rtcli.events.event import MAX_INTEGER, type_name

EVENTS = [(dialect, event) for dialect in DIALECTS.values() for event in dialect.types.values()]
NAMES = [f"{dialect.name}-{type_name(event)}" for dialect, event in EVENTS]


def page(name, dialect="realtime"):
    (found,) = pages(name, [DIALECTS[dialect]])
    return found


def field(name, path, dialect="realtime"):
    """The field at a path of names; behind a name in brackets goes the kind of object."""
    fields = page(name, dialect).fields
    found = None
    for step in path.split("."):
        wanted, _, tag = step.partition("[")
        found = next(one for one in fields if one.name == wanted)
        chosen = [one for one in found.variants if one.tag == tag.rstrip("]")] or found.variants
        fields = chosen[0].fields if chosen else ()
    return found


@pytest.mark.parametrize(("dialect", "event"), EVENTS, ids=NAMES)
def test_a_page_says_who_sends_it_and_shows_every_field(dialect, event):
    shown = page(type_name(event), dialect.name)
    assert shown.sender in {event.sender, "either"}
    assert [one.name for one in shown.fields] == ["type", *event.__struct_encode_fields__]
    required = {one.encode_name for one in inspect.type_info(event).fields if one.required}
    assert {one.name for one in shown.fields if one.required} == required | {"type"}
    assert len(summary(event)) > 8


def test_dialects_that_share_a_class_share_the_page():
    assert [one.dialects for one in pages("input_audio_buffer.append")] == [("realtime", "beta")]
    assert [one.dialects for one in pages("response.done")] == [("realtime",), ("beta",)]
    assert pages("response.never") == []


def test_an_event_that_travels_both_ways_is_sent_by_either():
    assert page("session.input_audio.append", "live").sender == "either"
    assert page("session.input_audio_buffer.append", "translation").sender == "client"


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("event_id", "string, at most 512 characters"),
        ("session[realtime].max_output_tokens", 'integer (1 or more) or "inf"'),
        ("session[realtime].audio.output.speed", "number, 0.25 to 1.5"),
        ("session[realtime].output_modalities", 'list of "audio" or "text"'),
        ("session[realtime].tools", "list of objects"),
        ("session[realtime].tools[mcp].headers", "map of strings"),
        ("session[realtime].tools[function].parameters", "anything"),
        ("session[realtime].prompt.variables", "map of strings or objects"),
        ("session[realtime].truncation", '"auto" or "disabled" or object'),
        ("session[realtime].parallel_tool_calls", "true or false"),
    ],
)
def test_a_kind_is_said_in_words_with_its_limits(path, words):
    assert field("session.update", path).kind == words


def test_limits_inside_a_map_are_told_apart_from_those_of_the_map():
    words = "map of strings (at most 512 characters), at most 16 entries"
    assert field("response.done", "response.metadata").kind == words


def test_what_may_be_null_and_what_must_be_there_are_two_things():
    assert field("session.update", "session[realtime].instructions").nullable
    assert not field("session.update", "session").nullable
    assert field("session.update", "session").required


def test_objects_of_several_kinds_are_told_apart_by_their_type():
    tools = field("session.update", "session[realtime].tools")
    assert {one.tag: one.tag_required for one in tools.variants} == {"function": True, "mcp": True}


def test_a_type_that_is_implied_or_the_only_one_is_not_demanded():
    (only,) = field("session.update", "session.tools", "beta").variants
    assert (only.tag, only.tag_required) == ("function", False)
    kinds = {one.tag: one.tag_required for one in field("decision.item.create", "item", "live").variants}
    assert not kinds["message"]
    assert kinds["function_call"]


def test_no_class_has_a_limit_that_is_not_said():
    for schema in everything_inside(event for _, event in EVENTS):
        for unsaid in ("gt", "lt", "multiple_of", "pattern"):
            assert getattr(schema, unsaid, None) is None, schema
        for limit in ("ge", "le", "min_length", "max_length"):
            value = getattr(schema, limit, None)
            said = kind_of(schema)
            if value in (MAX_INTEGER, -MAX_INTEGER):
                continue  # every integer has these
            assert value is None or str(value) in said or (value == 1 and "not empty" in said), said


def test_every_kind_has_words():
    for schema in everything_inside(event for _, event in EVENTS):
        assert isinstance(schema, inspect.AnyType | inspect.RawType) or kind_of(schema) != "anything", schema


def test_prose_is_a_line_a_paragraph_without_quotes():
    assert prose("One ``two``\n    three.\n\n    Four.\n    ") == "One two three.\n\nFour."
    assert prose(None) == ""


def test_data_names_every_part_and_leaves_out_what_is_empty():
    data = as_data(page("session.update"))
    assert json.loads(json.dumps(data)) == data
    assert {"type", "dialects", "sender", "text", "fields", "example"} == set(data)
    plain = as_data(Field("a", "string", required=True, nullable=False))
    assert plain == {"name": "a", "kind": "string", "required": True, "nullable": False}


def everything_inside(classes):
    """Every type inside these classes, each class once."""
    seen = set()
    waiting = [inspect.type_info(one) for one in classes]
    while waiting:
        schema = waiting.pop()
        match schema:
            case inspect.StructType():
                if schema.cls in seen:
                    continue
                seen.add(schema.cls)
                waiting += [one.type for one in schema.fields]
            case inspect.UnionType():
                waiting += schema.types
            case inspect.ListType():
                waiting.append(schema.item_type)
            case inspect.DictType():
                waiting += [schema.key_type, schema.value_type]
            case inspect.Metadata():
                waiting.append(schema.type)
        yield schema
