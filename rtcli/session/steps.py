"""The fast way through a response that goes as responses go: created, written item by item, done.

Law: what a step leaves behind is what the ledgers would have left by the usual way, and no rule that looks
at more than the event itself has anything to say of an event that it takes. Of any other it takes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from rtcli.events import response
from rtcli.events.objects import InputAudio, Message, OutputAudio, OutputText
from rtcli.formats import Entry
from rtcli.session.written import ITEMS_AT_MOST, STALL_S, OutputItem
from rtcli.session.written import Response as Answer

if TYPE_CHECKING:
    from rtcli.session.ledgers import Ledgers

Step = Callable[[Any, Entry], bool]
"""Takes in an event, in time and from its side, that is in order; gives back False, having done nothing, for others."""
_SOUNDING: Final = (InputAudio, OutputAudio)


def carries_audio(item: Message) -> bool:
    """Whether a part of a message holds audio that would have to be looked at."""
    for part in item.content:  # noqa: SIM110 - a generator for every message costs more than a loop
        if type(part) in _SOUNDING and isinstance(part.audio, str):  # type: ignore[union-attr]
            return True
    return False


def served(ledgers: Ledgers, step: Step) -> Step:
    """A step with an event of the server, which has an id of its own and leaves no request to wait too long."""
    identities, obligations = ledgers.identities, ledgers.obligations
    is_new, note_new, pending = identities.is_new, identities.note_new, obligations.pending

    def take(event: Any, entry: Entry) -> bool:
        event_id = event.event_id
        if not event_id or not is_new(event_id) or (pending and obligations.overdue(entry.t)):
            return False
        if not step(event, entry):
            return False
        obligations.served += 1
        return note_new(event, entry.line)

    return take


def unheeded(ledgers: Ledgers, step: Step) -> Step:
    """A step with a delta, which no request waits for and none is kept waiting by."""
    is_new, note_new = ledgers.identities.is_new, ledgers.identities.note_new

    def take(event: Any, entry: Entry) -> bool:
        event_id = event.event_id
        return bool(event_id) and is_new(event_id) and step(event, entry) and note_new(event, entry.line)

    return take


def sent(ledgers: Ledgers, step: Step) -> Step:
    """A step with an event of the client on an open connection, which has an id of its own if it has one."""
    context, ids = ledgers.context, ledgers.usage.sent

    def take(event: Any, entry: Entry) -> bool:
        event_id = event.event_id
        if context.closed or (isinstance(event_id, str) and (not event_id or event_id in ids)):
            return False
        if not step(event, entry):
            return False
        if event_id:
            ids[event_id] = entry.line
        return True

    return take


def _created(ledgers: Ledgers) -> Step:
    """The only response that is open, in the conversation of those before, begun by whoever waits for it."""
    obligations, lifecycle, conversation = ledgers.obligations, ledgers.lifecycle, ledgers.conversation
    turns, audio, calls, mcp = ledgers.turns, ledgers.audio, ledgers.calls, ledgers.mcp
    pending = obligations.pending

    def created(event: Any, entry: Entry) -> bool:
        told = event.response
        name = told.id
        if lifecycle.open or not name or name in lifecycle.responses or told.conversation_id != conversation.id:
            return False
        if told.status != "in_progress" or not conversation.id or audio.barge_in is not None or mcp.listings:
            return False
        if turns.unannounced or turns.idle is not None:
            return False
        request = None
        if pending:
            request = next(iter(pending.values()))
            if len(pending) > 1 or request.type != "response.create" or request.out_of_band:
                return False
            pending.clear()
        obligations.settled = request
        obligations.beginnings.add(name, request, in_conversation=True)
        lifecycle.begin(told, entry)
        turns.begin_answer(entry)
        calls.unanswered_output = None
        return True

    return created


def goes_on(answer: Answer | None, entry: Entry) -> bool:
    """Whether a response was seen to begin, is open and has not stalled."""
    if answer is None or not answer.line or answer.done_line:
        return False
    t, last_t = entry.t, answer.last_t
    return t is None or (last_t is not None and t - last_t <= STALL_S)


def _item_added(ledgers: Ledgers) -> Step:
    """A message that is not begun yet, in a place of its own."""
    obligations, lifecycle, conversation = ledgers.obligations, ledgers.lifecycle, ledgers.conversation

    def item_added(event: Any, entry: Entry) -> bool:
        answer, item = lifecycle.responses.get(event.response_id), event.item
        if answer is None or type(item) is not Message or item.content or not goes_on(answer, entry):
            return False
        items, name = answer.items, item.id
        if not name or name in items or len(items) >= ITEMS_AT_MOST:
            return False
        for other in items.values():
            if other.output_index == event.output_index:
                return False
        obligations.settled = None
        lifecycle.write(answer, entry)
        items[name] = lifecycle.items[name] = OutputItem(
            name, answer.id, "message", item.role, entry.line, event.output_index, state="open"
        )
        conversation.announce(item, entry)
        return True

    return item_added


def _item_done(ledgers: Ledgers) -> Step:
    """A message whose parts and streams are closed, and which says what they have said."""
    obligations, lifecycle, conversation, calls = (
        ledgers.obligations,
        ledgers.lifecycle,
        ledgers.conversation,
        ledgers.calls,
    )

    def item_done(event: Any, entry: Entry) -> bool:
        answer, told = lifecycle.responses.get(event.response_id), event.item
        if answer is None or type(told) is not Message or not goes_on(answer, entry):
            return False
        item = answer.items.get(told.id or "")
        if item is None or not item.line or item.done_line or item.output_index != event.output_index:
            return False
        for stream in item.streams.values():
            if not stream.done_line:
                return False
        if len(told.content) != len(item.parts) or not _tells(told, item):
            return False
        obligations.settled = None
        lifecycle.write(answer, entry)
        item.state, item.done_line, item.final = "done", entry.line, told
        lifecycle.flow.stop(item)
        conversation.report(told, entry)
        calls.row.clear()
        return True

    return item_done


def _tells(told: Message, item: OutputItem) -> bool:
    """Whether each part of a message says what it said when it was closed."""
    for index, said in enumerate(told.content):
        part = item.parts.get(index)
        if part is None or not part.done_line:
            return False
        if type(said) is OutputText:
            if said.text != part.final.text:
                return False
        elif type(said) is not OutputAudio or said.audio or said.transcript != part.final.transcript:
            return False
    return True


def _done(ledgers: Ledgers) -> Step:
    """A response that is completed, nobody broke into it, and holds its messages as they were done."""
    obligations, lifecycle, conversation = ledgers.obligations, ledgers.lifecycle, ledgers.conversation
    turns, calls, mcp, usage = ledgers.turns, ledgers.calls, ledgers.mcp, ledgers.usage

    def done(event: Any, entry: Entry) -> bool:
        told = event.response
        answer, used, before = lifecycle.responses.get(told.id or ""), told.usage, usage.context
        if answer is None or told.status != "completed" or told.status_details or not goes_on(answer, entry):
            return False
        if told.conversation_id != conversation.id or not answer.in_conversation or answer.speech_line:
            return False
        if turns.unannounced or turns.idle is not None or answer.is_crowded or not _holds(told.output, answer):
            return False
        if used and before is not None and used.input_tokens and used.input_tokens < before.input_tokens:
            return False
        obligations.settled = None
        obligations.beginnings.end(answer.id)
        answer.state = "completed"
        lifecycle.end(answer, entry)
        calls.last = ()
        mcp.responses += 1
        if used and used.input_tokens:
            usage.note_context(used.input_tokens, entry.line)
        return True

    return done


def _holds(output: Any, answer: Answer) -> bool:
    """Whether an output is the messages of a response, in their order and as they were done."""
    items = answer.items
    if not isinstance(output, list) or len(output) != len(items):
        return False
    place = -1
    for told, item in zip(output, items.values(), strict=True):
        if type(told) is not Message or told != item.final or item.output_index is None or item.output_index <= place:
            return False
        place = item.output_index
    return True


STEPS: Final[Mapping[type, Callable[[Ledgers], Step]]] = {
    response.Created: _created,
    response.OutputItemAdded: _item_added,
    response.OutputItemDone: _item_done,
    response.Done: _done,
}
"""By event of the server: how it takes its response one step on."""
