"""Findings as JUnit XML, which CI systems show among their tests.

A file is a test suite. An error or a warning is a test case that failed, a remark one that passed and says
something, a clean file one that passed. Counts stand before the cases, so a suite is held until its file is
done; one that grows past a bound is written and another of the same name begins.

Source: the attributes and elements are those that the JUnit schemas of Ant and of Jenkins' xUnit plugin share.
"""

from __future__ import annotations

from typing import Final, TextIO

from rtcli.reports.report import Report, sentence, visible, where
from rtcli.rules import Finding
from rtcli.rules.summary import Summary

_HELD_AT_MOST: Final = 1000
_ENTITIES: Final = {ord("&"): "&amp;", ord("<"): "&lt;", ord(">"): "&gt;", ord('"'): "&quot;"}
_HEAD: Final = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="rtcli validate">\n'


class Junit(Report):
    """Writes a ``testsuite`` for each file."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._name = ""
        self._held: list[Finding] = []
        self._begun = False
        """Something of this file has been written."""
        out.write(_HEAD)

    def finding(self, name: str, finding: Finding) -> None:
        """Hold the finding; write its suite if that is long enough."""
        if name != self._name or len(self._held) >= _HELD_AT_MOST:
            self._write()
        self._begun = self._begun and name == self._name
        self._name = name
        self._held.append(finding)

    def done(self, name: str) -> None:
        """Write the file's suite."""
        self._begun = self._begun and name == self._name
        if self._held or self._begun:
            self._write()
        else:
            self._suite(name, [_passed(name)])
        self._begun, self._name = False, ""

    def finish(self, summary: Summary) -> None:
        """Write what could not be read as errors, and close the document."""
        self._write()
        if summary.unreadable:
            cases = [case("rtcli", "a file is read", f"<error message={value(why)}/>") for why in summary.unreadable]
            self._suite("rtcli", cases, errors=len(cases))
        self._out.write("</testsuites>\n")

    def _write(self) -> None:
        if self._held:
            failures = sum(finding.severity != "info" for finding in self._held)
            self._suite(self._name, [_told(self._name, finding) for finding in self._held], failures=failures)
            self._held.clear()
            self._begun = True

    def _suite(self, name: str, cases: list[str], failures: int = 0, errors: int = 0) -> None:
        counts = f'tests="{len(cases)}" failures="{failures}" errors="{errors}" skipped="0"'
        self._out.write(f"<testsuite name={value(name)} {counts}>\n{''.join(cases)}</testsuite>\n")


def _told(name: str, finding: Finding) -> str:
    title = f"{finding.code} line {finding.line} {where(finding)}".rstrip()
    place = f"{name}:{finding.line}: {where(finding)}".rstrip(": ")
    text = escaped(f"{place}: {sentence(finding)}")
    if finding.severity == "info":
        return case(name, title, f"<system-out>{text}</system-out>")
    kind = f'type="{finding.severity}" message={value(finding.message)}'
    return case(name, title, f"<failure {kind}>{text}</failure>")


def _passed(name: str) -> str:
    return case(name, "nothing found", "")


def case(name: str, title: str, body: str) -> str:
    """A test case of a file, with what is to be said of it."""
    head = f"<testcase classname={value(name)} name={value(title)}"
    return f"{head}>{body}</testcase>\n" if body else f"{head}/>\n"


def value(text: str) -> str:
    """The text as the value of an attribute."""
    return f'"{escaped(text)}"'


def escaped(text: str) -> str:
    """The text as XML; the characters that XML 1.0 forbids are among those that are written out."""
    return visible(text).translate(_ENTITIES)
