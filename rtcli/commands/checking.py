"""One run of checks: which recordings, and what becomes of each finding."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from rtcli.errors import BadOption, UnreadableRecording

if TYPE_CHECKING:
    from rtcli.commands.baselines import Known
    from rtcli.events import Detector, Dialect
    from rtcli.formats import Reading
    from rtcli.reports import Report
    from rtcli.rules import Codes, Finding
    from rtcli.rules.summary import Summary

_REPORT_BEGINS = b'{"schema":"rtcli.'


def recordings(paths: list[Path], summary: Summary, output: Path | None) -> list[Path]:
    """The recordings that the paths stand for, in order.

    Raises:
        BadOption: the report would be written over one of them, or standard input is named twice.

    """
    from rtcli.formats import ENDINGS, find

    if [str(path) for path in paths].count("-") > 1:
        raise BadOption("PATH", "standard input can be read once only", "name a file")
    every = []
    for path in paths:
        found = [one for one in find(path) if not (path.is_dir() and _is_report(one, output))]
        if not found:
            summary.unreadable.append(f"there is no recording in {path}: no file ends in {', '.join(ENDINGS)}")
        every += found
    if any(_is_same(path, output) for path in every):
        raise BadOption("--output", f"{output} is one of the recordings", "name another file")
    return every


def _is_same(path: Path, output: Path | None) -> bool:
    if output is None or str(output) == "-" or str(path) == "-":
        return False
    try:
        return output.is_file() and path.samefile(output)
    except OSError:
        return False


def _is_report(path: Path, output: Path | None) -> bool:
    """Whether a file in a folder is the report of an earlier run, which this one replaces."""
    if not _is_same(path, output):
        return False
    with path.open("rb") as file:
        return file.read(len(_REPORT_BEGINS)) == _REPORT_BEGINS


class Run:
    """Checks recordings one after another, by the same rules and into the same report."""

    def __init__(
        self,
        summary: Summary,
        report: Report | None,
        codes: Codes,
        dialect: Dialect | None,
        known: Known,
        form: str | None = None,
    ) -> None:
        self._summary = summary
        self._report = report
        self._codes = codes
        self._wants = cache(codes.want)
        self._dialect = dialect
        self._known = known
        self._form = form
        self.told: list[str] = []
        """What files were taken for, and what of them was left out."""
        self.lost = False
        """Something of a file was left out."""

    def check(self, path: Path) -> None:
        """Check a recording; one that cannot be read is noted."""
        from rtcli.commands.watched import in_progress
        from rtcli.events import Listener
        from rtcli.formats import Reading
        from rtcli.rules import Check
        from rtcli.rules.alone import SchemaCheck
        from rtcli.rules.silence import Watch

        listener, rules = Listener(self._dialect), self._codes.rules
        check = Check(rules, listener) if rules else SchemaCheck(listener)
        reading = Reading(path, listener, self._form, None if isinstance(check, Check) else check.in_order)
        watch = Watch(check, listener.detector) if isinstance(check, Check) and self._summary.silence else None
        try:
            entries = in_progress(iter(reading), path)
            for finding in check.run(watch.entries(entries) if watch else entries):
                if self._wants(finding.code):
                    self._found(str(path), finding)
        except UnreadableRecording as error:
            self._summary.unreadable.append(str(error))
        else:
            self._done(path, listener.detector)
            if watch and self._summary.silence:
                self._summary.silence.note(rules, watch.connections)
        self._summary.events += check.events
        self._left_out(reading, path)

    def _left_out(self, reading: Reading, path: Path) -> None:
        """Take down what of the file was not judged; a line without an end is a finding, and may be ignored as such."""
        from rtcli.commands.source import told_of

        self.told += told_of(reading, path)
        self.lost = self.lost or reading.dropped > 0

    def _found(self, name: str, finding: Finding) -> None:
        if self._known.hides(name, finding):
            self._summary.hidden += 1
            return
        self._summary.add(finding)
        if self._report:
            self._report.finding(name, finding)

    def _done(self, path: Path, detector: Detector) -> None:
        from rtcli.events import REALTIME

        self._summary.files += 1
        if self._report:
            self._report.done(str(path))
        if detector.disagree or detector.dialect is not REALTIME or detector.vendor:
            from rtcli.views.text import said

            vendor = f" ({detector.vendor.name})" if detector.vendor else ""
            self._summary.spoken[said(str(path))] = detector.disagreement() + vendor
