"""What the proxy asks of whoever shows its sessions to a person."""

from __future__ import annotations

from typing import Protocol

from rtcli.events import Listener
from rtcli.formats import Entry


class Board(Protocol):
    """Where a person sees the sessions; each has a number."""

    looking: bool
    """Whether it is to be shown what goes over them."""

    def began(self, number: int, url: str, listener: Listener) -> None:
        """A session was opened; its events are decoded by the listener."""

    def seen(self, number: int, entry: Entry) -> None:
        """Something went over it."""

    def suspended(self, number: int, why: str) -> None:
        """It is not recorded any more."""

    def ended(
        self, number: int, how: str, events: int, duration_s: float, files: list[str], *, whole: bool = True
    ) -> None:
        """It is over; `whole` says whether all that went over it is in the files."""

    def failed(self, number: int, why: str) -> None:
        """There was no session."""

    def refresh(self) -> None:
        """It is time to draw, if anything changed."""

    def hurry(self) -> None:
        """The process has been told to end from outside: who looks is not waited for any more."""
