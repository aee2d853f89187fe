"""A form that other people's logs come in: how it is recognised, and how it is read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from rtcli.recording import Record

Drop = Callable[[int, str], None]
"""Takes a line of the log, and the reason why something there was left out."""

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
