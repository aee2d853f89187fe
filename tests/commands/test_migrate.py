"""``rtcli migrate`` as a process of its own."""

from __future__ import annotations

import json
import os
import sys

import program

UPDATE = {"type": "session.update", "session": {"modalities": ["text"], "voice": "ash"}}
MIGRATED = {
    "type": "session.update",
    "session": {"type": "realtime", "output_modalities": ["text"], "audio": {"output": {"voice": "ash"}}},
}
WARM = {"type": "session.update", "session": {"temperature": 0.8}}


def migrate(*arguments, text="", code=0):
    command = [sys.executable, "-m", "rtcli", "migrate", *map(str, arguments)]
    done = program.run(command, input=text, capture_output=True, text=True, timeout=60, env=os.environ)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done


def written(done):
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_events_of_standard_input_come_out_one_a_line():
    done = migrate("-", text=f"{json.dumps(UPDATE)}\n{json.dumps({'type': 'response.create'})}\n")
    assert written(done) == [MIGRATED, {"type": "response.create"}]
    assert done.stderr == ""


def test_one_object_over_several_lines_is_read_too():
    assert written(migrate("-", text=json.dumps(UPDATE, indent=2))) == [MIGRATED]
    assert written(migrate("-", text=json.dumps([UPDATE, UPDATE], indent=2))) == [MIGRATED, MIGRATED]


def test_of_a_recording_only_the_clients_events_are_rewritten(tmp_path):
    record = {"t": 1.0, "from": "client", "event": UPDATE}
    server = {"t": 0.5, "from": "server", "event": {"type": "session.created", "event_id": "e", "session": {}}}
    (tmp_path / "x.jsonl").write_text("\n".join(map(json.dumps, [{"rtcli": 1}, server, record])) + "\n")
    done = migrate(tmp_path / "x.jsonl")
    assert written(done) == [MIGRATED]
    assert done.stderr == "rtcli: 1 line passed over: not sent by a client\n"


def test_what_has_no_counterpart_is_refused_and_the_rest_is_written():
    done = migrate("-", text=f"{json.dumps(WARM)}\n{json.dumps(UPDATE)}\n", code=1)
    assert written(done) == [MIGRATED]
    assert "rtcli: -:1: refused: $.session.temperature: realtime does not have it" in done.stderr
    assert "--drop" in done.stderr


def test_it_is_left_out_with_drop():
    done = migrate("-", "--drop", text=json.dumps(WARM))
    assert written(done) == [{"type": "session.update", "session": {"type": "realtime"}}]
    assert done.stderr == "rtcli: -:1: left out $.session.temperature\n"


def test_diff_shows_what_changes_and_nothing_else():
    told = migrate("-", "--diff", text=json.dumps(UPDATE)).stdout
    assert "line 1" in told
    assert '-    "modalities": [' in told
    assert '+    "output_modalities": [' in told
    done = migrate("-", "--diff", text='{"type":"response.create"}')
    assert done.stdout == ""
    assert "nothing to change" in done.stderr


def test_a_peers_text_does_not_drive_the_terminal():
    hostile = {"type": "session.update", "session": {"voice": "\x1b]0;x\x07", "input_audio_format": "\x1b[2J"}}
    done = migrate("-", "--diff", text=json.dumps(hostile), code=1)
    assert "\x1b" not in done.stdout + done.stderr


def test_what_holds_no_event_is_one_line_and_exit_code_2(tmp_path):
    (tmp_path / "x.jsonl").write_text("nothing here\n")
    assert "cannot read" in migrate(tmp_path / "x.jsonl", code=2).stderr
    assert migrate(tmp_path / "missing.jsonl", code=2).stderr.count("\n") == 1
