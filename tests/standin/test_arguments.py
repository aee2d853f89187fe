"""Arguments that fit a tool's schema."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.standin.arguments import fitting

SAID = "What is the weather in London for 12 days?"


def made(schema, said=SAID):
    return fitting({"type": "object", "properties": {"it": schema}, "required": ["it"]}, said)["it"]


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string"}, "London"),
        ({"type": "string", "enum": ["celsius", "kelvin"]}, "celsius"),
        ({"type": "string", "minLength": 8}, "London.."),
        ({"type": "string", "maxLength": 3}, "Lon"),
        ({"const": 7}, 7),
        ({"default": "x", "type": "string"}, "x"),
        ({"type": "integer"}, 12),
        ({"type": "integer", "maximum": 5}, 5),
        ({"type": "number", "minimum": 20.5}, 20.5),
        ({"type": "integer", "exclusiveMaximum": 5}, 4),
        ({"type": "boolean"}, True),
        ({"type": "null"}, None),
        ({"type": ["string", "null"]}, "London"),
        ({"type": "array", "items": {"type": "string"}}, []),
        ({"type": "array", "items": {"type": "integer"}, "minItems": 2}, [12, 12]),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, True),
        ({"type": "object", "properties": {"day": {"type": "integer"}}}, {"day": 12}),
        ({}, "London"),
    ],
)
def test_a_value_is_as_its_schema_wants_it(schema, value):
    assert made(schema) == value


def test_without_a_name_in_the_sentence_a_text_is_called_after_its_property():
    assert made({"type": "string"}, "how warm is it?") == "it"


def test_what_is_not_required_is_left_out_and_all_is_made_where_nothing_is():
    properties = {"city": {"type": "string"}, "unit": {"type": "string"}}
    assert fitting({"properties": properties, "required": ["city"]}, SAID) == {"city": "London"}
    assert set(fitting({"properties": properties}, SAID)) == {"city", "unit"}


def test_references_are_followed():
    schema = {
        "properties": {"place": {"$ref": "#/$defs/Place"}},
        "$defs": {"Place": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}},
    }
    assert fitting(schema, SAID) == {"place": {"city": "London"}}


def test_a_schema_that_contains_itself_comes_to_an_end():
    schema = {"type": "object", "properties": {"next": {"$ref": "#"}}, "required": ["next"]}
    assert "next" in fitting(schema, SAID)
    assert fitting({"$ref": "#"}, SAID) == {}


def test_a_very_long_number_in_the_sentence_does_no_harm():
    assert isinstance(made({"type": "integer"}, "9" * 6000), int)


KEYS = st.sampled_from(
    [
        "type",
        "properties",
        "required",
        "items",
        "minItems",
        "enum",
        "const",
        "minimum",
        "maximum",
        "minLength",
        "maxLength",
        "anyOf",
        "$ref",
        "default",
        "it",
    ]
)
WORDS = st.sampled_from(["string", "integer", "array", "object", "#", "#/it", "it"])
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@given(VALUES, st.text(max_size=20))
def test_whatever_the_schema_is_there_are_arguments(schema, said):
    made = fitting(schema, said)
    assert isinstance(made, dict)
    json.dumps(made)


@pytest.mark.parametrize("bound", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"])
@pytest.mark.parametrize("value", [10**400, -(10**400)])
def test_a_bound_that_no_float_holds_is_none(bound, value):
    assert made({"type": "number", bound: value}) == 12


@pytest.mark.parametrize("kind", ["arrays in arrays", "an object that refers to itself"])
def test_a_schema_that_asks_for_values_without_end_gets_some(kind):
    schema = {"type": "array", "minItems": 1000, "items": {"$ref": "#/properties/it"}}
    if kind.startswith("an object"):
        fields = [f"field_{number}" for number in range(9)]
        schema = {
            "type": "object",
            "required": fields,
            "properties": {field: {"$ref": "#/properties/it"} for field in fields},
        }
    assert len(json.dumps(made(schema))) < 1_000_000
