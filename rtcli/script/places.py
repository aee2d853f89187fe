"""What an id stands for, told by its place in the conversation, so that ids of two sessions can be compared.

The first response in one session is the first response in the other, whatever they are called. Law: an
id has one place at most, and a place one id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final

Place = tuple[str | int, ...]


class Places:
    """The places of the ids that a server has given so far."""

    def __init__(self) -> None:
        self.of: dict[str, Place] = {}
        self.at: dict[Place, str] = {}
        self._counts: Counter[Place] = Counter()

    def seen(self, body: Mapping[str, Any]) -> None:
        """An event came from the server."""
        finder = _FINDERS.get(str(body.get("type")))
        if finder is not None:
            finder(self, body)

    def _response(self, body: Mapping[str, Any]) -> None:
        answer = body.get("response")
        if isinstance(answer, dict):
            aside = "conversation_id" in answer and answer["conversation_id"] is None
            self._number(answer.get("id"), ("aside" if aside else "response",))

    def _output(self, body: Mapping[str, Any]) -> None:
        """An item of a response, by its index there; the call in it goes with it."""
        response, item = self.of.get(str(body.get("response_id"))), body.get("item")
        if response is None or not isinstance(item, dict):
            return
        place = (*response, "item", str(body.get("output_index")))
        self._put(item.get("id"), place)
        self._put(item.get("call_id"), (*place, "call"))

    def _arguments(self, body: Mapping[str, Any]) -> None:
        place = self.of.get(str(body.get("item_id")))
        if place is not None:
            self._put(body.get("call_id"), (*place, "call"))

    def _heard(self, body: Mapping[str, Any]) -> None:
        self._number(body.get("item_id"), ("heard",))

    def _item(self, body: Mapping[str, Any]) -> None:
        item = body.get("item")
        if isinstance(item, dict):
            self._number(item.get("id"), ("item", str(item.get("type")), str(item.get("role"))))

    def _tools(self, body: Mapping[str, Any]) -> None:
        self._number(body.get("item_id"), ("tools",))

    def _number(self, name: Any, kind: Place) -> None:
        """Give an id that is new the next place of its kind."""
        if isinstance(name, str) and name not in self.of:
            self._counts[kind] += 1
            self._put(name, (*kind, self._counts[kind]))

    def _put(self, name: Any, place: Place) -> None:
        if isinstance(name, str) and name and name not in self.of and place not in self.at:
            self.of[name], self.at[place] = place, name


# ruff: noqa: SLF001 - the table belongs to the class
_FINDERS: Final[dict[str, Callable[[Places, Mapping[str, Any]], None]]] = {
    "response.created": Places._response,
    "response.output_item.added": Places._output,
    "response.output_item.done": Places._output,
    "response.function_call_arguments.done": Places._arguments,
    "input_audio_buffer.speech_started": Places._heard,
    "input_audio_buffer.timeout_triggered": Places._heard,
    "input_audio_buffer.committed": Places._heard,
    "conversation.item.added": Places._item,
    "conversation.item.created": Places._item,
    "mcp_list_tools.in_progress": Places._tools,
}
