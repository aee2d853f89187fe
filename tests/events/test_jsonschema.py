"""The JSON Schema takes what the decoder takes, and refuses what it refuses."""

from __future__ import annotations

import copy
import json
import re

import pytest
from jsonschema import Draft202012Validator
from official import models

from rtcli.events import DIALECTS, Event, Malformed, decode
from rtcli.events.describe import example, pages, summary
from rtcli.events.event import type_name
from rtcli.events.jsonschema import of_dialects, of_type

EVENTS = [(dialect, event) for dialect in DIALECTS.values() for event in dialect.types.values()]
NAMES = [f"{dialect.name}-{type_name(event)}" for dialect, event in EVENTS]


def validator_of(event):
    return Draft202012Validator(of_type([event]))


@pytest.mark.parametrize(("dialect", "event"), EVENTS, ids=NAMES)
def test_an_example_is_an_event_small_and_without_unknown_fields(dialect, event):
    made = example(event)
    result = decode(json.dumps(made), dialect)
    assert isinstance(result, Event), result
    assert result.extra == ()
    assert result.type == type_name(event)
    assert len(json.dumps(made)) < 1500
    assert validator_of(event).is_valid(made)
    assert made["type"] in models(dialect.name) or made["type"] == "transcription_session.created"


@pytest.mark.parametrize(("dialect", "event"), EVENTS, ids=NAMES)
def test_a_field_that_is_missing_or_of_another_type_is_refused_by_both_or_by_neither(dialect, event):
    validator = validator_of(event)
    for wrong in damaged(example(event)):
        refused = isinstance(decode(json.dumps(wrong), dialect), Malformed)
        assert validator.is_valid(wrong) != refused, wrong


def damaged(event):
    """Copies with one of the event's own fields gone, null, or of another type."""
    for name in event:
        if name == "type":
            continue
        without = copy.deepcopy(event)
        del without[name]
        yield without
        for wrong in (None, 5.5, "word", [], {}, True):
            yield {**event, name: wrong}
    yield {**event, "a_field_of_tomorrow": 1}


def test_every_captured_event_is_taken(shared):
    for name, folder in (("realtime", "realtime"), ("translation", "translation"), ("live", "live")):
        validator = Draft202012Validator(of_dialects([DIALECTS[name]]))
        for path in sorted((shared / "traffic" / folder).glob("*.jsonl")):
            for line in path.read_text().splitlines()[:40]:
                assert validator.is_valid(json.loads(line)), (path.name, line[:200])


def test_the_schema_of_all_dialects_is_one_and_whole():
    written = of_dialects(DIALECTS.values())
    Draft202012Validator.check_schema(written)
    refs = set(re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(written)))
    assert refs <= set(written["$defs"])
    assert len(written["anyOf"]) == len({event for _, event in EVENTS})


@pytest.mark.parametrize(("dialect", "event"), EVENTS, ids=NAMES)
def test_a_page_says_who_sends_it_and_shows_every_field(dialect, event):
    (page,) = [page for page in pages(type_name(event)) if dialect.name in page.dialects]
    assert page.sender in {"the client", "the server", "either side"}
    assert {field.name for field in page.fields} == {"type", *event.__struct_encode_fields__}
    assert {field.name for field in page.fields if field.required} >= {"type"}
    assert len(summary(event)) > 8
