"""Changes an input as what it is, lines of JSON: a field goes, an id is another's, a line comes twice."""

from __future__ import annotations

import json
from collections.abc import Callable
from random import Random
from typing import Any

from fuzz.material import all_lines

ODD: tuple[Any, ...] = (
    *(None, "", 0, -1, True, [], {}, 0.5, 1e308, -1e308, 10**400, 2**53, 2**63, [None], {"a": None}, "a" * 600),
    *("\x1b]0;p\x07\x1b[2J", "[bold]x[/x]", "\u202eabc\u2066", "\ud800", "\x00", "x" * 60 + "=", "AAAA", "=", "1e5"),
    *("in_progress", "completed", "cancelled", "message", "function_call", "audio", "inf", [{}], [[]], {"type": "x"}),
)
IDS = ("a", "b", "", "item_1", "resp_1", "call_1", "event_1")
WHOLE_LINES = (
    b"not json", b'{"t":1,"from":"server","close":{"code":1000}}', b'{"t":NaN,"note":"x"}', b'{"rtcli":1}', b"\xff\xfe",
    b'{"t":1e999,"from":"server","event":{}}', b'{"t":2,"from":"client","text":"\\ud800"}', b"[]", b"", b"\xef\xbb\xbf",
    b'{"t":3,"from":"server","close":{"code":4000,"reason":"\\u001b[2J"}}', b'{"t":1,"from":"server","binary":"AAEC"}',
    b'{"t":1,"from":"client","ping":""}', b'{"t":1,"open":{"status":101}}', b'{"rtcli":1,"lossless":true,"handshake":true}',
)  # fmt: skip


def mutated(data: bytes, max_size: int, seed: int, change: Callable[[bytes, int], bytes]) -> bytes:
    """The next input; `change` knows bytes only."""
    chance = Random(seed)
    if chance.random() < 0.4:
        return change(data, max_size)
    lines = data.split(b"\n")
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        _change_lines(lines, chance)
    return b"\n".join(lines)[:max_size]


def _change_lines(lines: list[bytes], chance: Random) -> None:
    here, there = chance.randrange(len(lines) or 1), chance.randrange((len(lines) or 1) + 1)
    match chance.randrange(10):
        case 0 if len(lines) > 1:
            del lines[here]
        case 1 if lines:
            lines.insert(there, lines[here])
        case 2 if lines:
            lines.insert(there, lines.pop(here))
        case 3:
            lines.insert(there, chance.choice(WHOLE_LINES))
        case 4 | 5:
            start = chance.randrange(len(all_lines()))
            lines[there:there] = [
                line.rstrip(b"\n") for line in all_lines()[start : start + chance.choice((1, 1, 3, 9))]
            ]
        case _ if lines:
            lines[here] = _changed(lines[here], chance)


def _changed(line: bytes, chance: Random) -> bytes:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return line[: chance.randrange(len(line) + 1)]
    for _ in range(chance.choice((1, 1, 2, 4))):
        _change_value(value, chance)
    try:
        return json.dumps(value, ensure_ascii=chance.random() < 0.5).encode("utf-8", "surrogatepass")
    except (ValueError, RecursionError):
        return line


def _change_value(value: Any, chance: Random) -> None:
    """Change something in an object or a list, or below."""
    while isinstance(value, dict | list) and value:
        place: Any = chance.choice(list(value)) if isinstance(value, dict) else chance.randrange(len(value))
        below = value[place]
        if isinstance(below, dict | list) and below and chance.random() < 0.75:
            value = below
            continue
        match chance.randrange(7):
            case 0:
                del value[place]
            case 1 if isinstance(value, list):
                value.insert(place, below)
            case 1 | 2 if isinstance(place, str) and place.endswith("id"):
                value[place] = chance.choice(IDS)
            case 3 if isinstance(value, dict):
                value[chance.choice(("id", "type", "item_id", "delta", "audio", "status", str(place) + "x"))] = below
            case 4 if isinstance(below, float) or (isinstance(below, int) and abs(below) < 1 << 60):
                value[place] = below * chance.choice((-1, 2, 1000)) + chance.choice((0, 1, 0.25))
            case 5 if isinstance(below, str):
                value[place] = below[: chance.randrange(len(below) + 1)] + chance.choice(
                    ("", "\n", "é", "\u2028", "=", '"')
                )
            case _:
                value[place] = chance.choice(ODD)
        return
