"""Findings as one JSON document, written as they come.

``{"schema": "rtcli.findings/1", "findings": [...], "summary": {...}}``; a finding has the fields of
`rtcli.rules.Finding` and its ``file``.
"""

from __future__ import annotations

from typing import TextIO

import msgspec

from rtcli.rules import Finding
from rtcli.rules.summary import Summary

SCHEMA = "rtcli.findings/1"


class Json:
    """Writes the document piece by piece, so that any number of findings needs no memory."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._separator = f'{{"schema":"{SCHEMA}","findings":[\n'

    def finding(self, name: str, finding: Finding) -> None:
        """Write the finding's object."""
        body = {"file": name, **msgspec.structs.asdict(finding)}
        self._out.write(self._separator + msgspec.json.encode(_clean(body)).decode())
        self._separator = ",\n"

    def finish(self, summary: Summary) -> None:
        """Close the list and write the summary."""
        if not self._separator.startswith(","):
            self._out.write(self._separator)
        body = {
            "files": summary.files,
            "events": summary.events,
            "by_severity": dict(summary.by_severity),
            "by_code": dict(sorted(summary.by_code.items())),
            "spoken": summary.spoken,
            "unreadable": summary.unreadable,
        }
        self._out.write('\n],"summary":' + msgspec.json.encode(_clean(body)).decode() + "}\n")


def _clean(value: object) -> object:
    """The value with lone surrogates replaced, which have no place in UTF-8."""
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {key: _clean(entry) for key, entry in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(entry) for entry in value]
    return value
