"""Sequences beside each other."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rtcli.script.alignment import align

KEYS = (str, str.lower)
words = st.lists(st.sampled_from(["a", "A", "b", "B", "c"]))


@given(words, words)
def test_every_element_stands_once_and_in_order(one, other):
    pairs = align(one, other, KEYS)
    assert [a for a, _ in pairs if a is not None] == one
    assert [b for _, b in pairs if b is not None] == other


@given(words, words)
def test_what_is_paired_is_the_same_by_some_key(one, other):
    assert all(a.lower() == b.lower() for a, b in align(one, other, KEYS) if a is not None and b is not None)


@given(words)
def test_equal_sequences_are_paired_one_to_one(one):
    assert align(one, list(one), KEYS) == list(zip(one, one, strict=True))


NUMBERED_KEYS = (lambda pair: pair[1], lambda pair: pair[1].lower())


@given(words, words)
def test_exchanging_the_sequences_exchanges_the_pairs(one, other):
    a, b = list(enumerate(one)), list(enumerate(other))
    assert set(align(a, b, NUMBERED_KEYS)) == {(first, second) for second, first in align(b, a, NUMBERED_KEYS)}


def test_what_is_the_same_goes_before_what_is_alike():
    assert align(["a", "b"], ["A", "a", "b"], KEYS) == [(None, "A"), ("a", "a"), ("b", "b")]
    assert align(["a", "c", "b"], ["a", "C", "b"], KEYS) == [("a", "a"), ("c", "C"), ("b", "b")]


def test_many_elements_that_are_all_alike_are_paired_at_once():
    one, other = [f"x{number}" for number in range(20_000)], [f"y{number}" for number in range(20_001)]
    pairs = align(one, other, (str, lambda word: len(word) > 0))
    assert pairs[-1] == (None, "y20000")
    assert pairs[0] == ("x0", "y0")
