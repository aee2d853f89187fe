"""Times as people write them."""

from __future__ import annotations

import pytest

from rtcli.errors import BadOption
from rtcli.recording.times import parse_time


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("1.5", 1.5), ("1m30s", 90), ("250ms", 0.25), ("-10s", -10), ("1h", 3600)]
)
def test_a_time_is_seconds_or_has_units(text, seconds):
    assert parse_time("--since", text) == pytest.approx(seconds)


@pytest.mark.parametrize(
    "text", ["", "soon", "1x", "s", "1m 30s", "--1", "nan", "inf", "1e9", "9" * 400, "-" + "9" * 400 + "h"]
)
def test_what_is_no_time_is_refused(text):
    with pytest.raises(BadOption, match="--since"):
        parse_time("--since", text)
