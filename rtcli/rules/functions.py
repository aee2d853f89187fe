"""FUN: function calls that are never answered, answered wrongly, or made wrongly."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from rtcli.events import conversation, response
from rtcli.events.objects import FunctionCall, FunctionCallOutput
from rtcli.formats import Entry
from rtcli.rules.rule import NEEDS_CLIENT, NEEDS_START, NEEDS_WHOLE_END, NEEDS_WHOLE_START, SHOWN, End, Rule, Verdict
from rtcli.session.calls import REPEATED
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


def arguments_not_json(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """The arguments of a completed call are not JSON.

    Models write broken JSON now and then. A client that parses it without care stops there, and the call
    is never answered.

    Fix: catch the error, and answer with its text as the output.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": ""}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "status": "completed", "call_id": "c", "name": "f", "arguments": "{'a': 1}"}}     # FUN04
        < response.done {"response": {"id": "r"}}

    Source: the guide on function calling: arguments are JSON text.
    """
    item = event.item
    if not isinstance(item, FunctionCall) or item.status != "completed" or _parsed(item.arguments) is not None:
        return ()
    message = f"the arguments of {item.name[:SHOWN]} are not JSON: {item.arguments[:SHOWN]}"
    return (Verdict("$.item.arguments", message, "answer with the error as the output"),)


def name_changed(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The function's name changes inside one call.

    The call was announced under another name than the one it is completed with.

    Fix: this is the server's; take the name of the announced item.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": ""}}
        < response.function_call_arguments.done {"response_id": "r", "item_id": "i", "output_index": 0, "call_id": "c", "name": "g", "arguments": "{}"}     # FUN05
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}}
        < response.done {"response": {"id": "r"}}

    Source: openai-python 3.52.0, ``response_function_call_arguments_done_event.py``.
    """
    called = ledgers.calls.known.get(event.call_id)
    if called is None or not (event.name and called.name) or event.name == called.name:
        return ()
    message = f'the call was announced as "{called.name[:SHOWN]}" and is completed as "{event.name[:SHOWN]}"'
    return (Verdict("$.name", message, "take the name of the announced item", (called.line,)),)


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
    if not made or (asked and (asked.conversation == "none" or asked.input)):
        return ()
    open_calls = [call for call in made if call not in ledgers.calls.outputs]
    if not open_calls or len(open_calls) == len(made):
        return ()
    names = ", ".join(call[:SHOWN] for call in open_calls[:5])
    return (Verdict("", f"no output has been sent for {names}", "collect all outputs, then one response.create"),)


def never_offered(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A function is called that was never offered.

    The model invented it, or an update of the tools was refused. A client that looks the function up
    finds nothing.

    Fix: answer with an error as the output, so that the model can go on.

    ::

        < session.created {"session": {"type": "realtime", "tools": [{"type": "function", "name": "f"}]}}
        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "g", "arguments": ""}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "status": "completed", "call_id": "c", "name": "g", "arguments": "{}"}}     # FUN07
        < response.done {"response": {"id": "r"}}

    Source: the guide on function calling.
    """
    item = event.item
    if not isinstance(item, FunctionCall) or item.status == "incomplete" or ledgers.calls.anything_goes:
        return ()
    if item.name in ledgers.calls.offered:
        return ()
    message = f'the function "{item.name[:SHOWN]}" was never offered'
    return (Verdict("$.item.name", message, "answer with an error as the output"),)


def argument_missing(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A call lacks an argument that its function requires.

    The function's parameters say that it is required; models leave arguments out all the same.

    Fix: check the arguments before the call, and answer with what is missing.

    ::

        < session.created {"session": {"type": "realtime", "tools": [{"type": "function", "name": "f", "parameters": {"required": ["city"]}}]}}
        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": ""}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "status": "completed", "call_id": "c", "name": "f", "arguments": "{}"}}     # FUN08
        < response.done {"response": {"id": "r"}}

    Source: the guide on function calling: there is no strict mode.
    """
    item = event.item
    if not isinstance(item, FunctionCall) or item.status == "incomplete":
        return ()
    given = _parsed(item.arguments)
    if not isinstance(given, dict):
        return ()
    missing = sorted(ledgers.calls.missing(item.name, given))
    if not missing:
        return ()
    message = f"the call of {item.name[:SHOWN]} lacks {', '.join(missing)[:SHOWN]}"
    return (Verdict("$.item.arguments", message, "answer with what is missing"),)


def same_call_again(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The same call is made three times in a row.

    The model calls a function with the same arguments again and again and says nothing between: it does
    not understand the outputs, or gets none. The user hears silence.

    Fix: give a clear result, also when there is none; limit the rounds.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": ""}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}}
        < response.output_item.added {"response_id": "r", "output_index": 1, "item": {"type": "function_call", "id": "j", "call_id": "d", "name": "f", "arguments": ""}}
        < response.output_item.done {"response_id": "r", "output_index": 1, "item": {"type": "function_call", "id": "j", "call_id": "d", "name": "f", "arguments": "{}"}}
        < response.output_item.added {"response_id": "r", "output_index": 2, "item": {"type": "function_call", "id": "k", "call_id": "e", "name": "f", "arguments": ""}}
        < response.output_item.done {"response_id": "r", "output_index": 2, "item": {"type": "function_call", "id": "k", "call_id": "e", "name": "f", "arguments": "{}"}}     # FUN09
        < response.done {"response": {"id": "r"}}

    Source: captured sessions of agents that loop.
    """
    item = event.item
    if not isinstance(item, FunctionCall):
        return ()
    before = list(ledgers.calls.row)[1 - REPEATED :]
    if len(before) < REPEATED - 1 or any(call[:2] != (item.name, item.arguments) for call in before):
        return ()
    times = ledgers.calls.repeats + 1
    message = f"{item.name[:SHOWN]} is called {times} times in a row with the same arguments"
    remedy = "give a clear result, and limit the rounds"
    return (Verdict("$.item", message, remedy, tuple(line for _, _, line in before)),)


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


def _parsed(arguments: str) -> Any:
    try:
        return msgspec.json.decode(arguments)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


_CREATE: Final = (conversation.ItemCreate,)
_ITEM_DONE: Final = (response.OutputItemDone,)

RULES: Final[tuple[Rule, ...]] = (
    Rule("FUN01", "error", output_without_call, _CREATE, NEEDS_WHOLE_START),
    Rule("FUN02", "warning", two_outputs, _CREATE, NEEDS_CLIENT),
    Rule("FUN03", "error", output_too_early, _CREATE, NEEDS_WHOLE_START),
    Rule("FUN04", "error", arguments_not_json, _ITEM_DONE),
    Rule("FUN05", "error", name_changed, (response.FunctionCallArgumentsDone,), tier="extended"),
    Rule("FUN06", "info", asked_before_all_answered, (response.Create,), NEEDS_CLIENT, tier="second"),
    Rule("FUN07", "warning", never_offered, _ITEM_DONE, NEEDS_START),
    Rule("FUN08", "warning", argument_missing, _ITEM_DONE, NEEDS_START, tier="second"),
    Rule("FUN09", "warning", same_call_again, _ITEM_DONE),
    Rule("FUN10", "warning", call_never_answered, (End,), NEEDS_WHOLE_END),
    Rule("FUN11", "info", output_never_spoken, (End,), NEEDS_WHOLE_END),
)
