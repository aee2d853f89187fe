"""What a run of checks came to."""

from __future__ import annotations

from collections import Counter

from rtcli.rules.finding import Finding, Severity, at_least


class Summary:
    """Counts over all files of a run."""

    def __init__(self) -> None:
        self.files = 0
        self.events = 0
        self.by_severity: Counter[Severity] = Counter()
        self.by_code: Counter[str] = Counter()
        """Findings by code; one that is told once counts once."""
        self.spoken: dict[str, str] = {}
        """By file what is spoken and what shows it, where it is not plainly the dialect of today."""
        self.unreadable: list[str] = []
        """Why files could not be read, a sentence each."""

    def add(self, finding: Finding) -> None:
        """Count a finding."""
        self.by_severity[finding.severity] += 1
        self.by_code[finding.code] += 1

    def reaches(self, threshold: Severity) -> bool:
        """Whether anything found is as grave as the threshold."""
        return any(at_least(severity, threshold) for severity in self.by_severity)

    def sentence(self) -> str:
        """The outcome in one line."""
        seen = f"{_count(self.events, 'event')} in {_count(self.files, 'file')}"
        found = [
            _count(self.by_severity[severity], severity)
            for severity in ("error", "warning")
            if self.by_severity[severity]
        ]
        remarks = _count(self.by_severity["info"], "remark") if self.by_severity["info"] else ""
        told = "".join(f"\n{name}: {verdict}" for name, verdict in self.spoken.items())
        if found:
            return f"Found {', '.join([*found, remarks] if remarks else found)} in {seen}.{told}"
        return f"All good: {seen}{', ' + remarks if remarks else ''}.{told}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}".replace("infos", "info")
