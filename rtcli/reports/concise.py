"""One line a finding, as compilers write it: ``file:line: severity CODE message``."""

from __future__ import annotations

from typing import TextIO

from rtcli.rules import Finding
from rtcli.rules.summary import Summary


class Concise:
    """Writes ``file:line: severity CODE type path: message``."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def finding(self, name: str, finding: Finding) -> None:
        """Write the finding's line."""
        place = " ".join(part for part in (finding.type, finding.path) if part)
        count = f" ({finding.count} times)" if finding.count > 1 else ""
        expected = (
            f", expected {finding.expected}" if finding.expected and finding.expected not in finding.message else ""
        )
        remedy = f"; {finding.remedy}" if finding.remedy else ""
        line = f"{name}:{finding.line}: {finding.severity} {finding.code} {place}: {finding.message}{expected}{count}{remedy}"
        self._out.write(_one_line(line) + "\n")

    def finish(self, summary: Summary) -> None:
        """Write the outcome."""
        self._out.write(summary.sentence() + "\n")


def _one_line(text: str) -> str:
    """The text with everything that could move a cursor or break a line written out."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)
