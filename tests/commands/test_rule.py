"""``rtcli rule`` as a process of its own."""

from __future__ import annotations

import os
import sys

import program
import pytest

from rtcli.rules import RULES


def rule(*arguments, code=0, columns=80):
    command = [sys.executable, "-m", "rtcli", "rule", *arguments]
    environment = os.environ | {"NO_COLOR": "1", "COLUMNS": str(columns)}
    done = program.run(command, capture_output=True, text=True, timeout=30, env=environment)
    assert done.returncode == code, done.stderr
    return done


def test_every_rule_is_listed_with_its_severity_and_the_extended_ones_are_marked():
    told = rule(columns=120).stdout.splitlines()
    assert [line for line in told if line != line.rstrip()] == []
    rows = {line.split()[0]: line.split() for line in told}
    assert {one.code for one in RULES} < rows.keys()
    assert rows["SCH01"][1] == "error"
    for one in RULES:
        assert rows[one.code][1] == one.severity
        assert (rows[one.code][-1] == "(extended)") == (one.tier == "extended")


@pytest.mark.parametrize("columns", [40, 60, 100])
def test_a_page_says_what_it_means_and_is_broken_between_words(columns):
    page = rule("FUN10", columns=columns).stdout
    prose = [line for line in page.splitlines() if not line.startswith("    ")]
    assert max(map(len, prose)) <= columns
    words = " ".join(" ".join(prose).split())
    assert "FUN10 warning, core A function call has no output when the connection is closed." in words
    assert "The model waits for what the function gives back and says nothing until then." in words
    assert "Fix: send an output for every call" in words
    assert "Needs: client, end, lossless." in words


def test_an_example_stands_as_it_is_written():
    assert "    > response.create {}\n" in rule("FUN10", columns=40).stdout
    example = '{"item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": ""}}'
    assert example[10:] in rule("FUN10", columns=40).stdout


def test_a_long_title_goes_on_below_itself():
    told = rule(columns=40).stdout.splitlines()
    assert max(map(len, told)) <= 40
    (first,) = [number for number, line in enumerate(told) if line.startswith("SCH12")]
    assert told[first + 1].startswith(" " * 17)


def test_a_code_is_known_in_small_letters_and_what_one_line_says_has_a_page_too():
    assert rule("fun10").stdout == rule("FUN10").stdout
    assert "A required field is missing." in rule("SCH05").stdout


def test_a_code_that_there_is_not_names_the_nearest():
    done = rule("FUN99", code=2)
    assert "did you mean FUN" in done.stderr
    assert done.stdout == ""
