"""DUP: what stands twice in a session and should stand once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from rtcli.events import conversation, input_audio_buffer, response
from rtcli.events.event import ClientEvent, ServerEvent
from rtcli.formats import Entry
from rtcli.rules.rule import SHOWN, Rule, Verdict
from rtcli.session.identities import is_elided
from rtcli.session.ledgers import Ledgers
from rtcli.session.lifecycle import DONES

Seen = tuple[str, str, int]
"""What an event is about, its id, and the line of the event of this type that it had already."""


def server_id_twice(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Two events of the server have the same id.

    Each event has an id of its own. The same event twice in a row was written down twice, or a gateway
    sent it twice, and its text or audio is doubled; other events with one id cannot be told apart by it.

    Fix: look at the recorder or the gateway; do not use ``event_id`` as a key here.

    ::

        < rate_limits.updated {"event_id": "a", "rate_limits": []}
        < rate_limits.updated {"event_id": "b", "rate_limits": []}
        < rate_limits.updated {"event_id": "b", "rate_limits": []}     # DUP01
        < input_audio_buffer.cleared {"event_id": "a"}     # DUP01

    Source: openai-python 3.52.0: ``event_id`` is the unique id of a server event.
    """
    before = ledgers.identities.line_of(event.event_id)
    if not before:
        return ()
    if ledgers.identities.is_written_twice(event):
        message = f"the event {event.event_id[:SHOWN]} of line {before} stands here again, unchanged"
        return (Verdict("$.event_id", message, "look at what wrote it twice", (before,), side="recorder"),)
    message = f"the event of line {before} has the id {event.event_id[:SHOWN]} already"
    return (Verdict("$.event_id", message, "do not use event_id as a key here", (before,)),)


def client_id_twice(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Two events of the client have the same id.

    An error names the event that caused it by its id. With two of that id nobody can tell which one failed.

    Fix: use a fresh id for each event, or none.

    ::

        > input_audio_buffer.clear {"event_id": "a"}
        > input_audio_buffer.clear {"event_id": "b"}
        > input_audio_buffer.clear {"event_id": "a"}     # DUP02
        > input_audio_buffer.clear {}
        > input_audio_buffer.clear {}

    Source: openai-python 3.52.0, ``session_update_event.py``, on ``event_id``.
    """
    event_id = event.event_id
    if not event_id:
        return ()
    before = ledgers.usage.sent.get(event_id)
    if not before or is_elided(event_id):
        return ()
    message = f"the event of line {before} has the id {event_id[:SHOWN]} already"
    return (Verdict("$.event_id", message, "use a fresh id for each event", (before,)),)


def told_twice(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An event that comes once came twice.

    Things begin once and end once. A client that acts on the end of a call, or adds a row for each new
    item, does it twice. An item may be added again once it is deleted.

    Fix: this is the server's, or something wrote the event down twice; act on the first one only.

    ::

        < conversation.item.added {"item": {"type": "message", "id": "a", "role": "user", "content": []}}
        < conversation.item.created {"item": {"type": "message", "id": "a", "role": "user", "content": []}}
        < conversation.item.done {"item": {"type": "message", "id": "a", "role": "user", "content": []}}
        < conversation.item.done {"item": {"type": "message", "id": "a", "role": "user", "content": []}}     # DUP03
        > conversation.item.delete {"item_id": "a"}
        < conversation.item.deleted {"item_id": "a"}
        < conversation.item.added {"item": {"type": "message", "id": "a", "role": "user", "content": []}}
        < conversation.item.added {"item": {"type": "message", "id": "a", "role": "user", "content": []}}     # DUP03

    Source: openai-python 3.52.0, ``conversation_item_added.py``, ``response_output_item_done_event.py``.
    """
    find = next(_FINDERS[base] for base in type(event).__mro__ if base in _FINDERS)
    kind, name, before = find(event, ledgers)
    if not before or is_elided(name):
        return ()
    message = f"{event.type} came for the {kind} {name[:SHOWN]} in line {before} already"
    side: Any = "recorder" if ledgers.identities.is_written_twice(event) else None
    return (Verdict("", message, "act on the first one only", (before,), side=side),)


def item_id_taken(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The client creates an item with an id that another has.

    The server refuses the second: the message is not in the conversation.

    Fix: use a fresh id for each item, or leave it to the server.

    ::

        > conversation.item.create {"item": {"type": "message", "id": "a", "role": "user", "content": []}}
        > conversation.item.create {"item": {"type": "message", "id": "b", "role": "user", "content": []}}
        > conversation.item.create {"item": {"type": "message", "id": "a", "role": "user", "content": []}}     # DUP04
        > conversation.item.delete {"item_id": "b"}
        > conversation.item.create {"item": {"type": "message", "id": "b", "role": "user", "content": []}}

    Source: openai-python 3.52.0, ``realtime_conversation_item_user_message.py``, on ``id``.
    """
    known = ledgers.conversation.items.get(event.item.id or "")
    if known is None or not known.is_there or known.deleting_line or is_elided(known.id):
        return ()
    message = f"the item {known.id[:SHOWN]} is there since line {known.line}"
    return (Verdict("$.item.id", message, "use a fresh id for each item", (known.line,)),)


def _response(event: Any, ledgers: Ledgers) -> Seen:
    one = ledgers.lifecycle.responses.get(event.response.id or "")
    return "response", one.id if one else "", one.line if one else 0


def _output_item(event: Any, ledgers: Ledgers) -> Seen:
    one = ledgers.lifecycle.response_of(event)
    item = one.items.get(event.item.id or "") if one else None
    if item is None or not item.id:
        return "item", "", 0
    return "item", item.id, item.line if isinstance(event, response.OutputItemAdded) else item.done_line


def _part(event: Any, ledgers: Ledgers) -> Seen:
    part = ledgers.lifecycle.part_of(event)
    name = f"{event.content_index} of the item {event.item_id}"
    if part is None:
        return "part", name, 0
    return "part", name, part.line if isinstance(event, response.ContentPartAdded) else part.done_line


def _stream(event: Any, ledgers: Ledgers) -> Seen:
    stream = ledgers.lifecycle.stream_of(event)
    return "item", event.item_id, stream.done_line if stream else 0


def _item(event: Any, ledgers: Ledgers) -> Seen:
    known = ledgers.conversation.items.get(event.item.id or "")
    if known is None or not known.is_there:
        return "item", "", 0
    if isinstance(event, conversation.ItemDone):
        return "item", known.id, known.done_line
    return "item", known.id, known.created_line if event.type == "conversation.item.created" else known.added_line


def _committed(event: Any, ledgers: Ledgers) -> Seen:
    known = ledgers.conversation.items.get(event.item_id)
    return "item", event.item_id, known.committed_line if known and known.is_there else 0


_FINDERS: Final[Mapping[type, Callable[[Any, Ledgers], Seen]]] = {
    conversation.ItemAdded: _item,
    conversation.ItemCreated: _item,
    conversation.ItemDone: _item,
    input_audio_buffer.Committed: _committed,
    response.Created: _response,
    response.OutputItemAdded: _output_item,
    response.OutputItemDone: _output_item,
    response.ContentPartAdded: _part,
    response.ContentPartDone: _part,
    **dict.fromkeys(DONES, _stream),
}
"""By event that comes once: how to find the one that came before it. A second ``response.done`` is SEQ04."""

RULES: Final[tuple[Rule, ...]] = (
    Rule("DUP01", "error", server_id_twice, (ServerEvent,)),
    Rule("DUP02", "warning", client_id_twice, (ClientEvent,), tier="second"),
    Rule("DUP03", "error", told_twice, tuple(_FINDERS)),
    Rule("DUP04", "error", item_id_taken, (conversation.ItemCreate,), tier="second"),
)
