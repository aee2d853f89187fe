"""What is being waited for, by whom, and since when: everything that has begun and is not over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

from msgspec import Struct

from rtcli.session.ledgers import Ledgers


class Wait(Struct):
    """Something that has not come."""

    what: str
    by: Literal["client", "server"]
    """Who waits."""
    line: int
    """Since when."""


def waiting(ledgers: Ledgers) -> list[Wait]:
    """Everything that is waited for, the oldest first."""
    return sorted(_all(ledgers), key=lambda wait: wait.line)


def _all(ledgers: Ledgers) -> Iterator[Wait]:
    for request in ledgers.obligations.pending.values():
        yield Wait(f"the answer to {request.type}", "client", request.line)
    for one in ledgers.lifecycle.open.values():
        yield Wait(f"the end of the response {one.id}", "client", one.line)
    for item in ledgers.conversation.items.values():
        if item.state == "announced" and not item.sent_line and item.id not in ledgers.lifecycle.items:
            yield Wait(f"the item {item.id}, which was committed", "client", item.line)
    for item_id, line in ledgers.transcripts.waiting.items():
        yield Wait(f"the transcription of {item_id}", "client", line)
    for call in ledgers.calls.known.values():
        if call.settled and not call.output_line and not call.by_client:
            yield Wait(f"the output of {call.name}, call {call.call_id}", "server", call.line)
    if ledgers.calls.unanswered_output is not None:
        call_id, line = ledgers.calls.unanswered_output
        yield Wait(f"a response to the output of call {call_id}", "client", line)
    yield from _mcp(ledgers)


def _mcp(ledgers: Ledgers) -> Iterator[Wait]:
    for item_id, listing in ledgers.mcp.listings.items():
        if listing.state == "open":
            yield Wait(f"the tools of the MCP listing {item_id}", "client", listing.began_line)
    for item_id, call in ledgers.mcp.calls.items():
        item = ledgers.lifecycle.items.get(item_id)
        if call.state == "open" and item is not None and not item.done_line:
            yield Wait(f"the outcome of the MCP call {item_id}", "client", item.line)
    for request_id, approval in ledgers.mcp.approvals.items():
        if approval.state == "open":
            yield Wait(f"the approval of {request_id}", "server", approval.line)
