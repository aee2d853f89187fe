"""Times, sizes, counts and ids, as short as they can be read."""

from __future__ import annotations

from typing import Final

from rtcli.views.text import said

TIME_WIDTH: Final = 8
_ID_SHOWN: Final = 14
_KILO: Final = 1000


def clock(at_s: float | None) -> str:
    """A time offset, always as wide: ``  1.25 s``."""
    if at_s is None:
        return " " * TIME_WIDTH
    digits = 2 if abs(at_s) < 999.995 else 1 if abs(at_s) < 9999.95 else 0
    return f"{at_s:{TIME_WIDTH - 2}.{digits}f} s"


def duration(ms: float) -> str:
    """A length of time: ``180 ms`` or ``6.82 s``."""
    return f"{ms:.0f} ms" if abs(ms) < 999.5 else f"{ms / 1000:.2f} s"


def size(count: int) -> str:
    """A number of bytes in powers of a thousand: ``327 KB``."""
    if count < _KILO:
        return f"{count} B"
    if count < _KILO**2:
        return f"{count / _KILO:.0f} KB" if count >= 10 * _KILO else f"{count / _KILO:.1f} KB"
    return f"{count / _KILO**2:.1f} MB"


def short(name: str) -> str:
    """An id, shortened on the screen only: its beginning and its end."""
    name = said(name)
    return name if len(name) <= _ID_SHOWN + 2 else f"{name[: _ID_SHOWN - 5]}…{name[-5:]}"


def plural(count: int, what: str) -> str:
    """A count with its noun."""
    return f"{count:,} {what}" if count == 1 else f"{count:,} {what}s"


def times(count: int) -> str:
    """How often: ``142×``."""
    return f"{count:,}×"
