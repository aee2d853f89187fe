"""A recording while it is read: what it was taken for, its entries, and what of it could not be taken."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path
from typing import Final, NamedTuple

from rtcli.errors import UnreadableRecording
from rtcli.events import Listener
from rtcli.formats import rtcli
from rtcli.formats.entry import Entry
from rtcli.formats.stream import read_lines

_SNIFFED_LINES: Final = 20
_DROPS_KEPT: Final = 20


class Drop(NamedTuple):
    """Something in a file that is no part of the session, or cannot be read as one."""

    line: int
    why: str


class Reading:
    """Iterated over once, it gives every entry of the file, decoded, in order and with flat memory.

    Raises, when it is iterated over:
        UnreadableRecording: the file cannot be read, or holds nothing that could be an event.

    """

    def __init__(self, path: Path, listener: Listener | None = None, form: str | None = None) -> None:
        """Read `path`, as `form` if that is given, a name in `FORMS`."""
        self.path = path
        self.listener = listener or Listener()
        self.form = form or ""
        """What the file was taken for, once the first entry is out."""
        self.guess = ""
        """What to tell a person about that; empty for recordings of our own and for bare events."""
        self.dropped = 0
        self.drops: list[Drop] = []
        """The first of what was dropped."""

    def drop(self, line: int, why: str) -> None:
        """Take down that something in a line was left out."""
        self.dropped += 1
        if len(self.drops) < _DROPS_KEPT:
            self.drops.append(Drop(line, why))

    def __iter__(self) -> Iterator[Entry]:
        lines = read_lines(self.path)
        head = list(islice(lines, _SNIFFED_LINES))
        told = [line for line in head if not line.isspace()]
        if told and not any(line.lstrip(b"\xef\xbb\xbf \t").startswith(b"{") for line in told):
            why = (
                f"none of its first {len(head)} lines is a JSON object" if len(head) > 1 else "it holds no JSON object"
            )
            raise UnreadableRecording(str(self.path), why, "a recording has one event or record on each line")
        self.form = "rtcli"
        return rtcli.read(chain(head, lines), self.listener)
