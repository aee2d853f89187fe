"""SEQ: what the client asks for at the wrong moment, and what is answered otherwise or not at all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from rtcli.events import conversation, response
from rtcli.events.event import ServerEvent
from rtcli.formats import Entry
from rtcli.rules.rule import GA, NEEDS_LOSSLESS, NEEDS_WHOLE_START, SHOWN, Rule, Verdict
from rtcli.session.config import at
from rtcli.session.identities import is_elided
from rtcli.session.ledgers import Ledgers
from rtcli.session.request import Request


def done_and_never_added(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """An item is done that was never added.

    ``conversation.item.added`` tells where an item stands, ``conversation.item.done`` that it is whole. A
    client that makes a row with the first has none for the second.

    Fix: this is the server's, or a gateway's that drops ``conversation.item.added``; make the row here.

    ::

        < session.created {"session": {"type": "realtime"}}
        < conversation.item.added {"item": {"type": "message", "id": "a", "role": "user", "content": []}}
        < conversation.item.done {"item": {"type": "message", "id": "a", "role": "user", "content": []}}
        < conversation.item.done {"item": {"type": "message", "id": "b", "role": "user", "content": []}}     # SEQ15

    Source: openai-python 3.52.0, ``conversation_item_done.py``.
    """
    name, items = event.item.id, ledgers.conversation.items
    known = items.get(name)
    if known is not None and (known.added_line or known.created_line or known.done_line or known.faulty):
        return ()
    if not name or is_elided(name) or (known is None and items.has_forgotten):
        return ()
    return (Verdict("$.item.id", f"the item {name[:SHOWN]} was never added", "make its row here"),)


def asked_while_speaking(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response is asked for while another is in progress.

    A conversation has one response at a time, and the server refuses the second: it is lost. Mostly the
    client answers a function call as soon as its arguments are whole, and not when the response is done.
    Not told where the client has cancelled the first, or the user has interrupted it.

    Fix: wait for ``response.done``, or send ``response.cancel`` first.

    ::

        > response.create {}
        < response.created {"response": {"id": "r", "conversation_id": "c"}}
        > response.create {}     # SEQ18
        > response.cancel {}
        > response.create {}
        < response.done {"response": {"id": "r", "conversation_id": "c"}}

    Source: captured errors with the code ``conversation_already_has_active_response``.
    """
    if at(event.response, "conversation") == "none":
        return ()
    running = (one for one in ledgers.lifecycle.open.values() if one.line and one.in_conversation)
    other = next((one for one in running if not one.cancel_line and not one.speech_line), None)
    if other is None:
        return ()
    message = f"the response {other.id[:SHOWN]} of line {other.line} is not done"
    return (Verdict("", message, "wait for response.done, or send response.cancel first", (other.line,)),)


def drawn_into_the_conversation(event: Any, _entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A response outside of the conversation was drawn into it.

    The client asked with the conversation ``none``, and the response names one. What was to stay aside, a
    summary or a check, is now part of what the model remembers, and may be spoken to the user.

    Fix: this is the server's; delete the items of the response, and look at what the server supports.

    ::

        < session.created {"session": {"type": "realtime"}}
        > response.create {"response": {"conversation": "none"}}
        < response.created {"response": {"id": "r", "conversation_id": null}}
        < response.done {"response": {"id": "r", "conversation_id": null}}
        > response.create {"response": {"conversation": "none"}}
        < response.created {"response": {"id": "s", "conversation_id": "c"}}     # SEQ19
        < response.done {"response": {"id": "s", "conversation_id": "c"}}

    Source: openai-python 3.52.0, ``realtime_response_create_params.py``, on ``conversation``.
    """
    told, waiting = event.response.conversation_id, ledgers.obligations.of("response.create")
    if not told or len(waiting) != 1 or not waiting[0].out_of_band or is_elided(told):
        return ()
    if _may_be_the_servers_own(ledgers):
        return ()
    message = f'the response is in {told[:SHOWN]}, and line {waiting[0].line} asked for the conversation "none"'
    return (Verdict("$.response.conversation_id", message, "delete its items", (waiting[0].line,)),)


def never_answered(event: Any, entry: Entry, ledgers: Ledgers) -> Sequence[Verdict]:
    """A request of the client was not answered.

    The server answers each request with an event of its own, or with an error. Neither came within ten
    seconds, though the server sent other things; where there are no times, not within its next fifty events.
    A client that waits for it hangs. Not told of a response that is asked for while another is being given,
    nor once an error has come that nobody can join to its cause.

    Fix: do not wait without an end; ask again, with an ``event_id`` that an error can name.

    ::

        1.0 < session.created {"session": {"type": "realtime"}}
        2.0 > session.update {"session": {"type": "realtime", "instructions": "Be brief."}}
        2.1 < session.updated {"session": {"type": "realtime", "instructions": "Be brief."}}
        3.0 > input_audio_buffer.clear {}     # SEQ22
        14.0 < rate_limits.updated {"rate_limits": []}

    Source: openai-python 3.52.0, ``session_update_event.py`` and beside it, each on the event that answers.
    """
    if not ledgers.obligations.pending:
        return ()
    return [_unanswered(request, entry) for request in ledgers.obligations.unanswered(event, entry.t)]


def _unanswered(request: Request, entry: Entry) -> Verdict:
    waited = "" if request.t is None or entry.t is None else f" within {entry.t - request.t:.1f} s"
    message = f"{request.type} got neither its answer nor an error{waited}"
    return Verdict("", message, "ask again, with an event_id", (entry.line,), request.line, "server")


def _may_be_the_servers_own(ledgers: Ledgers) -> bool:
    """Whether the next response may be one that turn detection begins, as far as anybody can tell."""
    turns, beginnings = ledgers.turns, ledgers.obligations.beginnings
    if "start" not in ledgers.context.kept or beginnings.commit_line:
        return True
    return turns.open is not None or turns.stopped is not None or turns.idle is not None


RULES: Final[tuple[Rule, ...]] = (
    Rule("SEQ15", "warning", done_and_never_added, (conversation.ItemDone,), NEEDS_WHOLE_START, "second", GA),
    Rule("SEQ18", "warning", asked_while_speaking, (response.Create,), NEEDS_LOSSLESS),
    Rule("SEQ19", "error", drawn_into_the_conversation, (response.Created,), NEEDS_LOSSLESS, tier="second"),
    Rule("SEQ22", "warning", never_answered, (ServerEvent,), frozenset({"client", "lossless"})),
)
