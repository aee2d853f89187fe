"""Frames that came together, as lines of our own format: what they share is written once, and all at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import msgspec

from rtcli.formats.line import line_of
from rtcli.recording import Frame
from rtcli.recording.record import Sender

_OPENING, _CLOSING, _LINE_FEED, _RETURN = b"{}\n\r"
_is_json: Final = msgspec.json.Decoder(msgspec.Raw).decode


def lines_of(t: float, sender: Sender, texts: Sequence[bytes]) -> bytes:
    """The lines that stand for texts of one sender and one moment, in UTF-8; each as `line_of` makes it."""
    start = _STARTS[sender] % t
    pieces: list[bytes] = []
    for text in texts:
        if fits_a_line(text):
            pieces += start, text, b"}\n"
        else:
            pieces.append(line_of(Frame(t, sender, text.decode())))
    return b"".join(pieces)


_STARTS: Final[dict[Sender, bytes]] = {
    "client": b'{"t":%.6f,"from":"client","event":',
    "server": b'{"t":%.6f,"from":"server","event":',
}


def fits_a_line(text: bytes) -> bool:
    """Whether a text is one JSON object on one line, so that it can stand in the file as it came."""
    if not text or text[0] != _OPENING or text[-1] != _CLOSING or _LINE_FEED in text or _RETURN in text:
        return False
    try:
        _is_json(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return True
