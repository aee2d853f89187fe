from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rtcli.session.stream import Stream
from rtcli.views.words import Words
from rtcli.views.wrap import Growing, visible, wrap, wrap_styled

TEXTS = st.text(st.sampled_from("ab c你好\n"), max_size=80)
WIDTHS = st.integers(4, 20)


@given(TEXTS, WIDTHS, WIDTHS)
def test_the_rows_joined_are_the_text_without_its_breaks(text, first, width):
    assert "".join(wrap(text, first, width)) == text.replace("\n", "")


@given(TEXTS, WIDTHS, WIDTHS)
def test_no_row_is_wider_than_asked(text, first, width):
    first_row, *others = wrap(text, first, width)
    assert cell_len(first_row.rstrip()) <= first
    assert all(cell_len(row.rstrip()) <= width for row in others)


def test_words_stay_whole_where_a_row_can_hold_them():
    assert wrap("the quick brown fox", 10, 10) == ["the quick ", "brown fox"]


def test_a_word_that_no_row_holds_is_broken():
    assert wrap("ab " + "x" * 12, 8, 8) == ["ab xxxxx", "xxxxxxx"]


def test_a_break_in_the_text_is_a_break_in_the_rows():
    assert wrap("one\n\ntwo", 10, 10) == ["one", "", "two"]


def test_a_text_of_several_lines_is_made_visible_line_by_line():
    assert visible("a\x1b\nb") == "a\\x1b\nb"


def test_styles_survive_wrapping():
    rows = wrap_styled(Words(base="bold").add("red words", "red").add(" and plain ones"), 10)
    assert [row.plain for row in rows] == ["red words", "and plain", "ones"]
    assert [row.base for row in rows] == ["bold"] * 3
    assert [row.pieces for row in rows] == [[("red words", ("red",))], [("and plain", ())], [("ones", ())]]


@given(st.lists(st.text(st.sampled_from("ab \n"), max_size=6)), WIDTHS, WIDTHS)
def test_a_growing_text_loses_nothing(pieces, first, width):
    stream = Stream("text")
    growing = Growing(stream)
    rows = growing.rows(first, width)
    for piece in pieces:
        stream.add_text(piece, None)
        rows = growing.rows(first, width)
    assert "".join(rows) == "".join(pieces).replace("\n", "")


def test_a_growing_text_is_wrapped_anew_when_the_width_changes():
    stream = Stream("text")
    growing = Growing(stream)
    stream.add_text("one two three", None)
    assert len(growing.rows(6, 6)) == 3
    assert growing.rows(20, 20) == ["one two three"]


@given(st.text(st.sampled_from("ab   "), max_size=80), WIDTHS, WIDTHS)
def test_letters_of_any_alphabet_are_wrapped_alike(text, first, width):
    accented = str.maketrans("ab", "éü")
    assert [row.translate(accented) for row in wrap(text, first, width)] == wrap(text.translate(accented), first, width)
