"""SCH: what the schema says about one line, as findings."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rtcli.events import Event, Extra, Malformed, Unknown
from rtcli.events.faults import describe
from rtcli.formats import Entry
from rtcli.recording import Binary, Torn
from rtcli.rules.finding import Finding, Severity

TITLES: Final[dict[str, tuple[Severity, str]]] = {
    "SCH01": ("error", "The text is not JSON"),
    "SCH02": ("error", "The JSON is not an object"),
    "SCH03": ("error", "The event has no type"),
    "SCH04": ("info", "The type is not in the dialect"),
    "SCH05": ("error", "A required field is missing"),
    "SCH06": ("error", "A value has the wrong type"),
    "SCH07": ("error", "A value is not one of those allowed"),
    "SCH08": ("error", "A number or a length is out of range"),
    "SCH09": ("info", "A field is not in the schema"),
    "SCH10": ("error", "The line is no record"),
    "SCH11": ("warning", "The last record is torn"),
    "SCH12": ("warning", "A binary frame, which the protocol does not have"),
}
"""Code, severity and title of everything that can be said about one line by itself."""


def findings(entry: Entry) -> Iterator[Finding]:
    """What is wrong with a line; unknown types and fields are told apart by ``oddities``."""
    match entry.event:
        case Malformed(faults, name, body, _):
            for fault in faults:
                yield Finding(
                    code=fault.code,
                    severity=TITLES[fault.code][0],
                    side=entry.sender or "unknown",
                    line=entry.line,
                    message=fault.message,
                    type=name,
                    event_id=_event_id(body),
                    path=fault.path,
                    found=fault.found,
                    expected=fault.expected,
                    remedy=fault.hint,
                )
        case Torn(size_bytes):
            message = f"the last record was cut off after {size_bytes} bytes; everything before it is whole"
            yield Finding(code="SCH11", severity="warning", side="recorder", line=entry.line, message=message)
        case Binary():
            message = "a binary frame; the protocol has text frames only"
            yield Finding(
                code="SCH12", severity="warning", side=entry.sender or "unknown", line=entry.line, message=message
            )


class Oddities:
    """Unknown types and fields, each told once with a count.

    Law: what is told depends on the lines so far only; later lines raise counts.
    """

    LIMIT = 1000
    """How many different ones are told apart; a hostile peer can invent any number."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str], Finding] = {}

    def note(self, entry: Entry) -> None:
        """Take note of what the dialect does not know in this line."""
        event = entry.event
        if isinstance(event, Unknown):
            near = f'did you mean "{event.nearest}"?' if event.nearest else ""
            self._count(entry, event.type, "", f'the type "{event.type}" is not in this dialect', near)
        elif isinstance(event, Event | Malformed):
            for extra in event.extra:
                path = _pattern(extra)
                self._count(entry, event.type, path, "the field is not in the schema", "")

    def findings(self) -> list[Finding]:
        """One finding for each, in the order of first sight."""
        return list(self._seen.values())

    def _count(self, entry: Entry, name: str, path: str, message: str, remedy: str) -> None:
        known = self._seen.get((name, path))
        if known is not None:
            known.count += 1
        elif len(self._seen) < self.LIMIT:
            code = "SCH09" if path else "SCH04"
            self._seen[name, path] = Finding(
                code=code,
                severity=TITLES[code][0],
                side=entry.sender or "unknown",
                line=entry.line,
                message=message,
                type=name,
                path=path,
                remedy=remedy,
            )


def _pattern(extra: Extra) -> str:
    """The field's path with every index as ``[*]``, so that list entries count as one place."""
    return describe(tuple(0 if isinstance(step, int) else step for step in extra.path)).replace("[0]", "[*]")


def _event_id(body: object) -> str:
    value = body.get("event_id") if isinstance(body, dict) else None
    return value if isinstance(value, str) else ""
