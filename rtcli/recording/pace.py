"""When the records of a recording are due, if it is played: pure arithmetic on times."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final, Protocol, TypeVar

from rtcli.recording.record import Header

UNTIMED_STEP_S: Final = 0.02
"""Spacing of records without times (bare event logs): about the pace of audio deltas."""


class Timed(Protocol):
    """Something with a time in seconds, or without one."""

    @property
    def t(self) -> float | None:
        """Seconds since the beginning, None where the recording has no times."""


T = TypeVar("T", bound=Timed)


def paced(
    records: Iterable[T], *, idle_limit_s: float | None = None, start_s: float = 0.0, until_s: float | None = None
) -> Iterator[tuple[float, T]]:
    """Each record and when it is due, in seconds of playing time at normal speed.

    What lies before `start_s` is due at once, so that the state at that moment is right, and so is what was
    carried along to a part of a recording; the end is after `until_s`, in the recording's time. No pause is
    longer than `idle_limit_s`. Law: due times never decrease, whatever the recording's times do.
    """
    due, last = 0.0, start_s
    for record in records:
        last = max(last, _begins_s(record))
        at = record.t if record.t is not None else last + UNTIMED_STEP_S
        if until_s is not None and at > until_s:
            return
        pause = max(0.0, at - last)
        due += pause if idle_limit_s is None else min(pause, idle_limit_s)
        last = max(last, at)
        yield due, record


def _begins_s(record: Any) -> float:
    """When the part begins of which this is the header."""
    header = getattr(record, "event", record)
    return (header.begins_s or 0.0) if isinstance(header, Header) else 0.0
