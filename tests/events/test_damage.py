"""Events damaged in every field: each damage is reported, at its own path.

The events are the captured ones, and whole ones with every field that the official models of the
package ``openai`` know. Those models decide whether a damage must be reported; where ours is meant
to differ, the table ``MEANT`` says why. Limits, which the models do not have, come from the
protocol's catalogue.
"""

from __future__ import annotations

import copy
import json
import re
import types
from pathlib import Path
from typing import Annotated, Literal, Union, get_args, get_origin

import pytest
from official import models
from sweeping import ALL, by_turns

from rtcli.events import DIALECTS, Event, Malformed, decode, encode
from rtcli.events.wording import describe

SHARED = Path(__file__).parents[3] / "shared"
BEYOND = {("beta", "transcription_session.created")}
"""What the official models lack."""
CASES = [
    (dialect, name)
    for dialect, spoken in DIALECTS.items()
    for name in sorted(spoken.types)
    if (dialect, name) not in BEYOND
]

REALTIME_MEANT = [
    # (type and path, damage, why ours differs)
    (
        r"(content\[\d+\]|format|tools\[\d+\])\.type$",
        "drop|null",
        "the type tells the objects apart; every captured session has it",
    ),
    (
        r"session\.(id|object|expires_at)$",
        "retype",
        "declared here: every captured session object carries them; the official model has them as extras",
    ),
    (
        r"(obfuscation|\.phase|reasoning_tokens)$",
        "retype",
        "declared here: captured sessions carry them; the official model has them as extras",
    ),
    (
        r"(_index|_ms|_tokens|\.remaining)$",
        "negative",
        "counts and positions are unsigned (crate openai-protocol: u32)",
    ),
    (r"\.(threshold|speed|seconds|strength)$", "negative", "documented range"),
    (r"\.usage$", "drop|null", "whisper-1 sends no usage (12 of 12 captured events)"),
    (
        r"content\[\d+\]\.type$",
        "other",
        "one message type for all roles; which part a role may have is a matter of the session",
    ),
    (r"\.idle_timeout_ms$", "negative", "documented range"),
    (r"\.retention_ratio$", "negative", "documented range"),
    (r"\.bytes\[0\]$", "negative", "bytes of UTF-8 (crate openai-protocol: u8)"),
    (r"\.max_output_tokens$", "negative", "documented range"),
]

MEANT = {
    "realtime": REALTIME_MEANT,
    "beta": [
        *REALTIME_MEANT,
        (
            r"(item|input\[\d+\]|output\[\d+\])\.(type|role|content|name|arguments|call_id|output)$",
            "drop|null",
            "what a kind of item needs; every captured one has it",
        ),
        (r"turn_detection\.type$", "drop|null", "the type tells the kinds apart; every captured one has it"),
        (r"\.model$", "other", "names of models change from week to week"),
        (r"transcription_session\.updated.*client_secret$", "drop|null", "only the answer to the HTTP request has it"),
        (r"session\.client_secret$", "drop|null", "only the answer to the HTTP request has it"),
        (r"expires_after\.seconds$", "negative", "a duration"),
    ],
    "translation": [
        *REALTIME_MEANT,
        (r"\$\.(channels|sample_rate)$", "negative", "counts are unsigned"),
    ],
    "live": [
        *REALTIME_MEANT,
        (
            r"^decision\.event \$\.event\.decision\.",
            "drop|null|retype|other",
            "an object of the Decision API, kept as it came",
        ),
        (
            r"^response\.item\.create \$\.item\.",
            "drop|null|retype|other",
            "an item of the Responses API, kept as it came",
        ),
        (
            r"^(session\.input_audio\.append|transport\.dtmf\.send) \$\.(event_id|client_event_id)$",
            "retype",
            "one class for both directions, of which the other has it as an extra",
        ),
        (
            r"^session\.start \$\.session\.(model|input|instructions|safety_identifier|triggers|audio\.output|delegation\.(decisions|type))\b",
            "drop|null|retype|other",
            "one class for a start and for a fork, of which the other has it as an extra",
        ),
        (r"^decision\.item\.\w+ \$\.item\.type$", "null", "it may be left out, and then it is a message"),
        (r"append \$\.delegation_id$", "drop", "needed: the package's types of what is sent say so"),
        (r"usage_ratio$", "negative", "a share"),
    ],
}

IN_ITS_ENTRY = dict.fromkeys(
    ("allowed_tools", "content", "instructions", "data", "output", "allowed_client_events", "allowed_server_events"),
    "[0]",
)
"""Fields of which a list is one form, so that a wrong list is reported in its entry."""


def real_events():
    """The first event of each type and shape in the captured sessions."""
    seen = {}
    for path in sorted((SHARED / "traffic/realtime").glob("*.jsonl")):
        for line in path.read_text().splitlines():
            event = json.loads(line)
            seen.setdefault((event["type"], shape(event)), event)
    return list(seen.values())


def shape(value):
    if isinstance(value, dict):
        return tuple(sorted((key, shape(entry)) for key, entry in value.items()))
    if isinstance(value, list):
        return tuple(sorted({repr(shape(entry)) for entry in value}))
    return type(value).__name__ + (
        value if isinstance(value, str) and value in {"message", "function_call", "server_vad"} else ""
    )


def places(value, path="$"):
    """Every object's fields at any depth, as (holder, key, path)."""
    if isinstance(value, dict):
        for key, entry in value.items():
            yield value, key, f"{path}.{key}"
            yield from places(entry, f"{path}.{key}")
    elif isinstance(value, list):
        for index, entry in enumerate(value):
            yield from places(entry, f"{path}[{index}]")


def damages(value):
    """The ways in which a value can be wrong."""
    yield "drop", None
    yield "null", None
    if isinstance(value, bool):
        yield "retype", "yes"
    elif isinstance(value, int | float):
        yield "retype", "12"
        yield "negative", -5
        yield "retype", {"n": 1}
    elif isinstance(value, str):
        yield "retype", 7
        yield "retype", ["x"]
        yield "other", value + "_wrong"
    elif isinstance(value, dict):
        yield "retype", [1]
        yield "retype", "x"
    elif isinstance(value, list):
        yield "retype", {"a": 1}
        yield "retype", "x"


def different_places(event):
    """The places that differ in more than the index in a list: of the entries of a list, one of each kind."""
    seen = set()
    for holder, key, path in places(event):
        kind = (re.sub(r"\[\d+\]", "[]", path), str(holder.get("type")), tuple(sorted(holder)), type(holder[key]))
        if kind not in seen and path != "$.type" and ".parameters" not in path:
            seen.add(kind)
            yield holder, key, path


def damaged(event):
    """Every damaged form of an event as JSON, with the path and the kind of the damage; it is whole again behind each."""
    for holder, key, path in list(different_places(event)):
        whole = copy.copy(holder)
        for kind, wrong in damages(whole[key]):
            if kind == "drop":
                del holder[key]
            else:
                holder[key] = wrong
            yield path, kind, json.dumps(event)
            holder.clear()
            holder.update(whole)


def officially_wrong(text, kind, dialect):
    """Whether no official model of a type takes it."""
    for model in models(dialect)[kind]:
        try:
            model.model_validate_json(text, strict=True)
        except ValueError:
            continue
        return False
    return True


EVENTS = real_events()

FLAT = {
    "realtime": r"content\[\d+\]\.\w+$",
    "beta": r"(content\[\d+\]|item|(input|output)\[\d+\]|turn_detection)\.\w+$",
    "translation": r"(?!)",
    "live": r"content\[\d+\]\.\w+$",
}
"""Where one official class has the fields of several kinds of object; each kind of ours has its own."""

REQUIRED_OF_SENDERS = dict.fromkeys(
    [f"session.{what}.append" for what in ("instructions", "thinking", "commentary")], ("delegation_id",)
)
"""What the package's types of what is sent require, and those of what is received leave optional."""

NEEDED = {
    "message": {"role": "user", "content": []},
    "function_call": {"name": "f", "arguments": "{}"},
    "function_call_output": {"call_id": "c", "output": ""},
}
"""What every captured beta item of a kind has, and the package's flat class leaves optional."""


def with_needed(value):
    """The value with what its kind needs."""
    if isinstance(value, list):
        return [with_needed(entry) for entry in value]
    if not isinstance(value, dict):
        return value
    needed = NEEDED.get(value.get("type"), {}) if "name" not in value or value["type"] == "function_call" else {}
    return {**needed, **{key: with_needed(entry) for key, entry in value.items()}}


PLAIN = {str: "x", int: 6000, float: 0.5, bool: True}


def sample(annotation, arm, whole):
    """A value that an official type allows: with every field or only the needed ones, by the n-th choice of each."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return sample(get_args(annotation)[0], arm, whole)
    if origin in (Union, types.UnionType):
        arms = [choice for choice in get_args(annotation) if choice is not type(None)]
        return sample(arms[arm % len(arms)], arm, whole)
    if origin is Literal:
        return get_args(annotation)[arm % len(get_args(annotation))]
    if origin is list:
        return sampled_list(get_args(annotation)[0], arm, whole)
    if origin is dict:
        return {"k": sample(get_args(annotation)[1], arm, whole)}
    if isinstance(annotation, type) and hasattr(annotation, "model_fields"):
        fields = [(n, f) for n, f in annotation.model_fields.items() if whole or f.is_required() or n == "type"]
        return {f.alias or n: sample(f.annotation, arm, whole) for n, f in fields}
    return PLAIN.get(annotation, "anything")


def sampled_list(inner, arm, whole):
    """One entry of each kind that a list can hold."""
    if inner is int:
        return [65]
    kinds = 8 if whole and get_origin(inner) in (Union, Annotated, types.UnionType) else 1
    return [sample(inner, choice, whole) for choice in range(arm, arm + kinds)]


def whole_event(dialect, name, arm, model=0):
    """An event with every field; a part of a message keeps those of its own type."""
    event = sample(models(dialect)[name][model], arm, whole=True)
    for extra in decode(json.dumps(event), DIALECTS[dialect]).extra:
        assert re.search(FLAT[dialect], describe(extra.path)), extra
        *place, field = extra.path
        holder = event
        for step in place:
            holder = holder[step]
        del holder[field]
    return event


def disagreements(event, dialect="realtime", turn=0, each=1):
    """Each damage that is reported at another path, or that we and the official models judge differently."""
    for path, kind, text in by_turns(list(damaged(event)), turn, each):
        result = decode(text, DIALECTS[dialect])
        assert isinstance(result, Event | Malformed)
        found = [fault.path for fault in result.faults] if isinstance(result, Malformed) else []
        meant = any(
            re.search(where, f"{event['type']} {path}") and re.fullmatch(what, kind)
            for where, what, _ in MEANT[dialect]
        )
        if found and path not in found and found != [path + IN_ITS_ENTRY.get(path.rpartition(".")[2], "")]:
            yield path, kind, "reported elsewhere", found
        elif not meant and bool(found) != officially_wrong(text, event["type"], dialect):
            yield path, kind, "reported" if found else "not reported", text[:300]


@pytest.mark.skipif(not EVENTS, reason="there is no shared/traffic beside the project")
@pytest.mark.parametrize("event", EVENTS or [{"type": "none"}], ids=lambda event: event["type"])
def test_every_damage_is_reported_at_its_path_and_nothing_else_is(event):
    assert len(list(damaged(event))) > 2 or set(event) == {"type"}
    assert list(disagreements(event)) == []


def whole_events(dialect, name):
    """One event of each shape that the official models allow, with every field."""
    events = (whole_event(dialect, name, arm, model) for model in range(len(models(dialect)[name])) for arm in range(3))
    return {shape(event): event for event in events}.values()


@pytest.mark.parametrize(("dialect", "name"), CASES)
def test_every_damage_of_an_event_with_every_field_is_reported_at_its_path(dialect, name):
    events = list(whole_events(dialect, name))
    # What has several forms is part of several events: by turns, each has another of its forms damaged.
    turn = CASES.index((dialect, name))
    for event in events if ALL else [events[turn % len(events)]]:
        assert isinstance(decode(json.dumps(event), DIALECTS[dialect]), Event)
        assert list(disagreements(event, dialect, turn, each=3)) == []


@pytest.mark.parametrize(("dialect", "name"), CASES)
def test_a_minimal_and_a_full_event_come_back_equal(dialect, name):
    minimal = [sample(model, arm, whole=False) for model in models(dialect)[name] for arm in range(7)]
    if dialect == "beta":
        minimal = [with_needed(event) for event in minimal]
    if "delegation_id" in REQUIRED_OF_SENDERS.get(name, ()):
        minimal = [{"delegation_id": None, **event} for event in minimal]
    for event in [*minimal, *whole_events(dialect, name)]:
        result = decode(json.dumps(event), DIALECTS[dialect])
        assert isinstance(result, Event), result
        assert result.extra == ()
        assert json.loads(encode(result)) == event
        assert not officially_wrong(json.dumps(event), name, dialect)


def test_the_whole_events_have_every_type_of_their_dialect():
    for dialect in DIALECTS:
        assert set(models(dialect)) == {name for spoken, name in CASES if spoken == dialect}


def test_every_type_of_the_captured_sessions_is_damaged(shared):
    types = {
        json.loads(line)["type"]
        for path in (shared / "traffic/realtime").glob("*.jsonl")
        for line in path.read_text().splitlines()
    }
    assert {event["type"] for event in EVENTS} == types
    assert len(types) > 25


def limits(shared):
    """Every limit of an event's own field in the catalogue: type, field, a value at the limit and one beyond it."""
    catalogue = json.loads((shared / "protocol/events.json").read_text())["events"]
    for event in catalogue:
        for field, facts in event["fields"].items() if event["dialect"] == "ga" else ():
            limit = facts.get("limit", {})
            if "min" in limit:
                yield event["name"], field, limit["min"], limit["min"] - 1
            if "max_length" in limit:
                yield event["name"], field, "x" * limit["max_length"], "x" * (limit["max_length"] + 1)


def test_every_limit_of_the_catalogue_holds(shared):
    checked = 0
    for name, field, last, beyond in limits(shared):
        event = sample(models("realtime")[name][0], 0, whole=True)
        assert isinstance(decode(json.dumps(event | {field: last})), Event), (name, field)
        result = decode(json.dumps(event | {field: beyond}))
        assert isinstance(result, Malformed), (name, field)
        assert [(fault.code, fault.path) for fault in result.faults] == [("SCH08", f"$.{field}")]
        checked += 1
    assert checked > 40


@pytest.mark.parametrize(
    ("path", "last", "beyond"),
    [
        # Source: the OpenAPI description of 2026-08-21, RealtimeSessionCreateRequestGA and RealtimeTurnDetection
        ("audio.output.speed", 0.25, 0.24),
        ("audio.output.speed", 1.5, 1.6),
        ("audio.input.turn_detection.idle_timeout_ms", 5000, 4999),
        ("audio.input.turn_detection.idle_timeout_ms", 30000, 30001),
        ("audio.input.turn_detection.threshold", 1.0, 1.1),
        ("audio.input.turn_detection.threshold", 0, -0.1),
        ("audio.input.transcription.languages", ["de"], []),
    ],
)
def test_a_limit_deep_in_the_session_holds(path, last, beyond):
    for value, faults in ((last, []), (beyond, [f"$.session.{path}"])):
        event = whole_event("realtime", "session.update", 0)
        *place, field = path.split(".")
        holder = event["session"]
        for step in place:
            holder = holder[step]
        holder[field] = value
        result = decode(json.dumps(event))
        assert [fault.path for fault in getattr(result, "faults", ())] == faults
