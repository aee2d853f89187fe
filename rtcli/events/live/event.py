"""What the events of a GPT-Live server have in common."""

from __future__ import annotations

from msgspec import UNSET

from rtcli.events.event import Maybe, ServerEvent


class LiveEvent(ServerEvent):
    """An event of the server; ``client_event_id`` names the client's event that it answers."""

    client_event_id: Maybe[str] = UNSET
