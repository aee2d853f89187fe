"""The fast way through messages that take their place in the conversation, and requests to answer them.

Law: as for the steps of a response.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from rtcli.events import conversation, response
from rtcli.events.configuration import RealtimeSession
from rtcli.events.objects import InputText, Message
from rtcli.formats import Entry
from rtcli.session.steps import Step, carries_audio
from rtcli.units import MIN_COMMIT_MS

if TYPE_CHECKING:
    from rtcli.session.ledgers import Ledgers


def _added(ledgers: Ledgers) -> Step:
    """A message that was not added before, at the end or behind one that was seen."""
    obligations, items, turns = ledgers.obligations, ledgers.conversation.items, ledgers.turns
    add, know = ledgers.conversation.add, ledgers.transcripts.know
    pending = obligations.pending

    def added(event: Any, entry: Entry) -> bool:
        item, behind = event.item, event.previous_item_id
        name = item.id
        if type(item) is not Message or not name or carries_audio(item):
            return False
        known = items.get(name)
        if known is not None and (known.added_line or known.created_line or known.state == "deleted"):
            return False
        if behind and behind != "root":
            before = items.get(behind)
            if before is None or not before.type:
                return False
        if pending:
            obligations.settle_added(event)
        else:
            obligations.settled = None
        add(event, entry)
        turns.announce(name)
        know(name, entry.line)
        return True

    return added


def _done(ledgers: Ledgers) -> Step:
    """A message that was added, and is final now."""
    obligations, items, finish = ledgers.obligations, ledgers.conversation.items, ledgers.conversation.finish

    def done(event: Any, entry: Entry) -> bool:
        item = event.item
        known = items.get(item.id)
        if known is None or known.state != "added" or known.done_line or not known.added_line:
            return False
        if type(item) is not Message or carries_audio(item):
            return False
        obligations.settled = None
        finish(known, item, entry.line)
        return True

    return done


def _create(ledgers: Ledgers) -> Step:
    """A message of the user in text, at the end, whose id is left to the server."""
    obligations, turns = ledgers.obligations, ledgers.turns

    def create(event: Any, entry: Entry) -> bool:
        item = event.item
        if type(item) is not Message or item.role != "user" or item.id or event.previous_item_id:
            return False
        for part in item.content:
            if type(part) is not InputText:
                return False
        obligations.ask(event, entry, item_type="message")
        turns.join()
        return True

    return create


def _ask(ledgers: Ledgers) -> Step:
    """A plain request for a response, while none is being given and none is to come by itself."""
    config, obligations, calls = ledgers.config, ledgers.obligations, ledgers.calls
    lifecycle, turns, audio = ledgers.lifecycle, ledgers.turns, ledgers.audio

    def ask(event: Any, entry: Entry) -> bool:
        if event.response or lifecycle.open or calls.last or turns.awaiting is not None:
            return False
        if audio.uncommitted_ms >= MIN_COMMIT_MS or not isinstance(config.session, RealtimeSession):
            return False
        obligations.ask(event, entry)
        calls.unanswered_output = None
        return True

    return ask


STEPS: Final[Mapping[type, Callable[[Ledgers], Step]]] = {
    conversation.ItemAdded: _added,
    conversation.ItemDone: _done,
}
"""By event of the server."""
REQUESTS: Final[Mapping[type, Callable[[Ledgers], Step]]] = {
    conversation.ItemCreate: _create,
    response.Create: _ask,
}
"""By event of the client."""
