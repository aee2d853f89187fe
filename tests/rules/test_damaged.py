"""A damaged event is told by the schema, and misleads no rule that judges the others."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

import pytest
from sweeping import by_turns

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check

RECORDINGS = Path(__file__).parents[2] / "recordings"
FILES = sorted(path for folder in ("broken", "clean") for path in (RECORDINGS / folder).glob("*.jsonl*"))
SMALL = [path for path in FILES if path.stat().st_size < 100_000]
CLEAN = [path for path in SMALL if path.parent.name == "clean"]
FOLLOWED = (
    ("event_id",),
    ("previous_item_id",),
    ("output_index",),
    ("item", "content"),
    ("item", "name"),
    ("item", "object"),
    ("item", "status"),
    ("part",),
    ("rate_limits",),
    ("response", "object"),
    ("response", "output"),
    ("response", "status"),
    ("response", "usage", "input_tokens"),
    ("session", "expires_at"),
    ("session", "model"),
    ("session", "voice"),
    ("session", "tools"),
)
"""Fields without which an event can still be followed."""


@cache
def lines_of(path):
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return text.splitlines()


def found(lines):
    """What is above a remark, by its code and line."""
    listener = Listener()
    told = Check(RULES, listener).run(read((line + b"\n" for line in lines), listener))
    return {(one.code, one.line) for one in told if one.severity != "info"}


def spoilt(line, path, value=None):
    """The line with an event of the server that lacks a field, or has another value there."""
    try:
        record = json.loads(line)
    except ValueError:
        return line
    event = record.get("event", record) if isinstance(record, dict) else None
    holder = event if isinstance(event, dict) and record.get("from") == "server" else {}
    for step in path[:-1]:
        inner = holder.get(step)
        holder = inner if isinstance(inner, dict) else {}
    if path[-1] not in holder:
        return line
    if value is None:
        del holder[path[-1]]
    else:
        holder[path[-1]] = value
    return json.dumps(record).encode()


def beyond_the_schema(findings):
    return {one for one in findings if not one[0].startswith("SCH")}


@pytest.mark.parametrize("path", by_turns(SMALL, 0, 3), ids=lambda path: path.name)
def test_without_the_ids_of_its_events_nothing_is_found_in_a_recording_that_is_not_in_it(path):
    stripped = found(spoilt(line, ("event_id",)) for line in lines_of(path))
    assert beyond_the_schema(stripped) <= found(lines_of(path))


@pytest.mark.parametrize("field", FOLLOWED, ids=".".join)
@pytest.mark.parametrize("value", [None, {"x": []}], ids=["missing", "wrong"])
def test_a_field_that_all_events_lack_makes_no_rule_find_a_fault_in_a_call_in_order(field, value):
    damaged = 0
    for path in CLEAN:
        lines = [spoilt(line, field, value) for line in lines_of(path)]
        if lines != lines_of(path):
            damaged += 1
            assert beyond_the_schema(found(lines)) == set(), path.name
    assert damaged


def test_what_a_client_does_is_judged_by_what_damaged_events_have_told():
    path = RECORDINGS / "broken/FUN01.jsonl"
    stripped = found(spoilt(line, ("event_id",)) for line in lines_of(path))
    assert "FUN01" in {code for code, _ in stripped}
