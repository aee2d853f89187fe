"""Which of a client's events had to come before each event of the server's, in a recording.

An answer is told by what it names: an event id, an item, a response, a position in the audio; the
answer to something that has no name is the answer to the oldest that waits for one. Law: what a
server event needs lies before it in the recording.

Source: the Realtime guide's client and server events; the lifecycles in captured sessions.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Sequence
from typing import Any, Final

from rtcli.script.need import NOTHING, Cause, Causes, Need, cuts
from rtcli.script.steps import Step, text_in
from rtcli.units import number_in

_UPDATED: Final = ("session.updated", "transcription_session.updated")


def causes_of(steps: Sequence[Step]) -> Causes:
    """The cause of every server event."""
    return _Reader(steps).read()


class _Reader:
    def __init__(self, steps: Sequence[Step]) -> None:
        self._steps = steps
        self._appends = [step for step in steps if step.is_append]
        self._ends = [step.audio_bytes for step in self._appends]
        self._waiting: dict[str, list[Step]] = {}
        """Client events without an answer, by type."""
        self._inputs: list[tuple[int, Need]] = []
        """What the conversation took in since the last response that was asked for, and since which step."""
        self._at = 0
        self._items: dict[str, Need] = {}
        self._response_of: dict[str, str] = {}
        """By item the response that it belongs to."""
        self._responses: dict[str, Need] = {}
        self._turn = NOTHING
        """What ended the user's last turn."""
        self._configured = NOTHING
        self._before = NOTHING
        """What the server event before needed."""
        self._audio_bytes = 0
        self._cuts = cuts(steps)
        self._of: dict[int, Need] = {}
        self._named: dict[int, str] = {}
        self._asked: dict[str, int] = {}

    def read(self) -> Causes:
        for step in self._steps:
            if step.sender == "client":
                self._sent(step)
            else:
                self._before = self._of[step.index] = self._need(step)
        of = {index: self._cause(self._steps[index], need) for index, need in self._of.items()}
        return Causes(of, self._named, self._asked)

    def _cause(self, step: Step, need: Need) -> Cause:
        causes = list(need.steps)
        if need.audio_bytes:
            causes.append(self._appends[bisect_left(self._ends, need.audio_bytes)].index)
        last = max(causes, default=None)
        return Cause(need, last, max(0.0, step.t - (self._steps[last].t if last is not None else 0.0)))

    # --- the client ----------------------------------------------------------------------------

    def _sent(self, step: Step) -> None:
        if step.is_append:
            self._audio_bytes = step.audio_bytes
            return
        self._waiting.setdefault(step.type, []).append(step)
        item = step.body.get("item")
        if step.type == "conversation.item.create" and isinstance(item, dict):
            if text_in(item, "id"):
                self._items[item["id"]] = _only(step)
            self._inputs.append((step.index, _only(step)))
            if item.get("type") == "mcp_approval_response":
                self._turn = _only(step)

    def _take(self, kind: str, fits: Callable[[Step], bool] = lambda _: True) -> Step | None:
        """The oldest event of that type that waits for an answer and fits, which is then answered."""
        waiting = self._waiting.get(kind, [])
        found = next((step for step in waiting if fits(step)), None)
        if found is not None:
            waiting.remove(found)
        return found

    # --- the server ----------------------------------------------------------------------------

    def _need(self, step: Step) -> Need:
        kind, body, self._at = step.type, step.body, step.index
        handler = _HANDLERS.get(kind)
        need = handler(self, body) if handler is not None else None
        if need is None and (response_id := self._response_in(body)):
            need = self._of_response(response_id, step.index)
        if need is None and (item_id := text_in(body, "item_id") or text_in(body.get("item"), "id")):
            need = self._items.get(item_id)
        if need is None and kind:
            need = self._answer(kind)
        if need is None and kind.startswith("session.") and kind != "session.created" and self._appends:
            need = Need(audio_bytes=self._audio_bytes)
        return self._before if need is None else need

    def _answer(self, kind: str) -> Need | None:
        """The need of an event whose type is the past tense of a client event's."""
        for asked in (kind.removesuffix("d"), kind.removesuffix("ed"), kind.removesuffix("ted")):
            if asked != kind and (found := self._take(asked)):
                return _only(found)
        return None

    def _position(self, body: dict[str, Any], name: str) -> Need | None:
        """The audio up to a position, as far as it had been sent."""
        at_ms = number_in(body.get(name))
        if at_ms is None or not self._appends:
            return None
        audio_bytes = max(1, int(at_ms * self._appends[0].per_ms))
        return Need(audio_bytes=min(audio_bytes, self._audio_bytes))

    def _started(self, body: dict[str, Any]) -> Need | None:
        return self._of_turn(body, self._position(body, "audio_start_ms") or self._before)

    def _stopped(self, body: dict[str, Any]) -> Need | None:
        self._turn = self._of_turn(body, self._position(body, "audio_end_ms") or self._before)
        return self._turn

    def _of_turn(self, body: dict[str, Any], need: Need) -> Need:
        if text_in(body, "item_id"):
            self._items[body["item_id"]] = need
        return need

    def _committed(self, body: dict[str, Any]) -> Need | None:
        """Turn detection has told the end of the item's speech before it commits it."""
        need, since = self._items.get(text_in(body, "item_id")), self._at
        if need is None or need is not self._turn:
            asked = self._take("input_audio_buffer.commit")
            if asked is not None:
                need, since = (need or NOTHING) | _only(asked) | self._audio_before(asked), asked.index
        if need is not None:
            self._items[text_in(body, "item_id")] = self._turn = need
            self._inputs.append((since, need))
        return need

    def _audio_before(self, step: Step) -> Need:
        before = bisect_left(self._appends, step.index, key=lambda append: append.index)
        return Need(audio_bytes=self._appends[before - 1].audio_bytes) if before else NOTHING

    def _added(self, body: dict[str, Any]) -> Need | None:
        item = body.get("item")
        item_id = text_in(item, "id")
        if not isinstance(item, dict) or item_id in self._items or item_id in self._response_of:
            self._take("conversation.item.create", lambda step: text_in(step.body.get("item"), "id") == item_id)
            return None
        asked = self._take("conversation.item.create", lambda step: _could_be(step.body.get("item"), item))
        if asked is None:
            self._items[item_id] = self._configured if item.get("type") == "mcp_list_tools" else self._before
            return None
        self._named[asked.index] = item_id
        self._items[item_id] = _only(asked)
        return None

    def _of_item(self, kind: str) -> Callable[[dict[str, Any]], Need | None]:
        def need(body: dict[str, Any]) -> Need | None:
            item_id = text_in(body, "item_id") or text_in(body.get("item"), "id")
            found = self._take(kind, lambda step: text_in(step.body, "item_id") == item_id)
            return _only(found) if found else None

        return need

    def _configure(self, _body: dict[str, Any]) -> Need | None:
        asked = self._take("session.update") or self._take("transcription_session.update")
        if asked is not None:
            self._configured = _only(asked)
        return _only(asked) if asked else None

    def _created(self, body: dict[str, Any]) -> Need | None:
        answer = body.get("response")
        response_id = text_in(answer, "id")
        if not isinstance(answer, dict) or not response_id:
            return None
        asked = self._request_of(answer)
        if asked is not None:
            self._asked[response_id] = asked.index
        self._responses[response_id] = need = self._turn if asked is None else self._asked_for(asked)
        return need

    def _asked_for(self, asked: Step) -> Need:
        """The request, and what the conversation took in before it, which the response is about."""
        need = _only(asked)
        if not _is_aside(asked):
            for _, taken in (one for one in self._inputs if one[0] < asked.index):
                need = need | taken
            self._inputs = [one for one in self._inputs if one[0] > asked.index]
        return need

    def _request_of(self, answer: dict[str, Any]) -> Step | None:
        """What asked for a response: beside the conversation or in it, with the same metadata where it has any."""
        metadata, waiting = answer.get("metadata"), self._waiting.get("response.create", [])
        aside = "conversation_id" in answer and answer["conversation_id"] is None
        fitting = [step for step in waiting if _is_aside(step) == aside] or (waiting if aside else [])
        same = [step for step in fitting if _asked_in(step).get("metadata") == metadata]
        found = next(iter(same or fitting), None)
        return self._take("response.create", lambda step: step is found) if found else None

    def _response_in(self, body: dict[str, Any]) -> str:
        """The response that an event is about, by itself or by its item."""
        item_id = text_in(body, "item_id") or text_in(body.get("item"), "id")
        response_id = text_in(body, "response_id") or text_in(body.get("response"), "id")
        if response_id and item_id:
            self._response_of[item_id] = response_id
        return response_id or self._response_of.get(item_id, "")

    def _of_response(self, response_id: str, index: int) -> Need | None:
        need, cut = self._responses.get(response_id), self._cuts.get(response_id)
        if cut is None or cut >= index:
            return need
        by = _only(self._steps[cut]) if self._steps[cut].sender == "client" else self._of.get(cut, NOTHING)
        return (need or NOTHING) | by

    def _error(self, body: dict[str, Any]) -> Need | None:
        error = body.get("error")
        details = error if isinstance(error, dict) else {}
        name = text_in(details, "event_id")
        sent = [step for steps in self._waiting.values() for step in steps]
        if name:
            sent = [step for step in sent if text_in(step.body, "event_id") == name]
        elif details.get("type") != "invalid_request_error":
            return None
        if not sent:
            return None
        refused = min(sent, key=lambda step: step.index) if name else max(sent, key=lambda step: step.index)
        self._waiting[refused.type].remove(refused)
        self._inputs = [one for one in self._inputs if refused.index not in one[1].steps]
        return _only(refused)

    def _cleared(self, body: dict[str, Any]) -> Need | None:
        asked = self._take("output_audio_buffer.clear")
        return _only(asked) if asked else self._of_response(text_in(body, "response_id"), -1)


def _only(step: Step) -> Need:
    return Need(frozenset({step.index}))


def _asked_in(step: Step) -> dict[str, Any]:
    asked = step.body.get("response")
    return asked if isinstance(asked, dict) else {}


def _is_aside(step: Step) -> bool:
    return _asked_in(step).get("conversation") == "none"


def _could_be(asked: Any, added: dict[str, Any]) -> bool:
    """Whether an item that was created without an id can be the one that was added."""
    if not isinstance(asked, dict) or asked.get("id"):
        return False
    return all(asked.get(name) == added.get(name) for name in ("type", "role", "call_id", "approval_request_id"))


# ruff: noqa: SLF001 - the table belongs to the class
_HANDLERS: Final[dict[str, Callable[[_Reader, dict[str, Any]], Need | None]]] = {
    "session.created": lambda _reader, _body: NOTHING,
    "conversation.created": lambda _reader, _body: NOTHING,
    "error": _Reader._error,
    "response.created": _Reader._created,
    "conversation.item.added": _Reader._added,
    "conversation.item.created": _Reader._added,
    "conversation.item.truncated": lambda reader, body: reader._of_item("conversation.item.truncate")(body),
    "conversation.item.deleted": lambda reader, body: reader._of_item("conversation.item.delete")(body),
    "conversation.item.retrieved": lambda reader, body: reader._of_item("conversation.item.retrieve")(body),
    "input_audio_buffer.committed": _Reader._committed,
    "input_audio_buffer.speech_started": _Reader._started,
    "input_audio_buffer.speech_stopped": _Reader._stopped,
    "input_audio_buffer.timeout_triggered": _Reader._stopped,
    "output_audio_buffer.cleared": _Reader._cleared,
    "mcp_list_tools.in_progress": lambda reader, _body: reader._configured,
    "mcp_list_tools.completed": lambda reader, _body: reader._configured,
    "mcp_list_tools.failed": lambda reader, _body: reader._configured,
    **dict.fromkeys(_UPDATED, _Reader._configure),
}
