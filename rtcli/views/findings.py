"""Findings for people: what is wrong, where, what was expected, what to do."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from rtcli.rules import Finding, titles
from rtcli.rules.summary import Summary
from rtcli.views.text import said

STYLES = {"error": "bold red", "warning": "bold yellow", "info": "bold cyan"}
_HANGING = 4
_LINES_AT_MOST = 10


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
        if finding.side != "unknown":
            self._row("  =", f"side: {finding.side}")
        if finding.lines:
            self._row("  =", _lines(finding.lines))
        if finding.count > 1:
            self._row("  =", f"{finding.count:,} times, here first")
        if finding.remedy:
            self._row("  =", f"help: {said(finding.remedy)}", "green")
        self._console.print()

    def done(self, name: str) -> None:
        """Nothing is said of a file alone."""

    def finish(self, summary: Summary) -> None:
        """Print the outcome."""
        bad = summary.by_severity["error"] or summary.unreadable
        grave = "red" if bad else "yellow" if summary.by_severity["warning"] else "green"
        self._console.print(Text(summary.sentence(), style=grave), soft_wrap=True)

    def _row(self, mark: str, text: str, style: str = "") -> None:
        self._console.print(Text.assemble("  ", (mark, "blue"), " ", (text, style)), soft_wrap=True)


def print_statistics(console: Console, summary: Summary) -> None:
    """Print how often each code was found, the most frequent first, and which rules were silent."""
    known = titles()
    counted = sorted(summary.by_code.items(), key=lambda row: (-row[1], row[0]))
    width = len(f"{counted[0][1]:,}") if counted else 0
    for code, count in counted:
        _print_hanging(console, f"{count:>{width},}  {code}  {known[code]}", width + 9)
    rows = summary.silence.rows() if summary.silence else []
    if rows:
        console.print("Rules that could not be judged:", soft_wrap=True)
    for row in rows:
        _print_hanging(console, f"  {row}", _HANGING)


def _print_hanging(console: Console, text: str, hanging: int) -> None:
    """Print a row whose further lines stand further in; off a terminal it is one line."""
    if not console.is_terminal:
        console.print(Text(text), soft_wrap=True)
        return
    indent = len(text) - len(text.lstrip())
    for line in Text(text.lstrip()).wrap(console, max(console.width - hanging, 1)):
        line.rstrip()
        console.print(Text(" " * indent).append_text(line), soft_wrap=True)
        indent = hanging


def _lines(lines: tuple[int, ...]) -> str:
    """The other lines involved, as many as can be read."""
    told = ", ".join(map(str, lines[:_LINES_AT_MOST]))
    more = f" and {len(lines) - _LINES_AT_MOST:,} more" if len(lines) > _LINES_AT_MOST else ""
    return f"with line{'s' if len(lines) > 1 else ''} {told}{more}"
