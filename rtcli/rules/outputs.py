"""FUN: function calls that are never answered, or answered wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import conversation, response
from rtcli.events.objects import FunctionCallOutput
from rtcli.formats import Entry
from rtcli.rules.rule import NEEDS_CLIENT, NEEDS_WHOLE_END, NEEDS_WHOLE_START, SHOWN, End, Rule, Verdict
from rtcli.session.ledgers import Ledgers


def output_without_call(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An output answers a call that was never made.

    The output's ``call_id`` belongs to no call of this session. The server refuses the item, and the model
    never learns what the function gave back. The item's id in place of the call's is the usual cause.

    Fix: copy ``call_id`` from the ``function_call`` item, not its ``id``.

    ::

        < session.created {"session": {"type": "realtime"}}
        > conversation.item.create {"item": {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}}
        > conversation.item.create {"item": {"type": "function_call_output", "call_id": "c", "output": ""}}
        > conversation.item.create {"item": {"type": "function_call_output", "call_id": "x", "output": ""}}     # FUN01
        > response.create {}

    Source: openai-python 3.52.0, ``realtime_conversation_item_function_call_output.py``.
    """
    item = event.item
    if not isinstance(item, FunctionCallOutput) or item.call_id in ledgers.calls.known:
        return ()
    if item.call_id in ledgers.mcp.calls:
        return ()
    message = f"the session has no function call {item.call_id[:SHOWN]}"
    return (Verdict("$.item.call_id", message, "copy call_id from the function_call item, not its id"),)


def two_outputs(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """One call has two outputs.

    The model sees both and cannot tell which holds. A tool that is run twice, by two handlers of the same
    event, answers twice.

    Fix: send one output for each call; act on one of the events that tell it.

    ::

        > conversation.item.create {"item": {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}}
        > conversation.item.create {"item": {"type": "function_call_output", "call_id": "c", "output": ""}}
        > conversation.item.create {"item": {"type": "function_call_output", "call_id": "c", "output": ""}}     # FUN02

    Source: openai-python 3.52.0, ``realtime_conversation_item_function_call_output.py``.
    """
    item = event.item
    before = ledgers.calls.outputs.get(item.call_id) if isinstance(item, FunctionCallOutput) else None
    if before is None:
        return ()
    message = f"the call {item.call_id[:SHOWN]} has an output already, in line {before}"
    return (Verdict("$.item.call_id", message, "send one output for each call", (before,)),)


def output_too_early(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An output is sent before the call was complete.

    The arguments were still on their way: the function ran with a part of them.

    Fix: wait for ``response.function_call_arguments.done``.

    ::

        < session.created {"session": {"type": "realtime", "tools": [{"type": "function", "name": "f"}]}}
        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": ""}}
        > conversation.item.create {"item": {"type": "function_call_output", "call_id": "c", "output": ""}}     # FUN03
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}}
        < response.done {"response": {"id": "r"}}

    Source: openai-python 3.52.0, ``response_function_call_arguments_done_event.py``.
    """
    item = event.item
    called = ledgers.calls.known.get(item.call_id) if isinstance(item, FunctionCallOutput) else None
    if called is None or called.whole:
        return ()
    message = f"the arguments of the call {called.call_id[:SHOWN]} were not complete"
    return (Verdict("$.item", message, "wait for response.function_call_arguments.done", (called.line,)),)


def asked_before_all_answered(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An answer is asked for before all parallel calls have theirs.

    The model made several calls, and only some have an output. It will speak of a part of what it asked
    for, and be asked again when the others come.

    Fix: collect all outputs, then send one ``response.create``.

    ::

        > conversation.item.create {"item": {"type": "message", "role": "user", "content": []}}
        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}}
        < response.output_item.added {"response_id": "r", "output_index": 1, "item": {"type": "function_call", "id": "j", "call_id": "d", "name": "g", "arguments": "{}"}}
        < response.output_item.done {"response_id": "r", "output_index": 1, "item": {"type": "function_call", "id": "j", "call_id": "d", "name": "g", "arguments": "{}"}}
        < response.done {"response": {"id": "r", "conversation_id": "v", "output": [{"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}, {"type": "function_call", "id": "j", "call_id": "d", "name": "g", "arguments": "{}"}]}}
        > conversation.item.create {"item": {"type": "function_call_output", "call_id": "c", "output": ""}}
        > response.create {}     # FUN06

    Source: the guide on function calling, on several calls in one response.
    """
    made, asked = ledgers.calls.last, event.response
    if asked and (asked.conversation == "none" or asked.input):
        return ()
    open_calls = [call for call in made if call not in ledgers.calls.outputs]
    if not open_calls or len(open_calls) == len(made):
        return ()
    names = ", ".join(call[:SHOWN] for call in open_calls[:5])
    return (Verdict("", f"no output has been sent for {names}", "collect all outputs, then one response.create"),)


def call_never_answered(_end: End, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A function call has no output when the connection is closed.

    The model waits for what the function gives back and says nothing until then. The user hears silence,
    and hangs up. A call that is not five seconds old when the connection is closed may still run.

    Fix: send an output for every call, an empty one if there is nothing to say.

    ::

        > response.create {}
        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": ""}}     # FUN10
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}}
        < response.done {"response": {"id": "r", "conversation_id": "v", "status": "completed", "output": [{"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}], "usage": {"total_tokens": 0}}}
        - close {"code": 1000}

    Source: the guide on function calling.
    """
    return [
        Verdict(
            "$.item",
            f"the call {called.call_id[:SHOWN]} of {called.name[:SHOWN]} was never answered",
            "send an output for every call",
            line=called.line,
            side="client",
        )
        for called in ledgers.calls.known.values()
        if called.is_left_alone(entry.t) and called.call_id not in ledgers.calls.outputs
    ]


def output_never_spoken(_end: End, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """No response follows a function's output.

    An output is only an item of the conversation: the model speaks of it when it is asked for a response.

    Fix: send ``response.create`` behind the output.

    ::

        > conversation.item.create {"item": {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}}
        > conversation.item.create {"item": {"type": "function_call_output", "call_id": "c", "output": ""}}     # FUN11
        - close {"code": 1000}
        - header {}
        > conversation.item.create {"item": {"type": "function_call", "call_id": "c", "name": "f", "arguments": "{}"}}
        > conversation.item.create {"item": {"type": "function_call_output", "call_id": "c", "output": ""}}
        > response.create {}
        - close {"code": 1000}

    Source: the guide on function calling.
    """
    output = ledgers.calls.unanswered_output
    if output is None:
        return ()
    message = f"no response followed the output of the call {output[0][:SHOWN]}"
    return (Verdict("$.item", message, "send response.create behind the output", line=output[1], side="client"),)


_CREATE: Final = (conversation.ItemCreate,)

RULES: Final[tuple[Rule, ...]] = (
    Rule("FUN01", "error", output_without_call, _CREATE, NEEDS_WHOLE_START),
    Rule("FUN02", "warning", two_outputs, _CREATE, NEEDS_CLIENT),
    Rule("FUN03", "error", output_too_early, _CREATE, NEEDS_WHOLE_START),
    Rule("FUN06", "info", asked_before_all_answered, (response.Create,), NEEDS_CLIENT, tier="second"),
    Rule("FUN10", "warning", call_never_answered, (End,), NEEDS_WHOLE_END),
    Rule("FUN11", "info", output_never_spoken, (End,), NEEDS_WHOLE_END),
)
