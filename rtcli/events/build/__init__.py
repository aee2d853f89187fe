"""Makes events of the realtime dialect, grouped as the protocol groups them.

::

    build.response("resp_1").item("item_1", 0).content(0).text_delta("Hello")

Each level hands its ids to the next, so that an event cannot name another response than its
neighbours. What an event needs is an argument that cannot be left out; what it may have is a keyword.
Server events get their ``event_id`` from one source, which `Events` takes; the functions of this module
share one that counts. Audio goes in as bytes and is base64 on the wire.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from rtcli.events import error as error_event
from rtcli.events import rate_limits as limits_event
from rtcli.events.build.audio import InputAudio, OutputAudio
from rtcli.events.build.conversation import ConversationEvents, ItemEvents, NewItem
from rtcli.events.build.ids import NewId, counted
from rtcli.events.build.response import McpListing, NewResponse, ResponseEvents
from rtcli.events.build.session import SessionEvents
from rtcli.events.event import Maybe
from rtcli.events.objects import ErrorDetails, RateLimit


class Events:
    """Where events begin. `new_id` gives each server event its ``event_id``; without one they are counted."""

    def __init__(self, new_id: NewId | None = None) -> None:
        self._new_id = new_id or counted()
        self.session: Final = SessionEvents(self._new_id)
        self.conversation: Final = ConversationEvents(self._new_id)
        self.input_audio: Final = InputAudio(self._new_id)
        self.output_audio: Final = OutputAudio(self._new_id)
        self.new_response: Final = NewResponse()
        self.new_item: Final = NewItem()

    def response(self, response_id: str) -> ResponseEvents:
        """A response."""
        return ResponseEvents(self._new_id, response_id)

    def item(self, item_id: str) -> ItemEvents:
        """An item of the conversation."""
        return ItemEvents(self._new_id, item_id)

    def mcp_list_tools(self, item_id: str) -> McpListing:
        """The listing of an MCP server's tools, which is an item too."""
        return McpListing(self._new_id, item_id)

    def error(
        self,
        message: str,
        *,
        kind: str = "invalid_request_error",
        code: Maybe[str] = None,
        param: Maybe[str] = None,
        caused_by: Maybe[str] = None,
    ) -> error_event.Error:
        """The server refuses something or is in trouble; `caused_by` is the client's event."""
        details = ErrorDetails(type=kind, code=code, message=message, param=param, event_id=caused_by)
        return error_event.Error(event_id=self._new_id(), error=details)

    def rate_limits(self, limits: Sequence[RateLimit]) -> limits_event.Updated:
        """What is left of each limit."""
        return limits_event.Updated(event_id=self._new_id(), rate_limits=list(limits))


_here: Final = Events()
session: Final = _here.session
conversation: Final = _here.conversation
input_audio: Final = _here.input_audio
output_audio: Final = _here.output_audio
new_response: Final = _here.new_response
new_item: Final = _here.new_item
response: Final = _here.response
item: Final = _here.item
mcp_list_tools: Final = _here.mcp_list_tools
error: Final = _here.error
rate_limits: Final = _here.rate_limits
