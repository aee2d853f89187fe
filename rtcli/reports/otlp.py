"""Spans for OpenTelemetry, as an OTLP JSON document: session ▸ turn ▸ response ▸ tool call.

What was said stays out unless it is asked for. Ids follow from the content, so that the same recording gives the
same spans again. A recording that does not say when it began counts from 1970.

Source: OTLP 1.5, ``trace.proto`` and the page on its JSON: ids in hexadecimal, 64-bit numbers as strings.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any, Final

from rtcli import __version__
from rtcli.errors import BadOption
from rtcli.events import Listener
from rtcli.formats import Entry
from rtcli.reports.json import written
from rtcli.reports.otlp_spans import Call, Span, spans_of

UNTIMED: Final = "connections without times"
_SCHEMA_URL: Final = "https://opentelemetry.io/schemas/1.41.0"
_INTEGER_AT_MOST: Final = (1 << 63) - 1
_SCOPE: Final = {"name": "rtcli", "version": __version__}


class Spans:
    """Writes the spans of each connection when it is over; memory grows with the turns, not with the events."""

    def __init__(self, put: Callable[[bytes], object], listener: Listener, *, content: bool = False) -> None:
        self.lost: Counter[str] = Counter()
        self._put = put
        self._detector = listener.detector
        self._content = content
        self._call = Call(content=content)
        self._written = 0
        put(b'{"resourceSpans":[')

    def take(self, entry: Entry) -> None:
        """Take in the next entry."""
        if self._call.is_ended_by(entry):
            self._end()
            self._call = Call(content=self._content)
        self._call.apply(entry)

    def finish(self) -> None:
        """Write the last connection.

        Raises:
            BadOption: nothing in the recording has a time.

        """
        self._end()
        if not self._written and self.lost:
            why = "a span has a beginning and an end, and nothing in this recording has a time"
            raise BadOption("--to otlp", why, "record with rtcli, or convert a log that has times")
        self._put(b"\n]}\n")

    def _end(self) -> None:
        if not self._call.entries:
            return
        vendor = self._detector.vendor.name if self._detector.vendor else ""
        spans = spans_of(self._call, vendor)
        if not spans:
            self.lost[UNTIMED] += 1
            return
        document = {
            "resource": {"attributes": _attributes({"service.name": "rtcli", **_clock(self._call)})},
            "scopeSpans": [{"scope": _SCOPE, "spans": [_span(span) for span in spans], "schemaUrl": _SCHEMA_URL}],
        }
        self._put((b",\n" if self._written else b"\n") + written(document).encode())
        self._written += 1


def _clock(call: Call) -> dict[str, Any]:
    """What is to be known of times that are not those of a calendar."""
    return {} if call.began_us is not None else {"rtcli.clock": "since the beginning"}


def _span(span: Span) -> dict[str, Any]:
    """A span as OTLP has it."""
    told: dict[str, Any] = {
        "traceId": span.trace_id,
        "spanId": span.id,
        "name": span.name,
        "kind": span.kind,
        "startTimeUnixNano": str(span.start_ns),
        "endTimeUnixNano": str(max(span.start_ns, span.end_ns)),
        "attributes": _attributes(span.attributes),
    }
    if span.parent_id:
        told["parentSpanId"] = span.parent_id
    if span.events:
        told["events"] = [
            {"timeUnixNano": str(at_ns), "name": name, "attributes": _attributes(fields)}
            for at_ns, name, fields in span.events
        ]
    if span.status:
        told["status"] = {"code": span.status, **({"message": span.message} if span.message else {})}
    return told


def _attributes(fields: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": _value(value)} for key, value in fields.items() if value is not None]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int) and abs(value) <= _INTEGER_AT_MOST:
        return {"intValue": str(value)}
    if isinstance(value, float):
        return {"doubleValue": value}
    if isinstance(value, list):
        return {"arrayValue": {"values": [_value(one) for one in value]}}
    return {"stringValue": str(value)}
