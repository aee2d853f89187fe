"""Events of a GPT-Live session whose type begins with ``response``: work of the Responses API.

Its items and events are another API's, and are kept as they came.
Source: openai-python 3.52.0, ``types/live/response_event.py`` (any object) and
``response_item_create_event.py`` (33 kinds of input items of ``types/responses``).
"""

from __future__ import annotations

from typing import Any

from msgspec import UNSET

from rtcli.events.event import ClientEvent, Maybe
from rtcli.events.live.event import LiveEvent


class Create(ClientEvent, tag="response.create"):
    """The client has the Responses API work on what it was given; ``response.event`` follows."""


class ItemCreate(ClientEvent, tag="response.item.create"):
    """The client gives the Responses API an item, such as a function's output."""

    item: dict[str, Any]


class ResponseEvent(LiveEvent, tag="response.event"):
    """An event of the Responses API, for the delegation that it works on."""

    event: dict[str, Any]
    delegation_id: Maybe[str] = UNSET
