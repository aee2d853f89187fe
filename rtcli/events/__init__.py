"""The wire: the events of the Realtime protocol, and what becomes of a text that may be one."""

from __future__ import annotations

import msgspec

from rtcli.events.detection import Detector
from rtcli.events.dialects import BETA, DIALECTS, LIVE, REALTIME, TRANSLATION, Dialect
from rtcli.events.event import Call, Event, Extra, Fault, Malformed, Sender, Unknown, encode
from rtcli.events.listener import Listener


def decode(text: str | bytes, dialect: Dialect = REALTIME) -> Event | Unknown | Malformed:
    """The event that `text` is, or what it is instead. Never raises, never loses a field."""
    try:
        return dialect.decoder.decode(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        from rtcli.events.faults import examine  # noqa: PLC0415 - most recordings never need the slow path

        return examine(text, dialect)


__all__ = [
    "BETA",
    "DIALECTS",
    "LIVE",
    "REALTIME",
    "TRANSLATION",
    "Call",
    "Detector",
    "Dialect",
    "Event",
    "Extra",
    "Fault",
    "Listener",
    "Malformed",
    "Sender",
    "Unknown",
    "decode",
    "encode",
]
