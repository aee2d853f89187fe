"""When it was, as logs tell it."""

from __future__ import annotations

import pytest

from rtcli.formats.moments import moment_of


@pytest.mark.parametrize("value", [10**400, -(10**400), 1e300, float("inf"), float("nan"), True, None, [1], "9" * 60])
def test_what_is_no_time_of_any_clock_is_none(value):
    assert moment_of(value, "timestamp") is None
