"""What a call used and cost, as a person reads it."""

from __future__ import annotations

import pytest

from rtcli.session.prices import Cost
from rtcli.views.cost import dollars, priced, tokens_used


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (0, "$0"),
        (0.00002, "under $0.0001"),
        (0.0074456, "$0.0074"),
        (0.0104, "$0.0104"),
        (0.1234, "$0.12"),
        (3.4, "$3.40"),
        (1234.5, "$1,234.50"),
    ],
)
def test_an_amount_has_as_many_digits_as_it_needs(amount, told):
    assert dollars(amount) == told


def test_a_range_is_told_where_its_ends_can_be_told_apart():
    assert priced(Cost(0.01, 0.02), 0, "2026-11-20") == "$0.0100 to $0.0200 (prices of 2026-11-20)"
    assert priced(Cost(0.01, 0.01000001), 2, "2026-11-20") == "$0.0100 (prices of 2026-11-20), 2 parts without a price"


def test_tokens_are_told_as_far_as_they_are_known():
    assert tokens_used(12345, 64, 141) == "tokens: 12,345 in (64 cached), 141 out"
    assert tokens_used(None, None, 141) == "tokens: 141 out"
    assert tokens_used(0, 0, None) == "tokens: 0 in"
    assert tokens_used(None, None, None) == ""
