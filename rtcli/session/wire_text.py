"""What of an event is text that people said or wrote, and what is audio: by its type on the wire, in every dialect.

Source: the event classes in `rtcli.events`; vendors' own types are named in the same way.
"""

from __future__ import annotations

import json
from collections.abc import Hashable
from typing import Any, Final, NamedTuple

from rtcli.events import Event, Malformed, Unknown
from rtcli.formats import Entry

AUDIO_DELTA: Final = "audio.delta"
_SEGMENT: Final = "transcription.segment"
_PLACE: Final = ("response_id", "item_id", "output_index", "content_index", "call_id", "delegation_id")


class Streamed(NamedTuple):
    """A piece of a text that is streamed."""

    key: Hashable
    field: str
    """Where the piece stands in the event."""
    name: str
    """The field that has all of it in the end: ``text``, ``transcript`` or ``arguments``."""
    piece: str


def meant(entry: Entry) -> object:
    """What an entry holds; of an event that is none for half a character in it, as much as can be read.

    Servers that count in UTF-16 cut between the halves of an emoji, and what is streamed goes on behind it.
    """
    event = entry.event
    if not isinstance(event, Malformed) or event.type or b"\\ud" not in entry.raw.lower():
        return event
    try:
        told = json.loads(entry.raw)
    except (ValueError, RecursionError):
        return event
    body = told.get("event", told) if isinstance(told, dict) else None
    kind = body.get("type") if isinstance(body, dict) else None
    return Malformed(event.faults, kind, body) if isinstance(kind, str) else event


def type_of(content: object) -> str:
    """The type on the wire; empty where there is none."""
    return content.type if isinstance(content, Event | Unknown | Malformed) else ""


def field_of(content: Any, name: str) -> Any:
    """A field of an event, however much of it is understood; None where it is missing."""
    if isinstance(content, Event):
        return getattr(content, name, None)
    body = content.body if isinstance(content, Unknown | Malformed) else None
    return body.get(name) if isinstance(body, dict) else None


def is_audio_delta(kind: str) -> bool:
    """Whether events of a type carry audio in their ``delta``."""
    return kind.endswith(AUDIO_DELTA)


def whole_name(kind: str) -> str:
    """The field that holds what the deltas of this type add up to."""
    if "arguments" in kind:
        return "arguments"
    return "transcript" if "transcript" in kind else "text"


def streamed(content: object) -> Streamed | None:
    """The piece of text that an event adds to; None where it adds to none."""
    kind = type_of(content)
    if kind.endswith(_SEGMENT):
        field, name = "text", "transcript"
    elif kind.endswith(".delta") and not is_audio_delta(kind):
        field, name = "delta", whole_name(kind)
    else:
        return None
    piece = field_of(content, field)
    if not isinstance(piece, str):
        return None
    return Streamed((kind, *(_plain(field_of(content, place)) for place in _PLACE)), field, name, piece)


def _plain(value: Any) -> Hashable:
    return value if isinstance(value, str | int) else None
