"""What can be done to a recording so that it is broken: each edit is one step with a name.

A place is the type of an event, with ``#2`` behind it for the second of its kind and ``#last`` for the
last; ``open`` and ``close`` are records. An edit that finds nothing to change fails.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

from stage import Line

Lines = list[Line]
Edit = Callable[[Lines], None]
Pick = Callable[[Lines], Any]
"""A value that is taken from the recording."""


def find(lines: Lines, place: str) -> int:
    """The index of the record at a place."""
    kind, _, number = place.partition("#")
    hits = [index for index, line in enumerate(lines) if line.get("event", {}).get("type") == kind or kind in line]
    return hits[-1] if number == "last" else hits[int(number or 1) - 1]


def value(place: str, path: str) -> Pick:
    """What stands at a path of an event: a value to put elsewhere."""

    def picked(lines: Lines) -> Any:
        found: Any = lines[find(lines, place)]["event"]
        for step in path.split("."):
            found = found[int(step)] if isinstance(found, list) else found[step]
        return copy.deepcopy(found)

    return picked


def event(kind: str, **fields: Any) -> Pick:
    """An event, whose fields may be values from the recording."""

    def made(lines: Lines) -> dict[str, Any]:
        return {"type": kind} | {name: resolved(field, lines) for name, field in fields.items()}

    return made


def resolved(field: Any, lines: Lines) -> Any:
    """The field with every value in it that is to be taken from the recording."""
    if callable(field):
        return field(lines)
    if isinstance(field, dict):
        return {name: resolved(inner, lines) for name, inner in field.items()}
    return [resolved(inner, lines) for inner in field] if isinstance(field, list) else field


def drop(*places: str) -> Edit:
    """Leave records out; the places are those of the recording before."""

    def edit(lines: Lines) -> None:
        for index in sorted({find(lines, place) for place in places}, reverse=True):
            del lines[index]

    return edit


def drop_all(*prefixes: str) -> Edit:
    """Leave out every event whose type begins so."""

    def edit(lines: Lines) -> None:
        kept = [line for line in lines if not line.get("event", {}).get("type", "").startswith(prefixes)]
        assert len(kept) < len(lines), prefixes
        lines[:] = kept

    return edit


def cut(place: str) -> Edit:
    """End the recording just before a record."""

    def edit(lines: Lines) -> None:
        del lines[find(lines, place) :]

    return edit


def change(place: str, **fields: Any) -> Edit:
    """Give fields of an event other values; ``__`` goes down, and a number counts a list."""

    def edit(lines: Lines) -> None:
        for path, field in fields.items():
            *way, last = path.split("__")
            target: Any = lines[find(lines, place)]["event"]
            for step in way:
                target = target[int(step)] if isinstance(target, list) else target[step]
            new = resolved(field, lines)
            if isinstance(target, list):
                target[int(last)] = new
            else:
                assert target.get(last) != new, path
                target[last] = new

    return edit


def remove(place: str, path: str) -> Edit:
    """Take a field out of an event."""

    def edit(lines: Lines) -> None:
        *way, last = path.split(".")
        target = lines[find(lines, place)]["event"]
        for step in way:
            target = target[step]
        del target[last]

    return edit


def replace(old: str, new: str, *prefixes: str) -> Edit:
    """Write another text for one, wherever it stands in the events of these types."""

    def edit(lines: Lines) -> None:
        before = copy.deepcopy(lines)
        for line in lines:
            if line.get("event", {}).get("type", "").startswith(prefixes):
                line["event"] = _rewritten(line["event"], old, new)
        assert lines != before, old

    return edit


def _rewritten(field: Any, old: str, new: str) -> Any:
    if isinstance(field, str):
        return field.replace(old, new)
    if isinstance(field, dict):
        return {name: _rewritten(inner, old, new) for name, inner in field.items()}
    return [_rewritten(inner, old, new) for inner in field] if isinstance(field, list) else field


def move(place: str, *, behind: str = "", before: str = "") -> Edit:
    """Put a record at another place; it gets a time that fits there."""

    def edit(lines: Lines) -> None:
        anchor = lines[find(lines, behind or before)]
        line = lines.pop(find(lines, place))
        index = next(index for index, other in enumerate(lines) if other is anchor)
        _insert(lines, index + bool(behind), line)

    return edit


def repeat(place: str, *, behind: str = "", **fields: Any) -> Edit:
    """Put a copy of an event behind it, or behind another; the server's has an ``event_id`` of its own."""

    def edit(lines: Lines) -> None:
        line = copy.deepcopy(lines[find(lines, place)])
        if line["from"] == "server":
            line["event"]["event_id"] += "_again"
        line["event"] |= {name: resolved(field, lines) for name, field in fields.items()}
        _insert(lines, find(lines, behind or place) + 1, line)

    return edit


def add(sender: str, made: Pick, *, behind: str = "", before: str = "") -> Edit:
    """Put an event in."""

    def edit(lines: Lines) -> None:
        body = made(lines)
        index = find(lines, behind or before) + bool(behind)
        if sender == "server":
            body = {"type": body.pop("type"), "event_id": f"event_added_{index}", **body}
        _insert(lines, index, {"t": 0.0, "from": sender, "event": body})

    return edit


def _insert(lines: Lines, index: int, line: Line) -> None:
    """Put a line between two others, halfway in time."""
    earlier = lines[index - 1].get("t", 0.0)
    later = lines[index]["t"] if index < len(lines) else earlier + 0.1
    line["t"] = round((earlier + later) / 2, 6)
    lines.insert(index, line)


def later(place: str, seconds: float) -> Edit:
    """Let a record and all behind it come later."""

    def edit(lines: Lines) -> None:
        for line in lines[find(lines, place) :]:
            line["t"] = round(line["t"] + seconds, 6)

    return edit


def early(place: str, seconds: float) -> Edit:
    """Give one record an earlier time and leave it where it is."""

    def edit(lines: Lines) -> None:
        line = lines[find(lines, place)]
        line["t"] = round(line["t"] - seconds, 6)

    return edit


def from_the_other_side(place: str) -> Edit:
    """Let the other side have sent an event."""

    def edit(lines: Lines) -> None:
        line = lines[find(lines, place)]
        line["from"] = "client" if line["from"] == "server" else "server"

    return edit


def refused(
    place: str, code: str | None, message: str, *, behind: str = "", kind: str = "invalid_request_error"
) -> Edit:
    """Let the server refuse a client's event."""

    def edit(lines: Lines) -> None:
        asked = lines[find(lines, place)]["event"].setdefault("event_id", "refused_1")
        error = {"type": kind, "code": code, "message": message, "param": None, "event_id": asked}
        add("server", event("error", error=error), behind=behind or place)(lines)

    return edit
