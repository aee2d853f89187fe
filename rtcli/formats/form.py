"""A form that other people's logs come in: how it is recognised, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple, Protocol

from rtcli.recording import Record


class Drop(Protocol):
    """Takes down a line of the log, and the reason why something there was left out."""

    def __call__(self, line: int, why: str, /, *, missing: bool = True) -> None:
        """`missing` says that it is of the session that is read, so that a part of that is not there."""


def only_looking(_line: int, _why: str, /, *, missing: bool = True) -> None:
    """A look at the first lines leaves nothing out."""


SNIFFED_BYTES = 1 << 16
"""How much of a file, decompressed, is looked at to tell what it is."""


class Form(NamedTuple):
    """One form of log.

    `knows` and `read` take whatever bytes there are: neither raises anything but UnreadableRecording, and
    what cannot be read is dropped with its line, and the reading goes on.
    """

    name: str
    """As ``--from`` takes it."""
    title: str
    """What people would call it, as in "frames as JSON strings"."""
    knows: Callable[[bytes], bool]
    """Whether the first bytes of a file, SNIFFED_BYTES at most, look like it."""
    read: Callable[[Iterable[bytes], Drop], Iterator[tuple[int, Record]]]
    """The records in the lines of a file, each with the line where it stands."""
