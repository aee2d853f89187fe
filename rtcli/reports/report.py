"""What every report can be told, and the words that several of them share."""

from __future__ import annotations

from typing import Protocol

from rtcli.rules import Finding
from rtcli.rules.summary import Summary


class Report(Protocol):
    """Takes findings as they are found, and the summary when all files are done."""

    def finding(self, name: str, finding: Finding) -> None:
        """A finding in the file `name`; the findings of a file come together."""

    def done(self, name: str) -> None:
        """The file `name` was read to its end."""

    def finish(self, summary: Summary) -> None:
        """The end of the run."""


def visible(text: str) -> str:
    """The text on one line, with everything written out that could move a cursor, hide, or break a format."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def where(finding: Finding) -> str:
    """The event's type and the place in it."""
    return " ".join(part for part in (finding.type, finding.path) if part)


def sentence(finding: Finding) -> str:
    """What is wrong, what was expected, how often it was seen, and what to do, in one line."""
    count = f" ({finding.count} times)" if finding.count > 1 else ""
    expected = f", expected {finding.expected}" if finding.expected and finding.expected not in finding.message else ""
    remedy = f"; {finding.remedy}" if finding.remedy else ""
    return f"{finding.message}{expected}{count}{remedy}"
