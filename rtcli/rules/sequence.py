"""SEQ: events in the wrong order or the wrong direction, or that contradict themselves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import Event, response, session
from rtcli.formats import Entry
from rtcli.rules.rule import First, Reversed, Rule, Verdict
from rtcli.session.ledgers import Ledgers

_FIRST: Final = frozenset({"session.created", "transcription_session.created", "error"})
_STATUS_OF: Final = {
    "turn_detected": "cancelled",
    "client_cancelled": "cancelled",
    "max_output_tokens": "incomplete",
    "content_filter": "incomplete",
}
"""Source: openai-python 3.52.0, ``realtime_response_status.py``."""


def session_not_first(event: Event, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """The server's first event is not the session.

    A connection begins with ``session.created``, or with an error that refuses it. A client that waits for
    the session before it speaks waits for ever.

    Fix: send ``session.created`` before anything else.

    ::

        - header {"handshake": true}
        < rate_limits.updated {"rate_limits": []}     # SEQ01
        < session.created {"session": {"type": "realtime"}}

    Source: openai-python 3.52.0, ``session_created_event.py``.
    """
    if event.type in _FIRST:
        return ()
    message = f"the server's first event is {event.type}, not session.created"
    return (Verdict("$.type", message, "send session.created before anything else"),)


def session_twice(_event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A connection has two sessions.

    ``session.created`` comes once. A second one in a file means that two connections were written into
    it, and that everything behind it belongs to another conversation.

    Fix: begin another recording for each connection.

    ::

        < session.created {"session": {"type": "realtime", "id": "s"}}
        < session.created {"session": {"type": "realtime", "id": "s"}}     # SEQ02

    Source: openai-python 3.52.0, ``session_created_event.py``.
    """
    before = ledgers.context.created_line
    if not before:
        return ()
    message = f"the session was created in line {before} already"
    return (Verdict("", message, "begin another recording for each connection", (before,)),)


def created_but_not_begun(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A response that is created is not in progress.

    A response begins with the status ``in_progress``, and ends with another.

    Fix: this is the server's; take the status from ``response.done``.

    ::

        < response.created {"response": {"id": "r", "status": "in_progress"}}
        < response.done {"response": {"id": "r", "status": "cancelled"}}
        < response.created {"response": {"id": "s", "status": "completed"}}     # SEQ13
        < response.done {"response": {"id": "s"}}

    Source: openai-python 3.52.0, ``response_created_event.py``.
    """
    status = event.response.status
    if not status or status == "in_progress":
        return ()
    return (Verdict("$.response.status", f"the response is created with the status {status}"),)


def status_contradicts_itself(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """The final status of a response contradicts itself.

    Status, its details and the reason in them say different things, or the response is done and in
    progress at once. A client that acts on one of them acts wrongly.

    Fix: this is the server's; believe ``status``.

    ::

        < response.created {"response": {"id": "r"}}
        > response.cancel {}
        < response.done {"response": {"id": "r", "status": "cancelled", "status_details": {"type": "cancelled", "reason": "client_cancelled"}}}
        < response.created {"response": {"id": "s"}}
        < response.done {"response": {"id": "s", "status": "cancelled", "status_details": {"type": "cancelled", "reason": "content_filter"}}}     # SEQ14

    Source: openai-python 3.52.0, ``realtime_response_status.py``.
    """
    status, details = event.response.status, event.response.status_details
    if status == "in_progress":
        return (Verdict("$.response.status", "the response is done, and its status is in_progress"),)
    if not details:
        return ()
    found = []
    kind, reason = details.type, details.reason
    if status and kind and kind != status:
        found.append(Verdict("$.response.status_details.type", f"the status is {status}, and its details are {kind}"))
    wanted = _STATUS_OF.get(reason)
    if status and wanted and wanted != status:
        message = f"the reason {reason} belongs to the status {wanted}, not to {status}"
        found.append(Verdict("$.response.status_details.reason", message))
    return found


def wrong_direction(event: Event, entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """An event travels in the wrong direction.

    Each type is sent by one side. Events that seem to come from the other were written down with the
    wrong sender, or a client sends back what it received.

    Fix: look at who is recorded as the sender.

    ::

        > response.create {}
        < response.create {}     # SEQ20

    Source: openai-python 3.52.0: the two unions share no type.
    """
    message = f"{event.type} is sent by the {event.sender}, and came from the {entry.sender}"
    return (Verdict("$.type", message, "look at who is recorded as the sender"),)


RULES: Final[tuple[Rule, ...]] = (
    Rule("SEQ01", "error", session_not_first, (First,), frozenset({"handshake"}), tier="second"),
    Rule("SEQ02", "error", session_twice, (session.Created,)),
    Rule("SEQ13", "error", created_but_not_begun, (response.Created,), tier="second"),
    Rule("SEQ14", "error", status_contradicts_itself, (response.Done,)),
    Rule("SEQ20", "error", wrong_direction, (Reversed,)),
)
