"""Which entries of a recording are to be shown."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Annotated

from rtcli.commands.declared import Option

if TYPE_CHECKING:
    from rtcli.formats import Entry

Since = Annotated[
    str | None,
    Option(
        metavar="TIME",
        help="Only from this time on: 12.5, 250ms, 1m30s; -5 is five seconds before the end.",
        envvar="RTCLI_SINCE",
    ),
]
Until = Annotated[str | None, Option(metavar="TIME", help="Only up to this time.", envvar="RTCLI_UNTIL")]


class Choice:
    """Which entries are to be shown."""

    def __init__(self, types: list[str], side: str | None, since_s: float | None, until_s: float | None) -> None:
        self.types = types
        self.side = side
        self.since_s = since_s
        self.until_s = until_s

    @property
    def everything(self) -> bool:
        """Nothing is left out."""
        return not self.types and self.side is None and not self.timed

    @property
    def timed(self) -> bool:
        """It asks for times, so that there must be some."""
        return self.since_s is not None or self.until_s is not None

    @property
    def needs_end(self) -> bool:
        """A time counts from the end, which must be known first."""
        return any(time is not None and time < 0 for time in (self.since_s, self.until_s))

    def counted_from(self, end_s: float) -> Choice:
        """The same choice with all times from the start."""
        since, until = (
            time if time is None or time >= 0 else max(0.0, end_s + time) for time in (self.since_s, self.until_s)
        )
        return Choice(self.types, self.side, since, until)

    def takes(self, entry: Entry, at_s: float) -> bool:
        """Whether the entry, at that time, is to be shown."""
        from rtcli.views.carried import kind_of

        return (
            (self.side is None or entry.sender == self.side)
            and (self.since_s is None or at_s >= self.since_s)
            and (self.until_s is None or at_s <= self.until_s)
            and (not self.types or any(fnmatchcase(kind_of(entry.event), pattern) for pattern in self.types))
        )
