"""MCP: servers whose tools the model uses by itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import conversation, mcp_list_tools, response, session
from rtcli.events.configuration import McpServer
from rtcli.events.objects import FunctionCallOutput, McpApprovalResponse
from rtcli.formats import Entry
from rtcli.rules.rule import GA, NEEDS_LOSSLESS, NEEDS_WHOLE_START, SHOWN, End, Rule, Verdict
from rtcli.session.ledgers import Ledgers


def listing_out_of_order(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The listing of an MCP server's tools is out of order.

    It begins once and ends once, completed or failed. A listing that ends twice, or without having begun,
    leaves open whether the tools can be used; one that never ends means that they cannot.

    Fix: this is the server's; wait for the one end that counts, the first.

    ::

        - header {}
        < session.created {"session": {"type": "realtime"}}
        < mcp_list_tools.in_progress {"item_id": "m"}
        < mcp_list_tools.completed {"item_id": "m"}
        < mcp_list_tools.completed {"item_id": "m"}     # MCP01

    Source: openai-python 3.52.0, ``mcp_list_tools_*.py``.
    """
    if isinstance(event, End):
        if "end" not in ledgers.context.kept:
            return ()
        return [
            Verdict("", "the listing of tools never ended", line=line, side="server") for line in ledgers.mcp.loading
        ]
    known = ledgers.mcp.listings.get(event.item_id)
    if known is None or not known.began_line:
        return (Verdict("$.item_id", f"the listing {event.item_id[:SHOWN]} ends and never began"),)
    if known.ended_line:
        message = f"the listing {event.item_id[:SHOWN]} ended in line {known.ended_line} already"
        return (Verdict("$.item_id", message, lines=(known.ended_line,)),)
    return ()


def listing_failed(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """An MCP server's tools could not be listed.

    The model goes on without them, and says that it cannot do what they are for.

    Fix: check ``server_url``, ``authorization`` and ``allowed_tools``.

    ::

        < mcp_list_tools.in_progress {"item_id": "m"}
        < mcp_list_tools.failed {"item_id": "m"}     # MCP02

    Source: openai-python 3.52.0, ``mcp_list_tools_failed.py``.
    """
    message = f"the tools of the listing {event.item_id[:SHOWN]} could not be had"
    return (Verdict("$.item_id", message, "check server_url, authorization and allowed_tools"),)


def two_outcomes(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A call of an MCP tool has two outcomes.

    A call is completed once or fails once.

    Fix: this is the server's; take the first outcome.

    ::

        < response.mcp_call.in_progress {"item_id": "i", "output_index": 0}
        < response.mcp_call.completed {"item_id": "i", "output_index": 0}
        < response.mcp_call.completed {"item_id": "i", "output_index": 0}     # MCP03

    Source: openai-python 3.52.0, ``response_mcp_call_completed.py``.
    """
    before = ledgers.mcp.calls.get(event.item_id)
    if before is None or not before.outcome_line:
        return ()
    message = f"the MCP call {event.item_id[:SHOWN]} has an outcome already, in line {before.outcome_line}"
    return (Verdict("$.item_id", message, lines=(before.outcome_line,)),)


def approval_unanswered(_end: End, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A request for approval was never answered.

    The model may not call the tool before the client consents, and waits.

    Fix: send ``conversation.item.create`` with an ``mcp_approval_response``.

    ::

        > response.create {}
        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "mcp_approval_request", "id": "q", "server_label": "s", "name": "f", "arguments": "{}"}}     # MCP04
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "mcp_approval_request", "id": "q", "server_label": "s", "name": "f", "arguments": "{}"}}
        < response.done {"response": {"id": "r"}}
        - close {"code": 1000}

    Source: openai-python 3.52.0, ``realtime_mcp_approval_request.py``.
    """
    closed = "end" in ledgers.context.kept
    return [
        Verdict(
            "$.item",
            f"the request {request_id[:SHOWN]} for approval was never answered",
            "answer it with an mcp_approval_response",
            line=approval.line,
            side="client",
        )
        for request_id, approval in ledgers.mcp.approvals.items()
        if approval.state == "open" and (closed or ledgers.mcp.responses - approval.responses > 1)
    ]


def approval_of_nothing(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An approval answers a request that was never made.

    Its ``approval_request_id`` is the id of no request.

    Fix: copy the ``id`` of the ``mcp_approval_request`` item.

    ::

        - header {}
        < session.created {"session": {"type": "realtime"}}
        > conversation.item.create {"item": {"type": "mcp_approval_response", "id": "a", "approval_request_id": "q", "approve": true}}     # MCP05

    Source: openai-python 3.52.0, ``realtime_mcp_approval_response.py``.
    """
    item = event.item
    if not isinstance(item, McpApprovalResponse) or item.approval_request_id in ledgers.mcp.approvals:
        return ()
    message = f"there is no request {item.approval_request_id[:SHOWN]}"
    return (Verdict("$.item.approval_request_id", message, "copy the id of the mcp_approval_request item"),)


def approved_twice(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A request for approval is answered twice.

    Only the first answer counts.

    Fix: answer each request once.

    ::

        < conversation.item.added {"item": {"type": "mcp_approval_request", "id": "q", "server_label": "s", "name": "f", "arguments": "{}"}}
        > conversation.item.create {"item": {"type": "mcp_approval_response", "id": "a", "approval_request_id": "q", "approve": true}}
        > conversation.item.create {"item": {"type": "mcp_approval_response", "id": "b", "approval_request_id": "q", "approve": true}}     # MCP06

    Source: openai-python 3.52.0, ``realtime_mcp_approval_response.py``.
    """
    item = event.item
    known = ledgers.mcp.approvals.get(item.approval_request_id) if isinstance(item, McpApprovalResponse) else None
    if known is None or not known.answered_line:
        return ()
    message = f"the request {item.approval_request_id[:SHOWN]} is answered already, in line {known.answered_line}"
    return (Verdict("$.item.approval_request_id", message, "answer each request once", (known.answered_line,)),)


def call_failed(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A call of an MCP tool failed.

    The item of the call says whether the protocol, the tool or the connection failed.

    Fix: look at the ``error`` of the item in ``response.output_item.done``.

    ::

        < response.mcp_call.in_progress {"item_id": "i", "output_index": 0}
        < response.mcp_call.failed {"item_id": "i", "output_index": 0}     # MCP07

    Source: openai-python 3.52.0, ``response_mcp_call_failed.py``.
    """
    message = f"the MCP call {event.item_id[:SHOWN]} failed"
    return (Verdict("$.item_id", message, "look at the error of the item in response.output_item.done"),)


def answered_by_client(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The client answers a call that the server makes itself.

    The tools of an MCP server are called by the Realtime server. An output of the client answers nothing.

    Fix: leave it out: only ``function_call`` items are the client's to answer.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "mcp_call", "id": "i", "server_label": "s", "name": "f", "arguments": ""}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "mcp_call", "id": "i", "server_label": "s", "name": "f", "arguments": "{}"}}
        < response.done {"response": {"id": "r"}}
        > conversation.item.create {"item": {"type": "function_call_output", "call_id": "i", "output": ""}}     # MCP08

    Source: the guide on MCP tools: the server runs them.
    """
    item = event.item
    if not isinstance(item, FunctionCallOutput) or item.call_id not in ledgers.mcp.calls:
        return ()
    message = f"{item.call_id[:SHOWN]} is an MCP call, which the server makes itself"
    return (Verdict("$.item.call_id", message, "leave the output out"),)


def server_misconfigured(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """An MCP server is configured in two ways at once.

    Labels tell servers apart, a server has an address or is a connector, and is authorized in one way.

    Fix: give each server a label of its own, one way to it and one authorization.

    ::

        > session.update {"session": {"type": "realtime", "tools": [{"type": "mcp", "server_label": "s", "server_url": "u"}]}}
        > session.update {"session": {"type": "realtime", "tools": [{"type": "mcp", "server_label": "s", "server_url": "u", "connector_id": "connector_gmail"}]}}     # MCP09

    Source: openai-python 3.52.0, ``realtime_tools_config_union.py``.
    """
    holder, name = (event.response, "response") if isinstance(event, response.Create) else (event.session, "session")
    tools = getattr(holder, "tools", None)
    if not tools:
        return ()
    servers = [(index, tool) for index, tool in enumerate(tools) if isinstance(tool, McpServer)]
    labels = Counter(tool.server_label for _, tool in servers)
    found = []
    for index, tool in servers:
        path = f"$.{name}.tools[{index}]"
        if labels[tool.server_label] > 1:
            found.append(Verdict(f"{path}.server_label", f'two servers have the label "{tool.server_label[:SHOWN]}"'))
        if tool.server_url and tool.connector_id:
            found.append(Verdict(path, "the server has an address and is a connector"))
        headers = tool.headers if isinstance(tool.headers, dict) else {}
        if tool.authorization and any(key.lower() == "authorization" for key in headers):
            found.append(Verdict(path, "the server is authorized twice, by authorization and by a header"))
    return found


def not_yet_loaded(_event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response begins before the MCP tools are loaded.

    The model cannot use what is not listed yet, and answers without.

    Fix: wait for ``mcp_list_tools.completed`` before the first ``response.create``.

    ::

        < mcp_list_tools.in_progress {"item_id": "m"}
        < response.created {"response": {"id": "r"}}     # MCP10
        < mcp_list_tools.completed {"item_id": "m"}
        < response.done {"response": {"id": "r"}}

    Source: the guide on MCP tools.
    """
    loading = ledgers.mcp.loading
    if not loading:
        return ()
    message = "a response begins while tools are still being listed"
    return (Verdict("", message, "wait for mcp_list_tools.completed", tuple(loading[:8]), side="client"),)


_ENDS: Final = (mcp_list_tools.Completed, mcp_list_tools.Failed)
_OUTCOMES: Final = (response.McpCallCompleted, response.McpCallFailed)
_CREATE: Final = (conversation.ItemCreate,)

RULES: Final[tuple[Rule, ...]] = (
    Rule("MCP01", "error", listing_out_of_order, (*_ENDS, End), NEEDS_WHOLE_START, dialects=GA),
    Rule("MCP02", "warning", listing_failed, (mcp_list_tools.Failed,), tier="second", dialects=GA),
    Rule("MCP03", "error", two_outcomes, _OUTCOMES, tier="extended", dialects=GA),
    Rule("MCP04", "warning", approval_unanswered, (End,), frozenset({"client", "lossless"}), dialects=GA),
    Rule("MCP05", "error", approval_of_nothing, _CREATE, NEEDS_WHOLE_START, tier="second", dialects=GA),
    Rule("MCP06", "warning", approved_twice, _CREATE, tier="extended", dialects=GA),
    Rule("MCP07", "warning", call_failed, (response.McpCallFailed,), tier="second", dialects=GA),
    Rule("MCP08", "error", answered_by_client, _CREATE, tier="second", dialects=GA),
    Rule("MCP09", "error", server_misconfigured, (session.Update, response.Create), tier="second", dialects=GA),
    Rule("MCP10", "info", not_yet_loaded, (response.Created,), NEEDS_LOSSLESS, tier="extended", dialects=GA),
)
