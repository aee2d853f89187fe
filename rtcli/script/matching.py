"""Whether a client event that comes now is one that the recording has, by type and content.

Ids that a client chooses, event ids and obfuscation say nothing. Two events are *the same* when
nothing else differs, and *alike* when they ask for the same thing and differ in what a client can
hardly repeat: the values of a configuration, the moment of a truncation, what a tool said.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from rtcli.script.renaming import renamed
from rtcli.script.steps import Step, type_in

_ASIDE: Final = frozenset({"event_id", "obfuscation"})


def find(body: Mapping[str, Any], expected: Sequence[Step], then: Mapping[str, str]) -> tuple[Step, bool] | None:
    """The recorded event that one that comes now stands for, and whether it is the same.

    `expected` are those that have not come yet, in order; `then` are the recorded names of the ids that
    the client chose now.
    """
    kind = type_in(body)
    waiting = [step for step in expected if step.type == kind and step.body]
    for same in (True, False):
        key = _same if same else _ALIKE.get(kind, _same)
        wanted = key(renamed(dict(body), then))
        for step in waiting:
            if key(step.body) == wanted:
                return step, same
    return None


def find_text(frame: str | bytes, expected: Sequence[Step]) -> tuple[Step, bool] | None:
    """The same for a frame that is no event: it is the same or none."""
    return next(((step, True) for step in expected if step.content == frame), None)


def _same(body: Mapping[str, Any]) -> Any:
    """An event without what a client chooses; a null is as good as nothing, but not in a configuration."""
    left = {key: value for key, value in body.items() if key not in _ASIDE and value is not None}
    item = left.get("item")
    if isinstance(item, dict):
        left["item"] = {key: value for key, value in item.items() if key != "id" and value is not None}
    if left.get("response") == {}:
        del left["response"]
    return left


def _keys(value: Any) -> Any:
    """The names in a JSON object and below, without their values."""
    return {key: _keys(below) for key, below in value.items()} if isinstance(value, dict) else None


def _configuration(body: Mapping[str, Any]) -> Any:
    return _keys(body.get("session"))


def _item(body: Mapping[str, Any]) -> Any:
    """An item without its place; what a tool said is told by the call that it answers."""
    left = _same(body)
    left.pop("previous_item_id", None)
    item = left.get("item")
    if isinstance(item, dict) and item.get("type") == "function_call_output":
        left["item"] = {"call_id": item.get("call_id")}
    elif isinstance(item, dict):
        left["item"] = {key: value for key, value in item.items() if key not in {"object", "status"}}
    return left


def _request(body: Mapping[str, Any]) -> Any:
    left = _same(body)
    if isinstance(left.get("response"), dict):
        left["response"] = {key: value for key, value in left["response"].items() if key != "metadata"}
        if not left["response"]:
            del left["response"]
    return left


def _without(*names: str) -> Callable[[Mapping[str, Any]], Any]:
    return lambda body: {key: value for key, value in _same(body).items() if key not in names}


_ALIKE: Final[dict[str, Callable[[Mapping[str, Any]], Any]]] = {
    "session.update": _configuration,
    "transcription_session.update": _configuration,
    "conversation.item.create": _item,
    "conversation.item.truncate": _without("audio_end_ms"),
    "response.create": _request,
    "response.cancel": _without("response_id"),
}
