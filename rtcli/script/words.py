"""What was said in a turn, by side."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

import msgspec

from rtcli.script.account import Told

_HEARD: Final = "conversation.item.input_audio_transcription"
_STREAMS: Final[Mapping[str, tuple[str, str]]] = {
    f"{_HEARD}.delta": ("user", "text"),
    f"{_HEARD}.completed": ("user", "transcript"),
    "session.input_transcript.delta": ("user", "text"),
    "session.output_transcript.delta": ("assistant", "text"),
    **{f"response.{name}.delta": ("assistant", "text") for name in ("output_text", "text")},
    **{f"response.{name}.done": ("assistant", "text") for name in ("output_text", "text")},
    **{f"response.{name}.delta": ("assistant", "text") for name in ("output_audio_transcript", "audio_transcript")},
    **{
        f"response.{name}.done": ("assistant", "transcript") for name in ("output_audio_transcript", "audio_transcript")
    },
}
"""Which side speaks in an event, and the field of its words; what an end says replaces what its deltas said."""


class Words(NamedTuple):
    """The words of both sides, part after part."""

    user: tuple[str, ...] = ()
    assistant: tuple[str, ...] = ()


def words_of(told: Iterable[Told]) -> Words:
    """What both sides say in the events of a turn."""
    said: dict[str, dict[Any, str]] = {"user": {}, "assistant": {}}
    for one in told:
        if one.type in _STREAMS:
            side, name = _STREAMS[one.type]
            text = _body(one).get(name)
            if isinstance(text, str):
                said[side][_part(one)] = text
        elif one.type == "conversation.item.create" and one.sender == "client":
            said["user"].update(((one.line, number), text) for number, text in enumerate(_written(one)))
    return Words(*(tuple(text for text in said[side].values() if text) for side in Words._fields))


def _part(told: Told) -> tuple[Any, ...]:
    body = _body(told)
    names = tuple(one.name for one in told.ids if one.path == "$.item_id")
    places = (_place(body.get("output_index")), _place(body.get("content_index")) or 0)
    return (*names, *places, told.type.rpartition(".")[0])


def _place(index: Any) -> int | None:
    """A number of a part; what a broken event has in its place is none."""
    return index if isinstance(index, int) else None


def _written(told: Told) -> Iterator[str]:
    """What a message of the user says in writing."""
    item = _body(told).get("item")
    if isinstance(item, dict) and item.get("role") == "user" and isinstance(item.get("content"), list):
        for part in item["content"]:
            if isinstance(part, dict) and isinstance(part.get("text"), str):
                yield part["text"]


def _body(told: Told) -> dict[str, Any]:
    body = msgspec.json.decode(told.body)
    return body if isinstance(body, dict) else {}
