"""What a call used and cost, in a few words."""

from __future__ import annotations

from typing import Final

from rtcli.session.prices import Cost
from rtcli.views.measure import plural

_LEAST: Final = 0.0001
_CENTS: Final = 0.1
"""From here on an amount is told in cents."""


def tokens_used(taken: int | None, cached: int | None, given: int | None) -> str:
    """What went in and came out; empty where neither is known."""
    parts = []
    if taken is not None:
        parts.append(f"{taken:,} in" + (f" ({cached:,} cached)" if cached else ""))
    if given is not None:
        parts.append(f"{given:,} out")
    return f"tokens: {', '.join(parts)}" if parts else ""


def priced(cost: Cost, unpriced: int, as_of: str) -> str:
    """What was paid, and by which prices; a range where the usage does not tell all that the price depends on."""
    low, high = dollars(cost.low), dollars(cost.high)
    told = low if low == high else f"{low} to {high}"
    more = f", {plural(unpriced, 'part')} without a price" if unpriced else ""
    return f"{told} (prices of {as_of}){more}"


def dollars(amount: float) -> str:
    """An amount to the cent, and to a hundredth of that where it is less than ten: ``$0.0074``, ``$3.40``."""
    if amount == 0:
        return "$0"
    if amount < _LEAST:
        return f"under ${_LEAST}"
    return f"${amount:,.{2 if amount >= _CENTS else 4}f}"
