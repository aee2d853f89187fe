"""``rtcli replay`` as a process of its own, on a pipe and on a terminal."""

from __future__ import annotations

import json
import os
import re
import signal
import sys

import program
import pytest
from terminal import Terminal

WORDS = ["zero", "one", "two", "three"]


@pytest.fixture
def recording(tmp_path):
    """Four user messages, a second apart."""
    lines = ['{"rtcli":1,"started_at":"","lossless":true}']
    for number, word in enumerate(WORDS):
        item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": f"say {word}"}]}
        event = {"type": "conversation.item.create", "item": item}
        lines.append(json.dumps({"t": float(number), "from": "client", "event": event}))
    path = tmp_path / "call.jsonl"
    path.write_text("\n".join(lines) + "\n")
    return path


def replay(*arguments, code=0, text=None):
    command = [sys.executable, "-m", "rtcli", "replay", *map(str, arguments)]
    done = program.run(
        command, capture_output=True, text=True, timeout=30, input=text, env=os.environ | {"NO_COLOR": "1"}
    )
    assert done.returncode == code, done.stderr
    return done


def said(done):
    return [word for word in WORDS if f"say {word}" in done.stdout]


def test_on_a_pipe_the_lines_come_in_order_and_without_control_characters(recording):
    done = replay(recording, "--speed", "100")
    assert said(done) == WORDS
    assert done.stdout.index("say zero") < done.stdout.index("say three")
    assert "\x1b" not in done.stdout


def test_it_ends_where_it_is_told_to(recording):
    assert said(replay(recording, "-s", "100", "--until", "1.5s")) == WORDS[:2]


def test_it_begins_where_it_is_told_to_with_what_was_before(recording):
    assert said(replay(recording, "--start-offset", "3", "-s", "100")) == WORDS


def test_standard_input_is_played(recording):
    assert said(replay("-", "-s", "100", text=recording.read_text())) == WORDS


def test_a_pause_is_cut_to_the_limit(tmp_path):
    path = tmp_path / "slow.jsonl"
    path.write_text('{"rtcli":1}\n{"t":0.0,"note":"first"}\n{"t":3600.0,"note":"an hour later"}\n')
    assert "an hour later" in replay(path, "--idle-time-limit", "0.1").stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ["--speed", "0"],
        ["--speed", "nan"],
        ["--idle-time-limit", "nan"],
        ["--until", "soon"],
        ["--start-offset", "-5s"],
    ],
)
def test_what_cannot_be_meant_is_exit_code_2(recording, arguments):
    assert "Traceback" not in replay(recording, *arguments, code=2).stderr


def test_a_standard_input_cannot_be_played_twice():
    assert "--loop" in replay("-", "--loop", code=2, text="{}\n").stderr


@pytest.mark.parametrize("text", ['{"rtcli":1}\n', '{"rtcli":1}\n{"t":0.0,"note":"at once"}\n'])
def test_what_takes_no_time_is_played_once_and_not_again_and_again(tmp_path, text):
    path = tmp_path / "short.jsonl"
    path.write_text(text)
    assert "--loop" in replay(path, "--loop", code=2).stderr


@pytest.fixture
def broken(tmp_path):
    """An output for a call that there never was, and a call that nobody answers."""
    call = {"id": "f", "type": "function_call", "name": "weather", "call_id": "call_1", "arguments": "{}"}
    output = {"type": "function_call_output", "call_id": "nobody", "output": "x"}
    answer = {"id": "r", "conversation_id": "c", "status": "completed", "output": [call | {"status": "completed"}]}
    events = [
        ("server", {"type": "session.created", "event_id": "e1", "session": {"type": "realtime", "id": "s"}}),
        ("client", {"type": "conversation.item.create", "item": output}),
        ("server", {"type": "response.created", "event_id": "e2", "response": {"id": "r", "conversation_id": "c"}}),
        ("server", {"type": "response.output_item.added", "event_id": "e3", "response_id": "r", "output_index": 0,
                    "item": call | {"status": "in_progress"}}),
        ("server", {"type": "response.done", "event_id": "e4", "response": answer}),
    ]  # fmt: skip
    lines = [{"rtcli": 1, "started_at": "", "transport": "websocket", "handshake": True, "lossless": True}]
    lines += [{"t": number / 10, "from": side, "event": event} for number, (side, event) in enumerate(events)]
    lines.append({"t": 9.0, "from": "server", "close": {"code": 1000}})
    path = tmp_path / "broken.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def test_what_is_wrong_is_marked_below_its_line_and_what_was_left_undone_at_the_end(broken):
    lines = replay(broken, "-s", "100").stdout.splitlines()
    (output,) = (number for number, line in enumerate(lines) if "nobody" in line and "→" in line)
    assert "✗ FUN01 line 3" in lines[output + 1]
    (undone,) = (number for number, line in enumerate(lines) if "⚠ FUN10 line 5" in line)
    assert any("close" in line for line in lines[:undone])
    assert not re.search("[✗⚠]", replay(broken, "-s", "100", "--no-findings").stdout)


def test_what_was_left_undone_is_not_said_of_a_recording_that_is_played_in_part(broken):
    done = replay(broken, "-s", "100", "--until", "0.5s")
    assert "FUN01" in done.stdout
    assert "FUN10" not in done.stdout


def test_a_mark_is_in_the_live_tree(broken):
    with Terminal("replay", broken, "-s", "100") as terminal:
        assert terminal.leaves() == 0
        assert "✗ FUN01 line 3" in terminal.text
        assert "⚠ FUN10 line 5" in terminal.text


def test_a_loop_begins_again_until_it_is_left(recording):
    with Terminal("replay", recording, "--loop", "--speed", "20") as terminal:
        terminal.shows("say three")
        terminal.read(0.3)
        terminal.shows("playing")
        terminal.type("q")
        assert terminal.leaves() == 0
        assert terminal.text.count("say zero") >= 2


def test_keys_pause_step_and_leave_and_the_terminal_is_whole_afterwards(recording):
    with Terminal("replay", recording, "--start-paused", columns=60) as terminal:
        terminal.shows("paused")
        assert "say zero" not in terminal.text
        terminal.type("..")
        terminal.shows("say zero")
        assert "say one" not in terminal.text
        terminal.type(".")
        terminal.shows("say one")
        terminal.type("+")
        terminal.shows("1.5×")
        terminal.type(" ")
        terminal.shows("say three")
        assert terminal.leaves() == 0
        assert terminal.whole


def test_the_next_turn_is_gone_to_at_once(recording):
    with Terminal("replay", recording, "--speed", "0.05") as terminal:
        terminal.shows("say zero")
        terminal.type("]")
        terminal.shows("say one", within=5)
        terminal.type("q")
        assert terminal.leaves() == 0
        assert "say two" not in terminal.text


def test_ctrl_c_leaves_in_order(recording):
    with Terminal("replay", recording, "--speed", "0.05") as terminal:
        terminal.shows("say zero")
        terminal.type("\x03")
        assert terminal.leaves() == 0
        assert terminal.whole
        assert "Traceback" not in terminal.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_whoever_ends_it_from_outside_leaves_the_terminal_whole(recording, number):
    with Terminal("replay", recording, "--speed", "0.1") as terminal:
        terminal.shows("say zero")
        terminal.process.send_signal(number)
        assert terminal.leaves() == 128 + number
        assert terminal.whole
        assert "Traceback" not in terminal.text
