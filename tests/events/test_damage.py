"""Real events, damaged in every field: each damage is reported, at its own path.

Whether a damage must be reported is decided by the official models of the package ``openai``; where
ours is meant to differ, the table ``MEANT`` says why.
"""

from __future__ import annotations

import copy
import json
import re
from pathlib import Path
from typing import get_args

import pytest
from openai.types.realtime import RealtimeClientEvent, RealtimeServerEvent
from pydantic import TypeAdapter, ValidationError

from rtcli.events import Event, Malformed, decode

SHARED = Path(__file__).parents[3] / "shared"


def official_models():
    """The official model of each event type."""
    models = {}
    for union in (RealtimeServerEvent, RealtimeClientEvent):
        for model in get_args(get_args(union)[0]):
            models[get_args(model.model_fields["type"].annotation)[0]] = TypeAdapter(model)
    return models


OFFICIAL = official_models()

MEANT = [
    # (path, damage, why ours differs)
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
    (r"\.(threshold|speed|seconds)$", "negative", "documented range"),
    (r"\.usage$", "drop|null", "whisper-1 sends no usage (12 of 12 captured events)"),
    (
        r"content\[\d+\]\.type$",
        "other",
        "one message type for all roles; which part a role may have is a matter of the session",
    ),
    (r"\.idle_timeout_ms$", "negative", "documented range"),
]


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


def damaged(event):
    """Every damaged copy of an event, with the path and the kind of the damage."""
    for number, (_, _, path) in enumerate(places(event)):
        if path == "$.type" or ".parameters" in path:
            continue
        probe = list(places(event))[number]
        for kind, wrong in damages(probe[0][probe[1]]):
            twin = copy.deepcopy(event)
            holder, key, _ = list(places(twin))[number]
            if kind == "drop":
                del holder[key]
            else:
                holder[key] = wrong
            yield path, kind, twin


def officially_wrong(event):
    try:
        OFFICIAL[event["type"]].validate_json(json.dumps(event), strict=True)
    except ValidationError:
        return True
    return False


EVENTS = real_events()


@pytest.mark.skipif(not EVENTS, reason="there is no shared/traffic beside the project")
@pytest.mark.parametrize("event", EVENTS or [{"type": "none"}], ids=lambda event: event["type"])
def test_every_damage_is_reported_at_its_path_and_nothing_else_is(event):
    wrong = []
    count = 0
    for path, kind, twin in damaged(event):
        count += 1
        result = decode(json.dumps(twin))
        reported = isinstance(result, Malformed)
        meant = any(re.search(where, path) and re.fullmatch(what, kind) for where, what, _ in MEANT)
        if reported and path not in [fault.path for fault in result.faults]:
            wrong.append((path, kind, "reported elsewhere", [fault.path for fault in result.faults]))
        elif reported != officially_wrong(twin) and not meant:
            wrong.append((path, kind, "reported" if reported else "not reported", twin if len(str(twin)) < 300 else ""))
        assert reported or isinstance(result, Event)
    assert count > 2 or set(event) == {"type"}
    assert wrong == []


def test_every_type_of_the_captured_sessions_is_damaged(shared):
    types = {
        json.loads(line)["type"]
        for path in (shared / "traffic/realtime").glob("*.jsonl")
        for line in path.read_text().splitlines()
    }
    assert {event["type"] for event in EVENTS} == types
    assert len(types) > 25
