"""Tells recordings of our own, and bare event lines, from other people's logs by their first lines."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from rtcli.events import DIALECTS
from rtcli.formats.overlong import told_of

_KINDS: Final = frozenset({"event", "text", "binary", "ping", "pong", "open", "close", "note"})
_BODIES: Final = frozenset({"event", "data", "payload", "message", "frame", "frames", "eventData", "body"})
"""Where other people's logs put an event beside a ``type`` of their own."""
_SIDES: Final = frozenset({"direction", "dir", "sender", "source", "event_sender"})
"""Where they say who sent it."""
_SHORT: Final = frozenset({"error", "info"})
"""The types of one word, which a log may have for its own."""
_EPOCH_S: Final = 1e8
"""Three years: a time beyond is no time since a connection began."""
_SNIFFED_LINES: Final = 20
_HEADED: Final = (b'{"rtcli":', b'{"rtcli" :')
_TIMES: Final = (float, int, type(None))
_SENDERS: Final = ("client", "server")
_REFUSALS: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_value: Final = msgspec.json.Decoder()


def looks_own(head: Iterable[bytes]) -> bool:
    """Whether the first lines of a file are those of a recording, or bare event lines.

    One line that is whole is enough: what is damaged around it is still ours to read. Comments are
    nothing that a recording has.
    """
    lines = list(head)
    first = lines[:_SNIFFED_LINES]
    if any(line.removeprefix(_BYTE_ORDER_MARK).startswith(_HEADED) for line in first):
        return True
    commented = any(line[:1] in b"/# \t" and line.lstrip().startswith((b"//", b"#")) for line in lines)
    if commented:
        return False
    values = [value for value in map(_parsed_object, first) if value is not None]
    own = sum(map(_is_own, values))
    return own > 0 and own >= sum(map(_is_foreign, values))


def _parsed_object(raw: bytes) -> dict[str, Any] | None:
    if told_of(raw):
        return None
    try:
        value = _value.decode(raw.removeprefix(_BYTE_ORDER_MARK))
    except _REFUSALS:
        return None
    return value if type(value) is dict else None


def _is_foreign(value: dict[str, Any]) -> bool:
    """Whether it is an event in an envelope of another kind, such as may stand below a first line with a type."""
    return not (_is_own(value) or value.keys().isdisjoint(_BODIES) or value.keys().isdisjoint(_SIDES | {"timestamp"}))


def _is_own(value: dict[str, Any]) -> bool:
    if isinstance(value.get("type"), str):
        return _is_event(value)
    if type(value.get("rtcli")) is int:
        return True
    t = value.get("t")
    if type(t) not in _TIMES or (t or 0.0) >= _EPOCH_S or value.keys().isdisjoint(_KINDS):
        return False
    return value["from"] in _SENDERS if "from" in value else len(value) == 1 + ("t" in value)


def _is_event(value: dict[str, Any]) -> bool:
    """Whether what has a ``type`` is an event, not a log's own note around one."""
    kind = value["type"]
    if "." not in kind:
        return kind in _SHORT and ("event_id" in value or kind in value)
    if value.keys().isdisjoint(_BODIES):
        return True
    return value.keys().isdisjoint(_SIDES) and any(kind in dialect.types for dialect in DIALECTS.values())
