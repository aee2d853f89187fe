"""Where a note goes, and that nothing else changes."""

from __future__ import annotations

import json

import pytest

from rtcli.errors import BadOption
from rtcli.formats.noting import note_line, place_at_line, place_at_time, with_note

HEADER = b'{"rtcli":1}\n'
TIMED = [HEADER, *(b'{"t":%d.0,"from":"client","event":{"type":"response.create"}}\n' % t for t in (1, 2, 4))]
BARE = [b'{"type":"response.create"}\n'] * 3


def at_time(lines, at_s):
    return tuple(getattr(place_at_time(lambda: lines, at_s, "a call"), name) for name in ("line", "t"))


def at_line(lines, line):
    place = place_at_line(lines, line, "a call")
    return place.line, place.t


def test_a_note_behind_a_line_has_its_time_or_that_of_the_last_line_with_one():
    assert at_line(TIMED, 1) == (2, None)
    assert at_line(TIMED, 3) == (4, 2.0)
    assert at_line([*TIMED, b'{"note":"x"}\n'], 5) == (6, 4.0)
    assert at_line(BARE, 2) == (3, None)


def test_a_note_stands_before_a_last_line_that_is_torn():
    torn = [*TIMED, b'{"t":5.0,"fr']
    assert at_line(torn, 5)[0] == 5
    assert at_time(torn, 4.0) == (5, 4.0)


@pytest.mark.parametrize(
    ("at_s", "place"),
    [(0.0, (2, 0.0)), (1.0, (3, 1.0)), (3.0, (4, 3.0)), (4.0, (5, 4.0)), (-1.0, (4, 3.0)), (-9.0, (2, 0.0))],
)
def test_a_note_at_a_time_stands_before_the_first_line_that_is_later(at_s, place):
    assert at_time(TIMED, at_s) == place


def test_a_place_that_is_not_there_is_refused_with_what_there_is():
    with pytest.raises(BadOption, match="has 4 lines"):
        at_line(TIMED, 5)
    with pytest.raises(BadOption, match=r"ends at 4\.000 s"):
        at_time(TIMED, 4.5)
    with pytest.raises(BadOption, match="has no times"):
        at_time(BARE, 0.0)
    with pytest.raises(BadOption, match="holds 2 connections"):
        at_time(TIMED * 2, 1.0)


def test_the_lines_are_as_they_were_with_one_more():
    place = place_at_line(TIMED, 2, "a call")
    lines = list(with_note(TIMED, place, "a click"))
    assert [*lines[:2], *lines[3:]] == TIMED
    assert json.loads(lines[2]) == {"t": 1.0, "note": "a click"}
    behind = list(with_note(TIMED, place_at_line(TIMED, 4, "a call"), "the end"))
    assert behind[:4] == TIMED
    assert json.loads(behind[4]) == {"t": 4.0, "note": "the end"}


def test_a_note_says_no_time_where_there_is_none_and_bytes_that_are_no_text_become_question_marks():
    assert json.loads(note_line(None, 'say "hi"\n')) == {"note": 'say "hi"\n'}
    assert json.loads(note_line(0.5, "a\udcffb")) == {"t": 0.5, "note": "a?b"}
    assert note_line(0.5, "x").count(b"\n") == 1
