"""What a line of a recording is, without looking further into it than that takes: for those who copy lines.

Law: a line is copied or left out as it stands; looking at it costs less than decoding its event.
"""

from __future__ import annotations

from typing import Any, Final

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from rtcli.events import DIALECTS
from rtcli.events.event import Sender

_RECORDS: Final = ("open", "close", "note", "text", "binary", "ping", "pong")
_REFUSALS: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


class _Typed(Struct, gc=False):
    type: str = ""
    event_id: Any = None


class _Line(Struct, gc=False):
    """The bulk: an event in its envelope, or bare; anything else is looked at again."""

    t: float | None = None
    sender: str | None = field(default=None, name="from")
    event: _Typed | UnsetType = UNSET
    type: str | UnsetType = UNSET
    event_id: Any = None
    rtcli: Any = UNSET


class Look(Struct, gc=False):
    """What a line shows at first sight."""

    kind: str = ""
    """The event's type; of a record that is no event what it is; empty where it is neither."""
    t: float | None = None
    sender: str | None = None
    event_id: str = ""
    is_bare: bool = False


_decode: Final = msgspec.json.Decoder(_Line).decode
_fields: Final = msgspec.json.Decoder(dict[str, Raw]).decode
_value: Final = msgspec.json.Decoder().decode


def look(line: bytes) -> Look:
    """What the line is; a broken one is nothing."""
    try:
        seen = _decode(line)
    except _REFUSALS:
        return _closer(line.removeprefix(_BYTE_ORDER_MARK))
    if isinstance(seen.event, _Typed) and seen.type is UNSET:
        event_id = seen.event.event_id
        kind = seen.event.type
        sender = seen.sender or _sender_of(kind)
        return Look(kind, seen.t, sender, event_id if isinstance(event_id, str) else "")
    if isinstance(seen.type, str):
        event_id = seen.event_id if isinstance(seen.event_id, str) else ""
        return Look(seen.type, None, _sender_of(seen.type), event_id, is_bare=True)
    return _closer(line)


def _closer(line: bytes) -> Look:
    """A record that is no event, or an odd line."""
    try:
        return _record_in(_fields(line))
    except (*_REFUSALS, OverflowError):  # the latter of a time of so many digits that no float holds it
        return Look()


def _record_in(fields: dict[str, Raw]) -> Look:
    t, sender = (_plain(fields.get(name)) for name in ("t", "from"))
    kind = "header" if "rtcli" in fields else next((name for name in _RECORDS if name in fields), "")
    if kind == "text":
        kind = _kind_in(_plain(fields["text"])) or kind
    elif "type" in fields or "event" in fields:
        kind = _named(_plain(fields.get("event", fields.get("type"))))
    is_time = isinstance(t, int | float) and not isinstance(t, bool)
    return Look(kind, float(t) if is_time else None, sender if isinstance(sender, str) else _sender_of(kind))


def _plain(raw: Raw | None) -> Any:
    return None if raw is None else _value(raw)


def _kind_in(text: Any) -> str:
    """The type of an event that is kept as a text, because it has line breaks."""
    try:
        return _named(_value(text))
    except (*_REFUSALS, TypeError):
        return ""


def _named(event: Any) -> str:
    named = event.get("type") if isinstance(event, dict) else event
    return named if isinstance(named, str) else ""


_SENDERS: Final[dict[str, Sender]] = {
    name: kind.sender for dialect in reversed(DIALECTS.values()) for name, kind in dialect.types.items()
}


def _sender_of(kind: str) -> Sender | None:
    return _SENDERS.get(kind)
