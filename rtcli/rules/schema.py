"""SCH: what the schema says about one line, as findings."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from operator import attrgetter
from typing import Any, Final

from msgspec import UNSET

from rtcli.events import BETA, REALTIME, Detector, Event, Extra, Malformed, Unknown
from rtcli.events.dialects import RENAMED_EVENTS, realtime_name
from rtcli.events.event import type_name
from rtcli.events.vendors import Vendor
from rtcli.events.wording import describe
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
    "SCH13": ("error", "An event of another dialect"),
    "SCH14": ("error", "Client and server speak different dialects"),
}
"""Code, severity and title of everything that can be said about one line by itself."""

_SEVERITIES: Final = {code: severity for code, (severity, _) in TITLES.items()}
DISAGREEMENT: Final = "SCH14"
"""What is told once in a file."""
NO_EVENT: Final = (Malformed, Unknown, Torn, Binary)
"""What a line can be that is no event in order, and of which the schema says something."""
_INDEX: Final = r"\[\d+\]"


def findings(entry: Entry) -> list[Finding]:
    """What is wrong with a line; unknown types and fields are told apart by ``oddities``."""
    event = entry.event
    if isinstance(event, Malformed):
        found, side, event_id = [], entry.sender or "unknown", _event_id(event)
        for fault in event.faults:
            code = fault.code
            found.append(
                Finding(
                    code=code,
                    severity=_SEVERITIES[code],
                    side=side,
                    line=entry.line,
                    message=fault.message,
                    type=event.type,
                    event_id=event_id,
                    path=fault.path,
                    found=fault.found,
                    expected=fault.expected,
                    remedy=fault.hint,
                )
            )
        return found
    if isinstance(event, Torn):
        message = f"the last record was cut off after {event.size_bytes} bytes; everything before it is whole"
        return [Finding(code="SCH11", severity="warning", side="recorder", line=entry.line, message=message)]
    if isinstance(event, Binary):
        message = "a binary frame; the protocol has text frames only"
        side = entry.sender or "unknown"
        return [Finding(code="SCH12", severity="warning", side=side, line=entry.line, message=message)]
    return []


def is_odd(kind: type[Event]) -> bool:
    """Whether events of a class can have something that the dialect does not know."""
    return kind.extra != () or bool(kind.foreign) or kind.__struct_config__.dict


def disagreement(detector: Detector) -> Finding:
    """The two sides do not speak the same dialect; the later of the two clues shows it."""
    client, server = detector.verdicts["client"], detector.verdicts["server"]
    lines = sorted((client.line, server.line))
    return Finding(
        code=DISAGREEMENT,
        severity=TITLES[DISAGREEMENT][0],
        side="client",
        line=lines[1],
        lines=(lines[0],),
        message=detector.disagreement(),
        remedy="rtcli migrate rewrites beta client events" if client.dialect is BETA else "",
    )


class Oddities:
    """What is told once with a count: unknown types and fields, names of another dialect, a vendor's ways.

    Law: what is told depends on the lines so far only; later lines raise counts.
    """

    LIMIT = 1000
    """How many different ones are told apart; a hostile peer can invent any number."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, str, str], Finding] = {}

    def note(self, entry: Entry, vendor: Vendor | None = None) -> None:
        """Take note of what the dialect does not know in this line."""
        event = entry.event
        if isinstance(event, Unknown):
            self._count(entry, "SCH04", event.type, "", vendor, event)
            return
        assert isinstance(event, Event | Malformed)
        if isinstance(event, Event) and event.foreign:
            self._count(entry, "SCH13", event.type, "$.type", vendor, event)
        if isinstance(event, Event) and event.learned_fields:
            for attribute, path in event.learned_fields:
                value = getattr(event, attribute)
                if value is not UNSET:
                    known = self._seen.get(("SCH09", event.type, _pattern(path)))
                    if known is not None:
                        known.count += 1
                    else:
                        self._count(entry, "SCH09", event.type, _pattern(path), vendor, event, Extra(path, value))
            return
        for extra in event.extra:
            self._count(entry, "SCH09", event.type, _pattern(extra.path), vendor, event, extra)

    def taking(self, kind: type[Event]) -> Callable[[Any], bool] | None:
        """What takes note of an event of a learned class, where nothing in it is new; None for any other class."""
        if not kind.learned_fields or kind.foreign:
            return None
        name, seen = type_name(kind), self._seen
        fields = [(attrgetter(attribute), ("SCH09", name, _pattern(path))) for attribute, path in kind.learned_fields]
        if len(fields) == 1 and (known := seen.get(fields[0][1])) is not None:
            return _counting(fields[0][0], known)

        def takes(event: Any) -> bool:
            told = [key for value_of, key in fields if value_of(event) is not UNSET]
            if not all(key in seen for key in told):
                return False
            for key in told:
                seen[key].count += 1
            return True

        return takes

    def judged(self, entry: Entry, vendor: Vendor | None) -> list[Finding]:
        """What the schema says about a line that is no event in order, but for what is told once."""
        event = entry.event
        if event.extra if isinstance(event, Malformed) else isinstance(event, Unknown):
            self.note(entry, vendor)
        found = findings(entry)
        return [one for one in found if not self.known(one, vendor)] if vendor else found

    def known(self, finding: Finding, vendor: Vendor) -> bool:
        """Whether a finding is the vendor's way; then it is told once, as a remark."""
        what = vendor.knows(finding.type, _starred(finding.path))
        if not what:
            return False
        key = (finding.code, finding.type, _starred(finding.path))
        if key in self._seen:
            self._seen[key].count += 1
        elif len(self._seen) < self.LIMIT:
            finding.severity, finding.remedy = "info", f"{vendor.name}: {what}"
            self._seen[key] = finding
        return True

    def merge(self, later: Iterable[Finding]) -> None:
        """Take in what was told of lines behind those that were noted here."""
        for finding in later:
            key = (finding.code, finding.type, _starred(finding.path))
            if key in self._seen:
                self._seen[key].count += finding.count
            elif not self.is_full:
                self._seen[key] = finding

    @property
    def is_full(self) -> bool:
        """Whether no more can be told apart."""
        return len(self._seen) >= self.LIMIT

    def findings(self) -> list[Finding]:
        """One finding for each, in the order of first sight."""
        return list(self._seen.values())

    def _count(
        self,
        entry: Entry,
        code: str,
        name: str,
        path: str,
        vendor: Vendor | None,
        event: Event | Unknown | Malformed,
        extra: Extra | None = None,
    ) -> None:
        known = self._seen.get((code, name, path))
        if known is not None:
            known.count += 1
        elif len(self._seen) < self.LIMIT:
            way = vendor.knows(name, path, added=True) if vendor else ""
            message, remedy = _odd(event, extra)
            newer = isinstance(event, Event) and event.foreign == REALTIME.name
            self._seen[code, name, path] = Finding(
                code=code,
                severity="info" if way or newer else TITLES[code][0],
                side=entry.sender or "unknown",
                line=entry.line,
                message=message,
                type=name,
                path=path,
                remedy=f"{vendor.name}: {way}" if vendor and way else remedy,
            )


def _counting(value_of: Callable[[Any], Any], known: Finding) -> Callable[[Any], bool]:
    """What counts the events of a class with one learned field, which is known."""

    def takes(event: Any) -> bool:
        if value_of(event) is not UNSET:
            known.count += 1
        return True

    return takes


def _odd(event: Event | Unknown | Malformed, extra: Extra | None) -> tuple[str, str]:
    """What is odd and what to do about it."""
    if extra is not None and not isinstance(event, Unknown):
        from rtcli.events.faults import nearest_field  # noqa: PLC0415 - only for what is odd

        near = nearest_field(event, extra.path)
        return "the field is not in the schema", realtime_name(extra.path) or (
            f'did you mean "{near}"?' if near else ""
        )
    if isinstance(event, Unknown):
        return (
            f'the type "{event.type}" is not in this dialect',
            f'did you mean "{event.nearest}"?' if event.nearest else "",
        )
    assert isinstance(event, Event)
    renamed = RENAMED_EVENTS.get(event.type)
    remedy = f"realtime says {' and '.join(renamed.realtime)}: {renamed.hint}" if renamed else ""
    return f"{event.type} is an event of the dialect {event.foreign}", remedy


@lru_cache(4096)
def _pattern(path: tuple[str | int, ...]) -> str:
    """The field's path with every index as ``[*]``, so that list entries count as one place."""
    return _starred(describe(path))


def _starred(path: str) -> str:
    return re.sub(_INDEX, "[*]", path)


def _event_id(event: Malformed) -> str:
    source = event.source
    value = source.get("event_id") if type(source) is dict else getattr(source, "event_id", None)
    return value if type(value) is str else ""
