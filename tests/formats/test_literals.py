"""Objects as Node, browsers and Python print them."""

from __future__ import annotations

from string import printable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.formats.literals import parse

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_what_python_prints_is_read_back(value):
    assert parse(repr(value)).value == value


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("{ type: 'a', list: [ 1, 2 ] }", {"type": "a", "list": [1, 2]}),
        (r"{ 'session-id': 'it\'s', b: `a 'b' \"c\"` }", {"session-id": "it's", "b": "a 'b' \"c\""}),
        (r"{ a: 'one\n' + 'two' }", {"a": "one\ntwo"}),
        ("{ a: undefined, b: null, c: 10n }", {"b": None, "c": 10}),
        ("{ a: [Object], b: [ [Array] ], c: [Function: f] }", {"a": "[Object]", "b": ["[Array]"], "c": "[Function: f]"}),
        ("[Object: null prototype] { a: 1 }", {"a": 1}),
        ("<ref *1> Event { a: [Circular *1] }", {"a": "[Circular *1]"}),
        ("Map(1) { 'a' => 1 }", {"a": 1}),
        ("{type: 'session.update', session: {…}}", {"type": "session.update", "session": "{…}"}),
        ("{ at: 2026-11-20T19:00:00.000Z }", {"at": "2026-11-20T19:00:00.000Z"}),
        ("{ audio: <Buffer 00 01 02> }", {"audio": "<Buffer 00 01 02>"}),
        ("Created(type='a', session=Session(id='s', tools=[], voice=None))", {"type": "a", "session": {"id": "s", "tools": []}}),
        ("{'a': (1, 2), 'b': True}", {"a": [1, 2], "b": True}),
    ],
)  # fmt: skip
def test_what_was_printed_is_what_it_was(printed, value):
    assert parse(printed) == (value, False)


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("{ list: [ 1, 2, ... 3 more items ] }", {"list": [1, 2]}),
        ("{ audio: 'AAAA'... 20 more characters }", {"audio": "AAAA"}),
        ("{ a: 1, ... 4 more properties }", {"a": 1}),
        ("{'a': [1, ...]}", {"a": [1]}),
    ],
)
def test_what_the_printer_left_out_is_said(printed, value):
    assert parse(printed) == (value, True)


@pytest.mark.parametrize("text", ["{", "{a}", "{a: }", "{a: 1} b", "[" * 500, "{a: 'b' + }", "'a", "", "{'a' 1}"])
def test_what_is_no_value_is_refused(text):
    with pytest.raises(ValueError, match=r"."):
        parse(text)


@given(st.text(st.sampled_from(printable), max_size=60))
def test_no_text_raises_anything_else(text):
    try:
        parse(text)
    except ValueError:
        return


def test_a_number_of_more_digits_than_any_log_has_is_refused():
    """Python takes time that grows with the square of the digits."""
    assert parse("{'n': %s}" % ("9" * 400)).value == {"n": int("9" * 400)}
    with pytest.raises(ValueError, match="so many digits"):
        parse("{'n': %s}" % ("9" * 401))
