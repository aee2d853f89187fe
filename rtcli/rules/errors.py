"""ERR: errors and limits that the server reports."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import error, rate_limits, response
from rtcli.formats import Entry
from rtcli.rules.rule import SHOWN, Rule, Verdict
from rtcli.session.config import at
from rtcli.session.ledgers import Ledgers

RACES: Final = frozenset(
    {
        "response_cancel_not_active",
        "item_truncate_invalid_item_id",
        "item_delete_invalid_item_id",
        "item_retrieve_invalid_item_id",
        "input_audio_buffer_commit_empty",
    }
)
"""Codes of errors that a client in order meets when two events cross on the way."""
OCCUPIED: Final = "conversation_already_has_active_response"
"""Code of the error that refuses a response while another is being given. Source: captured error events."""
ALMOST_USED_UP: Final = 0.02
_SHOWN: Final = 300
_OFTEN: Final = 3


def server_error(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The server reports an error.

    It refused something that the client sent, or is in trouble itself. A refused event is refused whole:
    nothing of it has happened. Where the error does not name the event that caused it, the session tells:
    the oldest request of the kind that its code or ``param`` is about.

    Fix: give client events an ``event_id``; the error names the one that caused it.

    ::

        > response.create {"event_id": "mine"}
        < error {"error": {"type": "invalid_request_error", "code": "x", "message": "No.", "event_id": "mine"}}     # ERR01
        > conversation.item.delete {"item_id": "a"}
        < error {"error": {"type": "invalid_request_error", "code": "item_delete_invalid_item_id", "message": "No."}}     # ERR02

    Source: openai-python 3.52.0, ``realtime_error_event.py``.
    """
    details = event.error
    if details.code in RACES:
        return ()
    about = f" at {details.param[:_SHOWN]}" if details.param else ""
    joined, lines = _joined(event, ledgers)
    told = details.message[:_SHOWN].removesuffix("." if joined else "")
    message = f"{details.code or details.type}{about}: {told}{joined}"
    return (Verdict("$.error", message, lines=lines, side="client" if lines else None),)


def _joined(event: Any, ledgers: Ledgers) -> tuple[str, tuple[int, ...]]:
    """What an error refused and why, as far as the session shows it, and the lines that show it."""
    request = ledgers.obligations.answers(event)
    line = request.line if request else ledgers.usage.sent.get(event.error.event_id, 0)
    if event.error.code != OCCUPIED or request is None:
        told = f"; it refuses {request.type} in line {line}" if request and not event.error.event_id else ""
        return told, (line,) if line else ()
    running = ledgers.lifecycle.speaking
    if running is None or not running.line:
        return f"; the {request.type} in line {line} is lost", (line,)
    asked, committed = ledgers.obligations.beginnings.starter_of(running.id, request)
    begun = f"asked for in line {asked}" if asked else "begun by the server's turn detection"
    begun += f" after the commit in line {committed}" if committed else ""
    told = f"; the {request.type} in line {line} is lost: {running.id[:SHOWN]} has been running since line {running.line}, {begun}"
    return told, tuple(number for number in (line, running.line, asked or committed) if number)


def harmless_race(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The server refuses what came too late.

    The client cancelled, truncated or committed what was over at that moment, because two events crossed
    on the way. Nothing is lost.

    Fix: nothing, unless it comes again and again.

    ::

        > conversation.item.delete {"item_id": "a"}
        < error {"error": {"type": "x", "code": "item_delete_invalid_item_id", "message": "No."}}     # ERR02

    Source: openai-python 3.52.0, ``response_cancel_event.py``.
    """
    details = event.error
    if details.code not in RACES:
        return ()
    cause = ledgers.usage.sent.get(details.event_id)
    return (Verdict("$.error", f"{details.code}: {details.message[:_SHOWN]}", lines=(cause,) if cause else ()),)


def response_failed(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A response failed.

    The model gave no answer, or not the whole of it. ``status_details.error`` says why: a rate limit, a
    quota, or trouble in the server. Nothing asks again by itself, so the user hears silence.

    Fix: ask again with ``response.create``; after a rate limit, wait first.

    ::

        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r", "status": "failed", "status_details": {"error": {"code": "rate_limit_exceeded"}}}}     # ERR03

    Source: openai-python 3.52.0, ``realtime_response_status.py``.
    """
    if event.response.status != "failed":
        return ()
    why = getattr(event.response.status_details, "error", None)
    told = " ".join(str(word) for word in (getattr(why, "code", None), getattr(why, "message", None)) if word)
    message = f"the response failed: {told[:_SHOWN] or 'no reason is given'}"
    return (Verdict("$.response.status", message, "ask again with response.create"),)


def response_incomplete(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A response is incomplete.

    The model stopped at its token limit or at the content filter: the user hears half a sentence.

    Fix: raise ``max_output_tokens``, or ask for shorter answers.

    ::

        < response.created {"response": {"id": "r"}}
        < response.done {"response": {"id": "r", "status": "incomplete", "status_details": {"reason": "max_output_tokens"}}}     # ERR04

    Source: openai-python 3.52.0, ``realtime_response_status.py``.
    """
    if event.response.status != "incomplete":
        return ()
    reason = getattr(event.response.status_details, "reason", None) or "no reason is given"
    return (Verdict("$.response.status", f"the response is incomplete: {reason}", "raise max_output_tokens"),)


def unknown_cause(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An error names a client event that is not in the recording.

    Every event of the client should be here, and this one is not: another controller of the session sent
    it, or the recorder lost it.

    Fix: record where the client's events pass.

    ::

        < session.created {"session": {"type": "realtime"}}
        > response.create {"event_id": "mine"}
        < error {"error": {"type": "x", "code": "x", "message": "No.", "event_id": "theirs"}}     # ERR01 ERR05

    Source: openai-python 3.52.0, ``realtime_error.py``.
    """
    cause = event.error.event_id
    if not cause or cause in ledgers.usage.sent:
        return ()
    return (Verdict("$.error.event_id", f"no client event has the id {cause[:SHOWN]}", side="unknown"),)


def same_error_again(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """The same error comes for the third time.

    The client does again what was refused before.

    Fix: handle the error instead of repeating the event.

    ::

        > response.create {}
        < error {"error": {"type": "x", "code": "x", "message": "No."}}     # ERR01
        < error {"error": {"type": "x", "code": "x", "message": "No."}}     # ERR01
        < error {"error": {"type": "x", "code": "x", "message": "No."}}     # ERR01 ERR06

    Source: captured sessions of clients that repeat what was refused.
    """
    before = ledgers.usage.errors.get(event.error.code or "") or []
    if len(before) != _OFTEN - 1:
        return ()
    message = f"the error {event.error.code or 'without a code'} comes for the third time"
    return (Verdict("$.error.code", message, "handle the error instead of repeating the event", tuple(before)),)


def limit_almost_used_up(event: Any, _entry: Entry, _ledgers: Ledgers) -> Sequence[Verdict]:
    """A rate limit is almost used up.

    The next responses may fail with ``rate_limit_exceeded``.

    Fix: wait until it is reset, or have the limit raised.

    ::

        < rate_limits.updated {"rate_limits": [{"name": "tokens", "limit": 1000, "remaining": 500, "reset_seconds": 1}]}
        < rate_limits.updated {"rate_limits": [{"name": "tokens", "limit": 1000, "remaining": 10, "reset_seconds": 9}]}     # ERR07

    Source: openai-python 3.52.0, ``rate_limits_updated_event.py``.
    """
    return [
        Verdict(f"$.rate_limits[{index}].remaining", *_state(limit))
        for index, limit in enumerate(event.rate_limits)
        if limit.limit and isinstance(limit.remaining, int) and limit.remaining <= limit.limit * ALMOST_USED_UP
    ]


def _state(limit: Any) -> tuple[str, str]:
    """What is left of a limit, and when it is reset, as far as the server says."""
    of_what, reset_s = f" {limit.name}" if limit.name else "", at(limit, "reset_seconds")
    remedy = "wait until it is reset" if reset_s is None else f"it is reset in {reset_s:g} s"
    return f"{limit.remaining} of {limit.limit}{of_what} are left", remedy


_ERROR: Final = (error.Error,)
_DONE: Final = (response.Done,)

RULES: Final[tuple[Rule, ...]] = (
    Rule("ERR01", "error", server_error, _ERROR, dialects=frozenset({"realtime", "beta", "translation"})),
    Rule("ERR02", "info", harmless_race, _ERROR),
    Rule("ERR03", "error", response_failed, _DONE),
    Rule("ERR04", "warning", response_incomplete, _DONE),
    Rule("ERR05", "warning", unknown_cause, _ERROR, frozenset({"start", "client", "lossless"}), tier="second"),
    Rule("ERR06", "warning", same_error_again, _ERROR, tier="second"),
    Rule("ERR07", "info", limit_almost_used_up, (rate_limits.Updated,), tier="second"),
)
