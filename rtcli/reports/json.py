"""Findings as one JSON document, written as they come.

``{"schema": "rtcli.findings/1", "findings": [...], "summary": {...}}``; a finding has the fields of
`rtcli.rules.Finding` and its ``file``.
"""

from __future__ import annotations

from json.encoder import encode_basestring_ascii
from typing import Any, TextIO

import msgspec

from rtcli.reports.report import Report
from rtcli.rules import Finding
from rtcli.rules.summary import Summary

SCHEMA = "rtcli.findings/1"


class Json(Report):
    """Writes the document piece by piece, so that any number of findings needs no memory."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._separator = f'{{"schema":"{SCHEMA}","findings":[\n'

    def finding(self, name: str, finding: Finding) -> None:
        """Write the finding's object."""
        self._out.write(self._separator + written(finding_fields(name, finding)))
        self._separator = ",\n"

    def finish(self, summary: Summary) -> None:
        """Close the list and write the summary."""
        if not self._separator.startswith(","):
            self._out.write(self._separator)
        self._out.write('\n],"summary":' + written(summary_fields(summary)) + "}\n")


def finding_fields(name: str, finding: Finding) -> dict[str, Any]:
    """A finding with the name of its file."""
    return {"file": name, **msgspec.structs.asdict(finding)}


def summary_fields(summary: Summary) -> dict[str, Any]:
    """The counts of a run."""
    fields: dict[str, Any] = {
        "files": summary.files,
        "events": summary.events,
        "by_severity": dict(summary.by_severity),
        "by_code": dict(sorted(summary.by_code.items())),
        "hidden": summary.hidden,
        "spoken": summary.spoken,
        "unreadable": summary.unreadable,
    }
    if summary.silence is not None:
        fields["silent"] = [msgspec.structs.asdict(row) for row in summary.silence.rows()]
    return fields


def written(value: object) -> str:
    """The value as JSON on one line, in which no control or invisible character stands as itself."""
    text = msgspec.json.encode(clean(value)).decode()
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else encode_basestring_ascii(c)[1:-1] for c in text)


def clean(value: Any) -> Any:
    """The value with lone surrogates replaced, which have no place in UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {clean(key): clean(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [clean(entry) for entry in value]
    return value
