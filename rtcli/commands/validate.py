"""``rtcli validate``: check recordings against the event schema, and by rules across events."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rtcli.formats import Entry
    from rtcli.reports import Report
    from rtcli.rules import Codes, Finding
    from rtcli.rules.summary import Summary


class Format(StrEnum):
    """How findings are written."""

    FULL = "full"
    CONCISE = "concise"
    JSON = "json"


class Threshold(StrEnum):
    """From which severity on the exit code is 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


def validate(
    paths: Annotated[
        list[Path], typer.Argument(metavar="PATH...", help="Recordings, folders of them, or - for standard input.")
    ],
    output_format: Annotated[
        Format, typer.Option(help="How findings are written.", envvar="RTCLI_OUTPUT_FORMAT")
    ] = Format.FULL,
    statistics: Annotated[
        bool,
        typer.Option(
            "--statistics", help="Count findings by code, instead of listing them.", envvar="RTCLI_STATISTICS"
        ),
    ] = False,
    exit_zero: Annotated[
        bool, typer.Option("--exit-zero", help="Exit with 0 whatever is found.", envvar="RTCLI_EXIT_ZERO")
    ] = False,
    fail_severity: Annotated[
        Threshold, typer.Option(help="Exit with 1 from this severity on.", envvar="RTCLI_FAIL_SEVERITY")
    ] = Threshold.WARNING,
    select: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CODE", help="Only these codes, or families such as FUN (repeatable).", envvar="RTCLI_SELECT"
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        typer.Option(metavar="CODE", help="Not these codes or families (repeatable).", envvar="RTCLI_IGNORE"),
    ] = None,
    dialect: Annotated[
        Spoken, typer.Option(help="Check against this dialect; auto tells it by the events.", envvar="RTCLI_DIALECT")
    ] = Spoken.AUTO,
) -> int:
    """Check recordings against the event schema, and by rules across events.

    Every event is checked whole: types, required fields, allowed values, ranges, and the base64 of
    audio in every dialect but live. Each finding has its line, the JSON path, what was expected and
    what was probably meant. Fields and types that the schema does not know are remarks (info), never
    errors. `rtcli rule` lists the rules; those marked extended are judged only if they are selected.

    Example:  rtcli validate recordings/ --output-format concise

    Exit code: 0 nothing found, 1 findings at or above --fail-severity, 2 a file could not be read.
    """
    from rtcli.rules import Codes
    from rtcli.rules.summary import Summary

    summary = Summary()
    report = _report(output_format)
    codes = Codes(_codes("--select", select), _codes("--ignore", ignore))
    for path in _recordings(paths, summary):
        _check(path, summary, None if statistics else report, dialect, codes)
    _finish(summary, report, output_format, statistics=statistics)
    for sentence in summary.unreadable:
        _complain(sentence)
    if summary.unreadable:
        return 2
    return int(not exit_zero and summary.reaches(fail_severity.value))


def _codes(option: str, given: list[str] | None) -> list[str]:
    """The codes and families, of which each must begin one that there is."""
    from rtcli.errors import BadOption
    from rtcli.events.wording import nearest
    from rtcli.rules import titles

    known = titles()
    wanted = [code.strip().upper() for several in given or [] for code in several.split(",") if code.strip()]
    for code in wanted:
        if not any(one.startswith(code) for one in known):
            near = nearest(code, known, cutoff=0.6)
            raise BadOption(
                option,
                f"no rule begins with {code!r}",
                f"did you mean {near}?" if near else "rtcli rule lists them all",
            )
    return wanted


def _recordings(paths: list[Path], summary: Summary) -> list[Path]:
    from rtcli.formats import ENDINGS, find

    recordings = []
    for path in paths:
        found = find(path)
        if not found:
            summary.unreadable.append(f"there is no recording in {path}: no file ends in {', '.join(ENDINGS)}")
        recordings += found
    return recordings


def _check(path: Path, summary: Summary, report: Report | None, dialect: Spoken, codes: Codes) -> None:
    from rtcli.errors import UnreadableRecording
    from rtcli.events import DIALECTS, REALTIME, Listener
    from rtcli.formats import read
    from rtcli.rules import Check
    from rtcli.views.text import said

    listener = Listener(DIALECTS.get(dialect.value))
    check = Check(codes.rules, listener)
    try:
        for finding in check.run(_watched(read(path, listener), path)):
            if not codes.want(finding.code):
                continue
            summary.add(finding)
            if report:
                report.finding(str(path), finding)
    except UnreadableRecording as error:
        summary.unreadable.append(str(error))
    else:
        summary.files += 1
        detector = listener.detector
        if detector.disagree or detector.dialect is not REALTIME or detector.vendor:
            vendor = f" ({detector.vendor.name})" if detector.vendor else ""
            summary.spoken[said(str(path))] = detector.disagreement() + vendor
    summary.events += check.events


def _watched(entries: Iterator[Entry], path: Path) -> Iterator[Entry]:
    """The entries, with a progress bar where somebody is watching."""
    if not sys.stderr.isatty() or not path.is_file():
        return entries
    from rich.console import Console

    from rtcli.views.progress import reading

    return reading(entries, Console(stderr=True), path.name, path.stat().st_size)


def _report(output_format: Format) -> Report:
    if output_format is Format.FULL:
        return _Paragraphs()
    from rtcli.reports import REPORTS

    return REPORTS[output_format.value](sys.stdout)


class _Paragraphs:
    """The report for people. Rich is loaded when there is something to paint."""

    def __init__(self) -> None:
        self._view: Report | None = None

    def finding(self, name: str, finding: Finding) -> None:
        self._painted().finding(name, finding)

    def finish(self, summary: Summary) -> None:
        if self._view is None and not sys.stdout.isatty() and not os.environ.get("FORCE_COLOR"):
            sys.stdout.write(summary.sentence() + "\n")
        else:
            self._painted().finish(summary)

    def _painted(self) -> Report:
        if self._view is None:
            from rtcli.views.console import console
            from rtcli.views.findings import Full

            self._view = Full(console())
        return self._view


def _finish(summary: Summary, report: Report, output_format: Format, *, statistics: bool) -> None:
    if statistics and output_format is not Format.JSON:
        from rtcli.views.console import console
        from rtcli.views.findings import statistics as table

        console().print(table(summary))
    report.finish(summary)


def _complain(sentence: str) -> None:
    from rtcli.views.text import said

    sys.stderr.write(f"rtcli: {said(sentence)}\n")
