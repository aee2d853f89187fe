"""Other people's logs in the commands that read: what is said of them, and how the commands end."""

from __future__ import annotations

import json
import os
import sys

import program
import pytest

from rtcli.formats import find

CALL = [
    ("server", {"type": "session.created", "event_id": "e1", "session": {"type": "realtime", "id": "sess_1"}}),
    ("client", {"type": "conversation.item.create", "item": {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "hi"}]}}),
]  # fmt: skip


def rtcli(*arguments, stdin=None):
    command = [sys.executable, "-m", "rtcli", *map(str, arguments)]
    return program.run(command, capture_output=True, text=True, timeout=60, env=os.environ, input=stdin)


@pytest.fixture
def log(tmp_path):
    """A log in envelopes with nothing wrong in it."""
    path = tmp_path / "call.jsonl"
    lines = [
        {"timestamp": f"2026-11-20T19:00:0{n}Z", "direction": by, "event": event} for n, (by, event) in enumerate(CALL)
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


@pytest.fixture
def torn(log):
    """The same log, whose writer was interrupted."""
    log.write_text(log.read_text() + '{"timestamp":"2026-11-20T19:00:03Z","direction":"server","event":{"type":"resp')
    return log


READING = [("show",), ("validate",), ("doctor",), ("migrate",), ("replay", "--speed", "100")]


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_every_command_that_reads_takes_a_log_and_says_what_for(log, command):
    done = rtcli(command[0], log, *command[1:])
    assert done.returncode == 0, done.stderr
    assert f"{log}: read as events in envelopes of their own; --from FORM insists on another form" in done.stderr


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_what_was_left_out_is_told_with_its_line_and_the_exit_code_says_so(torn, command):
    done = rtcli(command[0], torn, *command[1:])
    assert done.returncode == 3, done.stderr
    assert f"{torn}:3: left out: " in done.stderr


def test_lost_data_goes_before_findings(torn):
    lines = torn.read_text().splitlines(keepends=True)
    wrong = lines[0].replace("session.created", "session.creatd")
    torn.write_text(wrong + lines[1])
    assert rtcli("validate", torn, "--select", "SCH", "--fail-severity", "info").returncode == 1
    torn.write_text(wrong + "".join(lines[1:]))
    assert rtcli("validate", torn, "--select", "SCH", "--fail-severity", "info").returncode == 3


def test_a_log_and_its_recording_are_the_same_call(log, tmp_path):
    bare = tmp_path / "bare.jsonl"
    bare.write_text("".join(json.dumps(event) + "\n" for _, event in CALL))
    assert rtcli("diff", log, bare).returncode == 0
    assert rtcli("diff", log, bare, "--from", "envelopes", "--from", "rtcli").returncode == 0


def test_of_two_logs_each_is_told_and_one_that_lost_something_decides(torn, tmp_path):
    whole = tmp_path / "whole.jsonl"
    whole.write_text("".join(torn.read_text().splitlines(keepends=True)[:2]))
    done = rtcli("diff", whole, torn)
    assert done.returncode == 3, done.stdout
    assert done.stderr.count("read as events in envelopes of their own") == 2


def test_standard_input_is_told_by_its_look_too(log):
    done = rtcli("validate", "-", stdin=log.read_text())
    assert done.returncode == 0
    assert "-: read as events in envelopes of their own" in done.stderr


def test_insisting_on_a_form_ends_the_guessing(log):
    done = rtcli("validate", log, "--from", "envelopes")
    assert (done.returncode, done.stderr) == (0, "")
    done = rtcli("validate", log, "--from", "har")
    assert done.returncode == 2
    assert f"cannot read {log}: " in done.stderr


def test_a_form_that_nobody_knows_is_refused_with_those_that_there_are(log):
    for command in ("validate", "doctor", "show"):
        done = rtcli(command, log, "--from", "morse")
        assert done.returncode == 2
        assert "'morse'" in done.stderr
        assert "frame-log" in done.stderr


def test_show_takes_a_side_and_a_form_together(log):
    done = rtcli("show", log, "--from", "client", "--from", "envelopes")
    assert (done.returncode, done.stderr) == (0, "")
    assert "conversation.item.create" in done.stdout
    assert "session.created" not in done.stdout
    assert rtcli("show", log, "--from", "yaml", "--from", "har").returncode == 2


def test_raw_lines_of_a_log_are_those_of_a_recording(log, tmp_path):
    done = rtcli("show", log, "--raw")
    copy = tmp_path / "copy.jsonl"
    copy.write_text(done.stdout)
    again = rtcli("show", copy, "--raw")
    assert (again.stdout, again.stderr) == (done.stdout, "")
    assert [json.loads(line)["t"] for line in done.stdout.splitlines()] == [0.0, 1.0]


def test_a_log_is_served_to_a_client_and_played_to_a_server(log, tmp_path):
    done = rtcli("replay", log, "--to", "demo", "-o", tmp_path / "again.jsonl", "--timing", "fast")
    assert "read as events in envelopes of their own" in done.stderr
    assert done.returncode in {0, 1}
    assert "conversation.item.create" in (tmp_path / "again.jsonl").read_text()


def test_a_log_cannot_be_followed_as_another_form(log):
    done = rtcli("show", log, "--follow", "--from", "envelopes")
    assert done.returncode == 2
    assert "--follow" in done.stderr


def test_in_a_folder_logs_count_by_their_look(tmp_path, log):
    (tmp_path / "config.yaml").write_text("services:\n- name: db\n")
    (tmp_path / "cassette.yaml").write_text("interactions:\n- direction: sent\n  data:\n    type: response.create\n")
    (tmp_path / "server.log").write_text("listening\n")
    (tmp_path / "calls.log").write_text('sent {"type":"response.create"}\n')
    (tmp_path / "notes.md").write_text('{"type":"response.create"}\n')
    assert [path.name for path in find(tmp_path)] == ["call.jsonl", "calls.log", "cassette.yaml"]


def test_names_of_forms_are_completed():
    environment = os.environ | {
        "_RTCLI_COMPLETE": "complete_bash",
        "COMP_WORDS": "rtcli doctor --from f",
        "COMP_CWORD": "3",
    }
    done = program.run([sys.executable, "-m", "rtcli"], capture_output=True, text=True, timeout=60, env=environment)
    assert {"frames", "frame-log"} <= set(done.stdout.split())
