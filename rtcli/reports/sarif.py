"""Findings as SARIF 2.1.0, which code scanning and editors read.

Results are written as they come; the rules that they name follow when all are known.

Source: OASIS, "Static Analysis Results Interchange Format (SARIF) Version 2.1.0", sections 3.13 to 3.59;
docs.github.com, "SARIF support for code scanning", for what is required there beyond it.
"""

from __future__ import annotations

import inspect
import os
from pathlib import PurePath
from typing import Any, Final, TextIO
from urllib.parse import quote

from rtcli import __version__
from rtcli.reports.json import written
from rtcli.reports.report import Report, sentence, visible
from rtcli.rules import RULES, TITLES, Finding, Severity, titles
from rtcli.rules.summary import Summary

SCHEMA: Final = "https://json.schemastore.org/sarif-2.1.0.json"
_LEVELS: Final[dict[Severity, str]] = {"error": "error", "warning": "warning", "info": "note"}


class Sarif(Report):
    """Writes one run."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._rules: dict[str, int] = {}
        """The codes that were found, and where each stands in the list of rules."""
        self._separator = "\n"
        out.write(f'{{"$schema":"{SCHEMA}","version":"2.1.0","runs":[{{"results":[')

    def finding(self, name: str, finding: Finding) -> None:
        """Write the finding's result."""
        index = self._rules.setdefault(finding.code, len(self._rules))
        self._out.write(self._separator + written(_result(name, finding, index)))
        self._separator = ",\n"

    def finish(self, summary: Summary) -> None:
        """Write the rules, and whether every file could be read."""
        driver = {"name": "rtcli", "version": __version__, "rules": [_rule(code) for code in self._rules]}
        notifications = [{"level": "error", "message": _text(why)} for why in summary.unreadable]
        invocation = {
            "executionSuccessful": not notifications,
            "toolExecutionNotifications": notifications,
        }
        rest = written({"tool": {"driver": driver}, "invocations": [invocation]})
        self._out.write("\n]," + rest.removeprefix("{") + "]}\n")


def _result(name: str, finding: Finding, index: int) -> dict[str, Any]:
    result = {
        "ruleId": finding.code,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": _text(sentence(finding)),
        "locations": [_location(name, finding.line, finding.path)],
        "partialFingerprints": {"rtcliPlace/v1": _fingerprint(name, finding)},
        "properties": {
            "side": finding.side,
            "eventType": visible(finding.type),
            "eventId": visible(finding.event_id),
            "count": finding.count,
        },
    }
    if finding.lines:
        result["relatedLocations"] = [
            {"id": number, "message": _text("This line belongs to it."), **_location(name, line)}
            for number, line in enumerate(finding.lines, 1)
        ]
    return result


def _location(name: str, line: int, path: str = "") -> dict[str, Any]:
    physical = {"artifactLocation": {"uri": uri(name)}, "region": {"startLine": max(line, 1)}}
    logical = {"logicalLocations": [{"fullyQualifiedName": visible(path)}]} if path else {}
    return {"physicalLocation": physical, **logical}


def uri(name: str) -> str:
    """A file's name as a URI: relative as it was given, or from the root; any byte of it survives."""
    path = PurePath(name)
    if path.is_absolute():
        return "file://" + quote(_bytes("/" * (path.drive != "") + path.as_posix()))
    return quote(_bytes(path.as_posix()))


def _bytes(name: str) -> bytes:
    """The name as the system has it; a lone surrogate that it could not have stays one."""
    try:
        return os.fsencode(name)
    except UnicodeEncodeError:
        return name.encode("utf-8", "surrogatepass")


def _fingerprint(name: str, finding: Finding) -> str:
    """What stays the same when lines move: the file, the rule, the event's type and the place in it."""
    import hashlib  # noqa: PLC0415 - it loads a library of its own, and no other report needs it

    parts = (uri(name), finding.code, finding.type, finding.path)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _rule(code: str) -> dict[str, Any]:
    rule = next((rule for rule in RULES if rule.code == code), None)
    title = f"{titles()[code]}."
    severity = rule.severity if rule else TITLES[code][0]
    page = (inspect.getdoc(rule.judge) or title) if rule else title
    return {
        "id": code,
        "shortDescription": {"text": title},
        "fullDescription": {"text": _first_paragraph(page) or title},
        "help": {"text": page},
        "defaultConfiguration": {"level": _LEVELS[severity]},
        "properties": {"tags": [code.rstrip("0123456789")]},
    }


def _first_paragraph(page: str) -> str:
    """What the page says below its title, before the examples."""
    paragraphs = [" ".join(part.split()) for part in page.split("\n\n")[1:2]]
    return paragraphs[0] if paragraphs else ""


def _text(text: str) -> dict[str, str]:
    return {"text": visible(text)}
