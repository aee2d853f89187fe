"""What the page's script reads: one document, and beside it the texts of events and the pieces of audio."""

from __future__ import annotations

from collections import Counter
from typing import Any, Final

from msgspec import Struct

from rtcli.causes.cause import Cause
from rtcli.causes.slow import slow_parts
from rtcli.reports.page import talk
from rtcli.reports.page.rows import Row
from rtcli.reports.page.story import Placed, Stories, Story, place, rounded
from rtcli.rules import Finding, titles

SCHEMA: Final = "rtcli.page/1"
BODIES_TOGETHER: Final = 256
"""Texts of events that are read at once, when one of them is to be shown."""
_LINES_SHOWN: Final = 12
_WAITS_SHOWN: Final = 20
_CODES_SHOWN: Final = 8


class Document(Struct):
    """The parts of a page."""

    data: dict[str, Any]
    bodies: dict[str, list[str]]
    """By name, the texts of so many rows."""
    pieces: dict[str, str]
    """By name, audio in base64."""


def document(name: str, stories: Stories) -> Document:
    """The page's contents, when the recording has been read to its end."""
    case, shown = stories.case, stories.stories
    named = titles()
    bodies: dict[str, list[str]] = {}
    pieces: dict[str, str] = {}
    told = [_connection(number, story, stories, bodies, pieces) for number, story in enumerate(shown)]
    data = {
        "schema": SCHEMA,
        "file": name,
        "audio": stories.audio.value,
        "events": case.check.events,
        "connections": told,
        "more_connections": stories.more,
        "causes": [_cause(cause, shown) for cause in case.causes],
        "findings": [_finding(finding, named, shown) for finding in sorted(case.findings, key=lambda one: one.line)],
        "found": sum(case.by_code.values()),
        "slow": [
            {"text": one.sentence, "line": one.line, **_where(place(shown, one.line))} for one in slow_parts(case)
        ],
        "waits": [
            {"text": f"the {wait.by} waits for {wait.what}", "line": wait.line, **_where(place(shown, wait.line))}
            for connection in case.connections
            for wait in connection.waits[:_WAITS_SHOWN]
        ][:_WAITS_SHOWN],
    }
    return Document(rounded(data), bodies, pieces)


def _connection(
    number: int, story: Story, stories: Stories, bodies: dict[str, list[str]], pieces: dict[str, str]
) -> dict[str, Any]:
    case = stories.case
    told = case.connections[story.number] if story.number is not None else None
    rows = story.rows.rows
    for begin in range(0, len(rows), BODIES_TOGETHER):
        bodies[f"b{number}-{begin // BODIES_TOGETHER}"] = [row.text for row in rows[begin : begin + BODIES_TOGETHER]]
    sound = {side: track.told(story.axis.row, f"{side[0]}{number}-", pieces) for side, track in story.tracks.items()}
    first_x, last_x = story.axis.ends
    clips = [heard for track in story.tracks.values() for heard in track.clips if heard.end > first_x]
    ends = [last_x, *(heard.end for heard in clips)]
    begins = [first_x, *(heard.x for heard in clips)]
    return {
        "facts": stories.words.facts(told) if told is not None else [],
        "events": told.events if told is not None else 0,
        "timed": story.axis.timed,
        "begin": min(begins),
        "end": max(ends),
        "shortened": story.shortened,
        "late": story.axis.late_s,
        "rows": _columns(rows),
        "lanes": story.spans.told(case.metrics[story.number], story.heard.utterances, set(told.kept))
        if story.number is not None and told is not None
        else {},
        "sound": sound,
        "talk": talk.told(story.sayings, story.axis),
    }


def _columns(rows: list[Row]) -> dict[str, Any]:
    """The rows, column by column, which is half as long."""
    types = {name: place for place, name in enumerate(dict.fromkeys(row.type for row in rows))}
    return {
        "types": list(types),
        "type": [types[row.type] for row in rows],
        "line": [row.line for row in rows],
        "last": [row.last - row.line for row in rows],
        "x": [row.x for row in rows],
        "s": [row.end - row.x for row in rows],
        "from": "".join({"client": "c", "server": "s"}.get(row.sender, "-") for row in rows),
        "words": [row.words for row in rows],
        "count": [row.count for row in rows],
        "bytes": [row.sound_bytes for row in rows],
        "bad": [number for number, row in enumerate(rows) if row.is_bad],
        "together": BODIES_TOGETHER,
    }


def _where(placed: Placed | None) -> dict[str, Any]:
    return {"story": placed.story, "x": placed.x, "row": placed.row} if placed else {"story": -1, "x": 0, "row": -1}


def _cause(cause: Cause, shown: list[Story]) -> dict[str, Any]:
    lines = sorted(cause.lines)
    return {
        "name": cause.name,
        "title": cause.title,
        "severity": cause.severity,
        "side": cause.side,
        "weight": cause.weight,
        "count": cause.count,
        "at": cause.at_s,
        "evidence": cause.evidence,
        "effect": cause.effect,
        "remedy": cause.remedy,
        "also": _also(cause),
        "places": [{"line": line, **_where(place(shown, line))} for line in lines[:_LINES_SHOWN]],
        "more": len(lines[_LINES_SHOWN:]),
        "line": cause.lines[0],
        **_where(place(shown, cause.lines[0])),
    }


def _also(cause: Cause) -> str:
    """What else was found because of it, the most frequent first."""
    codes = Counter(finding.code for finding in cause.consequences if finding.code != cause.name)
    told = [f"{code} ({count})" if count > 1 else code for code, count in codes.most_common(_CODES_SHOWN)]
    return ", ".join(told) + (", …" if len(codes) > _CODES_SHOWN else "")


def _finding(finding: Finding, named: dict[str, str], shown: list[Story]) -> dict[str, Any]:
    return {
        "code": finding.code,
        "title": named.get(finding.code, ""),
        "severity": finding.severity,
        "side": finding.side,
        "line": finding.line,
        "message": finding.message,
        "path": finding.path,
        "found": finding.found[:200],
        "expected": finding.expected[:200],
        "remedy": finding.remedy,
        "count": finding.count,
        "places": [{"line": line, **_where(place(shown, line))} for line in finding.lines[:_LINES_SHOWN]],
        **_where(place(shown, finding.line)),
    }
