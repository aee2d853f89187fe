"""REF: events that name an item rightly, and say of it what it is not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import conversation, response
from rtcli.formats import Entry
from rtcli.rules.references import WRITING
from rtcli.rules.rule import SHOWN, Rule, Verdict
from rtcli.session.conversation import Known
from rtcli.session.ledgers import Ledgers
from rtcli.session.written import OutputItem


def not_assistant_audio(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Something is to be cut short that is not the assistant's speech.

    Only messages of the assistant with audio can be truncated. The server refuses anything else, and the
    model goes on to believe that all of its answer was heard.

    Fix: truncate the assistant's item that was playing.

    ::

        < conversation.item.added {"item": {"type": "message", "id": "u", "role": "user", "status": "completed", "content": []}}
        > conversation.item.truncate {"item_id": "u", "content_index": 0, "audio_end_ms": 0}     # REF06
        < conversation.item.added {"item": {"type": "message", "id": "a", "role": "assistant", "status": "in_progress", "content": []}}
        > conversation.item.truncate {"item_id": "a", "content_index": 0, "audio_end_ms": 0}

    Source: openai-python 3.52.0, ``conversation_item_truncate_event.py``.
    """
    known = ledgers.conversation.items.get(event.item_id)
    why = _why_whole(known, ledgers.lifecycle.items.get(event.item_id)) if known else ""
    if known is None or not why:
        return ()
    message = f"the item {known.id[:SHOWN]} is {why}"
    return (Verdict("$.item_id", message, "truncate the assistant's item that was playing", (known.line,)),)


def second_part(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A truncation names another part than the first.

    The audio of an item is its first part, and ``content_index`` is to be 0.

    Fix: send ``content_index`` 0.

    ::

        > conversation.item.truncate {"item_id": "i", "content_index": 0, "audio_end_ms": 0}
        > conversation.item.truncate {"item_id": "i", "content_index": 1, "audio_end_ms": 0}     # REF07

    Source: openai-python 3.52.0, ``conversation_item_truncate_event.py``.
    """
    if not event.content_index:
        return ()
    return (Verdict("$.content_index", f"content_index is {event.content_index}", "send content_index 0"),)


def call_id_differs(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The id of a call differs from the one that it was announced with.

    An output that is sent for the one is not found for the other: the model never learns what the
    function gave back.

    Fix: this is the server's; take ``call_id`` from ``response.output_item.done``.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": ""}}
        < response.function_call_arguments.delta {"response_id": "r", "item_id": "i", "output_index": 0, "call_id": "c", "delta": "{}"}
        < response.function_call_arguments.done {"response_id": "r", "item_id": "i", "output_index": 0, "call_id": "x", "name": "f", "arguments": "{}"}     # REF09
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}}
        < response.done {"response": {"id": "r"}}

    Source: openai-python 3.52.0, ``response_function_call_arguments_done_event.py``.
    """
    item = ledgers.lifecycle.item_of(event)
    if item is None or not item.line or not item.call_id or not event.call_id or event.call_id == item.call_id:
        return ()
    if isinstance(event, response.FunctionCallArgumentsDelta) and ledgers.lifecycle.stream_of(event):
        return ()
    message = f"the call {item.call_id[:SHOWN]} of the item {item.id[:SHOWN]} is called {event.call_id[:SHOWN]} here"
    return (Verdict("$.call_id", message, lines=(item.line,)),)


def output_index_differs(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An item has another place in its response than it was announced with.

    A client that sorts by ``output_index`` puts what is written now into another item.

    Fix: this is the server's; tell items apart by ``item_id``.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "text", "text": ""}}
        < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "text", "text": ""}}
        < response.output_item.done {"response_id": "r", "output_index": 1, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}     # REF10
        < response.done {"response": {"id": "r"}}

    Source: openai-python 3.52.0, ``response_text_delta_event.py``, on ``output_index``.
    """
    written = ledgers.lifecycle.responses.get(event.response_id)
    if written is None:
        return ()
    item_id, told = event.item_id if hasattr(event, "item_id") else event.item.id, event.output_index
    item = written.items.get(item_id) if item_id else None
    if item is None or item.output_index == told or not item.line or not isinstance(told, int):
        return ()
    if any(stream.output_index == told for stream in item.streams.values()):
        return ()
    message = f"the item {item_id[:SHOWN]} has output_index {told} here, and was announced with {item.output_index}"
    return (Verdict("$.output_index", message, lines=(item.line,)),)


def _why_whole(known: Known, written: OutputItem | None) -> str:
    """What an item is that cannot be truncated; empty where it can, or nobody knows."""
    if not known.type:
        return ""
    if known.type != "message":
        return f"a {known.type}"
    if known.role != "assistant":
        return f"a message of the {known.role}"
    heard = known.has_audio or (written is not None and written.audio_bytes)
    return "" if heard or known.status != "completed" else "a message without audio"


_ARGUMENTS: Final = (response.FunctionCallArgumentsDelta, response.FunctionCallArgumentsDone)
_TRUNCATE: Final = (conversation.ItemTruncate,)

RULES: Final[tuple[Rule, ...]] = (
    Rule("REF06", "error", not_assistant_audio, _TRUNCATE, tier="second"),
    Rule("REF07", "warning", second_part, _TRUNCATE, tier="extended"),
    Rule("REF09", "error", call_id_differs, _ARGUMENTS),
    Rule("REF10", "error", output_index_differs, WRITING, tier="second"),
)
