"""Logs of a server that speaks for users: ``[time] [session] [OPENAI] {…}``, or ``[USER]``.

One connection is read after another; where the lines of two lie among each other, one of them is left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final

from rtcli.formats.extraction import of_value, seen
from rtcli.formats.form import Drop, Form
from rtcli.formats.logged import Logged, records
from rtcli.formats.objects import Text
from rtcli.recording import Record

_PREFIX: Final = re.compile(
    r"^\[?\d{4}-\d\d-\d\d[T ][\d:.,]+(?:Z|UTC|[-+][\d:]+)?\]?\s+(?:\S+\s+)?\[([^\]\s]+)\]\s+\[[A-Z]+\]", re.IGNORECASE
)


def _knows(head: bytes) -> bool:
    return any(_PREFIX.match(one.value.prefix) for one in seen(head)[:3])


def _read(lines: Iterable[bytes], drop: Drop) -> Iterator[tuple[int, Record]]:
    return records(_logged(lines, drop))


def _logged(lines: Iterable[bytes], drop: Drop) -> Iterator[Logged]:
    now = ""
    left: set[str] = set()
    for value in Text(drop).values(lines):
        match = _PREFIX.match(value.prefix)
        of = match[1] if match else now
        if of in left:
            drop(
                value.line,
                f"it is of {of}, whose lines lie among those of {now}: read one at a time, as with grep",
                missing=False,
            )
            continue
        if of != now:
            left.add(now)
            now = of
        yield from of_value(value, drop, strict=bool(match))


SESSION_LOG: Final = Form("session-log", "lines of [time] [session] [side] and an event", _knows, _read)
