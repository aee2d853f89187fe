"""The lines that stand for records in our own recordings, format 1.

No frame is looked into further than to see that it is one line holding one JSON object.
Law: what was written as a frame is read back to the byte.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Any, Final, assert_never

import msgspec
from msgspec import Raw

from rtcli.formats.closer import REFUSALS
from rtcli.recording import Binary, Close, Control, Frame, Header, Note, Open, Other, Record, Torn

_any_value = msgspec.json.Decoder(Raw)
_OF_A_PART: Final = ("cut", "begins_s")
"""What a header says only of a part of a recording."""


def header_line(header: Header) -> bytes:
    """The first line of a recording."""
    told = {name: getattr(header, name) for name in header.__struct_fields__}
    body = {name: value for name, value in told.items() if name not in _OF_A_PART or value not in ([], None)}
    return json_of(body) + b"\n"


def line_of(record: Record) -> bytes:
    """The line that stands for a record."""
    match record:
        case Frame(t, sender, text):
            key, value = ("event", text.encode()) if fits_a_line(text) else _outside(text)
            if t is None or sender is None:
                return _start(t, sender) + b'"%s":%s}\n' % (key.encode(), value)
            return b'{"t":%.6f,"from":"%s","%s":%s}\n' % (t, sender.encode(), key.encode(), value)
        case Header():
            return header_line(record)
        case Binary(t, sender, data):
            return _line(t, sender, "binary", _text_of(data))
        case Control(t, sender, kind, data):
            return _line(t, sender, kind, _text_of(data))
        case Open(t, status, headers, subprotocol):
            return _line(t, None, "open", {"status": status, "headers": headers, "subprotocol": subprotocol})
        case Close(t, sender, code, reason):
            return _line(t, sender, "close", {"code": code, "reason": reason})
        case Note(t, text, missing):
            return _start(t, None) + b'"note":%s%s}\n' % (json_of(text), b',"missing":true' if missing else b"")
        case Other(t, content):
            return json_of(content) + b"\n"
        case Torn():
            return b""
        case _:
            assert_never(record)


def fits_a_line(text: str) -> bool:
    """Whether a frame is one JSON object on one line, so that it can stand in the file as it came."""
    if text[:1] != "{" or text[-1:] != "}" or "\n" in text or "\r" in text:
        return False
    try:
        _any_value.decode(text)
    except REFUSALS:
        return False
    return True


def _outside(text: str) -> tuple[str, bytes]:
    """How a text is written that does not fit a line."""
    data = bytes_of(text)
    return ("text", json_of(text)) if data is None else ("binary", json_of(_text_of(data)))


def bytes_of(text: str) -> bytes | None:
    """The bytes that a text was read of, where they were no UTF-8 and no JSON can hold it."""
    with suppress(UnicodeEncodeError):
        text.encode()
        return None
    with suppress(UnicodeEncodeError):
        return text.encode("utf-8", "surrogateescape")
    return None


def _line(t: float | None, sender: str | None, kind: str, content: Any) -> bytes:
    return _start(t, sender) + b'"%s":%s}\n' % (kind.encode(), json_of(content))


def _start(t: float | None, sender: str | None) -> bytes:
    """How the line begins; what is not known has no key."""
    at = b"" if t is None else b'"t":%.6f,' % t
    return b"{" + at + (b"" if sender is None else b'"from":"%s",' % sender.encode())


def _text_of(data: bytes) -> str:
    from base64 import b64encode  # noqa: PLC0415 - few recordings have a frame that is no text

    return b64encode(data).decode()


def json_of(content: Any) -> bytes:
    """A value as JSON; half a character stands as a question mark."""
    try:
        return msgspec.json.encode(content)
    except UnicodeEncodeError:  # Python's surrogates, for bytes that were no text; there is no JSON for them
        from json import dumps  # noqa: PLC0415 - hardly ever

        return dumps(content, ensure_ascii=False).encode("utf-8", "replace")
