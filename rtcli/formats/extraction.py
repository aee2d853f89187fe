"""Reads the events out of a text of any make, and tells by the first of them what make it is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Final, NamedTuple

from msgspec import Raw

from rtcli.formats.bodies import is_object, is_type, names_a_side, opened, text_of, told
from rtcli.formats.form import Drop, only_looking
from rtcli.formats.logged import Logged, Where, records, type_of
from rtcli.formats.moments import in_prefix
from rtcli.formats.objects import Text, Value
from rtcli.formats.sides import by_of_prefix
from rtcli.recording import Record

_LOOKED_AT: Final = 8
"""How many events are enough to tell a form."""


def read(lines: Iterable[bytes], drop: Drop) -> Iterator[tuple[int, Record]]:
    """The records in a text that holds other things too."""
    return records(_logged(lines, drop, strict=False))


def read_strictly(lines: Iterable[bytes], drop: Drop) -> Iterator[tuple[int, Record]]:
    """The records in a text that holds nothing else."""
    return records(_logged(lines, drop, strict=True))


def _logged(lines: Iterable[bytes], drop: Drop, *, strict: bool) -> Iterator[Logged]:
    for value in Text(drop, strict=strict).values(lines):
        yield from of_value(value, drop, strict=strict)


def of_value(value: Value, drop: Drop, *, strict: bool) -> Iterator[Logged]:
    """The frames that an object of a text holds."""
    where = where_of(value.line, value.prefix)
    empty = True
    try:
        for one in told(value.content, where):
            empty = False
            yield one
    except (ValueError, RecursionError, OverflowError, TypeError) as error:
        empty = False
        drop(value.line, f"an object that cannot be written as JSON: {error}")
    if empty and strict and (where.sure or names_a_side(value.content)):
        drop(value.line, "no event is in it, though it says who sent it")
    elif value.cut and not empty:
        drop(value.line, "whoever printed it left out the rest of a text or of a list")


def where_of(line: int, prefix: str) -> Where:
    """What a prefix tells of the event after it."""
    if not prefix:
        return Where(line)
    by, sure = by_of_prefix(prefix)
    return Where(line, in_prefix(prefix), by, sure)


class Seen(NamedTuple):
    """An object in the first part of a file that is an event, or is around one."""

    value: Value
    enveloped: bool
    as_text: bool
    """The envelope holds the event as a text."""
    names: frozenset[str]
    """The fields of the object."""


@lru_cache(maxsize=1)
def seen(head: bytes) -> tuple[Seen, ...]:
    """The first events of a text, as far as what they are is beyond doubt."""
    whole = head[: head.rfind(b"\n") + 1] or head
    text = Text(only_looking)
    found: list[Seen] = []
    for number, line in enumerate(whole.splitlines(keepends=True), 1):
        for value in text.feed(number, line):
            found += _seen(value)
        if len(found) >= _LOOKED_AT:
            break
    return tuple(found)


def _seen(value: Value) -> Iterator[Seen]:
    fields = opened(value.content) if not isinstance(value.content, dict) else value.content
    if not isinstance(fields, dict):
        return
    try:
        first = next(told(value.content, Where(value.line)), None)
        if first is None or not isinstance(first.content, str):
            return
        alone = first.content == text_of(value.content)
    except (ValueError, RecursionError, OverflowError, TypeError):
        return
    if is_type(type_of(first.content)):
        values = [opened(one) if isinstance(one, Raw) else one for one in fields.values()]
        as_text = not alone and any(isinstance(one, str) and is_object(one) for one in values)
        yield Seen(value, not alone, as_text, frozenset(map(str, fields)))
