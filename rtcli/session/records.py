"""How what is no event of a family moves the state: the session itself, errors, records, the unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

from rtcli.events import Event, Malformed, Unknown, error, rate_limits, session
from rtcli.formats import Entry
from rtcli.recording import Binary, Close, Note, Other, Torn
from rtcli.session.items import refuse
from rtcli.session.state import REMEMBERED_EVENTS, State
from rtcli.session.tree import Ended, Failure, Odd, Remark, Setup

SAYS: Final = ("delta", "transcript", "text", "message", "reason")
"""Fields in which events of any dialect carry what is said."""


def configured(state: State, event: session.Created | session.Updated, at_s: float | None) -> None:
    """The server reports the configuration; the fold has put it in force already."""
    if event.event_id and event.event_id in state.setups:
        return
    state.setups.add(event.event_id)
    state.connection.session_id = event.session.id or state.connection.session_id
    created = isinstance(event, session.Created)
    state.hang(Setup(at_s, event.session, None if created else state.setup))
    state.setup = event.session


def limits(state: State, event: rate_limits.Updated, _at_s: float | None) -> None:
    """What is left of each limit."""
    state.connection.rate_limits = event.rate_limits


def failed(state: State, event: error.Error, at_s: float | None) -> None:
    """The server refuses something or is in trouble."""
    if event.event_id and event.event_id in state.errors:
        return
    state.errors.add(event.event_id)
    cause, item = state.causes.get(event.error.event_id or "", ("", None))
    if item is not None:
        refuse(state, item)
    state.hang(Failure(at_s, "error", event.error, event_id=event.event_id, cause=cause))


def remember(state: State, event_id: str, kind: str) -> None:
    """Keep the type of a client's event, for the error that may name it."""
    if event_id not in state.causes:
        state.causes[event_id] = (kind, None)
        if len(state.causes) > REMEMBERED_EVENTS:
            del state.causes[next(iter(state.causes))]


def odd(state: State, entry: Entry, event: Unknown | Malformed) -> None:
    """An event that cannot be applied; a run of a kind is one node."""
    faults = event.faults if isinstance(event, Malformed) else ()
    key = (event.type, *((fault.code, fault.path) for fault in faults))
    node = state.odd.get(key) or Odd(entry.t, event.type, isinstance(event, Malformed), faults, 0, sender=entry.sender)
    _count(state, key, node, words_of(event.type, event.body), entry.t)


def foreign(state: State, event: Event, at_s: float | None) -> None:
    """An event of a dialect that has no turns and no responses; a run of a kind is one node."""
    key = (event.type,)
    node = state.odd.get(key) or Odd(at_s, event.type, known=True, count=0, sender=event.sender)
    body: dict[str, Any] = {name: getattr(event, name, None) for name in SAYS}
    error = getattr(event, "error", None)
    body["error"] = {name: getattr(error, name, None) for name in SAYS}
    _count(state, key, node, words_of(event.type, body), at_s)


def _count(state: State, key: tuple[object, ...], node: Odd, words: str, at_s: float | None) -> None:
    """One more of a run, or the first of another."""
    if key not in state.odd:
        if not node.type.endswith("delta"):
            state.odd.clear()
        state.here.children.append(node)
        state.odd[key] = node
    state.touched = node
    node.count += 1
    node.last_s = at_s
    if words:
        node.words.add_text(words, at_s)


def words_of(kind: str, body: Any) -> str:
    """What the event says, if it says it in words; audio is no words."""
    if not isinstance(body, dict) or ("audio" in kind and "transcript" not in kind):
        return ""
    inner = body.get("error")
    for holder in (body, inner if isinstance(inner, dict) else {}):
        for name in SAYS:
            if isinstance(holder.get(name), str):
                return str(holder[name])
    return ""


def record(state: State, content: object, at_s: float | None, sender: str | None) -> None:
    """A record that is no event."""
    match content:
        case Close(code=code, reason=reason):
            state.connection.closed = True
            state.touched = Ended(at_s, sender, code, reason)
            state.connection.children.append(state.touched)
        case Note(text=text):
            state.hang(Remark(at_s, "note", text))
        case Binary(data=data):
            state.hang(Remark(at_s, "binary frame", f"{len(data)} bytes"))
        case Torn(size_bytes=size):
            state.hang(Remark(at_s, "torn line", f"{size} bytes without an end"))
        case Other():
            state.hang(Remark(at_s, "record", "of a kind that this version does not know"))


HANDLERS: Final[dict[type, Callable[[State, Any, float | None], None]]] = {
    session.Created: configured,
    session.Updated: configured,
    rate_limits.Updated: limits,
    error.Error: failed,
}
