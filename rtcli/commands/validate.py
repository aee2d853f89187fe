"""``rtcli validate``: check recordings against the event schema, and by rules across events."""

from __future__ import annotations

import os
import sys
from enum import StrEnum
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

from rtcli.commands import LOST
from rtcli.commands.codes import offered_prefixes
from rtcli.commands.declared import Argument, Option
from rtcli.commands.output import Overwriting
from rtcli.commands.source import Form
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.reports.report import Report
    from rtcli.rules import Finding
    from rtcli.rules.silence import Silence
    from rtcli.rules.summary import Summary


class Format(StrEnum):
    """How findings are written."""

    FULL = "full"
    CONCISE = "concise"
    GROUPED = "grouped"
    JSON = "json"
    JSON_LINES = "json-lines"
    GITHUB = "github"
    JUNIT = "junit"
    SARIF = "sarif"


class Threshold(StrEnum):
    """From which severity on the exit code is 1."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


def validate(
    paths: Annotated[
        list[Path], Argument(metavar="PATH...", help="Recordings, folders of them, or - for standard input.")
    ],
    output_format: Annotated[
        Format, Option(help="How findings are written.", envvar="RTCLI_OUTPUT_FORMAT")
    ] = Format.FULL,
    output: Annotated[
        Path | None,
        Option(
            "-o",
            "--output",
            metavar="FILE",
            help="Write the report to this file, whole or not at all.",
            envvar="RTCLI_OUTPUT_FILE",
        ),
    ] = None,
    overwrite: Overwriting = False,
    statistics: Annotated[
        bool,
        Option(
            "--statistics",
            help="Count findings by code, instead of listing them, and say which rules were silent and why.",
            envvar="RTCLI_STATISTICS",
        ),
    ] = False,
    exit_zero: Annotated[
        bool, Option("--exit-zero", help="Exit with 0 whatever is found.", envvar="RTCLI_EXIT_ZERO")
    ] = False,
    fail_severity: Annotated[
        Threshold, Option(help="Exit with 1 from this severity on.", envvar="RTCLI_FAIL_SEVERITY")
    ] = Threshold.WARNING,
    baseline: Annotated[
        Path | None,
        Option(metavar="FILE", help="Hide the findings that this file knows.", envvar="RTCLI_BASELINE"),
    ] = None,
    write_baseline: Annotated[
        bool,
        Option(
            "--write-baseline",
            help="Write what is found to the file of --baseline, and hide it.",
            envvar="RTCLI_WRITE_BASELINE",
        ),
    ] = False,
    select: Annotated[
        list[str] | None,
        Option(
            metavar="CODE",
            help="Only these codes, or families such as FUN (repeatable).",
            envvar="RTCLI_SELECT",
            autocompletion=offered_prefixes,
        ),
    ] = None,
    ignore: Annotated[
        list[str] | None,
        Option(
            metavar="CODE",
            help="Not these codes or families (repeatable).",
            envvar="RTCLI_IGNORE",
            autocompletion=offered_prefixes,
        ),
    ] = None,
    dialect: Annotated[
        Spoken, Option(help="Check against this dialect; auto tells it by the events.", envvar="RTCLI_DIALECT")
    ] = Spoken.AUTO,
    form: Form = None,
    jobs: Annotated[
        str,
        Option(
            metavar="N",
            help="Let so many processes judge, each a file or a part of one; 0: one on each processor.",
            envvar="RTCLI_JOBS",
        ),
    ] = "1",
) -> int:
    """Check recordings against the event schema, and by rules across events.

    Every event is checked whole: types, required fields, allowed values, ranges, and the base64 of
    audio in every dialect but live. Each finding has its line, the JSON path, what was expected and
    what was probably meant. Fields and types that the schema does not know are remarks (info), never
    errors. `rtcli rule` lists the rules; those marked extended are judged only if they are selected.

    With --jobs, several files are judged side by side; so are the connections in one large file, and all of its lines
    where only the schema judges (--select SCH).

    Logs of other programs are taken for what they look like, which is said; --from insists on a form.

    Options may stand in rtcli.toml, in a table [validate], or in pyproject.toml as [tool.rtcli.validate].

    Example:  rtcli validate recordings/ --output-format concise

    Exit code: 0 nothing found, 1 findings at or above --fail-severity, 2 a file could not be read,
    3 some of a file was left out.
    """
    from rtcli.commands.baselines import Known
    from rtcli.commands.checking import Judge, Run, jobs_of, recordings
    from rtcli.commands.codes import chosen
    from rtcli.commands.output import writing, wrote
    from rtcli.events import DIALECTS
    from rtcli.rules import Codes
    from rtcli.rules.summary import Summary

    summary = Summary()
    if statistics:
        summary.silence = _silence(output_format)
    codes = Codes(chosen("--select", select), chosen("--ignore", ignore))
    known = Known(baseline, write=write_baseline)
    judge = Judge(codes, DIALECTS.get(dialect.value), form, tells_silence=statistics)
    processes = jobs_of(jobs)
    files = recordings(paths, summary, output)
    with writing(output, overwrite=overwrite) as out:
        report = _report(output_format, out)
        run = Run(summary, None if statistics else report, known)
        run.take_all(files, judge, processes)
        if statistics and output_format not in _DOCUMENTS:
            _print_statistics(summary, out)
        report.finish(summary)
    _tell(summary, run.told, sentence=out is not sys.stdout)
    wrote(output)
    if not summary.unreadable:
        known.save()
    if summary.unreadable:
        return 2
    if run.lost:
        return LOST
    return int(not exit_zero and summary.reaches(fail_severity.value))


_DOCUMENTS = {Format.JSON, Format.JSON_LINES, Format.JUNIT, Format.SARIF}
"""Formats in which nothing else may stand."""
_WITHOUT_COUNTS = {Format.GITHUB, Format.JUNIT, Format.SARIF}


def _silence(output_format: Format) -> Silence:
    """What is told beside the counts, in a format that has room for both."""
    from rtcli.errors import BadOption
    from rtcli.rules.silence import Silence

    if output_format in _WITHOUT_COUNTS:
        others = ", ".join(one.value for one in Format if one not in _WITHOUT_COUNTS)
        raise BadOption("--statistics", f"{output_format.value} has no place for counts", f"take one of {others}")
    return Silence()


def _report(output_format: Format, out: TextIO) -> Report:
    if output_format is Format.FULL:
        return _Paragraphs(out)
    from rtcli.reports.formats import REPORTS

    if isinstance(out, TextIOWrapper):
        if output_format in _DOCUMENTS:
            out.reconfigure(encoding="utf-8")
        else:
            out.reconfigure(errors="backslashreplace")
    return REPORTS[output_format.value](out)


class _Paragraphs:
    """The report for people. Rich is loaded when there is something to paint."""

    def __init__(self, out: TextIO) -> None:
        self._out = out
        self._view: Report | None = None

    def finding(self, name: str, finding: Finding) -> None:
        self._painted().finding(name, finding)

    def done(self, name: str) -> None:
        """Nothing is said of a file alone."""

    def finish(self, summary: Summary) -> None:
        if self._view is None and not self._out.isatty() and not os.environ.get("FORCE_COLOR"):
            self._out.write(summary.sentence() + "\n")
        else:
            self._painted().finish(summary)

    def _painted(self) -> Report:
        if self._view is None:
            from rtcli.views.console import console
            from rtcli.views.findings import Full

            self._view = Full(console(self._out))
        return self._view


def _print_statistics(summary: Summary, out: TextIO) -> None:
    from rtcli.views.console import console
    from rtcli.views.findings import print_statistics

    print_statistics(console(out), summary)


def _tell(summary: Summary, more: list[str], *, sentence: bool) -> None:
    """What does not belong to the report, to standard error."""
    if sentence:
        sys.stderr.write(summary.outcome() + "\n")
    for told in (*summary.unreadable, *more):
        from rtcli.views.text import said

        sys.stderr.write(f"rtcli: {said(told)}\n")
