"""DUP: what stands twice in a session and should stand once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from rtcli.events import conversation, input_audio_buffer, response
from rtcli.events.event import ClientEvent, ServerEvent
from rtcli.formats import Entry
from rtcli.rules.rule import SHOWN, Rule, Verdict
from rtcli.session.by_class import ByClass
from rtcli.session.conversation import Known
from rtcli.session.flow import DONES
from rtcli.session.identities import is_elided
from rtcli.session.ledgers import Ledgers
from rtcli.session.written import OutputItem, Part


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
    if ledgers.identities.is_new(event.event_id):
        return ()
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
    before = _FINDERS[type(event)](event, ledgers)
    if not before:
        return ()
    kind, name = _subject(event)
    if is_elided(name):
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
    known = ledgers.conversation.items.get(event.item.id)
    if known is None or not known.is_there or known.deleting_line or is_elided(known.id):
        return ()
    message = f"the item {known.id[:SHOWN]} is there since line {known.line}"
    return (Verdict("$.item.id", message, "use a fresh id for each item", (known.line,)),)


def _response(event: Any, ledgers: Ledgers) -> int:
    one = ledgers.lifecycle.responses.get(event.response.id)
    return one.line if one and one.id else 0


def _output_item_added(event: Any, ledgers: Ledgers) -> int:
    item = _output_item(event, ledgers)
    return item.line if item else 0


def _output_item_done(event: Any, ledgers: Ledgers) -> int:
    item = _output_item(event, ledgers)
    return item.done_line if item else 0


def _output_item(event: Any, ledgers: Ledgers) -> OutputItem | None:
    one, item_id = ledgers.lifecycle.responses.get(event.response_id), event.item.id
    return one.items.get(item_id) if one and item_id else None


def _part_added(event: Any, ledgers: Ledgers) -> int:
    part = _part(event, ledgers)
    return part.line if part else 0


def _part_done(event: Any, ledgers: Ledgers) -> int:
    part = _part(event, ledgers)
    return part.done_line if part else 0


def _part(event: Any, ledgers: Ledgers) -> Part | None:
    one = ledgers.lifecycle.responses.get(event.response_id)
    item = one.items.get(event.item_id) if one else None
    return item.parts.get(event.content_index) if item else None


def _stream(event: Any, ledgers: Ledgers) -> int:
    stream = ledgers.lifecycle.stream_of(event)
    return stream.done_line if stream else 0


def _item_added(event: Any, ledgers: Ledgers) -> int:
    known = _item(event.item.id, ledgers)
    if known is None:
        return 0
    return known.created_line if event.type == "conversation.item.created" else known.added_line


def _item_done(event: Any, ledgers: Ledgers) -> int:
    known = _item(event.item.id, ledgers)
    return known.done_line if known else 0


def _committed(event: Any, ledgers: Ledgers) -> int:
    known = _item(event.item_id, ledgers)
    return known.committed_line if known else 0


def _item(item_id: Any, ledgers: Ledgers) -> Known | None:
    known = ledgers.conversation.items.get(item_id)
    return known if known is not None and known.state != "deleted" else None


def _subject(event: Any) -> tuple[str, str]:
    """What an event is about, and its id."""
    if isinstance(event, response.Created):
        return "response", event.response.id or ""
    if isinstance(event, response.ContentPartAdded | response.ContentPartDone):
        return "part", f"{event.content_index} of the item {event.item_id}"
    return "item", event.item_id if hasattr(event, "item_id") else event.item.id


_FINDERS: Final = ByClass[Callable[[Any, Ledgers], int]](
    {
        conversation.ItemAdded: _item_added,
        conversation.ItemCreated: _item_added,
        conversation.ItemDone: _item_done,
        input_audio_buffer.Committed: _committed,
        response.Created: _response,
        response.OutputItemAdded: _output_item_added,
        response.OutputItemDone: _output_item_done,
        response.ContentPartAdded: _part_added,
        response.ContentPartDone: _part_done,
    }
    | dict.fromkeys(DONES, _stream)
)
"""By event that comes once: how to find the line of the one that came before it; 0 where there is none. A second ``response.done`` is SEQ04."""

RULES: Final[tuple[Rule, ...]] = (
    Rule("DUP01", "error", server_id_twice, (ServerEvent,)),
    Rule("DUP02", "warning", client_id_twice, (ClientEvent,), tier="second"),
    Rule("DUP03", "error", told_twice, tuple(_FINDERS)),
    Rule("DUP04", "error", item_id_taken, (conversation.ItemCreate,), tier="second"),
)
