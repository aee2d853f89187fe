"""Frames that came together, as lines of our own format: what they share is written once, and all at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from rtcli.formats.rtcli import line_of
from rtcli.recording import Frame
from rtcli.recording.record import Sender

_OPENING, _CLOSING = b"{"[0], b"}"[0]
_is_json: Final = msgspec.json.Decoder(msgspec.Raw).decode


def lines_of(t: float, sender: Sender, texts: Sequence[bytes]) -> bytes:
    """The lines that stand for texts of one sender and one moment, in UTF-8; each as `line_of` makes it."""
    start = b'{"t":%.6f,"from":"%s","event":' % (t, sender.encode())
    pieces: list[bytes] = []
    for text in texts:
        if fits_a_line(text):
            pieces += start, text, b"}\n"
        else:
            pieces.append(line_of(Frame(t, sender, text.decode())))
    return b"".join(pieces)


def fits_a_line(text: bytes) -> bool:
    """Whether a text is one JSON object on one line, so that it can stand in the file as it came."""
    if not text or text[0] != _OPENING or text[-1] != _CLOSING or b"\n" in text or b"\r" in text:
        return False
    try:
        _is_json(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return True
