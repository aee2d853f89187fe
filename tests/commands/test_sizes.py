"""Numbers of bytes as people write them."""

from __future__ import annotations

import pytest

from rtcli.commands.sizes import parse_size
from rtcli.errors import BadOption


@pytest.mark.parametrize(
    ("text", "size_bytes"),
    [
        ("1000", 1000),
        ("5k", 5000),
        ("1.5MB", 1_500_000),
        ("64MiB", 64 * 1024 * 1024),
        ("2 GB", 2_000_000_000),
        ("1gib", 1 << 30),
        ("10b", 10),
    ],
)
def test_bytes_may_have_a_unit(text, size_bytes):
    assert parse_size("--x", text) == size_bytes


@pytest.mark.parametrize("text", ["", "0", "-1", "k", "1kk", "1e3", "٣", "0.4", "1 0", "9" * 400, "9" * 305 + "GB"])
def test_what_is_no_size_is_refused(text):
    with pytest.raises(BadOption, match="--x"):
        parse_size("--x", text)
