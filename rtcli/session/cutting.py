"""What to take out of a recording: from each connection that is touched one stretch, and what it needs from before.

Law: what is found in the parts is found in the whole, at the same events.
"""

from __future__ import annotations

from typing import Final, Protocol

from msgspec import Struct, field

from rtcli.events import session
from rtcli.formats import Entry
from rtcli.recording import Header, Note, Open
from rtcli.session.excerpt import Ground

_UNHEEDED: Final = (Note, Open)
"""Records that say nothing of the session, so that nothing is missed without them."""


class Selection(Protocol):
    """Says which entries are wanted."""

    heard_from: int
    """From which line on the user's audio before the stretch belongs to it; 0 where none of it does."""

    def begins(self) -> None:
        """Another connection follows."""

    def takes(self, entry: Entry) -> bool:
        """Whether this one is wanted; it is asked about every entry, in order."""


class Part(Struct):
    """What is taken of one connection, by line."""

    begins: int
    """The first line of the connection."""
    header: bytes = b""
    header_line: int = 0
    first: int = 0
    """The first line that is wanted; 0 while there is none."""
    last: int = 0
    ends: int = 0
    """The last line of the connection; 0 where the file ends with it."""
    t: float | None = None
    """When the last record before the stretch was seen, if the first one of it has a time too."""
    begins_s: float | None = None
    """When the first one of the stretch was seen."""
    before: int = 0
    """How many entries come before the stretch."""
    after: int = 0
    carried: set[int] = field(default_factory=set)

    @property
    def is_whole(self) -> bool:
        """Nothing of the connection is left out."""
        return not self.before and not self.after

    @property
    def cut(self) -> list[str]:
        """Which ends of it are cut off."""
        return ["start"] * bool(self.before) + ["end"] * bool(self.after)

    def takes(self, line: int) -> bool:
        """Whether a line of the file belongs to what is taken, without the header."""
        if line < (self.first if self.before else self.begins):
            return line in self.carried
        return line <= (self.last if self.after else self.ends or line)


class Cutting:
    """Takes in a recording, entry by entry, and finds the parts."""

    def __init__(self, selection: Selection) -> None:
        self._selection = selection
        self._parts: list[Part] = []
        self._here: Part | None = None
        self._ground = Ground()
        self._referred: set[int] = set()
        self._session_id = ""
        self._t: float | None = None

    def feed(self, entry: Entry) -> None:
        """Take in the next entry."""
        here = self._here
        if here is None or self._begins_anew(entry):
            here = self._begin(entry)
        event = entry.event
        if isinstance(event, session.Created):
            self._session_id = getattr(event.session, "id", None) or self._session_id
        if isinstance(event, Header):
            here.header, here.header_line = entry.raw, entry.line
        elif self._selection.takes(entry):
            self._take(here, entry)
        elif here.first:
            here.after += not isinstance(event, _UNHEEDED)
            self._referred.update(self._ground.referred_by(entry))
        else:
            here.before += not isinstance(event, _UNHEEDED)
            self._t = entry.t
            self._ground.feed(entry)

    def parts(self) -> list[Part]:
        """What is to be taken, in the order of the file."""
        return [part for part in self._parts if part.first]

    @property
    def leaves_something(self) -> bool:
        """Something of the recording is in no part."""
        return any(not part.first or not part.is_whole for part in self._parts)

    def _take(self, here: Part, entry: Entry) -> None:
        if not here.first:
            here.first = entry.line
            here.t = self._t if entry.t is not None else None
            here.begins_s = entry.t
            here.carried = self._ground.lines()
            if self._selection.heard_from:
                here.carried.update(line for line in self._ground.sound if line >= self._selection.heard_from)
        here.last, here.after = entry.line, 0
        self._referred.update(self._ground.referred_by(entry))
        here.carried |= self._referred
        self._referred.clear()

    def _begins_anew(self, entry: Entry) -> bool:
        event = entry.event
        if isinstance(event, Header):
            return True
        if not isinstance(event, session.Created) or (self._here and self._here.header):
            return False
        new = getattr(event.session, "id", None)
        return bool(new and self._session_id and new != self._session_id)

    def _begin(self, entry: Entry) -> Part:
        if self._here is not None:
            self._here.ends = entry.line - 1
        self._here = part = Part(entry.line if self._parts else 1)
        self._parts.append(part)
        self._ground, self._referred, self._session_id = Ground(), set(), ""
        self._selection.begins()
        return part
