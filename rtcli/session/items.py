"""How the events that begin with ``conversation`` and ``mcp_list_tools`` move the state."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final

from rtcli.events import conversation, mcp_list_tools
from rtcli.session.content import fill
from rtcli.session.state import State, part_of, stream_of
from rtcli.session.tree import Cut, Failure, Item

Handler = Callable[[State, Any, float | None], None]
WRITTEN_BY_MODEL: Final = {"function_call", "mcp_call", "mcp_approval_request"}


def create(state: State, event: conversation.ItemCreate, at_s: float | None) -> None:
    """The client sends an item; it is provisional until the server names it."""
    item = Item(at_s, event.item.id or "")
    if item.id in state.items or state.causes.get(event.event_id or "", ("", None))[1] is not None:
        return
    fill(item, event.item, at_s, state.config.input_format)
    if item.id:
        state.items[item.id] = item
    else:
        state.unsettled.setdefault(_likeness(item), deque()).append(item)
    _place(state, item, at_s)
    if event.event_id:
        state.causes[event.event_id] = (event.type, item)


def added(state: State, event: conversation.ItemAdded | conversation.ItemCreated, at_s: float | None) -> None:
    """An item stands in the conversation: one that is known already, or that the client sent, or new."""
    item_id = event.item.id or ""
    item = state.items.get(item_id)
    if item is None:
        item = _settled(state, event, item_id) or _new(state, event, item_id, at_s)
    writing = getattr(event.item, "status", None) == "in_progress"
    item.acknowledged = True
    fill(item, event.item, at_s, _format(state, item), final=not writing)


def _settled(state: State, event: Any, item_id: str) -> Item | None:
    """The oldest item like this one that the client sent without an id: the server works in order."""
    reported = event.item
    kind = str(type(reported).__struct_config__.tag)
    waiting = state.unsettled.get((kind, getattr(reported, "call_id", "") or getattr(reported, "role", "")))
    if not waiting:
        return None
    item = waiting.popleft()
    item.id = item_id
    state.items[item_id] = item
    return item


def _new(state: State, event: Any, item_id: str, at_s: float | None) -> Item:
    item = Item(at_s, item_id)
    kind = str(type(event.item).__struct_config__.tag)
    role = getattr(event.item, "role", "")
    item.kind, item.role = kind, role
    if kind in WRITTEN_BY_MODEL or role == "assistant":
        answer = next(reversed(state.open.values()), None)
        if answer is not None:
            state.write(answer, item)
            return item
        state.loose[item_id] = state.here
    state.items[item_id] = item
    _place(state, item, at_s)
    return item


def _likeness(item: Item) -> tuple[str, str]:
    return item.kind, item.call_id or item.role


def _place(state: State, item: Item, at_s: float | None) -> None:
    """Hang an item that no response writes: a message begins a turn, a tool's output goes on with it."""
    if item.kind == "message" and item.role == "user":
        state.begin_turn(at_s).input_end_s = at_s
    elif item.kind in {"function_call_output", "mcp_approval_response"} and state.turn is not None:
        state.turn.awaits = True
        state.turn.input_end_s = at_s
    elif state.turn is not None and state.turn.answered and item.role == "system":
        state.connection.children.append(item)
        state.odd.clear()
        return
    state.hang(item)


def done(state: State, event: conversation.ItemDone | conversation.ItemRetrieved, at_s: float | None) -> None:
    """The item is final, or was asked for again."""
    item_id = event.item.id or ""
    item = state.items.get(item_id)
    if item is None:
        item = _settled(state, event, item_id) or _new(state, event, item_id, at_s)
    item.acknowledged = True
    fill(item, event.item, at_s, _format(state, item))


def _format(state: State, item: Item) -> str | None:
    return state.config.output_format if item.role == "assistant" else state.config.input_format


def refuse(state: State, item: Item) -> None:
    """The server does not want the item; nothing will settle it, and its id is free."""
    if item.acknowledged or item.refused:
        return
    item.refused = True
    if item.id:
        state.items.pop(item.id, None)
    else:
        waiting = state.unsettled[_likeness(item)]
        state.unsettled[_likeness(item)] = deque(other for other in waiting if other is not item)


def deleted(state: State, event: conversation.ItemDeleted, at_s: float | None) -> None:
    """The item is gone, and its id is free."""
    state.item(event.item_id, at_s).deleted = True
    del state.items[event.item_id]


def truncate(state: State, event: conversation.ItemTruncate, at_s: float | None) -> None:
    """The client says how much was heard."""
    item = state.item(event.item_id, at_s)
    item.children.append(Cut(at_s, event.content_index, event.audio_end_ms))
    state.floor.cut(event.item_id)


def truncated(state: State, event: conversation.ItemTruncated, at_s: float | None) -> None:
    """The server has cut the audio, because the client asked for it or by itself."""
    item = state.item(event.item_id, at_s)
    for cut in item.children:
        if isinstance(cut, Cut) and (cut.content_index, cut.audio_end_ms) == (event.content_index, event.audio_end_ms):
            cut.settled = True
            return
    item.children.append(Cut(at_s, event.content_index, event.audio_end_ms, asked=False, settled=True))


def created(state: State, event: conversation.Created, _at_s: float | None) -> None:
    """The conversation's id."""
    state.connection.conversation_id = event.conversation.id or ""


def heard(state: State, event: conversation.InputAudioTranscriptionDelta, at_s: float | None) -> None:
    """A piece of what the user said."""
    item = _heard_item(state, event.item_id, at_s)
    stream = stream_of(item, event.content_index or 0, "transcript", at_s)
    if event.delta:
        stream.add_text(event.delta, at_s, event.event_id)


def heard_segment(state: State, event: conversation.InputAudioTranscriptionSegment, at_s: float | None) -> None:
    """A stretch of the user's speech with its speaker."""
    item = _user_item(state, event.item_id, at_s)
    stream = stream_of(item, event.content_index, f"segment {event.id}", at_s)
    stream.speaker = event.speaker
    stream.close(event.text)


def heard_all(state: State, event: conversation.InputAudioTranscriptionCompleted, at_s: float | None) -> None:
    """What the user said, whole. Some servers send it again when they have understood more."""
    item = _heard_item(state, event.item_id, at_s)
    stream = stream_of(item, event.content_index, "transcript", at_s)
    stream.close(event.transcript)
    stream.final = event.transcript


def not_heard(state: State, event: conversation.InputAudioTranscriptionFailed, at_s: float | None) -> None:
    """The user's speech could not be transcribed."""
    item = _user_item(state, event.item_id, at_s)
    part_of(item, event.content_index, at_s, "audio")
    if not any(isinstance(child, Failure) and child.event_id == event.event_id for child in item.children):
        item.children.append(Failure(at_s, "transcription failed", event.error, event_id=event.event_id))


def _heard_item(state: State, item_id: str, at_s: float | None) -> Item:
    """The item whose words come; one of which there is no other sign is what is being answered, or the next input."""
    if item_id not in state.items and not state.is_answering:
        state.begin_turn(at_s)
    return _user_item(state, item_id, at_s)


def _user_item(state: State, item_id: str, at_s: float | None) -> Item:
    """The item that holds the speech; what is transcribed is the user's."""
    item = state.item(item_id, at_s)
    item.kind, item.role = item.kind or "message", item.role or "user"
    return item


def _listing(progress: str) -> Handler:
    def listing(state: State, event: Any, at_s: float | None) -> None:
        """How far the asking of an MCP server is."""
        item = state.item(event.item_id, at_s)
        item.kind = item.kind or "mcp_list_tools"
        item.progress = progress

    return listing


HANDLERS: Final[dict[type, Handler]] = {
    conversation.Created: created,
    conversation.ItemCreate: create,
    conversation.ItemAdded: added,
    conversation.ItemCreated: added,
    conversation.ItemDone: done,
    conversation.ItemRetrieved: done,
    conversation.ItemDeleted: deleted,
    conversation.ItemTruncate: truncate,
    conversation.ItemTruncated: truncated,
    conversation.InputAudioTranscriptionDelta: heard,
    conversation.InputAudioTranscriptionSegment: heard_segment,
    conversation.InputAudioTranscriptionCompleted: heard_all,
    conversation.InputAudioTranscriptionFailed: not_heard,
    mcp_list_tools.InProgress: _listing("in_progress"),
    mcp_list_tools.Completed: _listing("completed"),
    mcp_list_tools.Failed: _listing("failed"),
}
