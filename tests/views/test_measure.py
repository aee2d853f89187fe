from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.views.measure import TIME_WIDTH, clock, duration, plural, short, size, times


@pytest.mark.parametrize(
    ("at_s", "shown"),
    [
        (None, "        "),
        (0.0, "  0.00 s"),
        (1.25, "  1.25 s"),
        (999.99, "999.99 s"),
        (999.996, "1000.0 s"),
        (12345.6, " 12346 s"),
    ],
)
def test_a_time_is_shown_to_the_hundredth_as_long_as_it_fits(at_s, shown):
    assert clock(at_s) == shown


@given(st.floats(0, 99_999))
def test_a_time_is_always_as_wide(at_s):
    assert len(clock(at_s)) == TIME_WIDTH


@pytest.mark.parametrize(
    ("ms", "shown"), [(0, "0 ms"), (180.4, "180 ms"), (999.4, "999 ms"), (999.6, "1.00 s"), (6820, "6.82 s")]
)
def test_a_length_is_in_milliseconds_below_a_second(ms, shown):
    assert duration(ms) == shown


@pytest.mark.parametrize(
    ("count", "shown"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 KB"), (327_360, "327 KB"), (2_500_000, "2.5 MB")]
)
def test_a_size_is_in_powers_of_a_thousand(count, shown):
    assert size(count) == shown


def test_a_long_id_keeps_its_ends():
    assert short("item_E6jskSLJZmjKRlS2RvB2X") == "item_E6js…RvB2X"


def test_a_short_id_is_whole():
    assert short("item_1") == "item_1"


def test_a_hostile_id_is_made_visible():
    assert short("\x1bc") == r"\x1bc"


def test_counts_agree_with_their_nouns():
    assert (plural(1, "tool"), plural(2, "tool"), plural(1200, "tool")) == ("1 tool", "2 tools", "1,200 tools")


def test_repetitions_are_grouped_by_thousands():
    assert times(1420) == "1,420\N{MULTIPLICATION SIGN}"
