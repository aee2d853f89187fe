"""Findings for programs: one module a format, each a class that takes findings as they come."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, Protocol, TextIO

from rtcli.reports.concise import Concise
from rtcli.reports.json import Json
from rtcli.rules import Finding
from rtcli.rules.summary import Summary


class Report(Protocol):
    """Takes findings as they are found, and the summary when all files are done."""

    def finding(self, name: str, finding: Finding) -> None:
        """A finding in the file `name`."""

    def finish(self, summary: Summary) -> None:
        """The end of the run."""


REPORTS: Final[dict[str, Callable[[TextIO], Report]]] = {"concise": Concise, "json": Json}
"""Every format by the name that ``--output-format`` takes; ``full``, for people, is a view."""

__all__ = ["REPORTS", "Report"]
