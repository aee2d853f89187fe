"""FUN: function calls that are made wrongly, or again and again."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import msgspec

from rtcli.events import response
from rtcli.events.objects import FunctionCall
from rtcli.formats import Entry
from rtcli.rules.rule import NEEDS_START, SHOWN, Rule, Verdict
from rtcli.session.calls import REPEATED
from rtcli.session.ledgers import Ledgers


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


def never_offered(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A function is called that was never offered.

    The model invented it, or an update of the tools was refused. A client that looks the function up
    finds nothing. Not told where the session never said what it offers.

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
    offered, told = ledgers.calls.offered, getattr(ledgers.config.session, "tools", None)
    if item.name in offered or not (offered or isinstance(told, list)):
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


def _parsed(arguments: str) -> Any:
    try:
        return msgspec.json.decode(arguments)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


_ITEM_DONE: Final = (response.OutputItemDone,)

RULES: Final[tuple[Rule, ...]] = (
    Rule("FUN04", "error", arguments_not_json, _ITEM_DONE),
    Rule("FUN05", "error", name_changed, (response.FunctionCallArgumentsDone,), tier="extended"),
    Rule("FUN07", "warning", never_offered, _ITEM_DONE, NEEDS_START),
    Rule("FUN08", "warning", argument_missing, _ITEM_DONE, NEEDS_START, tier="second"),
    Rule("FUN09", "warning", same_call_again, _ITEM_DONE),
)
