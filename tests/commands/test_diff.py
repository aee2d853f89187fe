"""``rtcli diff`` as a process of its own."""

from __future__ import annotations

import json
import os
import re
import sys
from concurrent.futures import ThreadPoolExecutor
from random import Random

import program
import pytest
from notation import lines_of as written
from rerun import RECORDINGS, lines_of, records_of, recut, renamed, retimed
from sessions import SPOKEN

from rtcli.commands.diff import _types

TEXT, TOOL, SPEECH = (RECORDINGS / f"{name}.jsonl" for name in ("text", "tool", "spoken"))


def diff(*arguments, code, columns=80, stdin=None, **env):
    done = program.run(
        [sys.executable, "-m", "rtcli", "diff", *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        input=stdin,
        env={**os.environ, "COLUMNS": str(columns), **env},
    )
    assert done.returncode == code, (done.stdout, done.stderr)
    return done.stdout if code < 2 else done.stderr


def connect(path):
    words = ["-x", "Hello!", "-x", "What is the weather in London?"]
    command = [sys.executable, "-m", "rtcli", "connect", "demo", "--text", *words, "-o", str(path)]
    program.run(command, capture_output=True, timeout=60, check=True)


def test_two_runs_with_the_same_words_are_the_same(tmp_path):
    paths = [tmp_path / "one.jsonl", tmp_path / "other.jsonl"]
    with ThreadPoolExecutor() as pool:
        list(pool.map(connect, paths))
    assert diff(*paths, code=0).startswith("the same: 2 turns, ")


def test_another_run_of_a_spoken_call_is_the_same(tmp_path):
    again = tmp_path / "again.jsonl"
    records = recut(retimed(renamed(records_of(SPEECH), "again"), 5, 2), Random(1))
    again.write_bytes(b"".join(lines_of(records)))
    assert diff(SPEECH, again, code=0).count("\n") == 1


def test_what_is_different_has_a_section_each():
    shown = diff(TEXT, TOOL, code=1)
    titles = [line for line in shown.splitlines() if line and line[0].isalpha()]
    assert titles[:-1] == ["configuration", "events", "transcripts", "latency", "tokens", "cost"]
    assert "[-Hello!-] {+What is the weather in London?+}" in shown
    assert "response.function_call_arguments.done" in shown
    assert "17 in, 8 out → 46 in, 20 out" in shown


def of_section(shown, title):
    """The rows below a title, each of which begins at the margin of its section."""
    part = shown.split(f"\n{title}\n")[1].split("\n\n")[0]
    return [row.strip() for row in part.splitlines()]


def test_the_last_line_counts_what_is_shown_and_says_of_what():
    shown = diff(SPEECH, RECORDINGS / "interruption.jsonl", code=1, columns=400)
    events = set()
    for row in of_section(shown, "events"):
        if many := re.search(r"(\d+) events", row):
            events |= {(row, number) for number in range(int(many[1]))}
        elif row[0] in "~+-":
            mark, kind, *_ = row.split()
            events |= {(mark, one) for one in [kind, *row.partition(" (and in ")[2].rstrip(")").split(", ")] if one}
    transcripts = len(of_section(shown, "transcripts"))
    turns = sum(row.startswith("turn ") for row in of_section(shown, "tokens"))
    told = f"{len(events)} events, {transcripts} transcripts, the tokens of {turns} turn"
    assert shown.splitlines()[-1] == f"different: {told}"


@pytest.mark.parametrize("columns", [60, 100])
def test_it_keeps_to_the_width_and_is_plain_in_a_pipe(columns):
    shown = diff(TEXT, SPEECH, code=1, columns=columns)
    assert "\x1b" not in shown
    rows = shown.splitlines()
    assert max(map(len, rows)) <= columns
    assert [row for row in rows if row != row.rstrip()] == []


def test_a_turn_that_only_one_has_is_told_in_a_line(tmp_path):
    path = tmp_path / "longer.jsonl"
    script = """
5.1 > conversation.item.create {"item":{"type":"message","role":"user","content":[{"type":"input_text","text":"And tomorrow?"}]}}
5.2 > response.create {}
5.3 < response.created {"response":{"id":"resp_z","status":"in_progress","conversation_id":"conv_1"}}
"""
    path.write_bytes(TEXT.read_bytes() + b"".join(written(script)))
    shown = diff(TEXT, path, code=1)
    first = len(records_of(TEXT)) + 1
    assert f"+ turn 2 (client), 3 events from line {first} on: “And tomorrow?”" in shown


def test_the_document_names_its_schema_and_tells_every_difference():
    document = json.loads(diff(TEXT, TOOL, "--json", code=1))
    assert (document["schema"], document["same"]) == ("rtcli.diff/1", False)
    (connection,) = document["connections"]
    assert [(turn["a"], turn["b"]) for turn in connection["turns"]] == [(0, 0), (1, 1)]
    assert {one["section"] for one in connection["differences"]} == {"configuration", "events", "transcripts", "tokens"}
    assert connection["used"]["a"]["output_tokens"] == 8


def test_a_document_of_the_same_call_tells_no_difference():
    document = json.loads(diff(TOOL, TOOL, "--json", code=0))
    assert document["same"]
    assert [connection["differences"] for connection in document["connections"]] == [[]]


def without(path, kind):
    return "".join(
        json.dumps(record) + "\n" for record in records_of(path) if record.get("event", {}).get("type") != kind
    )


def test_types_that_are_ignored_are_not_compared():
    shorter = without(TOOL, "rate_limits.updated")
    assert "- rate_limits.updated" in diff(TOOL, "-", code=1, stdin=shorter)
    assert diff(TOOL, "-", "--ignore-type", "rate_limits.*", code=0, stdin=shorter)
    assert diff(TOOL, "-", code=0, stdin=shorter, RTCLI_IGNORE_TYPE="open rate_limits.*")


def test_latency_counts_when_it_is_asked_for(tmp_path):
    slow = tmp_path / "slow.jsonl"
    slow.write_bytes(b"".join(lines_of(retimed(records_of(TEXT), 0, 3))))
    assert diff(TEXT, slow, code=0)
    assert "(more than is tolerated)" in diff(TEXT, slow, "--latency-tolerance", "50", code=1)
    assert diff(TEXT, slow, "--latency-tolerance", "5000", code=0)


def test_the_cost_is_reckoned_by_other_prices(tmp_path):
    prices = tmp_path / "prices.json"
    rates = {"input": {"text": 1000}, "output": {"text": 1000}}
    prices.write_text(json.dumps({"as_of": "2026-01-31", "tokens": {"gpt-realtime": rates}}))
    shown = diff(TEXT, TOOL, "--prices", prices, code=1)
    assert "$0.0250 → $0.0660" in shown


def test_the_words_of_a_peer_cannot_move_the_cursor(tmp_path):
    one, other = tmp_path / "one.jsonl", tmp_path / "other.jsonl"
    one.write_bytes(b"".join(written(SPOKEN)))
    other.write_bytes(b"".join(written(SPOKEN.replace("in London today?", "[/x]"))))
    shown = diff(one, other, code=1, FORCE_COLOR="1")
    assert "\x1b[2J" not in shown
    assert "\\x1b[2J" in shown
    assert "[bold]foggy[/x]" in shown


@pytest.mark.parametrize("content", ["", "\n\n", "no JSON\n"])
def test_what_is_no_recording_is_not_compared(content, tmp_path):
    path = tmp_path / "no.jsonl"
    path.write_text(content)
    assert f"cannot read {path}" in diff(TEXT, path, code=2)


def test_a_file_that_is_missing_is_named(tmp_path):
    assert "missing.jsonl: No such file" in diff(tmp_path / "missing.jsonl", TEXT, code=2)


def test_standard_input_stands_for_one_recording_only():
    assert "standard input" in diff("-", "-", code=2)


def test_a_shell_is_offered_types_and_patterns():
    assert _types("rate_") == ["rate_limits.*", "rate_limits.updated"]
    assert "response.done" in _types("response.d")
