"""What a check says about one place in a recording."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

Severity = Literal["error", "warning", "info"]
Side = Literal["client", "server", "network", "recorder", "unknown"]

SEVERITIES: Final[tuple[Severity, ...]] = ("info", "warning", "error")
"""From harmless to grave."""

Silent = tuple[str, str, str]
"""A reason, what it is in words, and the code of a rule that was silent for it."""


class Finding(Struct, kw_only=True):
    """One thing found, with the place that proves it and what to do about it."""

    code: str
    severity: Severity
    side: Side
    """Whose fault it is."""
    line: int
    message: str
    """One sentence: what is wrong."""
    type: str = ""
    """The event's type, as it stood on the wire."""
    event_id: str = ""
    path: str = ""
    """JSONPath inside the event."""
    found: str = ""
    expected: str = ""
    remedy: str = ""
    """What to do about it, or what was probably meant."""
    lines: tuple[int, ...] = ()
    """The other lines that belong to it."""
    count: int = 1
    """How often it was seen, where repetitions are told once."""


def at_least(severity: Severity, threshold: Severity) -> bool:
    """Whether a severity is as grave as the threshold, or graver."""
    return SEVERITIES.index(severity) >= SEVERITIES.index(threshold)
