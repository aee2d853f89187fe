"""FUN and MCP: functions of the client, and tools of MCP servers."""

from __future__ import annotations

from typing import Any

from edits import add, change, drop, event, move, refused, repeat, replace
from row import Row, driven, edited
from sessions import RESPOND, give, offer, update
from stage import Call


def unasked(call: Call) -> None:
    """A client that answers a call that nobody made, and asks for more."""
    call.send(update(output_modalities=["text"]))
    call.wait(0.1)
    item = {"type": "function_call_output", "call_id": "call_nobody_made", "output": "9 °C"}
    call.send({"type": "conversation.item.create", "event_id": "give_1", "item": item}, RESPOND)
    call.wait()


def twice(call: Call) -> None:
    """A client that gives two outputs."""
    offer(call)
    give(call)
    give(call, "10 °C")
    call.send(RESPOND)
    call.wait()


def gives_and_leaves(call: Call) -> None:
    """A client that gives the output and asks for nothing."""
    offer(call)
    give(call)


def waits_and_leaves(call: Call) -> None:
    """A client that never gives the output."""
    offer(call)
    call.wait(8)


def offers_mcp(call: Call) -> None:
    """A client that offers an MCP server to one that reaches out to nobody."""
    server = {"type": "mcp", "server_label": "library", "server_url": "https://library.example/mcp"}
    call.send(update(output_modalities=["text"], tools=[server]))
    call.wait(0.2)


_SIDES = ("response.", "conversation.")
_ROME = '{"city":"Rome"}'


def _approves(request: str, **fields: Any) -> dict[str, Any]:
    return {"type": "mcp_approval_response", "approval_request_id": request, "approve": True, **fields}


FUNCTIONS: tuple[Row, ...] = (
    driven(
        "FUN01",
        unasked,
        "The client gives the output of a call that was never made; the server refuses it",
        also="ERR01",
    ),
    driven("FUN02", twice, "The client gives two outputs for one call"),
    edited(
        "FUN03",
        "tool",
        "The client's output is moved before `response.function_call_arguments.done`",
        move("conversation.item.create#2", before="response.function_call_arguments.done"),
    ),
    edited(
        "FUN04",
        "tool",
        "The last character of the arguments is left out, wherever they stand",
        replace('{"city": "London"}', '{"city": "London"', *_SIDES),
        change("response.function_call_arguments.delta#last", delta='"'),
    ),
    edited(
        "FUN05",
        "tool",
        "`response.function_call_arguments.done` names another function than its item",
        change("response.function_call_arguments.done", name="get_forecast"),
    ),
    edited(
        "FUN06",
        "parallel",
        "The third output is moved behind the `response.create` that follows it",
        move("conversation.item.create#4", behind="response.create#2"),
        move("conversation.item.added#7", behind="conversation.item.create#4"),
        move("conversation.item.done#7", behind="conversation.item.added#7"),
    ),
    edited(
        "FUN07",
        "tool",
        "The function is offered as `get_tides`, both asked for and in force, and called as `get_weather`",
        replace("get_weather", "get_tides", "session."),
    ),
    edited(
        "FUN08",
        "tool",
        "The arguments have `town` in place of `city`, wherever they stand",
        replace('{"city": "London"}', '{"town": "London"}', *_SIDES),
        change("response.function_call_arguments.delta#2", delta="town"),
    ),
    edited(
        "FUN09",
        "parallel",
        "The three calls have the same arguments",
        replace('{"city":"Oslo"}', _ROME, *_SIDES),
        replace('{"city":"Cork"}', _ROME, *_SIDES),
    ),
    driven("FUN10", waits_and_leaves, "The client waits for eight seconds and hangs up without giving the output"),
    driven("FUN11", gives_and_leaves, "The client gives the output and hangs up"),
)

MCP: tuple[Row, ...] = (
    edited("MCP01", "mcp", "`mcp_list_tools.in_progress` is left out", drop("mcp_list_tools.in_progress")),
    driven("MCP02", offers_mcp, "The client offers an MCP server, which the built-in server does not reach"),
    edited(
        "MCP03",
        "mcp",
        "`response.mcp_call.completed` comes twice, with two event ids",
        repeat("response.mcp_call.completed"),
    ),
    edited(
        "MCP04",
        "mcp",
        "The approval and its announcement are left out",
        drop("conversation.item.create#2", "conversation.item.added#4", "conversation.item.done#4"),
        change("conversation.item.added#4", previous_item_id="mcpr_1"),
        change("conversation.item.done#4", previous_item_id="mcpr_1"),
    ),
    edited(
        "MCP05",
        "mcp",
        "A second approval, of a request that there never was, is added and refused",
        add(
            "client",
            event("conversation.item.create", event_id="allow_2", item=_approves("mcpr_0", id="allowed_2")),
            before="response.create#2",
        ),
        refused("conversation.item.create#3", "invalid_value", "There is no approval request 'mcpr_0'."),
        also="ERR01",
    ),
    edited(
        "MCP06",
        "mcp",
        "The client approves the request a second time",
        add(
            "client",
            event("conversation.item.create", event_id="allow_2", item=_approves("mcpr_1", id="allowed_2")),
            before="response.create#2",
        ),
        refused("conversation.item.create#3", "invalid_value", "The approval request 'mcpr_1' has its answer."),
        also="ERR01",
    ),
    edited(
        "MCP07",
        "mcp",
        "The call fails: `response.mcp_call.failed` for `completed`, and the item has an error in place of an output",
        change("response.mcp_call.completed", type="response.mcp_call.failed"),
        *(
            change(
                place,
                **{
                    f"{path}__output": None,
                    f"{path}__error": {"type": "tool_execution_error", "message": "No such shelf."},
                },
            )
            for place, path in (
                ("conversation.item.done#5", "item"),
                ("response.output_item.done#2", "item"),
                ("response.done#2", "response__output__0"),
            )
        ),
    ),
    edited(
        "MCP08",
        "mcp",
        "The client gives an output of the MCP call at the end, which the server refuses",
        add(
            "client",
            event(
                "conversation.item.create",
                event_id="give_1",
                item={"type": "function_call_output", "call_id": "mcp_1", "output": "Solaris"},
            ),
            behind="response.done#2",
        ),
        refused("conversation.item.create#3", "invalid_tool_call_id", "There is no call 'mcp_1'."),
        also="ERR01 FUN11",
    ),
    edited(
        "MCP09",
        "mcp",
        "The client's `session.update` names a connector beside the server's URL",
        change("session.update", session__tools__0__connector_id="connector_gmail"),
    ),
    edited(
        "MCP10",
        "mcp",
        "The end of the listing is moved behind the first `response.created`",
        move("mcp_list_tools.completed", behind="response.created"),
        move("conversation.item.done", behind="mcp_list_tools.completed"),
    ),
)

ROWS: tuple[Row, ...] = (*FUNCTIONS, *MCP)
