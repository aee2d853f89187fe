"""What cannot be meant is told in one line: what, why, and what to do, whoever found it."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

import program
import pytest

CALL = Path(__file__).parents[2] / "recordings" / "text.jsonl"


def told(line, **environment):
    words = [word.format(call=CALL) for word in line.split()]
    done = program.run(
        [sys.executable, "-m", "rtcli", *words], capture_output=True, text=True, env=os.environ | environment
    )
    assert (done.returncode, done.stdout) == (2, "")
    (one,) = done.stderr.splitlines()
    return one


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("replay {call} --speed fast", "--speed: 'fast' is no number; write a number from 0.05 to 100"),
        ("replay {call} --speed 0", "--speed: 0 is out of its range; write a number from 0.05 to 100"),
        ("replay {call} --speed nan", "--speed: nan is no number; write a number from 0.05 to 100"),
        ("replay {call} -s fast", "--speed: 'fast' is no number; write a number from 0.05 to 100"),
        ("replay {call} --serve x", "'x' is too much; what can stand behind --serve is HOST:PORT"),
        ("replay {call} --serve 99999", "--serve: '99999' is no address; write HOST:PORT, such as 127.0.0.1:8766"),
        ("turns {call} --max-errors x", "--max-errors: 'x' is no number; write a whole number from 0 on"),
        ("show {call} --dialect x", "--dialect: there is no 'x'; take one of auto, realtime, beta, translation, live"),
        ("validate {call} --output-format jsno", "--output-format: there is no 'jsno'; did you mean json?"),
        ("show {call} --sinc 3", "there is no option --sinc; did you mean --since?"),
        ("show {call} --nothing-like-it", "there is no option --nothing-like-it; `rtcli show -h` lists them"),
        ("show {call} --since", "--since: its value is missing; write it behind the option"),
        ("report {call} --no-audio=3", "--no-audio: it takes no value; leave out what stands behind it"),
        ("doctor", "FILE: it is missing; as in: rtcli doctor call.jsonl"),
        ("mark {call} note", '--at: it is missing; as in: rtcli mark call.jsonl --at 12.5 "the caller heard a click"'),
        ("mark {call} --at line:x note", "--at: 'line:x' is no line; write its number: line:120"),
        ("rule SCH01 x", "'x' is too much; as in: rtcli rule FUN10"),
        ("doctor {call} x", "'x' is too much; as in: rtcli doctor call.jsonl"),
        ("connect demo --audio-in none.wav", "--audio-in: file 'none.wav' does not exist"),
    ],
)
def test_a_word_that_cannot_be_meant_is_told_in_a_line(line, sentence):
    assert told(line) == f"rtcli: {sentence}"


def test_a_value_of_the_environment_is_told_by_its_variable():
    assert told("replay {call}", RTCLI_SPEED="fast").startswith("rtcli: RTCLI_SPEED: 'fast' is no number; ")


@pytest.mark.parametrize("word", ["\x1b[2J", "a\nb", "sk-proj-" + "Ab1" * 12, "[/x]"])
def test_a_hostile_word_moves_no_cursor_and_shows_no_key(word):
    for line in ("replay {call} --speed", "doctor {call}", "show {call} --dialect", ""):
        shown = told(line.replace("{call}", str(CALL)) + " {word}".replace("{word}", word.replace("\n", "\x0b")))
        assert not re.search(r"[\x00-\x1f]|Ab1Ab1", shown)


def test_without_a_word_the_help_is_shown():
    done = program.run([sys.executable, "-m", "rtcli"], capture_output=True, text=True)
    assert "Usage: rtcli" in done.stdout + done.stderr
