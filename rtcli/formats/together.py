"""Frames that came together, as lines of our own format: what they share is written once, and all at once."""

from __future__ import annotations

from collections.abc import Sequence

from rtcli.formats.rtcli import fits_a_line, line_of
from rtcli.recording import Frame
from rtcli.recording.record import Sender


def lines_of(t: float, sender: Sender, texts: Sequence[str]) -> bytes:
    """The lines that stand for texts of one sender and one moment; each as `line_of` makes it."""
    start = b'{"t":%.6f,"from":"%s","event":' % (t, sender.encode())
    pieces: list[bytes] = []
    for text in texts:
        if fits_a_line(text):
            pieces += start, text.encode(), b"}\n"
        else:
            pieces.append(line_of(Frame(t, sender, text)))
    return b"".join(pieces)
