"""What differs between two recordings, line by line: a setting, an event, a stretch of events, a turn."""

from __future__ import annotations

import json
from collections.abc import Iterable
from itertools import groupby
from typing import Any, Final

from rich.text import Text

from rtcli.script.difference import Difference, TurnPair
from rtcli.views.difference import difference
from rtcli.views.measure import plural
from rtcli.views.text import said

_VALUE_SHOWN: Final = 160
_INLINE: Final = 60
"""Values up to so many characters stand on a line, however they are made up."""
_STRETCH: Final = 3
"""More events than these, one after another, are told together."""
_TYPES_SHOWN: Final = 10
_MARKS: Final = {"missing": ("-", "red"), "additional": ("+", "green"), "changed": ("~", "yellow")}


def folded(ones: list[Difference]) -> list[list[Difference]]:
    """What is told in one line: the same change in several events, and a whole stretch of events."""
    lines: dict[str, list[Difference]] = {}
    for number, ((what, _), group) in enumerate(groupby(ones, key=lambda one: (one.what, one.strand))):
        stretch = list(group)
        for one in stretch:
            name = f"{number}" if len(stretch) > _STRETCH else f"{id(one)}"
            same = f"{one.path.rpartition('.')[2]} {one.a!r} {one.b!r}"
            lines.setdefault(same if what == "changed" else name, []).append(one)
    return list(lines.values())


def line_of(ones: list[Difference]) -> Text:
    """The line that tells of all of these: how they were folded."""
    first, *more = ones
    if more and first.what != "changed":
        return _stretch(ones)
    row = _event(first)
    return row.append(f" (and in {_others(first, more)})", style="dim") if more else row


def turn_of_one(turn: TurnPair, ones: list[Difference]) -> Text:
    """A turn that only one recording has, with what the user said in it."""
    mark, style = _MARKS["missing" if turn.b is None else "additional"]
    words = " ".join((turn.words_a if turn.b is None else turn.words_b).user)
    number = turn.a if turn.b is None else turn.b
    at = turn.line_a if turn.b is None else turn.line_b
    told = f"turn {number} ({said(turn.began)}), {plural(count_events(ones), 'event')} from line {at} on"
    return Text.assemble((f"{mark} ", style), told + (f": “{_value(words)}”" if words else ""))


def change(one: Difference) -> Text:
    """A path with both values; large ones as people know them from a diff."""
    path = said(one.path.removeprefix("$.").removeprefix("session."))
    before, after = one.a, one.b
    if any(isinstance(value, dict | list) and len(repr(value)) > _INLINE for value in (before, after)):
        empty: Any = {} if isinstance(before, dict) or isinstance(after, dict) else []
        before, after = (value if _is_there(value) else empty for value in (before, after))
        return difference(before, after, path) or Text(path)
    return Text.assemble((path, "bold"), ": ", _value(before), " → ", _value(after))


def count_events(differences: Iterable[Difference]) -> int:
    """In how many events they are."""
    return len(set(map(_event_of, differences)))


def _others(first: Difference, more: list[Difference]) -> str:
    """In which other events the same is different, so that nobody takes them for others still."""
    others = list(dict.fromkeys(_event_of(one) for one in more if _event_of(one) != _event_of(first)))
    if not others:
        return plural(len(more), "more place")
    if len(others) > _STRETCH:
        return plural(len(others), "more event")
    return ", ".join(said(kind) for kind, *_ in others)


def _stretch(ones: list[Difference]) -> Text:
    """Events of one strand that follow each other, and that only one of the recordings has."""
    mark, style = _MARKS[ones[0].what]
    lines = [line for one in ones for line in (one.line_a, one.line_b) if line is not None]
    where = f" (line {lines[0]} on)" if lines else ""
    types = ", ".join(said(one.type) for one in ones[:_TYPES_SHOWN]) + (", …" if len(ones) > _TYPES_SHOWN else "")
    return Text.assemble((f"{mark} ", style), plural(count_events(ones), "event"), (where, "dim"), f": {types}")


def _event(one: Difference) -> Text:
    mark, style = _MARKS[one.what]
    lines = " and ".join(dict.fromkeys(str(line) for line in (one.line_a, one.line_b) if line is not None))
    head = Text.assemble((f"{mark} ", style), said(one.type), (f" (line {lines})", "dim"))
    return Text.assemble(head, " ", change(one)) if one.what == "changed" else head


def _event_of(one: Difference) -> tuple[str, str, int | None, int | None]:
    """What tells an event from others."""
    return one.type, one.strand, one.line_a, one.line_b


def _value(value: Any) -> str:
    if value is not None and not _is_there(value):
        return "nothing"
    plain = isinstance(value, str) and value == value.strip() != ""
    shown = said(value if plain else json.dumps(value, ensure_ascii=False))
    return shown if len(shown) <= _VALUE_SHOWN else f"{shown[: _VALUE_SHOWN - 1]}…"


def _is_there(value: Any) -> bool:
    return isinstance(value, dict | list | str | int | float)
