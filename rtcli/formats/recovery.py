"""What can be had back of a damaged recording, and what cannot.

A line that holds one JSON object is passed on as it stands. Around it may lie torn lines, records run together
or broken over lines, and the lines of two writers mixed: there, records are looked for by how they begin.

Law: a record that is there in one piece comes out to the byte and in its order, and nothing comes out that is
not a record put together from bytes of the file. Memory does not grow with the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import chain, islice
from typing import Any, Final

from msgspec import Struct

from rtcli.errors import UnreadableRecording
from rtcli.formats.entire import (
    BYTE_ORDER_MARK,
    KINDS,
    begins_a_record,
    has_whole_audio,
    is_enveloped,
    is_record,
    object_at,
    stands_alone,
    with_its_end,
)
from rtcli.formats.overlong import told_of
from rtcli.formats.region import BEGINNING, Region
from rtcli.formats.remarks import Remarks

_REGION_AT_MOST: Final = 1 << 24
_PATIENCE: Final = 64
"""How many whole records may come between the two halves of one."""
_PARTS: Final = 8
_HEAD: Final = 64
_ENVELOPED: Final = re.compile(rb'\{\s*"(?:rtcli|t)"\s*:|"from"\s*:\s*"(?:client|server)"\s*,\s*"event"')
_TELLING: Final = re.compile(r'\{\s*"t"\s*:\s*[-\d.eE+]+\s*,|.*"event_id"\s*:\s*"[^"]+"', re.DOTALL)
"""The beginning of a record that no other begins with."""
_BETWEEN: Final = re.compile(r"[\s,\[\]]*")
_REMAINS: Final = re.compile(r"[\s,\[\]{}]*")
_NULS: Final = re.compile(rb"\x00+")


class _Open(Struct):
    """The beginning of a record whose end has not come."""

    line: int
    parts: list[str]
    age: int = 0


class Recovery:
    """Iterated over once, it gives the lines of the records that are there, each with its newline."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines = lines
        self.records = 0
        self.mended = Remarks()
        self.lost = Remarks()
        self._region = Region()
        self._open: _Open | None = None
        self._blurred = 0
        """How many records have to come before halves are put together again."""
        self._is_enveloped = False
        """The records are in envelopes, so that an event without one is but a part of a record."""

    def __iter__(self) -> Iterator[bytes]:
        lines = self._readable()
        head = list(islice(lines, _HEAD))
        self._is_enveloped = any(map(_ENVELOPED.search, head))
        for number, line in enumerate(chain(head, lines), 1):
            if not self._region and self._open is None and is_record(line):
                self.records += 1
                yield line
            else:
                yield from self._odd(number, line)
        yield from self._search(final=True)
        yield from self._give_up()

    def _readable(self) -> Iterator[bytes]:
        """The lines as far as they can be unpacked."""
        number = 0
        try:
            for line in self._lines:
                number += 1
                yield line
        except UnreadableRecording as error:
            if not number:
                raise
            self.lost.add(number + 1, f"from here on it cannot be unpacked: {error.why}")

    def _odd(self, number: int, line: bytes) -> Iterator[bytes]:
        """A line that is no record, or comes behind one that was none."""
        if why := told_of(line):
            self.lost.add(number, why)
            yield from self._search(final=True)
            yield from self._give_up()
            return
        body = self._cleaned(number, line)
        if not body.strip():
            if body or not line.strip(b"\r\n"):
                yield from self._blank(body + b"\n")
            return
        if is_record(body + b"\n") and (not self._region or begins_a_record(body, self._region.last)):
            yield from self._search(final=True)
            if not line.endswith(b"\n"):
                self.mended.add(number, "the last line had no newline")
            yield from self._passed(body + b"\n")
            return
        first, *others = _NULS.split(body)
        yield from self._damaged(number, first)
        for piece in others:
            # Zeros stand where something else stood: what is on both sides of them does not belong together.
            yield from self._search(final=True)
            yield from self._give_up()
            yield from self._damaged(number, piece)

    def _cleaned(self, number: int, line: bytes) -> bytes:
        """The line without what can only surround records."""
        body = line
        if number == 1 and body.startswith(BYTE_ORDER_MARK):
            self.mended.add(number, "it began with a byte order mark")
            body = body.removeprefix(BYTE_ORDER_MARK)
        if body.endswith(b"\r\n"):
            self.mended.add(number, "lines ended with CRLF", joined=True)
        body = body.rstrip(b"\r\n")
        if body[:1] == b"\0" or body[-1:] == b"\0":
            self.mended.add(number, "there were NULs between records", joined=True)
            body = body.lstrip(b"\0").rstrip(b"\0\r\n")
        return body

    def _blank(self, line: bytes) -> Iterator[bytes]:
        if not self._region and self._open is None:
            yield line

    def _damaged(self, number: int, body: bytes) -> Iterator[bytes]:
        """A line, or a part of one, in which records have to be looked for."""
        text = body.decode("utf-8", "surrogateescape")
        self._region.add(number, text)
        is_large = self._region.size > _REGION_AT_MOST
        may_end_a_record = text.endswith("}") and not text[:1].isspace()
        if is_large or (may_end_a_record and not self._is_in_vain()):
            yield from self._search(final=is_large)

    def _is_in_vain(self) -> bool:
        """Whether what has come since the last search has not made a record of what was there."""
        if not self._region.was_looked_through:
            return False
        text = self._region.unsettled
        if self._next_record(text, -1) is not None:
            return False
        if text:
            self._region.settle(text)
        return True

    def _search(self, *, final: bool) -> Iterator[bytes]:
        """The records in the damaged lines; unless this is final, the last one may go on in the next line."""
        if not self._region:
            return
        text = self._region.text
        place = 0
        while (place := _BETWEEN.match(text, place).end()) < len(text):  # type: ignore[union-attr]
            end = self._record_at(text, place, alone=True)
            if end:
                yield from self._found(place, text[place:end])
                place = end
                continue
            begins = self._next_record(text, place)
            if begins is None and not final:
                break
            yield from self._fragment(self._region.line_at(place), text[place:begins])
            place = len(text) if begins is None else begins
        self._region.forget(place)
        if self._region:
            self._region.settle(text[place:])

    def _found(self, place: int, text: str) -> Iterator[bytes]:
        """A whole record in a damaged region."""
        first, last = self._region.line_at(place), self._region.line_at(place + len(text) - 1)
        if first != last:
            self.mended.add(first, "a record was broken over several lines", joined=True)
        elif place or not self._region.begins_a_line(place, text):
            self.mended.add(first, "a record had something else on its line", joined=True)
        yield from self._passed(self._bytes(first, text) + b"\n")

    def _bytes(self, line: int, text: str) -> bytes:
        """The bytes of a text; those that are no UTF-8 are replaced."""
        try:
            return text.encode()
        except UnicodeEncodeError:
            self.lost.add(line, "bytes that were no UTF-8 became U+FFFD")
            return text.encode("utf-8", "surrogateescape").decode("utf-8", "replace").encode()

    def _record_at(self, text: str, place: int, *, alone: bool = False) -> int:
        """Where the record ends that begins at a place; 0 where none does.

        Only what stands alone can be one that nothing tells from a part of another.
        """
        if text[place] != "{":
            return 0
        try:
            value, end = object_at(text, place)
        except (ValueError, RecursionError):
            return 0
        return end if self._is_wanted(value) or (alone and stands_alone(value)) else 0

    def _is_wanted(self, value: dict[str, Any]) -> bool:
        """Whether an object is a record, and not what some record is made of."""
        if isinstance(value.get("rtcli"), int) or is_enveloped(value):
            self._is_enveloped = True
            return True
        if self._is_enveloped:
            return False
        event = value.get("event", value)
        kind = event.get("type") if isinstance(event, dict) else None
        return isinstance(kind, str) and (kind in KINDS or "." in kind)

    def _next_record(self, text: str, place: int) -> int | None:
        """Where the next whole record begins behind a place."""
        for told in BEGINNING.finditer(text, place + 1):
            if self._record_at(text, told.start()):
                return told.start()
        return None

    def _fragment(self, line: int, text: str) -> Iterator[bytes]:
        """A piece of a record: the end of what has begun, or a beginning, or neither."""
        text = text.rstrip()
        if _REMAINS.fullmatch(text):
            return
        whole = self._joined(text)
        if whole:
            began = self._open.line if self._open else line
            self._open = None
            where = f"the halves of a record stood apart, the second in line {line}"
            self.mended.add(began, where)
            yield from self._passed(self._bytes(began, whole) + b"\n")
            return
        if text.startswith("{"):
            if self._open is not None:
                # Two records have begun: whose end comes next cannot be told.
                self._blurred = _PATIENCE
            yield from self._give_up()
            ended = with_its_end(text)
            if ended:
                self.mended.add(line, "a record lacked its last brace")
                yield from self._passed(self._bytes(line, ended) + b"\n")
            else:
                self._open = _Open(line, [text])
        elif self._open is not None and len(self._open.parts) < _PARTS:
            self._open.parts.append(text)
        else:
            self.lost.add(line, f"{_size(text)} that belong to no record")

    def _joined(self, text: str) -> str:
        """The record that a piece completes; empty where it completes none."""
        if self._open is None or self._blurred:
            return ""
        parts = self._open.parts
        for before in (parts[0], "".join(parts)):
            whole = before + text
            if self._record_at(whole, 0) == len(whole) and has_whole_audio(whole):
                return whole
        return ""

    def _passed(self, line: bytes) -> Iterator[bytes]:
        """A whole record."""
        self.records += 1
        self._blurred = max(0, self._blurred - 1)
        opened = self._open
        if opened is not None:
            opened.age += 1
            begun = "".join(opened.parts)
            if _TELLING.match(begun) and line.decode("utf-8", "replace").startswith(begun):
                self.mended.add(opened.line, "a record was begun, and then written whole")
                self._open = None
            elif opened.age > _PATIENCE:
                yield from self._give_up()
        yield line

    def _give_up(self) -> Iterator[bytes]:
        """What has begun has no end."""
        opened, self._open = self._open, None
        if opened is not None:
            for part in opened.parts[1:]:
                self.lost.add(opened.line, f"{_size(part)} that belong to no record")
            self.lost.add(opened.line, f"a record whose end is missing: {_size(opened.parts[0])} of it are there")
        yield from ()


def _size(text: str) -> str:
    size = len(text.encode("utf-8", "surrogateescape"))
    return f"{size} bytes" if size != 1 else "1 byte"
