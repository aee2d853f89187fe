"""Every format of findings, each a class that takes findings as they come; what has one thing to report loads none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, TextIO

from rtcli.reports.concise import Concise
from rtcli.reports.github import Github
from rtcli.reports.grouped import Grouped
from rtcli.reports.json import Json
from rtcli.reports.json_lines import JsonLines
from rtcli.reports.junit import Junit
from rtcli.reports.report import Report
from rtcli.reports.sarif import Sarif

REPORTS: Final[dict[str, Callable[[TextIO], Report]]] = {
    "concise": Concise,
    "grouped": Grouped,
    "json": Json,
    "json-lines": JsonLines,
    "github": Github,
    "junit": Junit,
    "sarif": Sarif,
}
"""Every format by the name that ``--output-format`` takes; ``full``, for people, is a view."""
