"""One line a finding, as compilers write it: ``file:line: severity CODE message``."""

from __future__ import annotations

from typing import TextIO

from rtcli.reports.report import Report, sentence, visible, where
from rtcli.rules import Finding
from rtcli.rules.summary import Summary


class Concise(Report):
    """Writes ``file:line: severity CODE type path: message``."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def finding(self, name: str, finding: Finding) -> None:
        """Write the finding's line."""
        head = f"{name}:{finding.line}: {finding.severity} {finding.code} {where(finding)}"
        self._out.write(visible(f"{head.rstrip()}: {sentence(finding)}") + "\n")

    def finish(self, summary: Summary) -> None:
        """Write the outcome."""
        self._out.write(summary.sentence() + "\n")
