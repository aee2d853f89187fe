"""Captured sessions of real servers against every rule: what is found there must be true."""

from __future__ import annotations

import pytest

from rtcli.events import Listener
from rtcli.formats import read
from rtcli.rules import RULES, Check

ELIDED = "[Object]"
"""What the logger of one file wrote for objects, which is no fault of a server but one of the file."""


def found(path):
    listener = Listener()
    return list(Check(RULES, listener).run(read(path, listener)))


def files(folder):
    return sorted(folder.glob("*.jsonl"))


@pytest.mark.parametrize("folder", ["realtime", "live", "translation"])
def test_nothing_is_wrong_with_what_openai_sent(shared, folder):
    seen = files(shared / "traffic" / folder)
    assert seen
    for path in seen:
        assert [one for one in found(path) if one.severity != "info"] == [], path.name


@pytest.mark.parametrize("folder", ["vendors", "beta"])
def test_with_other_servers_and_old_logs_only_the_elisions_of_a_logger_are_wrong(shared, folder):
    seen = files(shared / "traffic" / folder)
    assert seen
    for path in seen:
        lines = path.read_text().splitlines()
        faults = [one for one in found(path) if one.severity != "info"]
        assert [one.code for one in faults if ELIDED not in lines[one.line - 1]] == [], path.name


def test_a_log_that_ends_within_a_response_says_so(shared):
    (one,) = found(shared / "traffic/beta/tool_call.jsonl")
    assert (one.code, one.severity, one.line) == ("SEQ21", "info", 7)
