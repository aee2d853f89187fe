"""Whether what stands in a damaged file is an entire record."""

from __future__ import annotations

import json
import re
from typing import Any, Final

import msgspec
from msgspec import Raw

from rtcli.events import DIALECTS
from rtcli.formats.peek import look

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
KINDS: Final = frozenset(name for dialect in DIALECTS.values() for name in dialect.types)
_object: Final = json.JSONDecoder(strict=True).raw_decode
_FIRST_PIECE: Final = 4096
"""So much is looked at first: an error of the decoder costs as much as there is before and in front of it."""
_LAST_WORD: Final = 16
"""So much of the end of a text can be half of a number, a word or an escape."""
_ENVELOPE: Final = re.compile(
    r'\{\s*(?:"t"\s*:\s*[-\d.eE+]+\s*,\s*)?(?:"from"\s*:\s*"(?:client|server)"\s*,\s*)?"event"\s*:\s*'
)
_BEGINNINGS: Final = (b'{"t"', b'{"rtcli"', b'{"from"', b'{"event"')
_ALONE: Final = frozenset({"open", "close", "note", "text", "binary", "ping", "pong"})
"""Records without a time and a sender, whose names other objects may use, too."""
_AUDIO: Final = re.compile(r'"(?:audio|delta)"\s*:\s*"([A-Za-z0-9+/=]{64,})"')
_CONTENT: Final = frozenset({"event", *_ALONE})
_SIDES: Final = ("client", "server")
_fields: Final = msgspec.json.Decoder(dict[str, Raw]).decode


class Unfinished(ValueError):
    """The text ends before the object does."""


def object_at(text: str, place: int) -> tuple[Any, int]:
    """The object at a place in a text, and where it ends.

    Raises:
        Unfinished: there may be one whose end is not there.
        ValueError: there is none.
        RecursionError: it is nested too deeply.

    """
    size = _FIRST_PIECE
    while True:
        piece = text[place : place + size]
        try:
            value, end = _object(piece)
        except json.JSONDecodeError as error:
            if not error.msg.startswith("Unterminated") and error.pos < len(piece.rstrip()) - _LAST_WORD:
                raise
            if len(piece) < size:
                raise Unfinished from None
            size *= 8
        else:
            return value, place + end


def is_record(line: bytes) -> bool:
    """Whether a line is one JSON object, and nothing else."""
    if not line.endswith(b"}\n") or b"\0" in line or line.startswith(BYTE_ORDER_MARK):
        return False
    if not line.isascii():
        try:
            line.decode()
        except UnicodeDecodeError:
            return False
    if look(line).kind:
        return True
    try:
        _fields(line)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return False
    return True


def begins_a_record(body: bytes, before: str) -> bool:
    """Whether a line that is an object is no part of one that is written over several lines, as that before it may be."""
    kind = look(body).kind
    if body.startswith(_BEGINNINGS) or kind in KINDS:
        return True
    return kind in _ALONE and not before.rstrip().endswith(("{", "[", ",", ":"))


def is_enveloped(value: dict[str, Any]) -> bool:
    """Whether an object is a record of a recording, which need not know times or senders."""
    if "t" in value or value.get("from") in _SIDES:
        return not value.keys().isdisjoint(_CONTENT)
    event = value.get("event")
    return len(value) == 1 and isinstance(event, dict) and isinstance(event.get("type"), str)


def stands_alone(value: Any) -> bool:
    """Whether an object is what a record may be, of a later version too, as a part of another may be."""
    if not isinstance(value, dict):
        return False
    return isinstance(value.get("t"), int | float) or (len(value) == 1 and not _ALONE.isdisjoint(value))


def with_its_end(text: str) -> str:
    """A record of which nothing is missing but the last brace; empty where more is."""
    told = _ENVELOPE.match(text)
    if told is None:
        return ""
    try:
        event, end = object_at(text, told.end())
        is_whole = isinstance(event, dict) and end == len(text) and object_at(text + "}", 0)[1] == len(text) + 1
    except (ValueError, RecursionError):
        return ""
    return text + "}" if is_whole else ""


def has_whole_audio(text: str) -> bool:
    """Whether no audio in a record that was put together is of a length, or has an end, that Base64 never has."""
    return all(len(told[1]) % 4 == 0 and "=" not in told[1][:-2] for told in _AUDIO.finditer(text))
