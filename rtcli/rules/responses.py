"""SEQ: responses that begin, end and follow each other out of order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import output_audio_buffer, response
from rtcli.formats import Entry
from rtcli.rules.references import WRITING
from rtcli.rules.rule import NEEDS_LOSSLESS, NEEDS_WHOLE_START, SHOWN, End, Rule, Verdict
from rtcli.session.identities import is_elided
from rtcli.session.ledgers import Ledgers


def never_created(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An event belongs to a response that was never created.

    ``response.created`` comes first and says whether the response is part of the conversation. A client
    that keeps its responses by id has no place for what comes now. Of what a response writes only the first
    event is told.

    Fix: this is the server's, or a gateway's that drops ``response.created``.

    ::

        < session.created {"session": {"type": "realtime"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}     # SEQ03
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.done {"response": {"id": "r"}}
        < response.created {"response": {"id": "s"}}
        < response.done {"response": {"id": "s"}}

    Source: openai-python 3.52.0, ``response_created_event.py``.
    """
    path, name = _named(event)
    responses = ledgers.lifecycle.responses
    if not name or name in responses or responses.has_forgotten or is_elided(name):
        return ()
    return (Verdict(path, f"the session has created no response {name[:SHOWN]}"),)


def done_twice(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response is done twice.

    A response ends once. A client that runs the functions of a response, or counts its tokens, when it is
    done does so twice.

    Fix: this is the server's, or something wrote the event down twice; act on the first one only.

    ::

        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r"}}
        < response.done {"response": {"id": "r"}}     # SEQ04

    Source: openai-python 3.52.0, ``response_done_event.py``.
    """
    one = ledgers.lifecycle.responses.get(event.response.id)
    if one is None or not one.id or not one.done_line or is_elided(one.id):
        return ()
    message = f"the response {one.id[:SHOWN]} was done in line {one.done_line} already"
    side: Any = "recorder" if ledgers.identities.is_written_twice(event) else None
    return (Verdict("$.response.id", message, "act on the first one only", (one.done_line,), side=side),)


def written_after_the_end(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response goes on after it is done.

    ``response.done`` is the last that is heard of a response, except for what plays its audio. Clients put
    it away then, and lose what comes later, or show it in the next answer. Told once for each response.

    Fix: this is the server's: send everything before ``response.done``.

    ::

        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r"}}
        < output_audio_buffer.stopped {"response_id": "r"}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}     # SEQ05
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}

    Source: openai-python 3.52.0, ``response_done_event.py``.
    """
    one = ledgers.lifecycle.response_of(event)
    if one is None or one.is_open or one.late_line or is_elided(one.id):
        return ()
    message = f"the response {one.id[:SHOWN]} was done in line {one.done_line}"
    return (Verdict("$.response_id", message, "send everything before response.done", (one.done_line,)),)


def item_left_open(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response is done, and an item of it is not.

    Each item that was added to a response is closed by ``response.output_item.done``, also where the
    response was cancelled or cut off. A client that waits for it shows the item as being written for ever,
    or never runs the function. Where the response failed, nothing is promised.

    Fix: this is the server's; take ``response.done`` for the end of all its items.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.output_item.added {"response_id": "r", "output_index": 1, "item": {"type": "message", "id": "j", "role": "assistant", "content": []}}
        < response.done {"response": {"id": "r"}}     # SEQ06

    Source: openai-python 3.52.0, ``response_output_item_done_event.py``.
    """
    one = ledgers.lifecycle.responses.get(event.response.id or "")
    if one is None or not one.is_open or event.response.status == "failed":
        return ()
    left = [item for item in one.items.values() if item.line and not item.done_line and item.id]
    return [
        Verdict("", f"the item {item.id[:SHOWN]} is still open", "take response.done for its end", (item.line,))
        for item in left
        if not is_elided(item.id)
    ]


def index_taken(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Two items of a response have the same place.

    ``output_index`` is the place of an item in the output of its response. A client that keeps the items by
    it writes the second over the first. A gap between two places is no fault.

    Fix: this is the server's; keep the items by their ids.

    ::

        < response.created {"response": {"id": "r"}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "i", "role": "assistant", "content": []}}
        < response.output_item.added {"response_id": "r", "output_index": 2, "item": {"type": "message", "id": "j", "role": "assistant", "content": []}}
        < response.output_item.done {"response_id": "r", "output_index": 2, "item": {"type": "message", "id": "j", "role": "assistant", "content": []}}
        < response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "k", "role": "assistant", "content": []}}     # SEQ12
        < response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "message", "id": "k", "role": "assistant", "content": []}}
        < response.done {"response": {"id": "r"}}

    Source: openai-python 3.52.0, ``response_output_item_added_event.py``, on ``output_index``.
    """
    one, item_id = ledgers.lifecycle.response_of(event), event.item.id
    if one is None or not item_id or item_id in one.items or is_elided(item_id):
        return ()
    index = event.output_index
    other = next((item for item in one.items.values() if item.line and item.output_index == index), None)
    if other is None:
        return ()
    message = f"the item {other.id[:SHOWN]} of line {other.line} has the output_index {index} already"
    return (Verdict("$.output_index", message, "keep the items by their ids", (other.line,)),)


def played_before_the_end(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The audio of a response has been played, and the response is not done.

    ``output_audio_buffer.stopped`` says that everything was played, which the server cannot know before the
    last of it is made. A client that opens the microphone now hears the rest. Audio that is cleared may well
    stop before the end.

    Fix: this is the server's; wait for ``response.done`` too.

    ::

        < response.created {"response": {"id": "r"}}
        < output_audio_buffer.started {"response_id": "r"}
        < output_audio_buffer.stopped {"response_id": "r"}     # SEQ16
        < response.done {"response": {"id": "r"}}

    Source: openai-python 3.52.0, ``output_audio_buffer_stopped.py`` in the union of server events.
    """
    one = ledgers.lifecycle.response_of(event)
    if one is None or not one.is_open:
        return ()
    lines = (one.line,) if one.line else ()
    return (Verdict("", f"the response {one.id[:SHOWN]} is not done", "wait for response.done too", lines),)


def two_at_once(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """Two responses write to one conversation at the same time.

    A conversation has one speaker at a time: the server ends a response, cancelled if need be, before it
    begins the next. Two voices play over each other, and neither answer knows of the other. A response
    outside of the conversation is no second one.

    Fix: this is the server's; cancel the first with its ``response_id``.

    ::

        < response.created {"response": {"id": "r", "conversation_id": "c"}}
        < response.created {"response": {"id": "s", "conversation_id": null}}
        < response.created {"response": {"id": "t", "conversation_id": "c"}}     # SEQ17
        < response.done {"response": {"id": "t", "conversation_id": "c"}}
        < response.done {"response": {"id": "s", "conversation_id": null}}
        < response.done {"response": {"id": "r", "conversation_id": "c"}}

    Source: openai-python 3.52.0, ``response_create_event.py``, on responses outside of the conversation.
    """
    told, name = event.response.conversation_id, event.response.id
    if not told or not name or is_elided(told) or is_elided(name):
        return ()
    running = ledgers.lifecycle.open.values()
    other = next((one for one in running if one.conversation_id == told and one.id != name), None)
    if other is None:
        return ()
    message = f"the response {other.id[:SHOWN]} of line {other.line} is not done, in the same conversation"
    return (Verdict("$.response.conversation_id", message, "cancel the first by its response_id", (other.line,)),)


def open_at_the_end(_event: End, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response is still open at the end of the recording.

    The recording stops, or the connection closes, before ``response.done``. What the response cost, and how
    it would have ended, is not in the recording.

    Fix: nothing, if the call was hung up or the file is cut; else record until ``response.done``.

    ::

        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r"}}
        < response.created {"response": {"id": "s"}}     # SEQ21

    Source: openai-python 3.52.0, ``response_done_event.py``.
    """
    return [
        Verdict("", f"the response {one.id[:SHOWN]} has no response.done", line=one.line)
        for one in ledgers.lifecycle.open.values()
        if not is_elided(one.id)
    ]


def _named(event: Any) -> tuple[str, str]:
    """Where an event names its response, and the name; empty where it has none."""
    if isinstance(event, response.Done):
        return "$.response.id", event.response.id or ""
    return "$.response_id", event.response_id


_ADDED: Final = (response.OutputItemAdded,)
_DONE: Final = (response.Done,)
_PLAYED: Final = (output_audio_buffer.Started, output_audio_buffer.Stopped, output_audio_buffer.Cleared)
_OF_A_RESPONSE: Final = (*_ADDED, *WRITING)

RULES: Final[tuple[Rule, ...]] = (
    Rule("SEQ03", "error", never_created, (*_OF_A_RESPONSE, *_DONE, *_PLAYED), NEEDS_WHOLE_START),
    Rule("SEQ04", "error", done_twice, _DONE),
    Rule("SEQ05", "error", written_after_the_end, _OF_A_RESPONSE),
    Rule("SEQ06", "error", item_left_open, _DONE, NEEDS_LOSSLESS),
    Rule("SEQ12", "error", index_taken, _ADDED),
    Rule("SEQ16", "warning", played_before_the_end, (output_audio_buffer.Stopped,), NEEDS_LOSSLESS, tier="second"),
    Rule("SEQ17", "error", two_at_once, (response.Created,), NEEDS_LOSSLESS),
    Rule("SEQ21", "info", open_at_the_end, (End,), NEEDS_LOSSLESS),
)
