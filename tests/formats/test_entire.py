"""Whether what stands in a damaged file is an entire record."""

from __future__ import annotations

import pytest

from rtcli.formats.entire import begins_a_record, is_record, stands_alone


@pytest.mark.parametrize(
    ("value", "it_does"),
    [
        ({"t": 1.0, "later": {}}, True),
        ({"note": "x"}, True),
        ({"note": "x", "more": 1}, False),
        ({"type": "message"}, False),
        ([], False),
        ("note", False),
        (None, False),
    ],
)
def test_an_object_with_a_time_or_one_word_of_a_record_may_stand_alone(value, it_does):
    assert stands_alone(value) is it_does


@pytest.mark.parametrize(
    ("before", "it_does"), [("", True), ("}", True), ('"item": ', False), ("[", False), ("{", False)]
)
def test_a_note_begins_a_record_unless_the_line_before_it_goes_on(before, it_does):
    assert begins_a_record(b'{"note":"x"}', before) is it_does
    assert begins_a_record(b'{"t":1.0,"note":"x"}', before)


@pytest.mark.parametrize("line", [b'{"note":"x"}', b'{"note":"\xff"}\n', b'{"note":"x"}\0}\n', b"[1]}\n", b"x}\n"])
def test_what_is_no_object_of_text_on_a_line_is_no_record(line):
    assert not is_record(line)
