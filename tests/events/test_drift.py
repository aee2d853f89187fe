"""Our types beside the official ones: every field, requiredness, nullability, enum and nested object.

Both sides are flattened to lines such as ``response.done $.response.status`` with what is allowed
there. Differences that are meant stand in ``MEANT``, each with its evidence.
"""

from __future__ import annotations

import json
import re
import types
from collections import abc
from typing import Annotated, Any, Literal, Required, Union, get_args, get_origin, get_type_hints

import pytest
from msgspec import inspect
from official import models
from typing_extensions import is_typeddict

from rtcli.events import DIALECTS

MEANT = {
    "realtime": [
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
    ],
    "beta": [
        (r"(item|input\[\]|output\[\])\.(arguments|content|name|output|role): kinds \['null'\]", "what a kind of item needs is never null: every captured item (traffic: beta/*.jsonl)"),
        (r"(item|input\[\]|output\[\]|content\[\]|turn_detection)\.type: (required here|kinds)", "the type tells objects apart; every captured one has it"),
        (r"content\[\]\.type: kinds .* \['\"audio\"'\] only ours", "one class of messages for history and for what is said"),
        (r"\$\.session\.(object|expires_at|client_secret|truncation|prompt|include)\b.*: only ours", "captured session (traffic: beta/tool_call.jsonl, line 1)"),
        (r"turn_detection\.idle_timeout_ms: only ours", "captured session (traffic: beta/tool_call.jsonl, line 1)"),
        (r"\$\.response\.(audio|output_modalities)\b.*: only ours", "gateways send the names of realtime beside those of beta; the class extends that of realtime"),
        (r"(cached_tokens_details|image_tokens)\b.*: only ours", "captured at Azure Voice Live (traffic: vendors/azure_voice_live_tool_call_round.jsonl)"),
        (r"\.(obfuscation|phase|reasoning_tokens|languages)\b.*: only ours", "the class is that of realtime, whose servers send it"),
        (r"content_part\.(added|done) \$\.content: only ours", "the class is that of realtime; 12 events captured at Azure"),
        (r"function_call_arguments\.done \$\.name: only ours", "3 of 3 captured beta servers send it"),
        (r"completed \$\.usage: (required there|kinds \[\] only theirs, \['null'\] only ours)", "whisper-1 leaves it out: 12 of 12 captured events"),
        (r"\.(model|voice): kinds", "names of models and voices change from week to week; any string is taken"),
        (r"\.conversation: kinds", "auto, none, or any id: any string is taken"),
        (r"transcription_session\.created ", "crate api_openai 0.3.0 and the OpenAPI description of 2025-04-29 have it; the package lacks it"),
        (r"transcription_session\.updated \$\.session\.(id|object|expires_at|include|input_audio_noise_reduction|turn_detection)\b.*: only ours", "the OpenAPI description of 2025-04-29"),
        (r"transcription_session\.updated \$\.session\.client_secret: ", "only the answer to the HTTP request has it: the OpenAPI description of 2025-04-29"),
    ],
    "translation": [
        (r"\$\.session\S*\.include\b.*: only ours", "captured session (traffic: translation/speech_translation.jsonl, line 1)"),
    ],
    "live": [
        (r"\w+\.append \$\.delegation_id: (required here|kinds)", "needed, and null where there is none: the package's types of what is sent, and a captured event"),
        (r"decision\.event \$\.event\.decision", "an object of the Decision API, kept as it came"),
        (r"\.(model|voice): kinds", "names of models and voices change from week to week; any string is taken"),
        (r"response\.item\.create \$\.item", "an item of the Responses API, kept as it came"),
    ],
}  # fmt: skip

Fact = tuple[bool, frozenset[str]]


def _unions(dialect: str) -> tuple[Any, ...]:
    """The unions of what a client sends."""
    from openai.types import realtime
    from openai.types.beta import realtime as beta
    from openai.types.live.client_event_param import ClientEventParam
    from openai.types.live.connect_client_event_param import ConnectClientEventParam
    from openai.types.live.fork_client_event_param import ForkClientEventParam

    return {
        "realtime": (realtime.RealtimeClientEventParam,),
        "beta": (beta.RealtimeClientEventParam,),
        "translation": (realtime.RealtimeTranslationClientEventParam,),
        "live": (ClientEventParam, ConnectClientEventParam, ForkClientEventParam),
    }[dialect]


FLAT: set[str] = set()
"""Where one official class stands for objects of several types, with every field of all of them."""


def official(dialect: str) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    for name, shapes in models(dialect).items():
        for number, model in enumerate(shapes):
            one: dict[str, Fact] = {}
            _model(model, f"{name} $", one)
            if number:
                _merge(facts, one, name)
            else:
                facts |= one
    return facts


def _merge(facts: dict[str, Fact], other: dict[str, Fact], name: str) -> None:
    """A type with several models: a field is required where every model that has its object requires it."""
    mine = {place: fact for place, fact in facts.items() if place.startswith(f"{name} $")}
    for place in mine.keys() | other.keys():
        here, there = mine.get(place), other.get(place)
        if here and there:
            facts[place] = (here[0] and there[0], here[1] | there[1])
            continue
        needed, kinds = here or there or (False, frozenset())
        lacking = other if here else mine
        shared = any(elsewhere.startswith(_object_of(place) + ".") for elsewhere in lacking)
        optional = shared and not place.endswith("[]")
        facts[place] = (needed and not optional, kinds | {"null"} if optional else kinds)


def _object_of(place: str) -> str:
    return place.rpartition(".")[0]


def _model(model: Any, path: str, facts: dict[str, Fact]) -> None:
    for name, field in model.model_fields.items():
        if name == "type" and (path.endswith(" $") or (_tag(model) and not _is_flat(path))):
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
    elif isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        kinds.add("object")
        _model(annotation, place if _is_flat(place) else place + _tag(annotation), facts)
    else:
        kinds.add(
            {str: "string", int: "integer", float: "number", bool: "boolean", type(None): "null", object: "any"}.get(
                annotation, "any"
            )
        )


def _is_flat(place: str) -> bool:
    """Whether one official class stands there for the parts of a role."""
    return place.endswith(".content[]") and not place.startswith("decision.")


def _tag(model: Any) -> str:
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


def ours(dialect: str) -> dict[str, Fact]:
    facts: dict[str, Fact] = {}
    FLAT.clear()
    FLAT.update(place.removesuffix(".type") for place in official(dialect) if place.endswith(".type"))
    for name, event in DIALECTS[dialect].types.items():
        _struct(inspect.type_info(event), f"{name} $", facts)
    return facts


def _struct(schema: Any, path: str, facts: dict[str, Fact]) -> None:
    for field in schema.fields:
        if field.encode_name == "type" and path.endswith(f"<{_literal_tag(schema)}>"):
            continue
        place, kinds = f"{path}.{field.encode_name}", set()
        _schema(field.type, place, kinds, facts)
        _note(facts, place, field.required, kinds)


def _schema(schema: Any, place: str, kinds: set[str], facts: dict[str, Fact]) -> None:
    match schema:
        case inspect.Metadata():
            _schema(schema.type, place, kinds, facts)
        case inspect.UnionType():
            flat = [arm for arm in schema.types if isinstance(arm, inspect.StructType) and arm.tag and place in FLAT]
            for arm in schema.types:
                if arm not in flat:
                    _schema(arm, place, kinds, facts)
            if flat:
                kinds.add("object")
                _flattened(flat, place, facts)
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
            if schema.tag and place in FLAT:
                _flattened([schema], place, facts)
            else:
                tag = schema.tag or _literal_tag(schema)
                _struct(schema, f"{place}<{tag}>" if tag else place, facts)
        case _:
            names = {
                inspect.StrType: "string",
                inspect.IntType: "integer",
                inspect.FloatType: "number",
                inspect.BoolType: "boolean",
                inspect.NoneType: "null",
            }
            kinds.add(names.get(type(schema), "any"))


def _literal_tag(schema: inspect.StructType) -> str:
    """The type of an object that is not told apart from others, but says what it is."""
    for field in schema.fields:
        if field.encode_name == "type":
            arms = field.type.types if isinstance(field.type, inspect.UnionType) else (field.type,)
            values = [value for arm in arms if isinstance(arm, inspect.LiteralType) for value in arm.values]
            return values[0] if len(values) == 1 and "." not in values[0] else ""
    return ""


def _flattened(arms: list[Any], place: str, facts: dict[str, Fact]) -> None:
    """Several objects as one: what one of them lacks is not required of the whole."""
    whole: dict[str, Fact] = {}
    for number, arm in enumerate(arms):
        one: dict[str, Fact] = {}
        _note(one, f"{place}.type", True, {json.dumps(arm.tag)})
        _struct(arm, place, one)
        for field in whole.keys() | one.keys():
            here, there = whole.get(field), one.get(field)
            known = [fact for fact in (here, there) if fact]
            needed = all(fact[0] for fact in known) and (len(known) == 2 or not number or field.endswith("[]"))
            whole[field] = (needed, frozenset().union(*(fact[1] for fact in known)))
    for field, (needed, kinds) in whole.items():
        _note(facts, field, needed, set(kinds))


def _note(facts: dict[str, Fact], place: str, required: bool, kinds: set[str]) -> None:
    """Several official classes can stand at one place; what they allow is put together."""
    before = facts.get(place)
    if "any" in kinds:
        kinds = kinds - {"null"}
    facts[place] = (
        required and (before is None or before[0]),
        frozenset(kinds) | (before[1] if before else frozenset()),
    )


def differences(dialect: str) -> list[str]:
    theirs, mine = official(dialect), ours(dialect)
    found = [f"{place}: only theirs" for place in theirs.keys() - mine.keys()]
    found += [f"{place}: only ours" for place in mine.keys() - theirs.keys()]
    for place in theirs.keys() & mine.keys():
        (needed, kinds), (wanted, allowed) = theirs[place], mine[place]
        if needed != wanted:
            found.append(f"{place}: required {'there' if needed else 'here'}")
        if kinds != allowed:
            found.append(f"{place}: kinds {sorted(kinds - allowed)} only theirs, {sorted(allowed - kinds)} only ours")
    return sorted(found)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_no_field_differs_from_the_official_types_unless_it_is_meant(dialect):
    found = differences(dialect)
    unmeant = [line for line in found if not any(re.search(where, line) for where, _ in MEANT[dialect])]
    assert unmeant == [], "\n" + "\n".join(unmeant)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_every_row_of_the_table_of_meant_differences_is_still_needed(dialect):
    found = differences(dialect)
    assert [where for where, _ in MEANT[dialect] if not any(re.search(where, line) for line in found)] == []


def sent(dialect: str) -> dict[str, Fact]:
    """What the package's types of what a client sends say; they know what is needed and may be null."""
    facts: dict[str, Fact] = {}
    for union in _unions(dialect):
        for event in get_args(union):
            name = get_args(get_type_hints(event)["type"])[0]
            one: dict[str, Fact] = {}
            _typed_dict(event, f"{name} $", one)
            if any(place.startswith(f"{name} $") for place in facts):
                _merge(facts, one, name)
            else:
                facts |= one
    return facts


def _typed_dict(kind: Any, path: str, facts: dict[str, Fact]) -> None:
    for name, hint in get_type_hints(kind, include_extras=True).items():
        if name == "type" and (path.endswith(" $") or (_dict_tag(kind) and not _is_flat(path))):
            continue
        kinds: set[str] = set()
        _hint(hint, f"{path}.{name}", kinds, facts)
        _note(facts, f"{path}.{name}", get_origin(hint) is Required, kinds)


def _hint(hint: Any, place: str, kinds: set[str], facts: dict[str, Fact]) -> None:
    origin = get_origin(hint)
    if origin in (Annotated, Required):
        _hint(get_args(hint)[0], place, kinds, facts)
    elif origin in (Union, types.UnionType):
        for arm in get_args(hint):
            _hint(arm, place, kinds, facts)
    elif origin in (list, abc.Iterable, abc.Sequence):
        _hint(get_args(hint)[0], f"{place}[]", kinds, facts)
        _note(facts, f"{place}[]", True, {"any"})
    elif is_typeddict(hint):
        _typed_dict(hint, place if _is_flat(place) else place + _dict_tag(hint), facts)


def _dict_tag(kind: Any) -> str:
    hint = get_type_hints(kind).get("type")
    values = get_args(hint) if get_origin(hint) is Literal else ()
    return f"<{values[0]}>" if len(values) == 1 and "." not in values[0] else ""


@pytest.mark.parametrize("dialect", DIALECTS)
def test_what_a_client_sends_needs_what_the_packages_types_for_it_need(dialect):
    theirs, mine = sent(dialect), ours(dialect)
    assert len(theirs) > 10
    found = [
        f"{place}: required {'there' if needed else 'here'}"
        for place, (needed, _) in sorted(theirs.items())
        if place in mine and mine[place][0] != needed
    ]
    assert [line for line in found if not any(re.search(where, line) for where, _ in MEANT[dialect])] == []


def test_the_comparison_sees_what_it_compares():
    sizes = {dialect: len(official(dialect)) for dialect in DIALECTS}
    assert sizes["realtime"] > 500
    assert sizes["beta"] > 250
    assert sizes["translation"] > 30
    assert sizes["live"] > 200
    theirs = official("realtime")
    assert theirs["response.done $.response.status"][1] == {
        '"in_progress"',
        '"completed"',
        '"cancelled"',
        '"failed"',
        '"incomplete"',
        "null",
    }
    assert "conversation.item.added $.item<function_call>.arguments" in theirs


@pytest.mark.parametrize(
    ("dialect", "catalogued", "server", "client"),
    [
        ("realtime", "ga", 46, 11),
        ("beta", "beta", 35, 12),
        ("translation", "translation", 7, 3),
        ("live", "live", 28, 16),
    ],
)
def test_every_event_of_the_catalogue_is_there(shared, dialect, catalogued, server, client):
    catalogue = json.loads((shared / "protocol/events.json").read_text())["events"]
    names = {
        (event["name"], event["direction"])
        for event in catalogue
        if event["dialect"] == catalogued and not event.get("status", "").startswith("spec-only")
    }
    ours = {(name, event.sender) for name, event in DIALECTS[dialect].types.items()}
    both = {(name, "server") for name, event in DIALECTS[dialect].types.items() if event.reflected}
    assert names <= ours | both
    assert ours <= names
    assert len([name for name, side in names if side == "server"]) == server
    assert len([name for name, side in names if side == "client"]) == client
