"""What is being waited for, by whom, and since when: everything that has begun and is not over."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, Literal

from msgspec import Struct

from rtcli.session.ledgers import Ledgers

_OF_SPEECH: Final = {"speaking": "the end of the speech", "stopped": "the commit of the speech"}
"""What is to come next, by the state of a turn. Speech that was dropped becomes no item."""


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
    yield from _speech(ledgers)
    for item_id, commit in ledgers.transcripts.waiting.items():
        yield Wait(f"the transcription of {item_id}", "client", commit.line)
    for call in ledgers.calls.known.values():
        if call.settled and not call.output_line and not call.by_client:
            yield Wait(f"the output of {call.name}, call {call.call_id}", "server", call.line)
    if ledgers.calls.unanswered_output is not None:
        call_id, line = ledgers.calls.unanswered_output
        yield Wait(f"a response to the output of call {call_id}", "client", line)
    yield from _mcp(ledgers)


def _speech(ledgers: Ledgers) -> Iterator[Wait]:
    """What the user says, on its way to an item of the conversation."""
    for item in ledgers.conversation.items.values():
        if item.state != "announced" or item.sent_line or item.id in ledgers.lifecycle.items:
            continue
        segment = ledgers.turns.segments.get(item.id)
        if item.committed_line:
            yield Wait(f"the item {item.id}, which was committed", "client", item.committed_line)
        elif segment is not None and segment.state in _OF_SPEECH:
            yield Wait(f"{_OF_SPEECH[segment.state]} of item {item.id}", "client", segment.line)


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
