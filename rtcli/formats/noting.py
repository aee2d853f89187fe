"""Where a note belongs in a recording, and the recording with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

import msgspec
from msgspec import Struct

from rtcli.errors import BadOption
from rtcli.formats.peek import look


class Place(Struct, frozen=True):
    """Where a note goes."""

    line: int
    """The number of the line that it becomes."""
    t: float | None


def place_at_line(lines: Iterable[bytes], line: int, name: str) -> Place:
    """The place behind a line, at its time.

    Raises:
        BadOption: there is no such line.

    """
    t, number = None, 0
    for number, raw in enumerate(lines, 1):
        what = look(raw)
        t = what.t if what.t is not None else t
        if number == line:
            return Place(number + raw.endswith(b"\n"), t)
    raise BadOption("--at", f"{name} has {number} lines", "name one of them")


def place_at_time(read: Callable[[], Iterable[bytes]], at_s: float, name: str) -> Place:
    """The place before the first record that comes later; a negative time counts from the end.

    Raises:
        BadOption: it has no times, or they end before, or it has several clocks.

    """
    end_s = _end_of(read(), name)
    if at_s > end_s:
        raise BadOption("--at", f"{name} ends at {end_s:.3f} s", "name a time before that, or a line: line:120")
    at_s = abs(at_s) if at_s >= 0 else max(0.0, end_s + at_s)
    number = 0
    for number, raw in enumerate(read(), 1):
        what = look(raw)
        if (what.t is not None and what.t > at_s) or not raw.endswith(b"\n"):
            return Place(number, at_s)
    return Place(number + 1, at_s)


def _end_of(lines: Iterable[bytes], name: str) -> float:
    end_s, connections = None, 0
    for raw in lines:
        what = look(raw)
        connections += what.kind == "header"
        if what.t is not None and what.kind != "header":
            end_s = what.t if end_s is None else max(end_s, what.t)
    if connections > 1:
        raise BadOption("--at", f"{name} holds {connections} connections, each with its own clock", "say line:NUMBER")
    if end_s is None:
        raise BadOption("--at", f"{name} has no times", "say line:NUMBER")
    return end_s


def with_note(lines: Iterable[bytes], place: Place, text: str) -> Iterator[bytes]:
    """The lines with a note among them."""
    noted = False
    for number, line in enumerate(lines, 1):
        if number == place.line:
            noted = True
            yield note_line(place.t, text)
        yield line
    if not noted:
        yield note_line(place.t, text)


def note_line(t: float | None, text: str) -> bytes:
    """The line of a note; one without a time says none, and bytes that are no text become question marks."""
    said = msgspec.json.encode(text.encode("utf-8", "replace").decode())
    return b'{"note":%b}\n' % said if t is None else b'{"t":%.6f,"note":%b}\n' % (t, said)
