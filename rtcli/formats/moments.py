"""When it was, in the words of other people's logs: dates, times of day, and numbers from somewhere on.

Law: the seconds that a clock gives keep the distances of the log's own times.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import median
from typing import Final, Literal

from msgspec import Struct

from rtcli.units import number_in

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_DAY_S: Final = 86400.0
_SCALES: Final = ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3), (1e8, 1.0))
"""From which number on it counts nanoseconds, microseconds, milliseconds or seconds since 1970."""
_UNITS: Final = (("ns", 1e-9), ("nanos", 1e-9), ("us", 1e-6), ("micros", 1e-6), ("ms", 1e-3), ("millis", 1e-3))
_GAP_IN_MS: Final = 10.0
"""Events of a call are milliseconds apart: where they are ten of a unit apart, the unit is not the second."""

_DATED: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z| ?UTC| ?[+-]\d\d:?\d\d)?(?![\d:])", re.ASCII
)
_CLOCK: Final = re.compile(
    r"(?<![\d:.])(?:(\d{1,2}):)?(\d{1,2}):(\d\d)(?:[.,](\d{1,6}))?(?: ?([AP])M)?(?![\d:])", re.IGNORECASE
)
_LONE: Final = re.compile(r"(?<![\w.:-])(\d{9,19}(?:\.\d{1,9})?)(?![\w.:-])", re.ASCII)
_LEADING: Final = re.compile(r"\s*[\[(]?\s*\+?(\d{1,9}(?:\.\d{1,9})?)\s?(ms|s)?[\])]?(?=[\s:]|$)", re.ASCII)


class Moment(Struct, frozen=True):
    """A time as a log has it."""

    kind: Literal["date", "day", "start"]
    """Since 1970, since midnight, or since something else began."""
    s: float
    """Seconds; of a start without a unit, whatever the log counts in."""
    unit: Literal["", "s"] = "s"
    """Empty where the log does not say what it counts in."""


def moment_of(value: object, name: str = "") -> Moment | None:
    """The moment that a value stands for, in a field of this name."""
    if isinstance(value, int | float):
        return _number(value, name)
    if not isinstance(value, str) or len(value) > 64:
        return None
    try:
        return _number(float(value), name)
    except ValueError:
        return in_prefix(value)


def in_prefix(text: str) -> Moment | None:
    """The moment that what stands before an event on its line tells."""
    if match := _DATED.search(text):
        return _dated(match[0])
    if match := _CLOCK.search(text):
        return _of_day(match)
    if match := _LONE.search(text):
        return _number(float(match[1]), "")
    if match := _LEADING.match(text):
        return _number(float(match[1]), match[2] or "")
    return None


def _dated(text: str) -> Moment | None:
    try:
        at = datetime.fromisoformat(text.replace(" UTC", "Z").replace("UTC", "Z").replace(",", "."))
        since = (at if at.tzinfo else at.replace(tzinfo=UTC)) - _EPOCH
    except (ValueError, OverflowError):
        return None
    return Moment("date", since / timedelta(seconds=1))


def _of_day(match: re.Match[str]) -> Moment:
    hours, minutes, seconds, fraction, half = match.groups()
    of_day = int(hours or 0) % (12 if half else 100) * 3600 + int(minutes) * 60 + int(seconds)
    of_day += 12 * 3600 if half and half.upper() == "P" else 0
    return Moment("day", of_day + float(f"0.{fraction or 0}"))


def _number(told: float, name: str) -> Moment | None:
    value = number_in(told)
    if value is None or abs(value) > 1e20:
        return None
    scale = next((scale for least, scale in _SCALES if value >= least), None)
    if scale is not None:
        return Moment("date", value * scale)
    lower = name.lower()
    for ending, unit in _UNITS:
        if lower.endswith(ending):
            return Moment("start", value * unit)
    return Moment("start", value, "s" if lower.endswith(("_s", "seconds", "secs")) or lower == "s" else "")


class Clock:
    """Tells seconds since the log began, by the moments of its first events."""

    def __init__(self, first: Iterable[Moment | None]) -> None:
        moments = [moment for moment in first if moment is not None]
        self._kind = moments[0].kind if moments else None
        self._scale = 1e-3 if _counts_ms(moments) else 1.0
        self._origin: float | None = None
        self._days = 0
        self._last = 0.0

    def seconds(self, moment: Moment | None) -> float | None:
        """When it was; None where that is not told, or told in another way than before."""
        if moment is None:
            return None
        if self._kind is None:
            self._kind = moment.kind
        if moment.kind != self._kind:
            return None
        if moment.kind == "start":
            return round(moment.s if moment.unit else moment.s * self._scale, 6)
        at = self._past_midnight(moment.s) if moment.kind == "day" else moment.s
        if self._origin is None:
            self._origin = at
        return round(at - self._origin, 6)

    def _past_midnight(self, of_day: float) -> float:
        if of_day < self._last - _DAY_S / 2:
            self._days += 1
        self._last = of_day
        return self._days * _DAY_S + of_day


def _counts_ms(moments: list[Moment]) -> bool:
    """Whether numbers without a unit are milliseconds."""
    numbers = [moment.s for moment in moments if moment.kind == "start" and not moment.unit]
    gaps = [after - before for before, after in pairwise(numbers) if after > before]
    return median(gaps) >= _GAP_IN_MS if gaps else False
