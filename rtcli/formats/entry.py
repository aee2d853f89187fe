"""One line of a recording, decoded: where it stands, when, who sent it, and what it is."""

from __future__ import annotations

from msgspec import Struct

from rtcli.events import DIALECTS, Event, Listener, Malformed, Sender, Unknown
from rtcli.recording import Binary, Close, Control, Frame, Header, Note, Open, Other, Record, Torn

Content = Event | Unknown | Malformed | Header | Binary | Control | Open | Close | Note | Torn | Other


class Entry(Struct, gc=False):
    """What a line of a recording, or a frame of a live connection, turned out to be."""

    line: int
    """From 1; on a live connection the line that the frame has in the recording."""
    t: float | None
    sender: Sender | None
    event: Content
    raw: bytes = b""
    """The line as it stands in the file; empty on a live connection."""

    @property
    def folded(self) -> Entry:
        """The entry as whoever follows the session takes it in: a damaged event is what is left of it.

        Itself where the event is whole, or where nothing of it can be taken in. Rules judge the event as it came.
        """
        rest = self.event.rest if isinstance(self.event, Malformed) else None
        return self if rest is None else Entry(self.line, self.t, self.sender, rest, self.raw)


def interpret(record: Record, line: int, listener: Listener) -> Entry:
    """What a record is: a frame's text is decoded, everything else stands for itself."""
    if isinstance(record, Frame):
        event = listener.decode(record.text, line, record.sender)
        return Entry(line, record.t, record.sender or sender_of(event), event)
    if isinstance(record, Header):
        listener.connected_to(record.url)
        return Entry(line, 0.0, None, record)
    sender = record.sender if isinstance(record, Close | Binary | Control) else None
    return Entry(line, record.t, sender, record)


def sender_of(event: Event | Unknown | Malformed) -> Sender | None:
    """Who must have sent it, as far as its type tells."""
    if isinstance(event, Event):
        return event.sender
    known = next((dialect.types[event.type] for dialect in DIALECTS.values() if event.type in dialect.types), None)
    return known.sender if known else None
