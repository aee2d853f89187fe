"""Moments as microseconds, and back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.recording.epoch import microseconds, moment


@given(st.integers(-60 * 10**15, 250 * 10**15))
def test_every_microsecond_of_the_calendar_comes_back(us):
    assert microseconds(moment(us)) == us


@pytest.mark.parametrize(
    ("text", "us"),
    [
        ("1970-01-01T00:00:00Z", 0),
        ("1970-01-01T00:00:01.000001Z", 1_000_001),
        ("1970-01-01T01:00:00.5+01:00", 500_000),
        ("1970-01-01T00:00:02", 2_000_000),
        ("1969-12-31T23:59:59.75Z", -250_000),
    ],
)
def test_a_moment_is_counted_from_the_epoch(text, us):
    assert microseconds(text) == us


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01T00:00:00Z"])
def test_what_is_no_moment_is_none(text):
    assert microseconds(text) is None


@pytest.mark.parametrize("us", [10**18, -(10**18), 10**40])
def test_what_no_calendar_has_is_empty(us):
    assert moment(us) == ""
