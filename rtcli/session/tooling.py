"""Tools: the functions that the client runs, and the MCP servers that the server asks.

Law: a call is open until the response that takes its answer has said something; what is open is bounded.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, Final, Literal

from rtcli.events import conversation, mcp_list_tools, response
from rtcli.events.objects import FunctionCall, FunctionCallOutput, McpApprovalRequest, McpApprovalResponse
from rtcli.formats import Entry
from rtcli.session.answering import Answering
from rtcli.session.arriving import silent_from
from rtcli.session.config import Config
from rtcli.session.exchange import Exchange
from rtcli.session.ledger import Handler, Ledger, Memory
from rtcli.session.rows import At, CallRow, McpRow, ResponseRow, ms_between
from rtcli.session.shelf import Shelf

_OPEN: Final = 256


class Tooling(Ledger):
    """What the tools of a connection did, and when."""

    def __init__(self, config: Config, exchange: Exchange, answering: Answering) -> None:
        super().__init__(config)
        self.exchange = exchange
        self.answering = answering
        answering.first_sound = self._spoke
        self.calls: Shelf[CallRow] = Shelf()
        self.mcp: Shelf[McpRow] = Shelf()
        self._known: Memory[str, CallRow] = Memory(_OPEN)
        """By call id."""
        self._answered: Memory[str, CallRow] = Memory(_OPEN)
        """Calls whose answers wait for a response."""
        self._taken: Memory[str, list[CallRow]] = Memory(_OPEN)
        """By response that takes answers the calls that it has said nothing about."""
        self._silent: Memory[str, list[CallRow]] = Memory(_OPEN)
        """The same, of what has not been spoken about."""
        answering.taken_up = self._answered.clear
        self._asked: Memory[tuple[str, str], McpRow] = Memory(_OPEN)
        """By kind and item what an MCP server, or the client, was asked."""

    def _called(self, call_id: str, name: str, response_id: str, entry: Entry) -> CallRow:
        call = self._known.get(call_id)
        if call is None:
            made_by = self.answering.known.get(response_id)
            call = CallRow(call_id, name, entry.line, made_by.turn if made_by else 0, response_id)
            self._known[call_id] = call
            self.calls.append(call)
        call.name = call.name or name
        return call

    def _whole(self, event: response.FunctionCallArgumentsDone, entry: Entry) -> None:
        call = self._called(event.call_id, event.name or "", event.response_id, entry)
        call.whole = call.whole or At(entry.line, entry.t)

    def _item_added(self, event: response.OutputItemAdded, entry: Entry) -> None:
        if isinstance(event.item, FunctionCall) and event.item.call_id:
            self._called(event.item.call_id, event.item.name, event.response_id, entry)

    def _item_done(self, event: response.OutputItemDone, entry: Entry) -> None:
        item = event.item
        if isinstance(item, McpApprovalRequest):
            self._begin("approval", item.id, entry)
        elif isinstance(item, FunctionCall):
            self._made(item, event.response_id, entry)

    def _made(self, item: FunctionCall, response_id: str, entry: Entry) -> None:
        """A call as it stands at the end of its item, or of its response."""
        if item.call_id:
            call = self._called(item.call_id, item.name, response_id, entry)
            if item.status != "incomplete":
                call.whole = call.whole or At(entry.line, entry.t)

    def _item_created(self, event: conversation.ItemCreate, entry: Entry) -> None:
        item, now = event.item, At(entry.line, entry.t)
        if isinstance(item, FunctionCallOutput):
            self._answer(item.call_id, now)
        elif isinstance(item, McpApprovalResponse):
            self._end("approval", item.approval_request_id, entry)
            self.exchange.resume(None, now)

    def _answer(self, call_id: str, now: At) -> None:
        call = self._known.get(call_id)
        if call is not None and call.answered is None:
            call.answered = now
            self._answered[call_id] = call
            self.exchange.resume(self.exchange.turn(call.turn), now)

    def _output_added(self, event: Any, entry: Entry) -> None:
        """Where the client is not recorded, its answer shows only here."""
        item = event.item
        if isinstance(item, FunctionCallOutput):
            call = self._known.get(item.call_id)
            if call is not None and call.answered is None:
                self.exchange.resume(self.exchange.turn(call.turn), At(entry.line, entry.t))

    def _created(self, event: response.Created, entry: Entry) -> None:
        row = self.answering.known.get(event.response.id or "")
        if row is None or row.created is None or row.created.line != entry.line or row.out_of_band:
            return
        calls = list(self._answered.values())
        self._answered.clear()
        if not calls:
            return
        for call in calls:
            call.next_created = row.created
        self._taken[row.id] = calls
        self._silent[row.id] = calls
        self._add_round(calls, row.created)

    def _add_round(self, calls: list[CallRow], created: At) -> None:
        """The time of parallel calls counts once, from the first of them."""
        spans = [span for call in calls if (span := ms_between(call.whole, created)) is not None]
        turn = self.exchange.turn(calls[0].turn)
        if turn is not None and spans:
            turn.tool_ms = round((turn.tool_ms or 0.0) + max(spans), 3)

    def _wrote(self, event: Any, entry: Entry) -> None:
        if self._taken:
            self._said(event.response_id, At(entry.line, entry.t))

    def _said(self, response_id: str, now: At) -> None:
        for call in self._taken.pop(response_id, ()):
            call.next_output = now

    def _spoke(self, row: ResponseRow, now: At) -> None:
        self._said(row.id, now)
        for call in self._silent.pop(row.id, ()):
            before = self.answering.known.get(call.response_id)
            until = silent_from(before) if before is not None and before.done is not None else None
            gap_ms = ms_between(At(row.line, until), now)
            call.gap_ms = max(0.0, gap_ms) if gap_ms is not None else None

    def _done(self, event: response.Done, entry: Entry) -> None:
        response_id = event.response.id or ""
        for item in event.response.output or ():
            if isinstance(item, FunctionCall):
                self._made(item, response_id, entry)
        self._taken.pop(response_id, None)
        self._silent.pop(response_id, None)

    def _begin(self, kind: Literal["call", "list", "approval"], item_id: str, entry: Entry) -> None:
        if (kind, item_id) not in self._asked:
            row = McpRow(item_id, kind, At(entry.line, entry.t))
            self._asked[kind, item_id] = row
            self.mcp.append(row)

    def _end(self, kind: str, item_id: str, entry: Entry, *, failed: bool = False) -> None:
        row = self._asked.get((kind, item_id))
        if row is not None and row.ended is None:
            row.ended, row.failed = At(entry.line, entry.t), failed

    def _mcp_called(self, event: response.McpCallInProgress, entry: Entry) -> None:
        self._begin("call", event.item_id, entry)

    def _mcp_answered(self, event: Any, entry: Entry) -> None:
        self._end("call", event.item_id, entry, failed=isinstance(event, response.McpCallFailed))
        self.exchange.resume(None, At(entry.line, entry.t))

    def _listing(self, event: mcp_list_tools.InProgress, entry: Entry) -> None:
        self._begin("list", event.item_id, entry)

    def _listed(self, event: Any, entry: Entry) -> None:
        self._end("list", event.item_id, entry, failed=isinstance(event, mcp_list_tools.Failed))

    HANDLERS: ClassVar[Mapping[type, Handler]] = {
        response.FunctionCallArgumentsDone: _whole,
        response.OutputItemAdded: _item_added,
        response.OutputItemDone: _item_done,
        conversation.ItemCreate: _item_created,
        conversation.ItemAdded: _output_added,
        conversation.ItemCreated: _output_added,
        response.Created: _created,
        response.OutputTextDelta: _wrote,
        response.OutputAudioTranscriptDelta: _wrote,
        response.Done: _done,
        response.McpCallInProgress: _mcp_called,
        response.McpCallCompleted: _mcp_answered,
        response.McpCallFailed: _mcp_answered,
        mcp_list_tools.InProgress: _listing,
        mcp_list_tools.Completed: _listed,
        mcp_list_tools.Failed: _listed,
    }
