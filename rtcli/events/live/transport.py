"""Events of a GPT-Live session whose type begins with ``transport``: the telephone side of a SIP call.

They are seen on a sideband connection only.
Source: openai-python 3.52.0, ``types/live/connect_server_event.py`` and ``connect_client_event.py``.
"""

from __future__ import annotations

from typing import ClassVar, Literal

from msgspec import UNSET

from rtcli.events.event import ClientEvent, Maybe, Object, ServerEvent


class DtmfSend(ClientEvent, tag="transport.dtmf.send"):
    """The client presses a key: 0 to 9, A to D, * or #; ``transport.dtmf.sent`` follows.

    Servers of old sent it too, where ``transport.dtmf.sent`` is sent today; then ``client_event_id``
    names the client's event.
    """

    reflected: ClassVar[bool] = True

    event: str
    client_event_id: Maybe[str] = UNSET


class DtmfSent(ServerEvent, tag="transport.dtmf.sent"):
    """The key was pressed."""

    event: str
    client_event_id: Maybe[str] = UNSET


class DtmfReceived(ServerEvent, tag="transport.dtmf.received"):
    """The caller pressed a key."""

    event: str


class Ringing(ServerEvent, tag="transport.ringing"):
    """The telephone at the other end rings."""

    session_id: str


class Answered(ServerEvent, tag="transport.answered"):
    """The call was answered, and audio flows."""

    session_id: str


class CallError(Object):
    """Why a call could not be made."""

    type: Literal["call_error"]
    code: str
    message: str
    param: Maybe[str] = UNSET


class Failed(ServerEvent, tag="transport.failed"):
    """The call could not be made."""

    session_id: str
    error: CallError
