"""What was said and done in one connection, line by line: the page's transcript."""

from __future__ import annotations

from typing import Any, Final

from rtcli.reports.page.axis import Axis
from rtcli.reports.wording import remark
from rtcli.session.saying import Saying

_TEXT_KEPT: Final = 20_000


def told(sayings: list[Saying], axis: Axis) -> list[dict[str, Any]]:
    """The lines for the page's script, each where it was heard, in the order of the conversation."""
    return [_line(one, axis) for one in sayings]


def _line(one: Saying, axis: Axis) -> dict[str, Any]:
    timed = axis.timed and one.starts_s is not None
    begin, end = (one.starts_s, one.ends_s) if timed else (axis.x(one.line), None)
    return {
        "who": "call" if one.kind == "call" else one.who,
        "x": begin,
        "end": begin if end is None else end,
        "line": one.line,
        "row": axis.row(one.line),
        "text": _call(one) if one.kind == "call" else one.heard[:_TEXT_KEPT],
        "unheard": "" if one.kind == "call" else one.unheard[:_TEXT_KEPT],
        "note": _note(one),
    }


def _call(one: Saying) -> str:
    answer = f" → {one.output}" if one.output is not None else ""
    return f"{one.name}({one.text}){answer}"[:_TEXT_KEPT]


def _note(one: Saying) -> str:
    """What is to be said of a line beside its words."""
    notes = []
    if one.failure:
        notes.append(f"not transcribed: {one.failure}")
    elif not one.transcribed and not one.text:
        notes.append("not transcribed")
    if told := remark(one):
        notes.append(told)
    if one.kind == "call" and one.output is None:
        notes.append("not answered")
    return ", ".join(notes)
