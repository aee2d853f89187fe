"""Deltas that are taken into the tree where they are read leave what they would have left one by one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ongoing import APPEND, BEGUN, RUNS, TEXT, lines_of
from sweeping import by_turns, examples

from rtcli.events import Listener
from rtcli.formats.rtcli import Taking, read
from rtcli.rules import RULES, Check
from rtcli.session import Session
from rtcli.session.mark import Mark
from rtcli.session.onward import Onward
from rtcli.session.tree import children_of
from rtcli.views.tree import render

RECORDINGS = Path(__file__).parents[2] / "recordings"
FILES = sorted(path for path in RECORDINGS.rglob("*.jsonl") if path.stat().st_size < 400_000)


def taken_in(lines, *, onward, judged):
    """What is known of a session, and of what was found, after all lines; and how many events were taken in."""
    listener, session = Listener(), Session()
    check = Check(RULES, listener) if judged else None
    judging = check.taking if check is not None else None
    taking = Onward(session, judging) if onward else None
    found, last = [], 0
    for entry in read(lines, listener, taking=taking or Taking()):
        session.apply(entry)
        found += check.feed(entry) if check is not None else ()
        last = entry.line
        if taking is not None:
            taking.expect(type(entry.event))
    last = max(last, taking.line if taking is not None else 0)
    found += check.finish() if check is not None else []
    for line in range(1, last + 1):
        session.mark(Mark("X01", "error", f"of line {line}", line))
    known = (
        [(row.plain, row.pieces) for row in render(session, 100)],
        (session.entries, session.timed, [one.events for one in session.connections]),
        [streams(one) for one in session.connections],
        [(one.code, one.line, one.message) for one in found],
        check.events if check is not None else 0,
    )
    return known, taking.events if taking is not None else 0


def streams(node):
    """All that is known of streams, in their places."""
    return [(type(node).__name__, getattr(node, "deltas", None), repr(getattr(node, "marks", None)))] + [
        streams(child) for child in children_of(node)
    ]


def bytes_of(lines):
    return [json.dumps(line).encode() + b"\n" for line in lines]


@settings(max_examples=examples(60), deadline=None)
@given(st.lists(RUNS, max_size=20), st.booleans(), st.booleans())
def test_a_session_is_the_same_where_deltas_are_taken_in_as_they_are_read(runs, timed, judged):
    lines = bytes_of(lines_of([*BEGUN, *runs], timed=timed))
    known, _ = taken_in(lines, onward=True, judged=judged)
    assert known == taken_in(lines, onward=False, judged=judged)[0]


@pytest.mark.parametrize("path", by_turns(FILES, 2, 3), ids=lambda path: path.stem)
def test_recordings_are_the_same(path):
    lines = path.read_bytes().splitlines(keepends=True)
    assert taken_in(lines, onward=True, judged=True)[0] == taken_in(lines, onward=False, judged=True)[0]


@pytest.mark.parametrize("judged", [False, True])
@pytest.mark.parametrize("delta", [TEXT, APPEND], ids=lambda event: event["type"])
def test_what_goes_on_is_taken_in(delta, judged):
    _, taken = taken_in(bytes_of(lines_of([*BEGUN, (delta, 100, 0.1)], timed=True)), onward=True, judged=judged)
    assert taken > 90


@pytest.mark.parametrize("judged", [False, True])
def test_a_delta_that_comes_twice_counts_once(judged):
    twice = {**TEXT, "event_id": "twice"}
    lines = bytes_of(lines_of([*BEGUN, (TEXT, 20, 0.1), (twice, 2, 0.1)], timed=True))
    known, taken = taken_in(lines, onward=True, judged=judged)
    assert taken >= 20
    assert any("text 21× 1 late or twice" in plain for plain, _ in known[0])
    assert known == taken_in(lines, onward=False, judged=judged)[0]


@pytest.mark.parametrize("judged", [False, True])
@pytest.mark.parametrize(
    "between",
    [
        {**TEXT, "response_id": "none"},
        {**TEXT, "item_id": "none"},
        {**APPEND, "event_id": ""},
        {**APPEND, "event_id": None},
    ],
    ids=["of another response", "of another item", "without a name", "with null for a name"],
)
def test_what_comes_between_is_in_its_place(between, judged):
    delta = TEXT if between["type"] == TEXT["type"] else APPEND
    lines = bytes_of(lines_of([*BEGUN, (delta, 9, 0.1), (between, 3, 0.1), (delta, 9, 0.1)], timed=True))
    known, taken = taken_in(lines, onward=True, judged=judged)
    assert taken >= 16
    assert known == taken_in(lines, onward=False, judged=judged)[0]


@pytest.mark.parametrize("judged", [False, True])
@pytest.mark.parametrize("goes_on", [TEXT, APPEND], ids=lambda event: event["type"])
def test_a_time_that_goes_back_is_told_where_it_does(goes_on, judged):
    lines = bytes_of(lines_of([*BEGUN, (goes_on, 9, 0.1), (goes_on, 9, -1)], timed=True))
    known, _ = taken_in(lines, onward=True, judged=judged)
    assert known == taken_in(lines, onward=False, judged=judged)[0]
    back = [line for code, line, _ in known[3] if code == "TIM01"]
    assert back == ([1 + 1 + len(BEGUN) + 9 + 1] if judged else [])
