"""One run of checks: which recordings, and what becomes of each finding."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from rtcli.errors import BadOption, UnreadableRecording
from rtcli.rules.finding import Silent

if TYPE_CHECKING:
    from rtcli.commands.baselines import Known
    from rtcli.events import Detector, Dialect, Listener
    from rtcli.formats import Reading
    from rtcli.reports.report import Report
    from rtcli.rules import Check, Codes, Finding, Rule
    from rtcli.rules.alone import SchemaCheck
    from rtcli.rules.silence import Watch
    from rtcli.rules.summary import Summary

_REPORT_BEGINS = b'{"schema":"rtcli.'
_EVERY: Final = ("0", "auto")
"""How to ask for as many processes as there are processors."""


def jobs_of(word: str) -> int:
    """How many processes are asked for.

    Raises:
        BadOption: it is no number of them.

    """
    if word == "1":
        return 1
    from rtcli.commands.crew import can_fork, processors

    if word in _EVERY:
        return processors()
    if not word.isdecimal():
        raise BadOption(
            "--jobs", f"{word!r} is no number of processes", "take 1 or more, or 0 for one on each processor"
        )
    return int(word) if can_fork() else 1


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


class Outcome(Struct):
    """What became of a recording, but for what was found in it."""

    events: int = 0
    unreadable: str = ""
    """Why it could not be read."""
    spoken: str = ""
    """What is spoken and what shows it, where it is not plainly the dialect of today."""
    silent: list[Silent] | None = None
    """Which rules could not be judged, and why; None where nobody asks, or nothing was recorded."""
    told: list[str] = []
    """What it was taken for, and what of it was left out."""
    lost: bool = False
    """Something of it was left out."""


class Judge:
    """What every recording of a run is judged by."""

    def __init__(
        self, codes: Codes, dialect: Dialect | None, form: str | None = None, *, tells_silence: bool = False
    ) -> None:
        self.rules = codes.rules
        self.wants = cache(codes.want)
        self.dialect = dialect
        self.form = form
        self.tells_silence = tells_silence

    def judged(self, path: Path, *, shown: bool = True) -> Iterator[Finding | Outcome]:
        """What is found in a recording, and then what became of it; with a progress bar where somebody watches."""
        from rtcli.commands import watched
        from rtcli.events import Listener
        from rtcli.formats import Reading

        listener = Listener(self.dialect)
        check, watch = self._check(listener)
        reading = Reading(path, listener, self.form, None if watch else check.taking)
        outcome = Outcome()
        try:
            entries = watched.watched(reading, path) if shown else iter(reading)
            for finding in check.run(watch.entries(entries) if watch else entries):
                if self.wants(finding.code):
                    yield finding
        except UnreadableRecording as error:
            outcome.unreadable = str(error)
        else:
            outcome.spoken = spoken(listener.detector)
            outcome.silent = _silent(self.rules, watch) if watch else None
        outcome.events = check.events
        left_out(outcome, reading, path)
        yield outcome

    def _check(self, listener: Listener) -> tuple[Check | SchemaCheck, Watch | None]:
        """The check of a recording, and who sees which rules could be judged, where somebody asks.

        What judges by rules is loaded where there are any.
        """
        if not self.rules:
            from rtcli.rules.alone import SchemaCheck

            return SchemaCheck(listener), None
        from rtcli.rules import Check

        check = Check(self.rules, listener)
        if not self.tells_silence:
            return check, None
        from rtcli.rules.silence import Watch

        return check, Watch(check, listener.detector)


def _silent(rules: Sequence[Rule], watch: Watch) -> list[Silent] | None:
    from rtcli.rules.silence import silent

    return silent(rules, watch.connections)


def spoken(detector: Detector) -> str:
    """What is spoken and what shows it; empty where it is plainly the dialect of today."""
    from rtcli.events import REALTIME

    if not detector.disagree and detector.dialect is REALTIME and not detector.vendor:
        return ""
    return detector.disagreement() + (f" ({detector.vendor.name})" if detector.vendor else "")


def left_out(outcome: Outcome, reading: Reading, path: Path) -> None:
    """Take down what of a file was not judged; a line without an end is a finding, and may be ignored as such."""
    from rtcli.commands.source import told_of

    outcome.told = told_of(reading, path)
    outcome.lost = reading.dropped > 0


def _in_shares(judge: Judge, path: Path, jobs: int) -> Iterator[Finding | Outcome]:
    """What is found in a large recording, and then what became of it: line by line, or by rules in its connections."""
    if judge.rules:
        from rtcli.commands.connections import judged_by_connections

        return judged_by_connections(judge, path, jobs)
    from rtcli.commands.shares import judged_in_shares

    return judged_in_shares(judge, path, jobs)


class Run:
    """Takes in what is found in one recording after another, and puts it into a report."""

    def __init__(self, summary: Summary, report: Report | None, known: Known) -> None:
        self._summary = summary
        self._report = report
        self._known = known
        self.told: list[str] = []
        """What files were taken for, and what of them was left out."""
        self.lost = False
        """Something of a file was left out."""

    def take_all(self, paths: Sequence[Path], judge: Judge, jobs: int) -> None:
        """Take in what is found in all of these, by so many processes."""
        if jobs < 2:
            for path in paths:
                self.take(path, judge.judged(path))
            return
        from rtcli.commands.shares import is_worth_sharing
        from rtcli.formats import Reading
        from rtcli.formats.stream import STANDARD_INPUT

        for path in paths[:1]:
            Reading(path, form=judge.form)
        can_be_shared = not judge.rules or len(paths) == 1
        for large, some in groupby(paths, lambda path: can_be_shared and is_worth_sharing(judge, path)):
            group = list(some)
            if large:
                for path in group:
                    self.take(path, _in_shares(judge, path, jobs))
            elif len(group) == 1 or STANDARD_INPUT in group:
                for path in group:
                    self.take(path, judge.judged(path))
            else:
                self._take_side_by_side(group, judge, jobs)

    def _take_side_by_side(self, paths: Sequence[Path], judge: Judge, jobs: int) -> None:
        """The same for files each of which is judged by one process."""
        from rtcli.commands.crew import Crew

        names = [str(path) for path in paths]
        with Crew(jobs, names, lambda task: judge.judged(paths[task], shown=False), Outcome) as crew:
            for task, path in enumerate(paths):
                self.take(path, crew.told(task))

    def take(self, path: Path, judged: Iterable[Finding | Outcome]) -> None:
        """Take in what is found in a recording; one that cannot be read is noted."""
        name, hides, add = str(path), self._known.hides, self._summary.add
        for one in judged:
            if isinstance(one, Outcome):
                self._ended(name, one)
            elif hides(name, one):
                self._summary.hidden += 1
            else:
                add(one)
                if self._report:
                    self._report.finding(name, one)

    def _ended(self, name: str, outcome: Outcome) -> None:
        summary = self._summary
        summary.events += outcome.events
        self.told += outcome.told
        self.lost = self.lost or outcome.lost
        if outcome.unreadable:
            summary.unreadable.append(outcome.unreadable)
            return
        summary.files += 1
        if self._report:
            self._report.done(name)
        if outcome.spoken:
            from rtcli.views.text import said

            summary.spoken[said(name)] = outcome.spoken
        if summary.silence and outcome.silent is not None:
            summary.silence.note(outcome.silent)
