"""What holds for every recording: whole or damaged, alone or among others, judged the fast way or the long way."""

from __future__ import annotations

import gzip
import json
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweeping import examples

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check

RECORDINGS = Path(__file__).parents[2] / "recordings"
FILES = sorted(path for folder in ("broken", "clean") for path in (RECORDINGS / folder).glob("*.jsonl*"))
SMALL = [path for path in FILES if path.stat().st_size < 100_000]
"""One recording for each rule, and clean ones: few lines, and many kinds of relations between them."""


@cache
def lines_of(path):
    text = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
    return text.splitlines(keepends=True)


class Thorough(Check):
    """Looks at every event as if it were the first of its kind."""

    def feed(self, entry):
        self._forget()
        return self._weigh(entry)


def told(finding):
    return finding.code, finding.line, finding.path, finding.message, finding.lines


def judged(lines, kind=Check):
    """What is found at each line, and at the end."""
    listener = Listener()
    check = kind(RULES, listener)
    found = [[told(one) for one in check.feed(entry)] for entry in read(lines, listener)]
    return [*found, [told(one) for one in check.finish()]]


@st.composite
def damaged(draw):
    """A recording of which some lines are lost, doubled, moved, cut in two, or lack a field."""
    lines = list(lines_of(draw(st.sampled_from(SMALL))))
    for _ in range(draw(st.integers(0, 6))):
        here, there = draw(st.integers(0, len(lines) - 1)), draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(["lose", "double", "move", "tear", "spoil", "spoil all"])):
            case "lose" if len(lines) > 1:
                del lines[here]
            case "double":
                lines.insert(there, lines[here])
            case "move":
                lines.insert(there, lines.pop(here))
            case "tear":
                lines[here] = lines[here][: len(lines[here]) // 2] + b"\n"
            case "spoil":
                lines[here] = without_field(lines[here], draw(st.integers(0, 9)))
            case "spoil all":
                lines = [without_field(line, 0) for line in lines]
    return lines


def without_field(line, number):
    """The line with an event that lacks a field: its id, or another."""
    try:
        record = json.loads(line)
    except ValueError:
        return line
    event = record.get("event", record)
    if isinstance(event, dict):
        fields = [name for name in event if name != "type"]
        if "event_id" in fields and not number:
            del event["event_id"]
        elif fields:
            del event[fields[number % len(fields)]]
    return json.dumps(record).encode() + b"\n"


@pytest.mark.parametrize("path", SMALL, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_fast_ways_find_what_the_long_way_finds(path):
    assert judged(lines_of(path)) == judged(lines_of(path), Thorough)


@settings(max_examples=examples(150), deadline=None)
@given(damaged())
def test_the_fast_ways_find_what_the_long_way_finds_in_damaged_recordings(lines):
    assert judged(lines) == judged(lines, Thorough)


@settings(max_examples=examples(50), deadline=None)
@given(damaged(), st.data())
def test_a_damaged_recording_up_to_a_line_is_judged_as_the_whole_is_up_to_there(lines, data):
    end = data.draw(st.integers(0, len(lines)))
    assert judged(lines[:end])[:-1] == judged(lines)[:end]


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(damaged(), min_size=2, max_size=4), st.randoms(use_true_random=False))
def test_sessions_that_are_judged_at_the_same_time_do_not_touch_each_other(sessions, chance):
    alone = [judged(lines) for lines in sessions]
    listeners = [Listener() for _ in sessions]
    checks = [Check(RULES, listener) for listener in listeners]
    readers = [read(lines, listener) for lines, listener in zip(sessions, listeners, strict=True)]
    found = [[] for _ in sessions]
    running = list(range(len(sessions)))
    while running:
        one = chance.choice(running)
        entry = next(readers[one], None)
        if entry is None:
            running.remove(one)
            found[one].append([told(finding) for finding in checks[one].finish()])
        else:
            found[one].append([told(finding) for finding in checks[one].feed(entry)])
    assert found == alone


HEADED = [path for path in SMALL if b'"rtcli":' in lines_of(path)[0]]


@settings(max_examples=examples(50), deadline=None)
@given(st.lists(st.sampled_from(HEADED), min_size=2, max_size=4))
def test_sessions_in_one_file_are_judged_as_in_files_of_their_own_in_any_order(paths):
    expected, offset = [], 0
    for path in paths:
        expected += placed((one for line in judged(lines_of(path)) for one in line), -offset)
        offset += len(lines_of(path))
    together = judged([line for path in paths for line in lines_of(path)])
    assert sorted(placed((one for line in together for one in line), 0)) == sorted(expected)


def placed(findings, offset):
    """Code and lines of what is about a session; what is told once a file, with its count, is not."""
    return [
        (code, line - offset, path, [number - offset for number in lines])
        for code, line, path, _, lines in findings
        if not code.startswith("SCH")
    ]
