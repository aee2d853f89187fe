"""What is written is read here as the runner of GitHub Actions reads it."""

from __future__ import annotations

import re

from hypothesis import given
from reported import HOSTILE, finding, reported, runs

COMMAND = re.compile(r"::(\w+) ([^:]*)::(.*)")


def unescaped(text, pairs):
    for escaped, plain in pairs:
        text = text.replace(escaped, plain)
    return text


def commands(text):
    """The commands as the runner sees them; a line that is none begins with a word of ours."""
    for line in text.split("\n")[:-2]:
        name, properties, message = COMMAND.fullmatch(line).groups()
        pairs = [one.split("=", 1) for one in properties.split(",")]
        in_data = [("%0D", "\r"), ("%0A", "\n"), ("%25", "%")]
        in_properties = [("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")]
        yield name, {key: unescaped(value, in_properties) for key, value in pairs}, unescaped(message, in_data)


def test_a_finding_is_a_command_with_its_file_and_line():
    ((name, properties, message),) = commands(reported("github", [("a,b:c%.jsonl", [finding(path="$.x")])]))
    assert name == "error"
    assert properties == {"title": "rtcli (SCH07)", "file": "a,b:c%.jsonl", "line": "2"}
    assert message == "a,b:c%.jsonl:2: SCH07 $.x: No."


def test_a_remark_is_a_notice_and_what_cannot_be_read_an_error():
    told = list(commands(reported("github", [("a", [finding(severity="info")])], unreadable=("cannot read b",))))
    assert [(name, message[-9:]) for name, _, message in told] == [
        ("notice", "SCH07: No."[-9:]),
        ("error", "ot read b"),
    ]


def test_a_line_break_of_a_peer_stays_in_its_message():
    ((_, _, message),) = commands(reported("github", [("a", [finding(message="one\n::error::two\r%0A")])]))
    assert "one\n::error::two\r%0A" in message


@given(runs)
def test_there_are_as_many_commands_as_findings_whatever_stands_in_them(run):
    text = reported("github", run)
    assert len(list(commands(text))) == sum(len(found) for _, found in run)
    assert re.match(r"(Found|All good|Nothing was checked)", text.split("\n")[-2])


def test_the_hostile_words_of_a_file_name_stay_in_its_property():
    ((name, properties, _),) = commands(reported("github", [(HOSTILE, [finding()])]))
    assert name == "error"
    assert set(properties) == {"title", "file", "line"}
