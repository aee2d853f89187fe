"""Findings as JSON Lines: each line says what it is, so that it can stand alone in a log.

A finding has the fields of `rtcli.rules.Finding` and its ``file``; the last line is the summary.
"""

from __future__ import annotations

from typing import TextIO

from rtcli.reports.json import finding_fields, summary_fields, written
from rtcli.reports.report import Report
from rtcli.rules import Finding
from rtcli.rules.summary import Summary

SCHEMA = "rtcli.finding/1"
SUMMARY_SCHEMA = "rtcli.summary/1"


class JsonLines(Report):
    """Writes an object a line."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def finding(self, name: str, finding: Finding) -> None:
        """Write the finding's line."""
        self._out.write(written({"schema": SCHEMA, **finding_fields(name, finding)}) + "\n")

    def finish(self, summary: Summary) -> None:
        """Write the summary's line, without which a run has not come to its end."""
        self._out.write(written({"schema": SUMMARY_SCHEMA, **summary_fields(summary)}) + "\n")
