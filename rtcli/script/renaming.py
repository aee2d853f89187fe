"""Ids of one session put in the place of another's, and nothing else touched.

Only JSON values that are ids are looked at, told by their key: never text that was spoken, audio,
a schema or metadata. Law: where no id is replaced, an event stays as it was, to the byte.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

import msgspec

ID_KEYS: Final = frozenset(
    {
        "id",
        "event_id",
        "item_id",
        "previous_item_id",
        "response_id",
        "call_id",
        "approval_request_id",
        "conversation_id",
        "delegation_id",
    }
)
_CLOSED: Final = frozenset({"metadata", "parameters", "input_schema", "audio", "delta", "prompt"})
"""Keys whose values are the user's own, or hold no ids."""


def ids_in(value: Any) -> set[str]:
    """Every id in a JSON value."""
    return {name for _, name in _found(value)}


def _found(value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, below in value.items():
            if isinstance(below, str):
                if key in ID_KEYS:
                    yield key, below
            elif key not in _CLOSED:
                yield from _found(below)
    elif isinstance(value, list):
        for below in value:
            yield from _found(below)


def renamed(value: Any, names: Mapping[str, str]) -> Any:
    """A copy of a JSON value with its ids replaced."""
    if isinstance(value, dict):
        return {
            key: (names.get(below, below) if key in ID_KEYS else below)
            if isinstance(below, str)
            else below
            if key in _CLOSED
            else renamed(below, names)
            for key, below in value.items()
        }
    if isinstance(value, list):
        return [renamed(below, names) for below in value]
    return value


def pairs(then: Any, now: Any) -> Iterator[tuple[str, str]]:
    """The ids that stand in the same places of two JSON values and are not the same."""
    if isinstance(then, dict) and isinstance(now, dict):
        for key, below in then.items():
            other = now.get(key)
            if isinstance(below, str):
                if key in ID_KEYS and isinstance(other, str) and other != below:
                    yield below, other
            elif key not in _CLOSED:
                yield from pairs(below, other)
    elif isinstance(then, list) and isinstance(now, list):
        for below, other in zip(then, now, strict=False):
            yield from pairs(below, other)


def encoded(body: Any) -> str:
    """A JSON value as a frame."""
    return msgspec.json.encode(body).decode()
