"""When it was, as logs tell it."""

from __future__ import annotations

import pytest

from rtcli.formats.moments import Clock, Moment, in_prefix, moment_of


@pytest.mark.parametrize("value", [10**400, -(10**400), 1e300, float("inf"), float("nan"), True, None, [1], "9" * 60])
def test_what_is_no_time_of_any_clock_is_none(value):
    assert moment_of(value, "timestamp") is None


@pytest.mark.parametrize("text", ["2026-02-30 10:00:00", "2026-13-01T00:00:00Z", "hello"])
def test_a_date_that_no_calendar_has_is_no_time(text):
    assert in_prefix(text) is None


def test_a_clock_goes_by_the_first_kind_of_time_that_it_is_told():
    clock = Clock([None, None])
    assert clock.seconds(None) is None
    assert clock.seconds(Moment("start", 5.0)) == 5.0
    assert clock.seconds(Moment("date", 1.7e9)) is None
