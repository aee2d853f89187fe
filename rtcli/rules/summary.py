"""What a run of checks came to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rtcli.rules.finding import Finding, Severity, at_least

if TYPE_CHECKING:
    from rtcli.rules.silence import Silence


class Summary:
    """Counts over all files of a run."""

    def __init__(self) -> None:
        self.files = 0
        self.events = 0
        self._found: dict[tuple[Severity, str], int] = {}
        """Findings by severity and code; one that is told once counts once."""
        self.hidden = 0
        """Findings that the baseline has; they count nowhere else."""
        self.spoken: dict[str, str] = {}
        """By file what is spoken and what shows it, where it is not plainly the dialect of today."""
        self.unreadable: list[str] = []
        """Why files could not be read, a sentence each."""
        self.silence: Silence | None = None
        """Which rules could not be judged, where that was asked for."""

    def add(self, finding: Finding) -> None:
        """Count a finding."""
        kind = (finding.severity, finding.code)
        self._found[kind] = self._found.get(kind, 0) + 1

    @property
    def by_severity(self) -> Counter[Severity]:
        """Findings by severity, in the order of first sight."""
        counts: Counter[Severity] = Counter()
        for (severity, _), count in self._found.items():
            counts[severity] += count
        return counts

    @property
    def by_code(self) -> Counter[str]:
        """Findings by code, in the order of first sight."""
        counts: Counter[str] = Counter()
        for (_, code), count in self._found.items():
            counts[code] += count
        return counts

    def reaches(self, threshold: Severity) -> bool:
        """Whether anything found is as grave as the threshold."""
        return any(at_least(severity, threshold) for severity in self.by_severity)

    def outcome(self) -> str:
        """The outcome in one line, without a word of a peer."""
        seen = f"{_count(self.events, 'event')} in {_count(self.files, 'file')}"
        counts = self.by_severity
        found = [_count(counts[severity], severity) for severity in ("error", "warning") if counts[severity]]
        remarks = _count(counts["info"], "remark") if counts["info"] else ""
        hidden = f" ({_count(self.hidden, 'finding')} hidden by the baseline)" if self.hidden else ""
        if found:
            return f"Found {', '.join([*found, remarks] if remarks else found)} in {seen}{hidden}."
        if not self.events:
            return f"Nothing was checked: {seen}."
        good = "Nothing found" if self.unreadable else "All good"
        return f"{good}: {seen}{', ' + remarks if remarks else ''}{hidden}."

    def sentence(self) -> str:
        """The outcome, and what is spoken in each file where that is not plain."""
        return self.outcome() + "".join(f"\n{name}: {verdict}" for name, verdict in self.spoken.items())


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
