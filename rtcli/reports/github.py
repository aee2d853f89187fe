"""Findings as workflow commands, which GitHub Actions shows beside the lines of a file.

Source: docs.github.com, "Workflow commands for GitHub Actions"; what is escaped and how is
actions/toolkit, packages/core/src/command.ts.

Law: every line begins with a command or with a word of ours, so that no word of a peer can be taken for one.
"""

from __future__ import annotations

from typing import Final, TextIO

from rtcli.reports.report import Report, sentence, visible, where
from rtcli.rules import Finding
from rtcli.rules.summary import Summary

_COMMANDS: Final = {"error": "error", "warning": "warning", "info": "notice"}
_IN_DATA: Final = {ord("%"): "%25", ord("\r"): "%0D", ord("\n"): "%0A"}
_IN_PROPERTY: Final = {**_IN_DATA, ord(":"): "%3A", ord(","): "%2C"}


class Github(Report):
    """Writes ``::error title=…,file=…,line=…::message``."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def finding(self, name: str, finding: Finding) -> None:
        """Write the finding's command."""
        properties = {"title": f"rtcli ({finding.code})", "file": name, "line": str(finding.line)}
        message = f"{name}:{finding.line}: {finding.code} {where(finding)}".rstrip()
        self._command(_COMMANDS[finding.severity], f"{message}: {sentence(finding)}", properties)

    def finish(self, summary: Summary) -> None:
        """Write what could not be read, and the outcome."""
        for why in summary.unreadable:
            self._command("error", why, {"title": "rtcli"})
        self._out.write(summary.outcome() + "\n")

    def _command(self, command: str, message: str, properties: dict[str, str]) -> None:
        told = ",".join(f"{key}={_escaped(value, _IN_PROPERTY)}" for key, value in properties.items())
        self._out.write(f"::{command} {told}::{_escaped(message, _IN_DATA)}\n")


def _escaped(text: str, table: dict[int, str]) -> str:
    """The text as the grammar wants it; what is no printable character besides is written out."""
    return visible(text.translate(table))
