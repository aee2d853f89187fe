"""Bare events: one on each line, word for word, and nothing else.

Who sent an event is told by its type, and when is not told; that is what bare means. Lost is a frame
that such a line cannot hold.
"""

from __future__ import annotations

import re
from typing import Final

from rtcli.formats.closer import record_of
from rtcli.formats.line import fits_a_line
from rtcli.formats.sink import Records
from rtcli.recording import Binary, Frame, Record

BINARY: Final = "binary frames"
NO_TEXT: Final = "bytes of frames that are no UTF-8"
NO_EVENT: Final = "text frames that are no events"
_BREAKS: Final = re.compile(r"[\r\n]+")


class BareEvents(Records):
    """Writes the events."""

    whole = False

    def write(self, record: Record) -> None:
        """Write a frame, if it is an event."""
        if isinstance(record, Binary):
            self.lost[BINARY] += 1
        elif isinstance(record, Frame):
            text = record.text.encode("utf-8", "replace").decode()
            if text != record.text:
                self.lost[NO_TEXT] += 1
            # A line break in JSON that is whole stands between its values, where a space says the same.
            line = text if fits_a_line(text) else _BREAKS.sub(" ", text.strip())
            if fits_a_line(line) and record_of(line.encode()) is None:
                self._put(line.encode() + b"\n")
            else:
                self.lost[NO_EVENT] += 1
