"""REF: events that name an item, a response or a conversation that is not there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import conversation, input_audio_buffer, response
from rtcli.events.objects import ItemReference
from rtcli.formats import Entry
from rtcli.rules.rule import NEEDS_LOSSLESS, NEEDS_START, NEEDS_WHOLE_START, SHOWN, Rule, Verdict
from rtcli.session.conversation import Known
from rtcli.session.flow import DELTAS, DONES
from rtcli.session.ledgers import Ledgers


def item_not_announced(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response writes to an item that it has not announced.

    ``response.output_item.added`` opens an item before anything is written to it. A client that makes its
    rows and players there has none for this text or this audio, and crashes or drops it. Told once for
    each item.

    Fix: this is the server's, or a gateway's that drops ``response.output_item.added``.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "text", "text": ""}}
        < response.content_part.done {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "part": {"type": "text", "text": ""}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.content_part.added {"response_id": "r", "item_id": "x", "output_index": 1, "content_index": 0, "part": {"type": "text", "text": ""}}     # REF01
        < response.done {"response": {"id": "r"}}

    Source: openai-python 3.52.0, ``response_output_item_added_event.py``.
    """
    written = ledgers.lifecycle.responses.get(event.response_id)
    if written is None or not written.line:
        return ()
    item_id = event.item_id if hasattr(event, "item_id") else event.item.id
    if item_id in written.items or not item_id:
        return ()
    known = ledgers.conversation.items.get(item_id)
    if known is not None and known.faulty:
        return ()
    path = "$.item_id" if hasattr(event, "item_id") else "$.item.id"
    message = f"the response {written.id[:SHOWN]} has announced no item {item_id[:SHOWN]}"
    return (Verdict(path, message, lines=(written.line,)),)


def never_had(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The server names an item that the session never had.

    A client that keeps the conversation in order looks for the item and finds nothing: the new one has
    no place, and what is deleted or cut short was never there. An item that was committed and never added
    is no place either. Told once for each item.

    Fix: this is the server's, or a gateway's that drops or renames items; put the item at the end.

    ::

        < session.created {"session": {"type": "realtime"}}
        < conversation.item.added {"previous_item_id": null, "item": {"type": "message", "id": "a", "role": "user", "content": []}}
        < conversation.item.added {"previous_item_id": "a", "item": {"type": "message", "id": "b", "role": "user", "content": []}}
        < conversation.item.added {"previous_item_id": "x", "item": {"type": "message", "id": "c", "role": "user", "content": []}}     # REF02
        < conversation.item.deleted {"item_id": "y"}     # REF02

    Source: openai-python 3.52.0, ``conversation_item_added.py``; what ``conversation.item.done`` says of
    the item before it is passed over, for it leaves out the first item (31 of 84 captured events).
    """
    if not hasattr(event, "previous_item_id"):
        if ledgers.conversation.had(event.item_id):
            return ()
        return (Verdict("$.item_id", f"the session never had an item {event.item_id[:SHOWN]}"),)
    named = event.previous_item_id
    if not named or named == _ROOT:
        return ()
    item_id = event.item_id if isinstance(event, input_audio_buffer.Committed) else event.item.id
    placed = ledgers.conversation.items.get(item_id)
    if ledgers.conversation.had(named):
        return () if isinstance(event, input_audio_buffer.Committed) else _never_added(named, placed, ledgers)
    if placed is not None and placed.previous_id == named:
        return ()
    return (Verdict("$.previous_item_id", f"the session never had an item {named[:SHOWN]}"),)


def previous_unknown(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An item is to stand behind one that does not exist.

    The server refuses the item: it is not added anywhere. Silent where a recording lacks frames, among
    which the other item may have been.

    Fix: use the id from ``conversation.item.added``, or ``root`` for the first place.

    ::

        < session.created {"session": {"type": "realtime"}}
        > conversation.item.create {"previous_item_id": "root", "item": {"type": "message", "id": "a", "role": "user", "content": []}}
        > conversation.item.create {"previous_item_id": "a", "item": {"type": "message", "id": "b", "role": "user", "content": []}}
        > conversation.item.create {"previous_item_id": "x", "item": {"type": "message", "id": "c", "role": "user", "content": []}}     # REF03

    Source: openai-python 3.52.0, ``conversation_item_create_event.py``.
    """
    named = event.previous_item_id
    if not named or named == _ROOT or ledgers.conversation.has(named) or "lossless" not in ledgers.context.kept:
        return ()
    message, lines = _missing(named, ledgers)
    return (Verdict("$.previous_item_id", message, "use the id from conversation.item.added, or root", lines),)


def item_unknown(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The client names an item that does not exist.

    It is to be deleted, retrieved or cut short, and the session never had it, or has deleted it. The
    server answers with an error and does nothing.

    Fix: use the id from ``conversation.item.added``, and forget it with ``conversation.item.deleted``.

    ::

        < session.created {"session": {"type": "realtime"}}
        < conversation.item.added {"item": {"type": "message", "id": "a", "role": "user", "content": []}}
        > conversation.item.delete {"item_id": "a"}
        < conversation.item.deleted {"item_id": "a"}
        > conversation.item.delete {"item_id": "a"}     # REF04
        > conversation.item.retrieve {"item_id": "x"}     # REF04

    Source: openai-python 3.52.0, ``conversation_item_delete_event.py`` and beside it.
    """
    if ledgers.conversation.has(event.item_id):
        return ()
    message, lines = _missing(event.item_id, ledgers)
    return (Verdict("$.item_id", message, "use the id from conversation.item.added", lines),)


def reference_unknown(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response is to read an item that does not exist.

    An ``item_reference`` in its input names no item of this session. The server refuses the whole
    ``response.create``.

    Fix: refer to items that are in the conversation, or send their content.

    ::

        < session.created {"session": {"type": "realtime"}}
        < conversation.item.added {"item": {"type": "message", "id": "a", "role": "user", "content": []}}
        > response.create {"response": {"conversation": "none", "input": [{"type": "item_reference", "id": "a"}]}}
        < response.created {"response": {"id": "r", "conversation_id": null}}
        < response.done {"response": {"id": "r", "conversation_id": null}}
        > response.create {"response": {"conversation": "none", "input": [{"type": "item_reference", "id": "x"}]}}     # REF05

    Source: openai-python 3.52.0, ``realtime_response_create_params.py``, on ``input``.
    """
    asked = event.response
    if not asked or not asked.input:
        return ()
    found = []
    for index, item in enumerate(asked.input):
        if isinstance(item, ItemReference) and not ledgers.conversation.has(item.id):
            message, lines = _missing(item.id, ledgers)
            found.append(Verdict(f"$.response.input[{index}].id", message, "refer to an item that exists", lines))
    return found


def nothing_to_cancel(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """There is no response to cancel.

    The server answers with an error and does nothing, which is harmless: a response may be done while the
    cancel is on its way. A cancel without ``response_id`` stops the response in the conversation, and none
    that was asked for outside of it.

    Fix: nothing, if it happens now and then; name the response if it is outside the conversation.

    ::

        < session.created {"session": {"type": "realtime"}}
        > response.create {}
        < response.created {"response": {"id": "r", "conversation_id": "c"}}
        > response.cancel {}
        < response.done {"response": {"id": "r", "conversation_id": "c", "status": "cancelled"}}
        > response.cancel {}     # REF08
        > response.cancel {"response_id": "r"}     # REF08
        > response.create {"response": {"conversation": "none"}}
        < response.created {"response": {"id": "s", "conversation_id": null}}
        > response.cancel {}     # REF08
        > response.cancel {"response_id": "s"}
        < response.done {"response": {"id": "s", "conversation_id": null, "status": "cancelled"}}

    Source: openai-python 3.52.0, ``response_cancel_event.py``.
    """
    lifecycle = ledgers.lifecycle
    named = event.response_id
    if named:
        one = lifecycle.responses.get(named)
        if one is None:
            message = f"the session has no response {named[:SHOWN]}"
            return () if lifecycle.responses.has_forgotten else (Verdict("$.response_id", message),)
        message = f"the response {named[:SHOWN]} was done in line {one.done_line}"
        return () if one.is_open else (Verdict("$.response_id", message, lines=(one.done_line,)),)
    if lifecycle.speaking or ledgers.obligations.of("response.create"):
        return ()
    if not lifecycle.open:
        return (Verdict("", "no response is open"),)
    lines = tuple(one.line for one in lifecycle.open.values())[:_LINES_SHOWN]
    message = f"no response is open but {next(iter(lifecycle.open))[:SHOWN]}, which is outside the conversation"
    return (Verdict("", message, "name the response in response_id", lines),)


def conversation_changed(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The conversation of the responses changes.

    A connection has one conversation. Two ids in one recording mostly mean that two connections were
    written into it.

    Fix: begin another recording for each connection.

    ::

        < response.created {"response": {"id": "r", "conversation_id": "c"}}
        < response.done {"response": {"id": "r", "conversation_id": "c"}}
        < response.created {"response": {"id": "s", "conversation_id": "d"}}     # REF11
        < response.done {"response": {"id": "s", "conversation_id": "d"}}

    Source: openai-python 3.52.0, ``realtime_response.py``, on ``conversation_id``.
    """
    told, known = event.response.conversation_id, ledgers.conversation
    if not told or not known.id or told == known.id:
        return ()
    message = f"the response is in the conversation {told[:SHOWN]}, that of line {known.id_line} in {known.id[:SHOWN]}"
    return (Verdict("$.response.conversation_id", message, "record each connection by itself", (known.id_line,)),)


def _never_added(named: str, placed: Known | None, ledgers: Ledgers) -> Sequence[Verdict]:
    """What is wrong where an item stands behind one of which there is nothing but a commit."""
    before = ledgers.conversation.items.get(named)
    if before is None or not before.is_only_announced:
        return ()
    if placed is not None and (placed.added_line or placed.created_line):
        return ()
    message = f"the item {named[:SHOWN]} was announced in line {before.line} and never added"
    return (Verdict("$.previous_item_id", message, lines=(before.line,)),)


def _missing(item_id: str, ledgers: Ledgers) -> tuple[str, tuple[int, ...]]:
    """Why an item is not there, and the lines that show it."""
    known = ledgers.conversation.items.get(item_id)
    if known is None:
        return f"the session has no item {item_id[:SHOWN]}", ()
    if known.refused_line:
        return f"the item {item_id[:SHOWN]} was refused in line {known.refused_line}", (known.line, known.refused_line)
    return f"the item {item_id[:SHOWN]} was deleted in line {known.deleted_line}", (known.deleted_line,)


_ROOT: Final = "root"
"""The place before the first item. Source: openai-python 3.52.0, ``conversation_item_create_event.py``."""
_LINES_SHOWN: Final = 5
_REMOVED: Final = (conversation.ItemDeleted, conversation.ItemTruncated)
_PLACED: Final = (conversation.ItemAdded, conversation.ItemCreated, input_audio_buffer.Committed)
_NAMED: Final = (conversation.ItemDelete, conversation.ItemRetrieve, conversation.ItemTruncate)
WRITING: Final[tuple[type, ...]] = (
    response.ContentPartAdded,
    response.ContentPartDone,
    response.OutputItemDone,
    *DELTAS,
    *DONES,
)
"""The events that write to an item of a response that is announced."""

RULES: Final[tuple[Rule, ...]] = (
    Rule("REF01", "error", item_not_announced, WRITING, NEEDS_LOSSLESS, openai_only=True),
    Rule("REF02", "warning", never_had, (*_PLACED, *_REMOVED), NEEDS_WHOLE_START),
    Rule("REF03", "error", previous_unknown, (conversation.ItemCreate,), NEEDS_START),
    Rule("REF04", "error", item_unknown, _NAMED, NEEDS_WHOLE_START),
    Rule("REF05", "error", reference_unknown, (response.Create,), NEEDS_WHOLE_START, tier="second"),
    Rule("REF08", "info", nothing_to_cancel, (response.Cancel,), NEEDS_WHOLE_START),
    Rule("REF11", "warning", conversation_changed, (response.Created, response.Done), tier="extended"),
)
