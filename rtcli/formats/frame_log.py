"""Logs of frames with their direction as ``S>C`` or ``C>S``: texts, pings, closes, and how many bytes they had."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from rtcli.formats.extraction import of_value, seen
from rtcli.formats.form import Drop, Form
from rtcli.formats.logged import Logged, Where, records
from rtcli.formats.moments import in_prefix
from rtcli.formats.objects import Text
from rtcli.recording import Close, Control, Open, Record

_ARROW: Final = r"\b(?P<from>[CS])\s*(?:2|-+>|=+>|>+|→)\s*(?P<to>[CS])\b"
_MARKED: Final = re.compile(_ARROW)
_LINE: Final = re.compile(rf"^(?P<before>.{{0,80}}?){_ARROW}\s+(?P<rest>.*)$")
_UPGRADED: Final = re.compile(r"^(?P<before>.{0,80}?)\bupgrade\s+(?P<status>[1-5]\d\d)\b", re.IGNORECASE)
_CONTROL: Final = re.compile(r"^(PING|PONG)\b", re.IGNORECASE)
_CLOSED: Final = re.compile(r"^CLOSED?\b(?:.*?\b(\d{4})\b)?(?:.*?reason\s*[=:]\s*['\"]?([^'\"]*))?", re.IGNORECASE)


def _knows(head: bytes) -> bool:
    return any(_MARKED.search(one.value.prefix) for one in seen(head)[:3])


def _read(lines: Iterable[bytes], drop: Drop) -> Iterator[tuple[int, Record]]:
    return records(_logged(lines, drop))


def _logged(lines: Iterable[bytes], drop: Drop) -> Iterator[Logged]:
    text = Text(drop)
    for number, raw in enumerate(lines, 1):
        line = raw[:400].decode("utf-8", "replace")
        special = _special(number, line)
        if special is not None:
            yield special
            continue
        nothing = True
        for value in text.feed(number, raw):
            nothing = False
            yield from of_value(value, drop, strict=True)
        if nothing and "{" not in line and (match := _LINE.match(line)):
            drop(number, f"only this was logged of a frame: {match['rest'][:40].strip()}")


def _special(number: int, line: str) -> Logged | None:
    """What a line says of the connection that is no text frame."""
    if upgraded := _UPGRADED.match(line):
        return Logged(Where(number, in_prefix(upgraded["before"])), Open(None, int(upgraded["status"])))
    match = _LINE.match(line)
    if match is None:
        return None
    where = Where(number, in_prefix(match["before"]), "client" if match["from"] == "C" else "server", sure=True)
    if control := _CONTROL.match(match["rest"]):
        return Logged(where, Control(None, None, "ping" if control[1].upper() == "PING" else "pong"))
    if closed := _CLOSED.match(match["rest"]):
        return Logged(where, Close(None, None, int(closed[1]) if closed[1] else None, closed[2] or ""))
    return None


FRAME_LOG: Final = Form("frame-log", "a log of frames between C and S", _knows, _read)
