"""A transcript as plain text, as Markdown, and for programs: ``{"schema": "rtcli.transcript/1", …}``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from rtcli.reports.wording import clock, flat, heard, name, remark
from rtcli.session.saying import Saying

SCHEMA: Final = "rtcli.transcript/1"
ESTIMATE: Final = "How many words were heard is an estimate, by how much of the audio was."
_MARKDOWN: Final = re.compile(r"[\\`*_{}\[\]<>#|~!&]")


def text(sayings: Iterable[Saying]) -> Iterator[str]:
    """A line a saying: when, who, what; what was not heard stands in brackets."""
    connection = 1
    for one in sayings:
        if one.connection != connection:
            connection = one.connection
            yield f"\n-- connection {connection} --\n"
        unheard = f"not heard: {flat(one.unheard)}" if one.unheard.strip() else ""
        told = "; ".join(part for part in (remark(one), unheard) if part)
        words = " ".join(part for part in (heard(one), f"[{told}]" if told else "") if part)
        yield f"{clock(one.starts_s):>8}  {name(one):<6}  {words}".strip(" ") + "\n"


def markdown(title: str, sayings: Iterable[Saying]) -> Iterator[str]:
    """A paragraph a saying; what was not heard is struck out."""
    yield f"# Transcript of {escaped(title)}\n"
    estimated, connection = False, 1
    for one in sayings:
        if one.connection != connection:
            connection = one.connection
            yield f"\n## Connection {connection}\n"
        unheard = f"~~{escaped(flat(one.unheard))}~~" if one.unheard.strip() else ""
        estimated = estimated or bool(unheard)
        told = f"*({remark(one)})*" if remark(one) else ""
        at = f" {clock(one.starts_s)}" if one.starts_s is not None else ""
        parts = (f"**{name(one)}**{at}:", escaped(heard(one)), unheard, told)
        yield "\n" + " ".join(part for part in parts if part) + "\n"
    if estimated:
        yield f"\n---\n\nWhat is struck out was not heard. {ESTIMATE}\n"


def escaped(words: str) -> str:
    """Words that mean nothing to Markdown, nor to the HTML in it."""
    return _MARKDOWN.sub(r"\\\g<0>", words)


def document(title: str, sayings: Iterable[Saying]) -> dict[str, Any]:
    """The document: every saying with its text, what of it was heard, and its times in seconds of the call."""
    return {"schema": SCHEMA, "file": title, "sayings": [_row(one) for one in sayings]}


def _row(one: Saying) -> dict[str, Any]:
    row: dict[str, Any] = {
        "who": one.who,
        "kind": one.kind,
        "connection": one.connection,
        "line": one.line,
        "item_id": one.item_id if not one.item_id.startswith("\0") else "",
        "response_id": one.response_id,
        "starts_s": _rounded(one.starts_s, 3),
        "ends_s": _rounded(one.ends_s, 3),
        "audio_ms": _rounded(one.audio_ms, 1),
        "text": one.text if one.kind != "call" else None,
        "heard": one.heard if one.kind != "call" else None,
        "unheard": one.unheard if one.kind != "call" else None,
        "estimated": one.heard_characters is not None,
        "interrupted": one.interrupted,
        "heard_ms": _rounded(one.heard_ms, 1),
        "cancelled": one.cancelled,
        "transcribed": one.transcribed,
        "failure": one.failure or None,
        "out_of_band": one.out_of_band,
    }
    if one.kind == "call":
        row |= {"name": one.name, "arguments": one.text, "output": one.output}
    return row


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
