"""Moments in ISO 8601 as whole microseconds of the Unix epoch, and back, with nothing lost to floats."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

MICROSECONDS: Final = 1_000_000
"""In a second."""
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_STEP: Final = timedelta(microseconds=1)


def microseconds(text: str) -> int | None:
    """A moment as microseconds of the epoch, in UTC where it says nothing else; None where it is none."""
    try:
        then = datetime.fromisoformat(text)
    except ValueError:
        return None
    return ((then if then.tzinfo is not None else then.replace(tzinfo=UTC)) - _EPOCH) // _STEP


def moment(us: int) -> str:
    """Microseconds of the epoch as a moment; empty where no calendar has them."""
    try:
        return (_EPOCH + us * _STEP).isoformat(timespec="microseconds").replace("+00:00", "Z")
    except OverflowError:
        return ""
