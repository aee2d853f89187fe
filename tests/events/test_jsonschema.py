"""The JSON Schema takes what the decoder takes, and refuses what it refuses."""

from __future__ import annotations

import copy
import json
import re

import pytest
from jsonschema import Draft202012Validator
from sweeping import by_turns

from rtcli.events import DIALECTS, Event, Malformed, decode
from rtcli.events.event import type_name
from rtcli.events.example import example
from rtcli.events.jsonschema import of_dialects, of_type

EVENTS = [(dialect, event) for dialect in DIALECTS.values() for event in dialect.types.values()]
NAMES = [f"{dialect.name}-{type_name(event)}" for dialect, event in EVENTS]
WRONG = (None, 5.5, -1, "word", [], {}, True)


def validator_of(event):
    return Draft202012Validator(of_type([event]))


@pytest.mark.parametrize(("dialect", "event"), EVENTS, ids=NAMES)
def test_an_example_is_taken_with_fields_of_tomorrow_too(dialect, event):
    made, validator = example(event), validator_of(event)
    assert validator.is_valid(made)
    for path in places(made):
        held = at(copied := copy.deepcopy(made), path)
        if isinstance(held, dict):
            held["a_field_of_tomorrow"] = 1
            assert validator.is_valid(copied), copied


@pytest.mark.parametrize(("dialect", "event"), EVENTS, ids=NAMES)
def test_a_field_that_is_missing_or_of_another_type_is_refused_by_both_or_by_neither(dialect, event):
    validator = validator_of(event)
    for wrong in by_turns(list(damaged(example(event))), EVENTS.index((dialect, event)), 4):
        refused = isinstance(decode(json.dumps(wrong), dialect), Malformed)
        assert validator.is_valid(wrong) != refused, wrong


def test_an_event_of_another_type_is_refused():
    validator = validator_of(DIALECTS["realtime"].types["response.cancel"])
    assert validator.is_valid({"type": "response.cancel"})
    assert not validator.is_valid({"type": "response.create"})
    assert not validator.is_valid({})


def test_a_type_that_is_implied_need_not_be_there():
    message = {"role": "user", "content": "Hello"}
    live = validator_of(DIALECTS["live"].types["decision.item.create"])
    assert live.is_valid({"type": "decision.item.create", "item": message})
    assert not live.is_valid({"type": "decision.item.create", "item": {"role": "user"}})
    realtime = validator_of(DIALECTS["realtime"].types["conversation.item.create"])
    parts = [{"type": "input_text", "text": "Hello"}]
    assert realtime.is_valid(
        {"type": "conversation.item.create", "item": message | {"type": "message", "content": parts}}
    )
    assert not realtime.is_valid({"type": "conversation.item.create", "item": message | {"content": parts}})


def test_what_is_out_of_its_limits_is_refused():
    update = validator_of(DIALECTS["realtime"].types["session.update"])
    for speed, fits in ((0.25, True), (1.5, True), (0.2, False), (1.6, False)):
        session = {"type": "realtime", "audio": {"output": {"speed": speed}}}
        assert update.is_valid({"type": "session.update", "session": session}) is fits
    assert not update.is_valid({"type": "session.update", "event_id": "e" * 513, "session": {"type": "realtime"}})


@pytest.mark.parametrize("name", ["realtime", "beta", "translation", "live"])
def test_a_captured_event_is_taken_where_it_decodes(shared, name):
    dialect = DIALECTS[name]
    validators = {kind: validator_of(event) for kind, event in dialect.types.items()}
    taken = 0
    for path in sorted((shared / "traffic" / name).glob("*.jsonl")):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            body = json.loads(line)
            valid = validators[body["type"]].is_valid(body)
            assert valid is isinstance(decode(line, dialect), Event), (path.name, number)
            assert valid or name == "beta", (path.name, number)
            taken += valid
    assert taken > 20


@pytest.mark.parametrize("name", ["realtime", "translation"])
def test_the_schema_of_a_dialect_takes_a_captured_session(shared, name):
    validator = Draft202012Validator(of_dialects([DIALECTS[name]]))
    for path in sorted((shared / "traffic" / name).glob("*.jsonl"))[:1]:
        assert [line for line in path.read_text().splitlines() if not validator.is_valid(json.loads(line))] == []


def test_the_schema_of_all_dialects_is_one_and_whole():
    written = of_dialects(DIALECTS.values())
    Draft202012Validator.check_schema(written)
    refs = set(re.findall(r'"\$ref": "#/\$defs/([^"]+)"', json.dumps(written)))
    assert refs == set(written["$defs"])
    assert written["anyOf"] == [{"$ref": f"#/$defs/{name}"} for name in DIALECTS]
    for name, dialect in DIALECTS.items():
        named = [written["$defs"][one["$ref"].removeprefix("#/$defs/")] for one in written["$defs"][name]["anyOf"]]
        assert [one["title"] for one in named] == list(dialect.types)


def test_a_definition_is_found_by_dialect_and_type():
    written = of_dialects(DIALECTS.values())["$defs"]
    for name in ("realtime.response.done", "beta.response.done", "live.session.start"):
        assert written[name]["properties"]["type"] == {"enum": [name.partition(".")[2]]}
    assert "beta.input_audio_buffer.append" not in written
    assert not [name for name in written if "rtcli" in name]


def damaged(event):
    """Copies with one field, of the event or of an object inside it, gone or of another type."""
    for path in places(event):
        if path in {(), ("type",)}:
            continue
        *above, last = path
        without = copy.deepcopy(event)
        del at(without, above)[last]
        yield without
        for wrong in WRONG:
            changed = copy.deepcopy(event)
            at(changed, above)[last] = wrong
            yield changed


def places(value, path=()):
    """The paths of all values inside a value, and of itself."""
    yield path
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, entry in entries:
        yield from places(entry, (*path, step))


def at(value, path):
    for step in path:
        value = value[step]
    return value
