"""The diagnosis on a screen: three lines where nothing was wrong, nothing that was not seen, nothing without an end."""

from __future__ import annotations

import io

import pytest
from notation import lines_of
from rich.console import Console

from rtcli.causes.case import Case
from rtcli.causes.slow import slow_parts
from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.views.diagnosis import print_diagnosis

HEADER = '- {"rtcli":1,"transport":"websocket","handshake":true,"lossless":true}'
CREATED = '0.1 < session.created {"session":{"type":"realtime","id":"s","model":"gpt-realtime"}}'
BEGUN = '1.0 < response.created {"response":{"id":"r","conversation_id":"v"}}'
DONE = '2.0 < response.done {"response":{"id":"r","conversation_id":"v","status":"completed","output":[],"usage":{"total_tokens":30,"input_tokens":10,"output_tokens":20,"input_token_details":{"text_tokens":10},"output_token_details":{"text_tokens":20}}}}'
CLOSED = '- {"t":3.0,"from":"client","close":{"code":1000,"reason":""}}'


def untimed(script):
    return "\n".join(line.split(maxsplit=1)[1] if line[0].isdigit() else line for line in script.splitlines())


def shown(*scripts, width=80, terminal=False):
    listener = Listener()
    case = Case(listener)
    for entry in read(lines_of("\n".join(scripts)), listener):
        case.feed(entry)
    case.finish()
    file = io.StringIO()
    print_diagnosis(
        Console(file=file, width=width, force_terminal=terminal, color_system=None, highlight=False),
        "call.jsonl",
        case,
        slow_parts(case),
    )
    return file.getvalue().splitlines()


def test_a_call_in_order_takes_three_lines():
    name, header, verdict = shown(HEADER, CREATED, BEGUN, DONE, CLOSED)
    assert name.startswith("call.jsonl · tokens: 10 in, 20 out · $")
    assert header == "gpt-realtime · realtime · 2.9 s · 1 turn · closed by the client (1000)"
    assert verdict == "Nothing went wrong in 3 events; nothing was slow, and nothing is waited for."


def test_the_lines_of_a_call_in_order_are_not_broken_for_a_pipe():
    assert len(shown(HEADER, CREATED, BEGUN, DONE, CLOSED, width=20)) == 3


def test_on_a_terminal_lines_are_broken_between_words():
    lines = shown(HEADER, CREATED, BEGUN, DONE, CLOSED, width=60, terminal=True)
    header = [line.rstrip() for line in lines[2:4]]
    assert header == ["gpt-realtime · realtime · 2.9 s · 1 turn · closed by the", "client (1000)"]


def test_nothing_is_said_of_speed_where_there_are_no_times():
    assert shown(untimed(f"{CREATED}\n{BEGUN}\n{DONE}"))[-1] == (
        "Nothing went wrong in 3 events; nothing is waited for."
    )


def test_nothing_is_said_of_waiting_where_something_could_not_be_seen():
    lossy = HEADER.replace('"lossless":true', '"lossless":false')
    assert shown(lossy, CREATED, BEGUN, DONE, CLOSED)[-1] == "Nothing went wrong in 3 events; nothing was slow."


@pytest.mark.parametrize("script", ["", HEADER])
def test_a_recording_without_events_is_not_said_to_be_in_order(script):
    assert shown(script)[-1] == "There are no events in it, and nothing to judge."


def test_what_a_peer_says_at_length_is_shortened_on_the_screen():
    told = f'2.0 < error {{"error":{{"type":"server_error","code":null,"message":"{"no " * 4000}","param":null}}}}'
    lines = shown(
        HEADER, CREATED.replace('"gpt-realtime"', f'"{"m" * 10_000}"'), BEGUN.replace('"r"', f'"{"r" * 10_000}"'), told
    )
    assert len(lines) < 40
    assert sum(map(len, lines)) < 4000


def test_no_line_ends_with_spaces():
    told = '2.0 < error {"error":{"type":"server_error","code":null,"message":"No.","param":null}}'
    lines = shown(HEADER, CREATED, BEGUN, told)
    assert any("waits for" in line for line in lines)
    assert [line for line in lines if line != line.rstrip()] == []


def test_many_connections_and_many_waits_are_counted_and_not_listed():
    lines = shown(
        *([HEADER, CREATED, *(BEGUN.replace('"r"', f'"r{one}"').replace('"v"', "null") for one in range(9))] * 30)
    )
    assert lines[5] == "and 26 more connections"
    assert lines[-1] == "        and 265 more"
    assert len(lines) < 40
