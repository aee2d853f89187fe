"""What an event is about: the response, the item or the call that it names or holds."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct


def response_of(event: Any) -> str:
    """The id of the response that an event is about; empty where it is about none."""
    found = getattr(event, "response_id", None) or getattr(getattr(event, "response", None), "id", None)
    return found if isinstance(found, str) else ""


def item_of(event: Any) -> str:
    """The id of the item that an event is about; empty where it is about none, or does not say."""
    found = getattr(event, "item_id", None) or getattr(getattr(event, "item", None), "id", None)
    return found if isinstance(found, str) else ""


def answers(event: Any) -> str:
    """The call or the wish for approval that the client's item answers."""
    item = getattr(event, "item", None)
    if tag_of(item) not in ("function_call_output", "mcp_approval_response"):
        return ""
    found = getattr(item, "call_id", None) or getattr(item, "approval_request_id", None)
    return found if isinstance(found, str) else ""


def named_by(event: Any) -> Iterator[str]:
    """The items that an event names."""
    asked = getattr(getattr(event, "response", None), "input", None)
    inside = [getattr(item, "id", None) for item in asked] if isinstance(asked, list) else []
    for named in (item_of(event), getattr(event, "previous_item_id", None), *inside):
        if isinstance(named, str):
            yield named


def tag_of(item: Any) -> str:
    """The type of an item; empty for what is none."""
    return str(item.__struct_config__.tag) if isinstance(item, Struct) else ""
