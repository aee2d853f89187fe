"""``rtcli filter`` as a process of its own."""

from __future__ import annotations

import json

import pytest
from edited import SPOKEN, rtcli

LINES = SPOKEN.read_bytes().splitlines(keepends=True)


def told(line):
    return json.loads(line)


def kind(line):
    return told(line).get("event", {}).get("type", "")


def filtered(*options):
    head, *rest = rtcli("filter", SPOKEN, *options)[0].splitlines(keepends=True)
    return told(head), rest


def test_without_a_wish_it_is_the_file_to_the_byte():
    assert rtcli("filter", SPOKEN)[0] == SPOKEN.read_bytes()


def test_events_of_some_types_stay_as_they_stand_and_others_go():
    _, rest = filtered("--type", "response.*", "--type", "error", "--not-type", "*.delta")
    assert rest == [line for line in LINES if kind(line).startswith("response.") and not kind(line).endswith(".delta")]
    _, rest = filtered("--not-type", "*.append")
    assert rest == [line for line in LINES[1:] if kind(line) != "input_audio_buffer.append"]
    _, rest = filtered("--type", "close")
    assert rest == [line for line in LINES if "close" in told(line)]


def test_one_side_is_what_it_sent():
    _, rest = filtered("--side", "client")
    assert rest == [line for line in LINES if told(line).get("from") == "client"]
    assert filtered("--from", "client")[1] == rest


def test_a_condition_is_asked_of_what_the_line_says():
    _, rest = filtered("--where", "event.item.role == 'user' && t > 1")
    assert rest == [
        line
        for line in LINES
        if told(line).get("event", {}).get("item", {}).get("role") == "user" and told(line)["t"] > 1
    ]
    _, rest = filtered("--where", "line == `7`")
    assert rest == [LINES[6]]
    _, rest = filtered("--where", "contains(event.delta, 'weather') && type != 'x'")
    assert rest == [line for line in LINES if "weather" in told(line).get("event", {}).get("delta", "")]


@pytest.mark.parametrize("where", ["event.item.role = 'user'", "nosuch(t)", "", "abs(t, t)"])
def test_what_is_no_condition_is_told_with_an_example(where):
    _, said = rtcli("filter", SPOKEN, "--where", where, code=2)
    assert said.startswith("rtcli: --where: ")
    assert "event.item.role == 'user'" in said


def test_the_header_says_that_frames_are_missing_so_that_no_rule_misses_them():
    head, _ = filtered("--type", "response.*")
    assert (head["handshake"], head["lossless"]) == (False, False)
    assert head["started_at"] == told(LINES[0])["started_at"]
    data = rtcli("filter", SPOKEN, "--not-type", "response.created")[0]
    rtcli("validate", "-", stdin=data)
    rtcli("doctor", "-", stdin=data)


def test_bare_events_get_a_header_that_says_so():
    bare = [json.dumps(told(line)["event"]).encode() + b"\n" for line in LINES if kind(line)]
    out, _ = rtcli("filter", "-", "--side", "server", "--type", "*.done", stdin=b"".join(bare))
    head, *rest = out.splitlines(keepends=True)
    assert told(head)["lossless"] is False
    assert rest == [line for line in bare if told(line)["type"].endswith(".done")]


@pytest.mark.parametrize("wish", [("--type", "no.such"), ("--where", "event.no.such")])
def test_that_nothing_fits_is_said_because_a_misspelt_wish_looks_the_same(wish):
    out, told = rtcli("filter", SPOKEN, *wish)
    assert len(out.splitlines()) == 1
    assert told.startswith("rtcli: nothing fits")
    assert rtcli("filter", SPOKEN, "--type", "response.done")[1] == ""
