"""One pattern for many words."""

from __future__ import annotations

import re

from hypothesis import example, given
from hypothesis import strategies as st

from rtcli.recording.alternatives import any_of

WORD = st.text("ab.|", min_size=1, max_size=4)


@given(st.lists(WORD, min_size=1, max_size=6), st.text("ab.|c", max_size=8))
@example(["a", "ab"], "a")
@example(["ab", "a", "abba"], "cab")
@example(["a.b"], "acb")
def test_it_is_found_where_one_of_them_is(words, text):
    assert bool(re.search(any_of(words), text)) == any(word in text for word in words)


def test_the_order_in_which_they_are_given_makes_no_difference():
    assert any_of(["b", "ab", "a"]) == any_of(["a", "b", "ab"])
