"""What the client asks for, and which event of the server answers it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from msgspec import Struct

from rtcli.events import Event, conversation, input_audio_buffer, response, session
from rtcli.events.event import type_name
from rtcli.session.config import at

ANSWER_OF: Final[Mapping[type[Event], str]] = {
    session.Update: "session.updated",
    conversation.ItemCreate: "conversation.item.added",
    conversation.ItemDelete: "conversation.item.deleted",
    conversation.ItemRetrieve: "conversation.item.retrieved",
    conversation.ItemTruncate: "conversation.item.truncated",
    input_audio_buffer.Commit: "input_audio_buffer.committed",
    input_audio_buffer.Clear: "input_audio_buffer.cleared",
    response.Create: "response.created",
}
"""What is answered, and by what; an append, a cancel and a clear of the output are not."""
REQUEST_OF: Final = {answer: type_name(kind) for kind, answer in ANSWER_OF.items()} | {
    "conversation.item.created": "conversation.item.create",
    "transcription_session.updated": "transcription_session.update",
}
"""By type of an answer, what it answers."""


class Request(Struct):
    """An event of the client that expects an answer."""

    type: str
    line: int
    t: float | None
    key: str
    """The id of the item it is about; empty where it is about none, or leaves the id to the server."""
    event_id: str
    served: int
    """How many events of the server had come before it."""
    item_type: str = ""
    """What is to be created."""
    out_of_band: bool = False
    """A response is asked for outside the conversation."""
    metadata: Any = None
    is_crowded: bool = False
    """A response is asked for while another is being given."""


def key_of(event: Any) -> str:
    """The id of the item that a request is about; empty where it has none."""
    item_id = event.item_id if hasattr(event, "item_id") else at(event, "item", "id")
    return item_id if isinstance(item_id, str) else ""


def item_type_of(item: Any) -> str:
    """What an item calls itself."""
    return str(item.__struct_config__.tag) if isinstance(item, Struct) else ""
