"""Damaged copies of recordings: bytes, values and fields that are not what they were, lines too many or too few."""

from __future__ import annotations

import json
import random
from typing import Any

ODD = (
    b"",
    b"nonsense",
    b"null",
    b"[]",
    b'{"t":1,"from":"server","binary":"AAEC"}',
    b'{"t":2.5,"note":"n"}',
    b"\xff\xfe",
)
VALUES = (None, True, -1, 1.5, "", "nonsense", [], {}, [None], {"type": "nonsense"})


def damaged(lines: list[bytes], chance: random.Random) -> list[bytes]:
    """The lines with some of them changed, more or fewer of them, and perhaps without the end of the last."""
    share = chance.choice((0.02, 0.1, 0.5, 1.0))
    how = chance.sample(DAMAGES, chance.randint(1, 3))
    made = [one for line in lines for one in (chance.choice(how)(line, chance) if chance.random() < share else [line])]
    return [*made[:-1], made[-1][: -chance.randint(1, 30)]] if made and chance.random() < 0.3 else made


def with_other_bytes(line: bytes, chance: random.Random) -> list[bytes]:
    place = chance.randrange(len(line))
    return [
        line[:place]
        + chance.randbytes(chance.randint(0, 2)).replace(b"\n", b"")
        + line[place + 1 :].rstrip(b"\n")
        + b"\n"
    ]


def with_another_value(line: bytes, chance: random.Random) -> list[bytes]:
    return [changed(line, lambda holder, name: holder.__setitem__(name, chance.choice(VALUES)), chance)]


def without_a_field(line: bytes, chance: random.Random) -> list[bytes]:
    return [changed(line, lambda holder, name: holder.pop(name), chance)]


def with_another_field(line: bytes, chance: random.Random) -> list[bytes]:
    name = chance.choice(("vendor_field", "x", f"x{chance.randrange(1000)}"))
    return [changed(line, lambda holder, _: holder.__setitem__(name, chance.choice(VALUES)), chance)]


def bare(line: bytes, _chance: random.Random) -> list[bytes]:
    try:
        return [json.dumps(json.loads(line)["event"]).encode() + b"\n"]
    except (ValueError, TypeError, KeyError):
        return [line]


def beside_another(line: bytes, chance: random.Random) -> list[bytes]:
    return [line, chance.choice(ODD) + chance.choice((b"\n", b"\r\n"))]


def twice(line: bytes, _chance: random.Random) -> list[bytes]:
    return [line, line]


def never(_line: bytes, _chance: random.Random) -> list[bytes]:
    return []


DAMAGES = (
    with_other_bytes,
    with_another_value,
    without_a_field,
    with_another_field,
    bare,
    beside_another,
    twice,
    never,
)


def changed(line: bytes, change: Any, chance: random.Random) -> bytes:
    """The line with one field of one of its objects changed."""
    try:
        record = json.loads(line)
    except ValueError:
        return line
    holders = list(objects_in(record))
    if holders:
        holder = chance.choice(holders[1:] or holders)
        change(holder, chance.choice(sorted(holder)))
    return json.dumps(record).encode() + b"\n"


def objects_in(value: Any) -> Any:
    if isinstance(value, dict):
        if value:
            yield value
        for inner in value.values():
            yield from objects_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from objects_in(inner)
