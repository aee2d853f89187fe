"""Our types beside the official ones: every field, requiredness, nullability, enum and nested object.

Both sides are flattened to lines such as ``response.done $.response.status`` with what is allowed
there. Differences that are meant stand in ``MEANT``, each with its evidence.
"""

from __future__ import annotations

import json
import re
import types
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from msgspec import inspect
from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent
from pydantic import BaseModel

from rtcli.events import REALTIME

MEANT = [
    # difference and evidence
    (r"content\[\]\.type: (required here|kinds \['null'\] only theirs, \[\] only ours)", "the type tells parts apart; every captured part has it"),
    (r"\$\.session<\w+>\.(id|object|expires_at): only ours", "in every captured session.created and session.updated"),
    (r"\.obfuscation: only ours", "84 transcription, 271 text, 235 transcript and 114 argument deltas captured"),
    (r"\.phase: only ours", "gpt-realtime-2 items captured by pydantic-ai"),
    (r"reasoning_tokens: only ours", "gpt-realtime-2 usage captured by pydantic-ai"),
    (r"content_part\.(added|done) \$\.content: only ours", "12 events captured at Azure (traffic: azure_*.jsonl)"),
    (r"completed \$\.usage: (required there|kinds \[\] only theirs, \['null'\] only ours)", "whisper-1 leaves it out: 12 of 12 captured events"),
    (r"response\.(created|done) \$\.response\.audio\.output\.voice\.id: only ours", "response.create takes a voice by id, and the server echoes what it was asked"),
    (r"\.(model|voice)(<>)?: kinds", "names of models and voices change from week to week; any string is taken"),
    (r"\.conversation: kinds", "auto, none, or any id: any string is taken"),
    (r"\.input\[\]<item_reference>.*: only ours", "the reference page of response.create names item_reference; the package lacks it"),
]  # fmt: skip

Fact = tuple[bool, frozenset[str]]


def official() -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for union in (RealtimeServerEvent, RealtimeClientEvent):
        for model in get_args(get_args(union)[0]):
            name = get_args(model.model_fields["type"].annotation)[0]
            _model(model, f"{name} $", facts)
    return facts


def _model(model: type[BaseModel], path: str, facts: dict[str, Fact]) -> None:
    for name, field in model.model_fields.items():
        if name == "type" and (_tag(model) or path.endswith(" $")):
            continue
        place = f"{path}.{field.alias or name}"
        kinds: set[str] = set()
        _annotation(field.annotation, place, kinds, facts)
        _note(facts, place, field.is_required(), kinds)


def _annotation(annotation: Any, place: str, kinds: set[str], facts: dict[str, Fact]) -> None:
    origin = get_origin(annotation)
    if origin is Annotated:
        _annotation(get_args(annotation)[0], place, kinds, facts)
    elif origin in (Union, types.UnionType):
        for arm in get_args(annotation):
            _annotation(arm, place, kinds, facts)
    elif origin is Literal:
        kinds.update(json.dumps(value) for value in get_args(annotation))
    elif origin in (list, tuple):
        kinds.add("array")
        inner: set[str] = set()
        _annotation(get_args(annotation)[0], f"{place}[]", inner, facts)
        _note(facts, f"{place}[]", True, inner)
    elif origin is dict:
        kinds.add("object")
    elif isinstance(annotation, type) and issubclass(annotation, BaseModel):
        kinds.add("object")
        _model(annotation, place if place.endswith(".content[]") else place + _tag(annotation), facts)
    else:
        kinds.add(
            {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null", object: "any"}.get(
                annotation, "any"
            )
        )


def _tag(model: type[BaseModel]) -> str:
    field = model.model_fields.get("type")
    if field is None:
        return ""
    values = [
        v
        for arm in (get_args(field.annotation) or ())
        for v in ([arm] if isinstance(arm, str) else get_args(arm))
        if isinstance(v, str)
    ]
    return f"<{values[0]}>" if len(values) == 1 and "." not in values[0] else ""


def ours() -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for name, event in REALTIME.types.items():
        _struct(inspect.type_info(event), f"{name} $", facts)
    return facts


def _struct(schema: Any, path: str, facts: dict[str, Fact]) -> None:
    for field in schema.fields:
        place, kinds = f"{path}.{field.encode_name}", set()
        _schema(field.type, place, kinds, facts)
        _note(facts, place, field.required, kinds)


def _schema(schema: Any, place: str, kinds: set[str], facts: dict[str, Fact]) -> None:
    match schema:
        case inspect.Metadata():
            _schema(schema.type, place, kinds, facts)
        case inspect.UnionType():
            for arm in schema.types:
                _schema(arm, place, kinds, facts)
        case inspect.LiteralType():
            kinds.update(json.dumps(value) for value in schema.values)
        case inspect.ListType():
            kinds.add("array")
            inner: set[str] = set()
            _schema(schema.item_type, f"{place}[]", inner, facts)
            _note(facts, f"{place}[]", True, inner)
        case inspect.DictType():
            kinds.add("object")
        case inspect.StructType():
            kinds.add("object")
            if place.endswith(".content[]"):  # one official class stands for the parts of a role
                _note(facts, f"{place}.type", True, {json.dumps(schema.tag)})
                _struct(schema, place, facts)
            else:
                _struct(schema, f"{place}<{schema.tag}>" if schema.tag else place, facts)
        case _:
            names = {
                inspect.StrType: "string",
                inspect.IntType: "integer",
                inspect.FloatType: "number",
                inspect.BoolType: "boolean",
                inspect.NoneType: "null",
            }
            kinds.add(names.get(type(schema), "any"))


def _note(facts: dict[str, Fact], place: str, required: bool, kinds: set[str]) -> None:
    """Several official classes can stand at one place; what they allow is put together."""
    before = facts.get(place)
    if "any" in kinds:
        kinds = kinds - {"null"}
    facts[place] = (
        required and (before is None or before[0]),
        frozenset(kinds) | (before[1] if before else frozenset()),
    )


def differences() -> list[str]:
    theirs, mine = official(), ours()
    found = [f"{place}: only theirs" for place in theirs.keys() - mine.keys()]
    found += [f"{place}: only ours" for place in mine.keys() - theirs.keys()]
    for place in theirs.keys() & mine.keys():
        (needed, kinds), (wanted, allowed) = theirs[place], mine[place]
        if needed != wanted:
            found.append(f"{place}: required {'there' if needed else 'here'}")
        if kinds != allowed:
            found.append(f"{place}: kinds {sorted(kinds - allowed)} only theirs, {sorted(allowed - kinds)} only ours")
    return sorted(found)


def test_no_field_differs_from_the_official_types_unless_it_is_meant():
    unmeant = [line for line in differences() if not any(re.search(where, line) for where, _ in MEANT)]
    assert unmeant == [], "\n" + "\n".join(unmeant)


def test_every_row_of_the_table_of_meant_differences_is_still_needed():
    found = differences()
    assert [where for where, _ in MEANT if not any(re.search(where, line) for line in found)] == []


def test_the_comparison_sees_what_it_compares():
    theirs = official()
    assert len(theirs) > 500
    assert theirs["response.done $.response.status"][1] == {
        '"in_progress"',
        '"completed"',
        '"cancelled"',
        '"failed"',
        '"incomplete"',
        "null",
    }
    assert "conversation.item.added $.item<function_call>.arguments" in theirs


def test_every_event_of_the_catalogue_is_there(shared):
    catalogue = json.loads((shared / "protocol/events.json").read_text())["events"]
    names = {(event["name"], event["direction"]) for event in catalogue if event["dialect"] == "ga"}
    assert names == {(name, event.sender) for name, event in REALTIME.types.items()}
    assert len([name for name, side in names if side == "server"]) == 46
    assert len([name for name, side in names if side == "client"]) == 11
