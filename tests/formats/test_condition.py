"""Conditions on records, in JMESPath."""

from __future__ import annotations

import pytest

from rtcli.errors import BadOption
from rtcli.formats.condition import Condition
from rtcli.formats.peek import look

EVENT = b'{"t":2.5,"from":"server","event":{"type":"response.done","n":0,"list":[],"item":{"role":"user"}}}\n'
BARE = b'{"type":"response.create","response":{"tools":[]}}\n'
NOTE = b'{"t":1.0,"note":"a click"}\n'
TEXT = b'{"t":1.0,"from":"client","text":"{\\n\\"type\\":\\"response.create\\"}"}\n'


def holds(text, line, number=7):
    return Condition("--where", text).holds(line, number, look(line))


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        ("event.item.role == 'user' && t > `2`", EVENT, True),
        ("t > `3`", EVENT, False),
        ("t > 2.25 && event.n==0 && line != -1", EVENT, True),
        ("t > 2.75", EVENT, False),
        ("`true` == true && event.n != false", EVENT, True),
        ("event.type == 't > 3'", EVENT, False),
        ("event.list[0] == event.nothing", EVENT, True),
        ("line == `7`", EVENT, True),
        ("from == 'server'", EVENT, True),
        ("event.n", EVENT, True),
        ("event.list", EVENT, False),
        ("event.nothing", EVENT, False),
        ("starts_with(type, 'response.')", BARE, True),
        ("event.response.tools == `[]` && from == 'client' && t == null", BARE, True),
        ("note == 'a click' && type == 'note'", NOTE, True),
        ("event.type == 'response.create'", TEXT, True),
        ("contains(event.words, 'x')", EVENT, False),
        ("event.type > 3", EVENT, False),
        ("!event", NOTE, True),
    ],
)
def test_a_condition_holds_for_what_a_line_says(text, line, expected):
    assert holds(text, line) is expected


def test_it_holds_for_nothing_that_is_broken():
    assert not holds("`true`", b'{"t":1.0,"from"\n')
    assert not holds("`true`", b"[1]\n")


@pytest.mark.parametrize("text", ["a = b", "a &&", "'open", "nosuch(a)"])
def test_what_is_no_condition_is_refused(text):
    with pytest.raises(BadOption, match="JMESPath"):
        holds(text, EVENT)


def test_a_text_that_is_no_json_has_no_event():
    assert holds("event == null && text == 'hello'", b'{"t":1.0,"from":"client","text":"hello"}\n')
    assert not holds("event.type == 'x'", b'{"t":1.0,"from":"client","text":7}\n')
