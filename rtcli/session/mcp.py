"""MCP servers: their listings, the calls that the server makes there, and approvals."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from msgspec import Struct

from rtcli.events import conversation, mcp_list_tools, response
from rtcli.events.objects import McpApprovalRequest, McpApprovalResponse, McpCall, Message
from rtcli.formats import Entry
from rtcli.session.config import Config
from rtcli.session.ledger import Handler, Ledger, Memory


class Listing(Struct, gc=False):
    """The listing of a server's tools."""

    began_line: int = 0
    ended_line: int = 0


class Approval(Struct, gc=False):
    """A call that waits for the client's consent."""

    line: int
    after: int
    """How many responses were done before it was asked for."""
    answered_line: int = 0


class Mcp(Ledger):
    """What goes on with MCP servers."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.listings: Memory[str, Listing] = Memory()
        self.calls: Memory[str, int] = Memory()
        """By item id the line of the outcome of a call; 0 while there is none."""
        self.approvals: Memory[str, Approval] = Memory()
        self.responses = 0
        """How many responses are done."""

    @property
    def loading(self) -> list[int]:
        """The lines of listings that are not over."""
        return [one.began_line for one in self.listings.values() if one.began_line and not one.ended_line]

    def _listing(self, event: mcp_list_tools.InProgress, entry: Entry) -> None:
        self.listings.setdefault(event.item_id, Listing(began_line=entry.line))

    def _listed(self, event: Any, entry: Entry) -> None:
        listing = self.listings.get(event.item_id)
        if listing is None:
            listing = self.listings[event.item_id] = Listing()
        listing.ended_line = listing.ended_line or entry.line

    def _item(self, event: Any, entry: Entry) -> None:
        item = event.item
        if isinstance(item, Message):
            return
        if isinstance(item, McpCall):
            self.calls.setdefault(item.id, 0)
        elif isinstance(item, McpApprovalRequest):
            self.approvals.setdefault(item.id, Approval(entry.line, self.responses))

    def _created(self, event: conversation.ItemCreate, entry: Entry) -> None:
        item = event.item
        if isinstance(item, Message):
            return
        self._item(event, entry)
        if isinstance(item, McpApprovalResponse):
            approval = self.approvals.get(item.approval_request_id)
            if approval is not None:
                approval.answered_line = approval.answered_line or entry.line

    def _outcome(self, event: Any, entry: Entry) -> None:
        self.calls[event.item_id] = self.calls.get(event.item_id) or entry.line

    def _done(self, _event: response.Done, _entry: Entry) -> None:
        self.responses += 1

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        mcp_list_tools.InProgress: _listing,
        mcp_list_tools.Completed: _listed,
        mcp_list_tools.Failed: _listed,
        response.OutputItemAdded: _item,
        response.OutputItemDone: _item,
        conversation.ItemAdded: _item,
        conversation.ItemCreate: _created,
        response.McpCallCompleted: _outcome,
        response.McpCallFailed: _outcome,
        response.Done: _done,
    }
