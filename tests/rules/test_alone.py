"""What is read quickly is judged as what is read slowly: on every recording there is, and on damaged copies of them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from rtcli.errors import UnreadableRecording
from rtcli.events import Listener
from rtcli.formats.rtcli import InOrder, read
from rtcli.rules import DEFAULT, Check
from rtcli.rules.alone import SchemaCheck

RECORDINGS = sorted((Path(__file__).parents[2] / "recordings").rglob("*.jsonl"))
COPIES = 2
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


class Careful(Listener):
    """One who never decodes at once: every text is looked at closely."""

    vocabulary = None

    def decode(self, text, line, sender=None):
        return self.look_closer(text, line, sender)


def outcome(lines: list[bytes], check: Any, listener: Listener, in_order: InOrder | None = None) -> tuple[Any, ...]:
    """Everything that is told of a recording: the findings, the events, the line without an end, what is spoken."""
    torn: list[int] = []
    found: list[Any] = []
    refusal = ""
    try:
        found.extend(check.run(read(lines, listener, torn.append, in_order)))
    except UnreadableRecording as refused:
        refusal = str(refused)
    detector = listener.detector
    spoken = (detector.dialect.name, detector.disagree, detector.vendor)
    return found, check.events, torn, spoken, refusal


def by_the_schema_alone(lines: list[bytes], dialect: Any = None) -> tuple[Any, ...]:
    listener = Listener(dialect)
    check = SchemaCheck(listener)
    return outcome(lines, check, listener, check.in_order)


def slowly(lines: list[bytes], rules: Any = (), dialect: Any = None) -> tuple[Any, ...]:
    listener = Careful(dialect)
    return outcome(lines, Check(rules, listener), listener)


def quickly(lines: list[bytes], rules: Any = (), dialect: Any = None) -> tuple[Any, ...]:
    listener = Listener(dialect)
    return outcome(lines, Check(rules, listener), listener)


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


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def see_that_both_ways_tell_the_same(lines: list[bytes], dialect: Any = None) -> None:
    told = slowly(lines, (), dialect)
    assert by_the_schema_alone(lines, dialect) == told
    assert quickly(lines, (), dialect) == told
    assert quickly(lines, DEFAULT, dialect) == slowly(lines, DEFAULT, dialect)


@pytest.mark.parametrize("path", RECORDINGS, ids=lambda path: path.stem)
def test_a_recording_and_damaged_copies_of_it_are_judged_alike_quickly_and_slowly(path):
    lines = lines_of(path)[:400]
    see_that_both_ways_tell_the_same(lines)
    chance = random.Random(path.name)
    for _ in range(COPIES):
        see_that_both_ways_tell_the_same(damaged(lines, chance))


def test_so_is_captured_traffic_and_damaged_copies_of_it(shared):
    chance = random.Random(7)
    for path in sorted((shared / "traffic").rglob("*.jsonl")):
        lines = lines_of(path)[:400]
        see_that_both_ways_tell_the_same(lines)
        for _ in range(COPIES):
            see_that_both_ways_tell_the_same(damaged(lines, chance))
