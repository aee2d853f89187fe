from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import program
import pytest

RTCLI = [sys.executable, "-m", "rtcli"]
RECORDINGS = Path(__file__).parents[1] / "recordings"


@pytest.mark.parametrize(
    ("arguments", "given"),
    [
        (["--version"], None),
        (["doctor", "broken/SEQ18.jsonl"], None),
        (["validate", "-", "--output-format", "concise"], "{}\n\x85é\r\n"),
        (["show", "spoken.jsonl"], None),
        (["no-such-command"], None),
        (["validate", "no-such-file"], None),
    ],
)
def test_it_says_what_it_says_when_python_has_to_load_it(arguments, given):
    surroundings = {"env": os.environ | {"COLUMNS": "70"}, "cwd": RECORDINGS}
    command = [*RTCLI, *arguments]
    forked = program.run(command, input=given, capture_output=True, text=True, **surroundings)
    started = subprocess.run(command, input=given, capture_output=True, text=True, timeout=60, **surroundings)
    assert (forked.returncode, forked.stdout, forked.stderr) == (started.returncode, started.stdout, started.stderr)


def test_a_run_leaves_nothing_to_the_next_one(tmp_path):
    told = [
        program.run([*RTCLI, "--help"], capture_output=True, text=True, cwd=folder, env=os.environ | variables).stdout
        for folder, variables in [(tmp_path, {"COLUMNS": "60"}), (RECORDINGS, {"COLUMNS": "100"})] * 2
    ]
    assert told[:2] == told[2:]
    assert told[0] != told[1]


def test_what_does_not_end_in_time_is_killed():
    with pytest.raises(subprocess.TimeoutExpired):
        program.run([*RTCLI, "serve", "--listen", "127.0.0.1:0"], capture_output=True, timeout=1)


def test_a_run_goes_on_beside_the_test_until_it_is_told_to_end(tmp_path):
    with (tmp_path / "said.txt").open("wb") as said:
        run = program.Begun([*RTCLI, "serve", "--listen", "127.0.0.1:0"], stderr=said, cwd=tmp_path, env=os.environ)
    assert run.stdout.readline().startswith("ws://127.0.0.1:")
    assert os.getpgid(run.pid) == run.pid
    assert run.poll() is None
    run.send_signal(signal.SIGINT)
    assert run.communicate(timeout=20) == ("", None)
    assert run.poll() == run.returncode == 0
    assert b"Traceback" not in (tmp_path / "said.txt").read_bytes()
