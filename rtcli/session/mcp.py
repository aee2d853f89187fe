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
from rtcli.session.transitions import State, after


class Listing(Struct, gc=False):
    """The listing of a server's tools."""

    state: State = "unseen"
    began_line: int = 0
    ended_line: int = 0


class Called(Struct, gc=False):
    """A call of a server's tool."""

    state: State = "unseen"
    outcome_line: int = 0


class Approval(Struct, gc=False):
    """A call that waits for the client's consent."""

    line: int
    responses: int
    """How many responses were done before it was asked for."""
    state: State = "open"
    answered_line: int = 0


class Mcp(Ledger):
    """What goes on with MCP servers."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.listings: Memory[str, Listing] = Memory()
        self.calls: Memory[str, Called] = Memory()
        """By item id."""
        self.approvals: Memory[str, Approval] = Memory()
        self.responses = 0
        """How many responses are done."""

    @property
    def loading(self) -> list[int]:
        """The lines of listings that are not over."""
        return [one.began_line for one in self.listings.values() if one.state == "open"]

    def _listing(self, event: mcp_list_tools.InProgress, entry: Entry) -> None:
        if event.item_id not in self.listings:
            self.listings[event.item_id] = Listing(after("MCP listing", "unseen", "began"), entry.line)

    def _listed(self, event: Any, entry: Entry) -> None:
        listing = self.listings.get(event.item_id)
        if listing is None:
            listing = self.listings[event.item_id] = Listing()
        step = "completed" if isinstance(event, mcp_list_tools.Completed) else "failed"
        listing.state = after("MCP listing", listing.state, step)
        listing.ended_line = listing.ended_line or entry.line

    def _item(self, event: Any, entry: Entry) -> None:
        item = event.item
        if isinstance(item, Message):
            return
        if isinstance(item, McpCall):
            self._call(item.id or "", "began")
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
                approval.state = after("MCP approval", approval.state, "answered")
                approval.answered_line = approval.answered_line or entry.line

    def _outcome(self, event: Any, entry: Entry) -> None:
        step = "completed" if isinstance(event, response.McpCallCompleted) else "failed"
        call = self._call(event.item_id, step)
        call.outcome_line = call.outcome_line or entry.line

    def _call(self, item_id: str, step: str) -> Called:
        """A call to which something has happened."""
        call = self.calls.setdefault(item_id, Called())
        call.state = after("MCP call", call.state, step)
        return call

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
