"""The wire: any text is an event, an unknown or a malformed one; the fast way and the slow way agree, and nothing is lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import msgspec
from fuzz.material import all_lines
from fuzz.target import Target

from rtcli.events import DIALECTS, Event, Listener, Malformed, Unknown, decode, encode
from rtcli.events.faults import examine, nearest_field

_DIALECTS = tuple(DIALECTS.values())


def check(data: bytes) -> None:
    """The first byte chooses the dialect."""
    if not data:
        return
    dialect, raw = _DIALECTS[data[0] % len(_DIALECTS)], data[1:]
    event = decode(raw, dialect)
    slow = examine(raw, dialect)
    try:
        fast = dialect.decoder.decode(raw)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        assert slow == event
    else:
        assert fast == slow == event
        assert not fast.extra
    _hold(event, raw)
    listener = Listener(dialect)
    for line in range(1, 10):
        again = listener.decode(raw, line)
        assert type(again).__name__ == type(event).__name__
        assert _told(again) == _told(event)
    Listener().decode(raw, 1)
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        return
    assert _told(decode(text, dialect)) == _told(event)


def _hold(event: Event | Unknown | Malformed, raw: bytes) -> None:
    match event:
        case Event():
            assert _same(json.loads(encode(event)), json.loads(raw))
        case Unknown():
            assert event.body["type"] == event.type
        case Malformed():
            assert event.faults
            assert event.rest is None or isinstance(event.rest, Event)
            for fault in event.faults:
                assert fault.message
                assert fault.path.startswith("$")
    if not isinstance(event, Unknown):
        for extra in event.extra:
            nearest_field(event, extra.path)


def _told(event: Event | Unknown | Malformed) -> Any:
    if isinstance(event, Malformed):
        return event.type, event.faults, json.dumps(event.body, sort_keys=True)
    return json.dumps(event.body, sort_keys=True) if isinstance(event, Unknown) else _parsed(encode(event))


def _parsed(raw: bytes) -> str:
    return json.dumps(json.loads(raw), sort_keys=True)


def _same(one: Any, other: Any) -> bool:
    """Whether two parsed texts say the same: 1.0 is 1, and what can be of one type only need not name it."""
    if isinstance(one, dict) and isinstance(other, dict):
        told = one.keys() - other.keys() <= {"type"} and other.keys() <= one.keys()
        return told and all(_same(one[key], other[key]) for key in other)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return bool(one == other)


def seeds() -> Iterator[bytes]:
    from rtcli.events.example import example

    for number, dialect in enumerate(_DIALECTS):
        for kind in dialect.types.values():
            yield bytes([number]) + json.dumps(example(kind)).encode()
    for line in all_lines():
        try:
            value = json.loads(line)
        except ValueError:
            continue
        event = value.get("event", value) if isinstance(value, dict) else value
        if event is not None and len(line) < 1500:
            yield b"\0" + json.dumps(event).encode()


TARGET = Target(check, seeds, ("events",), max_bytes=4096)
