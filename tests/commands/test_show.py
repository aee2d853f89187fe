from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

import program
import pytest
from terminal import Terminal

RECORDING = """\
{"rtcli":1,"started_at":"2026-11-20T19:00:00Z","url":"ws://127.0.0.1:1/v1/realtime"}
{"t":0.5,"from":"client","event":{"type":"conversation.item.create","item":{"type":"message","role":"user","content":[{"type":"input_text","text":"Hello?"}]}}}
{"t":1.0,"from":"client","event":{"type":"response.create"}}
{"t":2.0,"from":"server","event":{"type":"response.created","event_id":"e1","response":{"id":"resp_1","conversation_id":"c","status":"in_progress"}}}
{"t":3.0,"from":"server","event":{"type":"response.done","event_id":"e2","response":{"id":"resp_1","conversation_id":"c","status":"completed","usage":{"total_tokens":9,"input_tokens":7,"output_tokens":2}}}}
{"t":9.0,"from":"server","close":{"code":1000,"reason":"bye"}}
"""


@pytest.fixture
def recording(tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_text(RECORDING)
    return path


def show(*arguments, stdin=None, **environment):
    command = [sys.executable, "-m", "rtcli", "show", *map(str, arguments)]
    clean = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith("RTCLI_") and key not in {"NO_COLOR", "FORCE_COLOR"}
    }
    return program.run(
        command, input=stdin, capture_output=True, text=True, env=clean | environment, timeout=60, check=False
    )


def types(output):
    return [line.split()[3] for line in output.splitlines()]


@pytest.mark.parametrize(
    ("options", "remedy"),
    [
        (["--type", "respones.done"], "`rtcli show --timeline` lists the types that there are"),
        (["--raw", "--type", "respones.done"], "`rtcli show --timeline` lists the types that there are"),
        (["--since", "10"], "the recording goes on until 9.000 s"),
    ],
)
def test_where_nothing_fits_that_is_said(recording, options, remedy):
    done = show(recording, *options)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"rtcli: nothing fits; {remedy}\n")


def test_a_file_is_shown_as_a_tree(recording):
    done = show(recording)
    assert (done.returncode, done.stderr) == (0, "")
    lines = [line[10:] for line in done.stdout.splitlines()]
    assert lines[1:] == [
        "├─ turn 1",
        "│  ├─ user Hello?",
        "│  └─ response resp_1 ✓ completed · 7 tokens in, 2 out",
        "└─ closed by server 1000 bye",
    ]


def test_standard_input_is_shown_too(recording):
    assert show("-", stdin=RECORDING).stdout == show(recording).stdout


def test_the_timeline_has_a_line_for_every_record(recording):
    assert types(show(recording, "--timeline").stdout) == [
        "header",
        "conversation.item.create",
        "response.create",
        "response.created",
        "response.done",
        "close",
    ]


def test_types_are_chosen_by_patterns(recording):
    assert types(show(recording, "--type", "response.*", "--type", "close").stdout) == [
        "response.create",
        "response.created",
        "response.done",
        "close",
    ]


def test_one_side_is_chosen(recording):
    assert types(show(recording, "--from", "client").stdout) == ["conversation.item.create", "response.create"]


@pytest.mark.parametrize(
    ("since", "until", "chosen"),
    [
        ("2", None, ["response.created", "response.done", "close"]),
        ("900ms", "2s", ["response.create", "response.created"]),
        ("-6", None, ["response.done", "close"]),
        ("1", "-7", ["response.create", "response.created"]),
    ],
)
def test_times_are_chosen(recording, since, until, chosen):
    options = ["--since", since, *(["--until", until] if until else [])]
    assert types(show(recording, *options).stdout) == chosen


def test_a_log_without_times_cannot_be_chosen_from_by_time(tmp_path):
    path = tmp_path / "bare.jsonl"
    path.write_text('{"type":"response.create"}\n')
    done = show(path, "--since", "1")
    assert done.returncode == 2
    assert "has no times" in done.stderr


def test_every_row_of_a_long_tree_stands_on_a_line_of_its_own(tmp_path):
    path = tmp_path / "long.jsonl"
    notes = [f"note number {number}" for number in range(500)]
    path.write_text("".join(f'{{"t":{number}.0,"note":"{note}"}}\n' for number, note in enumerate(notes)))
    done = show(path)
    assert done.stdout.endswith("\n")
    lines = [line for line in done.stdout.splitlines() if "note number" in line]
    assert [line.partition("note number")[2] for line in lines] == [f" {number}" for number in range(500)]


def test_raw_lines_are_those_of_the_file(recording):
    assert show(recording, "--raw").stdout == RECORDING
    assert show(recording, "--raw", "--type", "response.done").stdout == RECORDING.splitlines(keepends=True)[4]


def test_a_torn_line_and_lines_that_are_no_events_are_told_in_a_line_each(recording):
    recording.write_text(RECORDING + "what\nis this\n" + '{"t":10,"from":"ser')
    done = show(recording)
    assert done.returncode == 3
    odd, torn = done.stderr.splitlines()
    assert odd.startswith("rtcli: 2 lines are no events, line 7 the")
    assert torn.startswith(f"rtcli: {recording}:9: the line has no end: whoever wrote ")


def test_a_missing_file_is_an_error_in_one_line(tmp_path):
    done = show(tmp_path / "none.jsonl")
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_a_folder_cannot_be_followed(tmp_path):
    done = show(tmp_path, "--follow")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        f"rtcli: cannot read {tmp_path}: Is a directory; "
        "name a file in it; `rtcli info` and `rtcli validate` take a folder\n"
    )


def test_who_follows_what_is_not_there_is_told_that_it_is_waited_for(tmp_path):
    command = [sys.executable, "-m", "rtcli", "show", "--follow", str(tmp_path / "none.jsonl")]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        try:
            said = process.stderr.readline()
            process.send_signal(signal.SIGINT)
            process.wait(60)
        finally:
            process.kill()
    assert said == f"rtcli: there is no {tmp_path / 'none.jsonl'} yet; it is waited for, and Ctrl-C ends that\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ["-", "--follow"],
        ["call.jsonl.gz", "--follow"],
        ["call.jsonl", "--follow", "--since", "-1"],
        ["call.jsonl", "--since", "soon"],
    ],
)
def test_what_cannot_be_meant_is_refused(arguments):
    done = show(*arguments, stdin="")
    assert (done.returncode, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)


def test_colour_is_for_terminals_and_for_those_who_force_it(recording):
    assert "\x1b" not in show(recording).stdout
    assert "\x1b[" in show(recording, FORCE_COLOR="1").stdout


def test_a_reader_that_leaves_early_is_no_error(recording):
    recording.write_text(RECORDING + '{"t":5.0,"note":"x"}\n' * 20_000)
    command = [sys.executable, "-m", "rtcli", "show", str(recording), "--timeline"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(60) == 0


def test_following_ends_with_an_interrupt_and_leaves_the_whole_tree(recording):
    leader, follower = pty.openpty()
    command = [sys.executable, "-m", "rtcli", "show", "--follow", str(recording)]
    environment = os.environ | {"TERM": "xterm", "COLUMNS": "80", "LINES": "24"}
    with subprocess.Popen(command, stdout=follower, stderr=follower, stdin=follower, env=environment) as process:
        os.close(follower)
        seen = until(leader, b"bye")
        with recording.open("a") as file:
            file.write('{"t":9.5,"note":"later"}\n')
        seen += until(leader, b"later")
        process.send_signal(signal.SIGINT)
        rest = until(leader, None)
        assert process.wait(60) == 0
    os.close(leader)
    assert b"\x1b[?25h" in rest
    assert b"turn 1" in rest
    assert b"later" in rest


BROKEN = """\
{"rtcli":1,"started_at":"2026-11-20T19:00:00Z","url":"ws://127.0.0.1:1/v1/realtime","transport":"websocket","handshake":true,"lossless":true}
{"t":0.1,"from":"server","event":{"type":"session.created","event_id":"e1","session":{"type":"realtime","id":"sess_1","model":"m"}}}
{"t":0.5,"from":"client","event":{"type":"conversation.item.create","item":{"type":"function_call_output","call_id":"nobody","output":"x"}}}
{"t":2.0,"from":"server","event":{"type":"response.done","event_id":"e2","response":7}}
{"t":9.0,"from":"server","close":{"code":1000,"reason":"bye"}}
"""


@pytest.fixture
def broken(tmp_path):
    path = tmp_path / "broken.jsonl"
    path.write_text(BROKEN)
    return path


def found(output):
    """The codes that are marked, each with its sign."""
    return [(word[0], word[2:7]) for word in re.findall(r"[✗⚠] [A-Z]{3}\d\d", output)]


def test_what_is_wrong_is_marked_where_it_happens(broken):
    done = show(broken)
    assert (done.returncode, done.stderr) == (0, "")
    rows = [line[10:] for line in done.stdout.splitlines()]
    below = {row: rows[number + 1] for number, row in enumerate(rows[:-1])}
    assert "FUN01 line 3 the session has no function call nobody" in below["├─ output nobody x"]
    assert "SCH06 line 4 $.response: expected an object" in below["├─ ! response.done damaged, line 4"]
    assert "2 errors" in rows[0]


def test_in_the_timeline_too(broken):
    assert found(show(broken, "--timeline").stdout) == [("✗", "FUN01"), ("✗", "SCH06")]


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        (["--type", "conversation.*"], ["FUN01"]),
        (["--from", "server"], ["SCH06"]),
        (["--since", "-7.5"], ["SCH06"]),
        (["--type", "session.*"], []),
    ],
)
def test_a_filter_leaves_the_marks_on_what_it_shows(broken, options, codes):
    """The session before it is judged all the same: without it, nobody could say that the call is unknown."""
    assert [code for _, code in found(show(broken, *options).stdout)] == codes


def test_marks_can_be_left_out_and_raw_lines_have_none(broken):
    plain = show(broken, "--no-findings").stdout
    assert "damaged, line 4" in plain
    assert not found(plain)
    assert show(broken, RTCLI_FINDINGS="0").stdout == plain
    assert show(broken, "--raw").stdout == BROKEN


def test_rules_are_loaded_only_to_judge(broken):
    run = "import sys; from rtcli.commands import run; run({}); print('rtcli.rules' in sys.modules)"
    for arguments, loaded in [
        (["show", "--help"], "False"),
        (["show", str(broken), "--no-findings"], "False"),
        (["show", str(broken)], "True"),
    ]:
        done = subprocess.run(
            [sys.executable, "-c", run.format(arguments)], capture_output=True, text=True, timeout=60, check=True
        )
        assert done.stdout.splitlines()[-1] == loaded, arguments


def test_what_is_found_while_a_recording_grows_is_marked_at_once(broken):
    lines = BROKEN.splitlines(keepends=True)
    broken.write_text("".join(lines[:2]))
    with Terminal("show", "-F", broken) as terminal:
        terminal.shows("sess_1")
        with broken.open("a") as file:
            file.write(lines[2])
        terminal.shows("✗ FUN01 line 3")
        terminal.type("\x03")
        assert terminal.leaves() == 0
        assert "1 error" in terminal.text


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_whoever_ends_following_from_outside_leaves_the_terminal_whole(recording, number):
    with Terminal("show", "--follow", recording) as terminal:
        terminal.shows("bye")
        assert terminal.screen.cursor.hidden
        terminal.process.send_signal(number)
        assert terminal.leaves() == 128 + number
        assert terminal.whole
        assert "Traceback" not in terminal.text


def until(descriptor, mark, within=60):
    """What comes until the mark, or until the other side is gone."""
    read = b""
    end = time.monotonic() + within
    while mark is None or mark not in read:
        ready, _, _ = select.select([descriptor], [], [], max(0, end - time.monotonic()))
        assert ready, f"{mark or 'the end'} did not come within {within} seconds after {read[-200:]}"
        try:
            piece = os.read(descriptor, 65536)
        except OSError:
            break
        if not piece:
            break
        read += piece
    return read
