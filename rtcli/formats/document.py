"""One JSON document that holds the events of a session in a list, bare or in envelopes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec import Raw

from rtcli.formats.bodies import opened, told
from rtcli.formats.extraction import read_strictly, seen
from rtcli.formats.form import Drop, Form
from rtcli.formats.logged import Logged, Where, records
from rtcli.formats.sides import senders
from rtcli.recording import Record

_LISTED: Final = re.compile(rb'"[^"\\]{1,40}"\s*:\s*\[\s*(?:\{|"\{)')
_TYPED: Final = re.compile(rb'\\?"type\\?"\s*:\s*\\?"([a-z_]+(?:\.[a-z_]+)+)\\?"')
_DEPTH: Final = 4


def _knows(head: bytes) -> bool:
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")
    typed = names_an_event(head)
    if start[:1] == b"[":
        return typed and start[1:].lstrip()[:1] in {b"{", b'"'}
    if start[:1] != b"{" or not typed or seen(head) or _is_lines(start):
        return False
    return _LISTED.search(head) is not None


def names_an_event(text: bytes) -> bool:
    """Whether a type of an event stands somewhere in it."""
    return any(match[1].decode() in senders() for match in _TYPED.finditer(text))


def _is_lines(start: bytes) -> bool:
    """Whether the document ends with its first line, and another begins on the next."""
    first, _, rest = start.partition(b"\n")
    return rest.lstrip()[:1] == b"{" and isinstance(opened(Raw(first)), dict)


def _read(lines: Iterable[bytes], drop: Drop) -> Iterator[tuple[int, Record]]:
    """The records of the document.

    A list is read element by element, as the text that it is. An object is read whole; if it is cut
    short, it is a text too.
    """
    held: list[bytes] = []
    for line in (coming := iter(lines)):
        held.append(line)
        if not line.isspace():
            break
    if not b"".join(held).lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{"):
        return read_strictly(_chained(held, coming), drop)
    held += coming
    whole = Raw(b"".join(held).removeprefix(b"\xef\xbb\xbf"))
    if not isinstance(opened(whole), dict):
        return read_strictly(_inner(held), drop)
    return records(_logged(whole))


def _chained(held: list[bytes], coming: Iterator[bytes]) -> Iterator[bytes]:
    yield from held
    yield from coming


def _inner(held: list[bytes]) -> Iterator[bytes]:
    """The lines without the bracket that never closes."""
    for number, line in enumerate(held):
        yield line.replace(b"{", b" ", 1) if number == 0 else line


def _logged(whole: Raw) -> Iterator[Logged]:
    lines = _Lines(bytes(whole))
    found = list(told(whole, Where(1)))
    if found:
        yield from found
        return
    for element in _listed(whole):
        yield from told(element, Where(lines.of(element)))


def _listed(value: Any, depth: int = 0) -> Iterator[Raw]:
    """The elements of the lists in a document, as they come."""
    inside = opened(value)
    if depth > _DEPTH or not isinstance(inside, dict | list):
        return
    if isinstance(inside, list):
        for one in inside:
            if next(told(one, Where(1)), None) is not None:
                yield one
            else:
                yield from _listed(one, depth + 1)
        return
    for one in inside.values():
        yield from _listed(one, depth + 1)


class _Lines:
    """Tells the line of each part of a document, if they are asked for in order."""

    def __init__(self, whole: bytes) -> None:
        self._whole = whole
        self._at = self._behind = 0
        """Where the last part was, and where it ended: the next may be the same text."""
        self._line = 1

    def of(self, part: Raw) -> int:
        at = self._whole.find(text := bytes(part), self._behind)
        if at >= 0:
            self._line += self._whole.count(b"\n", self._at, at)
            self._at, self._behind = at, at + len(text)
        return self._line


DOCUMENT: Final = Form("document", "events in one JSON document", _knows, _read)
