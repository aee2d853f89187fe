"""Where something stands that has to go."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import SECRETS, secret_part

from rtcli.recording.finding import Custom, keys_in, may_hold, spans_in
from rtcli.recording.redaction import Redaction


def custom(*patterns):
    return [Custom(pattern, re.compile(pattern)) for pattern in patterns]


def test_of_two_patterns_over_each_other_the_first_has_its_place_and_the_second_the_rest():
    assert spans_in("aaMIDbb", custom("MID", "aaMIDbb")) == [(0, 2, "aaMIDbb"), (2, 5, "MID"), (5, 7, "aaMIDbb")]
    assert spans_in("MIDbb", custom("MID", "MIDbb")) == [(0, 3, "MID"), (3, 5, "MIDbb")]
    assert spans_in("aaMID", custom("aaMID", "MID")) == [(0, 5, "aaMID")]


def test_what_is_found_later_and_stands_before_is_found_whole_and_in_order():
    assert spans_in("one two three", custom("three", "one", "two")) == [(0, 3, "one"), (4, 7, "two"), (8, 13, "three")]


@given(st.lists(st.text("abc", min_size=1, max_size=3), max_size=6), st.text("abc", max_size=30))
def test_no_two_spans_lie_over_each_other_and_they_cover_all_that_was_found(words, text):
    spans = spans_in(text, custom(*words))
    ends = [edge for start, end, _ in spans for edge in (start, end)]
    assert ends == sorted(ends)
    assert all(start < end for start, end, _ in spans)
    covered = {place for start, end, _ in spans for place in range(start, end)}
    assert covered == {place for word in words for match in re.finditer(word, text) for place in range(*match.span())}


def test_a_pattern_without_a_group_takes_out_all_of_what_it_finds():
    redaction = Redaction([re.compile(r"[A-Z]{3}-\d{4}")])
    assert redaction.text("It is ABC-1234.") == "It is xxxxxxx1."
    assert redaction.counts == {"pattern": 1}


def test_what_a_pattern_of_the_users_own_put_in_is_not_counted_by_the_next_pass():
    pattern = re.compile(r"order (?P<order>\S{12})")
    after = Redaction([pattern]).text("It is order ABCDEFGH1234.")
    settled = Redaction([pattern])
    assert settled.text(after) == after
    assert settled.counts == {}


@pytest.mark.parametrize("name", ["OpenAI", "GitHub", "bearer", "header", "query"])
def test_keys_are_found_and_nothing_of_persons(name):
    secret = SECRETS[name]
    text = f"jane@example.org, +49 171 2345678: {secret}"
    begins = text.index(secret_part(secret))
    assert [(start, end) for start, end, _ in keys_in(text)] == [(begins, begins + len(secret_part(secret)))]


def test_plain_letters_that_are_written_in_another_way_are_worth_a_closer_look():
    assert may_hold(r"\u0070w\u0064 of mine")
    assert may_hold("of mine: %70%77%64")
    assert not may_hold("of mine: 70 % and more")
    assert not may_hold(r"Gr\u00fc\u00dfe")


def test_a_group_of_a_users_pattern_that_matched_nothing_takes_out_nothing():
    pattern = re.compile(r"order(?: (?P<number>\d+))?")
    assert spans_in("order, order 12", [Custom("number", pattern)]) == [(13, 15, "number")]


@pytest.mark.parametrize("name", SECRETS)
def test_what_was_put_in_for_a_secret_is_found_by_no_second_look(name):
    for text in (
        f"It is {SECRETS[name]} I think.",
        f"token={SECRETS[name]}",
        f"abcd1234, token={secret_part(SECRETS[name])}",
    ):
        settled = Redaction()
        assert settled.text(once := Redaction().text(text)) == once
        assert settled.counts == {}
