from __future__ import annotations

import sys

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from rtcli.views.words import Words, cells, is_narrow

PIECES = st.lists(st.tuples(st.text(st.sampled_from("ab 你·"), max_size=6), st.sampled_from(["", "red", "dim"])))
PLACES = st.integers(0, 40)


def words_of(pieces, base=""):
    words = Words(base=base)
    for text, style in pieces:
        words.add(text, style)
    return words


def styled(words):
    """Each character with its styles."""
    return [(character, styles) for text, styles in words.pieces for character in text]


def test_what_is_taken_for_narrow_is_narrow_and_parts_words_only_where_it_is_blank():
    narrow = [chr(code) for code in range(sys.maxunicode + 1) if is_narrow(chr(code))]
    assert {cell_len(character) for character in narrow} == {1}
    assert [character for character in narrow if character.isspace()] == [" "]


@given(st.text(st.sampled_from("ab é✓…你🇩👍🏽\ufe0f❤"), max_size=20))
def test_a_text_is_as_wide_as_rich_says(text):
    assert cells(text) == cell_len(text)


@given(PIECES)
def test_words_are_read_as_they_were_added(pieces):
    assert words_of(pieces).plain == "".join(text for text, _ in pieces)
    assert bool(words_of(pieces)) == any(text for text, _ in pieces)


def test_pieces_without_a_style_become_one_and_others_stay_apart():
    words = Words("a").add("b").add("c", "red").add("d", "red").add("").add("e")
    assert words.pieces == [("ab", ()), ("c", ("red",)), ("d", ("red",)), ("e", ())]


def test_the_base_of_words_goes_with_them():
    inner = Words("a", "bold").add("b", "red")
    assert Words("x", "dim").join(inner).pieces == [("x", ()), ("a", ("bold",)), ("b", ("bold", "red"))]


@given(PIECES, PLACES, PLACES)
def test_a_part_is_what_stands_between_two_places(pieces, begin, end):
    part = words_of(pieces, "bold").part(begin, end)
    assert part.base == "bold"
    assert styled(part) == styled(words_of(pieces))[begin:end]


@given(PIECES)
def test_stripped_words_end_where_the_text_does(pieces):
    words = words_of(pieces)
    words.strip()
    text = "".join(text for text, _ in pieces).rstrip()
    assert words.plain == text
    assert styled(words) == styled(words_of(pieces))[: len(text)]


@given(PIECES, PLACES)
def test_words_are_cut_at_a_width_and_nowhere_else(pieces, width):
    words, whole = words_of(pieces), words_of(pieces)
    words.cut(width)
    assert cell_len(words.plain) <= width
    if cell_len(whole.plain) <= width:
        assert words.pieces == whole.pieces


@given(PIECES)
def test_rich_is_given_the_same_words(pieces):
    words = words_of(pieces, "bold")
    text = words.text()
    assert text.plain == words.plain
    assert [styles for _, styles in styled(words)] == [
        tuple(str(span.style) for span in text.spans if span.start <= at < span.end) for at in range(len(text))
    ]


def test_a_copy_is_appended_to_alone():
    words = Words("a")
    words.copy().add("b")
    assert words.plain == "a"
