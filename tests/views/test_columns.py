"""Tables that fit: columns leave by their rank, one is cut, and a row is never wider than the screen."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from rtcli.views.columns import Column, shortened, table

COLUMNS = (Column("turn"), Column("line", 2), Column("words", 1, left=True, cut="end"), Column("cost", 3))
ROWS = [["1", "10", "It is foggy and twelve degrees in London.", "$0.01"], ["2", "1,204", "Thanks.", ""]]


def shown(width, rows=ROWS, columns=COLUMNS):
    return [line.plain for line in table(columns, lambda: rows, width)]


def test_with_room_for_all_everything_is_shown():
    assert (
        shown(None)
        == shown(200)
        == [
            "turn   line  words                                       cost",
            "   1     10  It is foggy and twelve degrees in London.  $0.01",
            "   2  1,204  Thanks.",
        ]
    )


def test_a_column_is_cut_before_another_leaves_and_then_the_highest_rank_leaves_first():
    assert shown(40)[1] == "   1     10  It is foggy and twe…  $0.01"
    assert shown(30)[1] == "   1     10  It is foggy and…"
    assert shown(20)[1] == "   1  It is foggy a…"
    assert shown(10)[1] == "   1"


def test_a_column_in_which_nothing_stands_is_left_out():
    assert shown(None, [["1", "", "Hi", ""]]) == ["turn  words", "   1  Hi"]


def test_a_name_is_cut_at_its_beginning_where_its_end_tells_more():
    columns = (Column("file", left=True, cut="begin"),)
    assert shown(12, [["recordings/TUR01.jsonl"]], columns)[1] == "…TUR01.jsonl"
    assert shortened("recordings/TUR01.jsonl", 12, "begin").plain == "…TUR01.jsonl"


@pytest.mark.parametrize("width", [1, 2, 7])
def test_wide_characters_take_two_cells(width):
    assert cell_len(shortened("日本語のテキスト", width).plain) <= max(width, 1)
    assert cell_len(shortened("日本語のテキスト", width, "begin").plain) <= max(width, 1)


@given(
    st.lists(
        st.lists(
            st.text(st.characters(codec="utf-8", exclude_categories=["C", "Z"]), max_size=30), min_size=4, max_size=4
        ),
        min_size=1,
        max_size=4,
    ),
    st.integers(60, 120),
)
def test_no_row_is_wider_than_the_screen_where_what_must_stay_has_room(rows, width):
    for line in table(COLUMNS, lambda: rows, width):
        assert cell_len(line.plain) <= width


def test_styles_of_cells_stay():
    line = list(table((Column("a", left=True, cut="end"),), lambda: [[Text("word", style="red")]], 80))[1]
    assert [str(span.style) for span in line.spans] == ["red"]
