"""Findings for people: what is wrong, where, what was expected, what to do."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table
from rich.text import Text

from rtcli.rules import Finding, titles
from rtcli.rules.summary import Summary
from rtcli.views.text import said

STYLES = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}


class Full:
    """Prints a short paragraph for each finding, and the outcome."""

    def __init__(self, console: Console) -> None:
        self._console = console

    def finding(self, name: str, finding: Finding) -> None:
        """Print the finding's paragraph."""
        style = STYLES[finding.severity]
        self._console.print(
            Text.assemble((finding.code, style), f" {finding.severity}: ", (said(finding.message), "bold")),
            soft_wrap=True,
        )
        place = [f"{said(name)}:{finding.line}", said(finding.type), said(finding.path)]
        self._row("-->", "  ".join(part for part in place if part), "dim")
        if finding.event_id:
            self._row(" id", said(finding.event_id), "dim")
        if finding.expected and finding.expected not in finding.message:
            self._row("  =", f"expected {said(finding.expected)}")
        if finding.count > 1:
            self._row("  =", f"{finding.count:,} times, here first")
        if finding.remedy:
            self._row("  =", f"help: {said(finding.remedy)}", "green")
        self._console.print()

    def finish(self, summary: Summary) -> None:
        """Print the outcome."""
        grave = "red" if summary.by_severity["error"] else "yellow" if summary.by_severity["warning"] else "green"
        self._console.print(Text(summary.sentence(), style=grave), soft_wrap=True)

    def _row(self, mark: str, text: str, style: str = "") -> None:
        self._console.print(Text.assemble("  ", (mark, "blue"), " ", (text, style)), soft_wrap=True)


def statistics(summary: Summary) -> Table:
    """How often each code was found, the most frequent first."""
    known = titles()
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(justify="right")
    for code, count in sorted(summary.by_code.items(), key=lambda row: (-row[1], row[0])):
        table.add_row(f"{count:,}", code, known[code])
    return table
