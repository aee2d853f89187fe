"""Codes are completed as a shell asks for it."""

from __future__ import annotations

import os
import sys

import program
import pytest

from rtcli.rules import RULES, TITLES

CODES = [*TITLES, *(rule.code for rule in RULES)]
FAMILIES = list(dict.fromkeys(code[:-2] for code in CODES))


def offered(*words):
    """What bash is offered for the last of the words."""
    environment = os.environ | {
        "COMP_WORDS": " ".join(("rtcli", *words)),
        "COMP_CWORD": str(len(words)),
        "_RTCLI_COMPLETE": "complete_bash",
    }
    command = [sys.executable, "-m", "rtcli"]
    done = program.run(command, capture_output=True, text=True, timeout=60, env=environment)
    assert done.stderr == ""
    return done.stdout.split()


def test_a_rule_is_completed_to_all_that_begin_so():
    assert offered("rule", "SE") == [code for code in CODES if code.startswith("SE")]
    assert offered("rule", "FUN1") == ["FUN10", "FUN11"]
    assert offered("rule", "fun1") == ["fun10", "fun11"]
    assert offered("rule", "") == CODES
    assert offered("rule", "QQ") == []


@pytest.mark.parametrize("option", ["--select", "--ignore"])
def test_options_are_completed_to_families_first_and_then_to_codes(option):
    assert offered("validate", option, "") == FAMILIES
    assert offered("validate", option, "SE") == [family for family in FAMILIES if family.startswith("SE")]
    assert offered("validate", option, "AUD") == ["AUD", *(code for code in CODES if code.startswith("AUD"))]
    assert offered("validate", option, "FUN1") == ["FUN10", "FUN11"]
    assert offered("validate", option, "AUD,FUN1") == ["AUD,FUN10", "AUD,FUN11"]


def test_formats_and_commands_are_completed():
    assert offered("validate", "--output-format", "s") == ["sarif"]
    assert "rule" in offered("ru")
