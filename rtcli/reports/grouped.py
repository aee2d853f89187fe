"""Findings below the name of their file, one line each."""

from __future__ import annotations

from typing import TextIO

from rtcli.reports.report import Report, sentence, visible, where
from rtcli.rules import Finding
from rtcli.rules.summary import Summary

_LINE_COLUMN = 6
_SEVERITY_COLUMN = 7


class Grouped(Report):
    """Writes a file's name when the first finding in it comes, and then its findings."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._name: str | None = None

    def finding(self, name: str, finding: Finding) -> None:
        """Write the finding's line, below the file's."""
        if name != self._name:
            self._out.write(("" if self._name is None else "\n") + visible(name) + ":\n")
            self._name = name
        head = f"{finding.line:>{_LINE_COLUMN}}  {finding.severity:{_SEVERITY_COLUMN}}  {finding.code} {where(finding)}"
        self._out.write(visible(f"{head.rstrip()}: {sentence(finding)}") + "\n")

    def finish(self, summary: Summary) -> None:
        """Write the outcome."""
        self._out.write(("" if self._name is None else "\n") + summary.sentence() + "\n")
