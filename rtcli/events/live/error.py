"""The event ``error`` of a GPT-Live session."""

from __future__ import annotations

from msgspec import UNSET

from rtcli.events.event import Maybe, Object
from rtcli.events.live.event import LiveEvent


class Details(Object):
    """What went wrong; ``client_event_id`` names the client's event that caused it."""

    type: str
    code: str
    message: str
    param: Maybe[str] = UNSET
    client_event_id: Maybe[str] = UNSET


class Error(LiveEvent, tag="error"):
    """The server refuses something or is in trouble; the session goes on unless it says otherwise."""

    error: Details
