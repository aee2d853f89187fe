"""An event without what is never the same twice: ids, times, obfuscation, and where audio was cut.

An id becomes its kind; the names themselves stand beside the body, with their paths, so that two recordings
can be compared by which event means the same thing as which. A time becomes a mark that there is one.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

import msgspec

from rtcli.events import Event, Malformed, Unknown, encode
from rtcli.recording import Binary, Close, Open
from rtcli.units import base64_bytes

TIME: Final = "‹time›"
OWN: Final = "$.event_id"
"""Where an event tells its own id, which is not compared; an error names the client's event by it."""
_DEEPEST: Final = 64
"""Objects inside each other are looked into so far, and no further."""

_ID_FIELDS: Final[Mapping[str, str]] = {
    "item_id": "item",
    "previous_item_id": "item",
    "approval_request_id": "item",
    "response_id": "response",
    "call_id": "call",
    "conversation_id": "conversation",
    "session_id": "session",
    "delegation_id": "delegation",
    "trigger_id": "trigger",
    "event_id": "event",
    "client_event_id": "event",
    "source_event_id": "event",
}
_HOLDERS: Final[Mapping[str, str]] = {
    "item": "item",
    "output": "item",
    "input": "item",
    "response": "response",
    "session": "session",
    "conversation": "conversation",
}
"""What the ``id`` of an object names, by the field that the object stands in."""
_DROPPED: Final = frozenset({"type", "event_id", "obfuscation"})
"""Fields of the event itself that say nothing about what happened; the type stands beside the body."""
_SECRET: Final = "client_secret"  # noqa: S105 - the name of a field
_TIMES: Final = frozenset(
    {
        "audio_start_ms",
        "audio_end_ms",
        "created_at",
        "elapsed_ms",
        "end_ms",
        "expires_at",
        "offset_ms",
        "received_at",
        "start_ms",
    }
)
"""Fields that tell a moment: how far the clock or the audio had come."""
_TIMES_OF: Final[Mapping[str, frozenset[str]]] = {
    "rate_limits.updated": frozenset({"remaining", "reset_seconds"}),
    "conversation.item.input_audio_transcription.segment": frozenset({"start", "end"}),
}
"""The same for one type of event. What is left of a limit refills with time."""
_FREE: Final = frozenset(
    {"annotations", "input_schema", "metadata", "parameters", "prompt", "tool_choice", "tools", "tracing", "voice"}
)
"""Fields whose content the user or another program chose: an ``id`` in them names something that stays."""
_SENTENCE: Final = "message"
"""The field in which an error names things in its own words."""
_WORD: Final = re.compile(r"[\w-]{4,}")


class Named(NamedTuple):
    """An id that an event mentions."""

    path: str
    kind: str
    name: str


class Normal(NamedTuple):
    """What an event says, whenever and wherever it is said: as JSON with sorted keys, ids apart."""

    body: bytes
    ids: tuple[Named, ...] = ()


def body_of(event: Any) -> Any:
    """What an event, or a record that is none, says on the wire; None for a record that only describes."""
    if isinstance(event, Event):
        return msgspec.json.decode(encode(event))
    if isinstance(event, Unknown | Malformed):
        return event.body
    if isinstance(event, Open):
        return {"status": event.status, "subprotocol": event.subprotocol}
    if isinstance(event, Close):
        return {"code": event.code, "reason": event.reason}
    if isinstance(event, Binary):
        return {"bytes": len(event.data), "sha256": hashlib.sha256(event.data).hexdigest()}
    return None


def normal(kind: str, body: Any, known: Mapping[str, str], *, keeps_own: bool = False) -> Normal:
    """The event of a type in its normal form, on request with its own id among the ids. Never raises.

    The ids that are `known`, with their kinds, are also found in the words of an error.
    """
    walk = _Walk(_TIMES | _TIMES_OF.get(kind, frozenset()), known)
    if isinstance(body, dict):
        if keeps_own and isinstance(own := body.get("event_id"), str):
            walk.ids.append(Named(OWN, "event", own))
        body = {name: value for name, value in body.items() if name not in _DROPPED}
    return Normal(written(walk.value(body, "", "$")), tuple(sorted(walk.ids)))


def marked(kind: str) -> str:
    """What stands in a body in place of an id."""
    return f"‹{kind}›"


def written(value: Any) -> bytes:
    """A value as JSON, always the same for equal values."""
    try:
        return msgspec.json.encode(value, order="sorted")
    except UnicodeEncodeError:
        return msgspec.json.encode(_spelled(value), order="sorted")
    except RecursionError:
        return b'"an object deeper than can be told"'


def _spelled(value: Any) -> Any:
    """The value with halves of characters spelled out, for which JSON has no place."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, dict):
        return {_spelled(name): _spelled(one) for name, one in value.items()}
    return [_spelled(one) for one in value] if isinstance(value, list) else value


class _Walk:
    """Goes through one body, and takes the ids out of it."""

    def __init__(self, times: frozenset[str], known: Mapping[str, str]) -> None:
        self.ids: list[Named] = []
        self._mentioned_at: Counter[str] = Counter()
        """By the path of a sentence how many ids were found in it."""
        self._times = times
        self._known = known

    def value(self, value: Any, holder: str, path: str, depth: int = 0) -> Any:
        """The value of the field `holder` in its normal form."""
        if depth > _DEEPEST:
            return value
        if isinstance(value, dict):
            return {
                name: self._field(name, one, holder, f"{path}.{name}", depth + 1)
                for name, one in value.items()
                if name != _SECRET
            }
        if isinstance(value, list):
            return [self.value(one, holder, f"{path}[{index}]", depth + 1) for index, one in enumerate(value)]
        return value

    def _field(self, name: str, value: Any, holder: str, path: str, depth: int) -> Any:
        if isinstance(value, str):
            kind = _ID_FIELDS.get(name) or (_HOLDERS.get(holder) if name == "id" else None)
            if kind and value:
                self.ids.append(Named(path, kind, value))
                return marked(kind)
            if name == _SENTENCE:
                return _WORD.sub(lambda word: self._mentioned(word, path), value)
            return _sound(value) if name == "audio" else value
        if name in self._times and isinstance(value, int | float):
            return TIME
        return value if name in _FREE else self.value(value, name, path, depth)

    def _mentioned(self, word: re.Match[str], path: str) -> str:
        """A word of a sentence, which may be an id."""
        kind = self._known.get(word[0])
        if kind is None:
            return word[0]
        nth = self._mentioned_at[path]
        self._mentioned_at[path] += 1
        self.ids.append(Named(f"{path}[{nth}]", kind, word[0]))
        return marked(kind)


def _sound(audio: str) -> dict[str, Any]:
    """Audio that is the content of a message: how much, and whether it is the same."""
    digest = hashlib.sha256(audio.encode("utf-8", "surrogatepass")).hexdigest()
    return {"audio_bytes": base64_bytes(len(audio), audio[-2:]), "sha256": digest}
