"""The event ``info`` of a GPT-Live session."""

from __future__ import annotations

from rtcli.events.live.event import LiveEvent


class Info(LiveEvent, tag="info"):
    """The server has a remark; nothing is wrong."""

    code: str
    message: str
