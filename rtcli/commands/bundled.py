"""What goes into a bundle for one recording: everything is made of the redacted one, and of nothing else."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rtcli.commands.source import Source
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.causes.case import Case
    from rtcli.session.prices import Prices

_WIDTH: Final = 100
_FINDINGS_AT_MOST: Final = 10_000


class Call:
    """A redacted recording, and what is told of it."""

    def __init__(self, name: str, file: Path, prices: Prices, dialect: Spoken = Spoken.AUTO) -> None:
        self.name = name
        """What it is called in the bundle, without an ending."""
        self.file = file
        self._prices = prices
        self._dialect = dialect
        self.case = self._case()

    @property
    def recording(self) -> str:
        """The recording's own name in the bundle."""
        return f"{self.name}/{self.name}.jsonl"

    def members(self) -> Iterator[tuple[str, Path | str]]:
        """Each file of the bundle about this call, with its content."""
        yield f"{self.name}/doctor.json", self._doctor_json()
        yield f"{self.name}/doctor.txt", self._doctor_text()
        yield f"{self.name}/findings.json", self._findings()
        yield f"{self.name}/info.json", self._info()
        yield f"{self.name}/report.html", self._page()
        yield self.recording, self.file

    def lines(self, wanted: set[int]) -> dict[int, str]:
        """Some lines of the recording, by number."""
        from rtcli.formats import read_lines

        if not wanted:
            return {}
        last = max(wanted)
        found = {}
        for number, line in enumerate(read_lines(self.file), 1):
            if number in wanted:
                found[number] = line.decode("utf-8", "replace")
            if number >= last:
                break
        return found

    def _source(self) -> Source:
        return Source(self.file, self._dialect)

    def _case(self) -> Case:
        from rtcli.causes.case import Case

        source = self._source()
        case = Case(source.listener, prices=self._prices)
        for entry in source:
            case.feed(entry)
        case.finish()
        return case

    def _doctor_json(self) -> str:
        from rtcli.causes.slow import slow_parts
        from rtcli.reports.diagnosis import diagnosis
        from rtcli.reports.json import written

        return written(diagnosis(self.recording, self.case, slow_parts(self.case))) + "\n"

    def _doctor_text(self) -> str:
        from rich.console import Console

        from rtcli.causes.slow import slow_parts
        from rtcli.views.diagnosis import print_diagnosis

        out = io.StringIO()
        console = Console(
            file=out, width=_WIDTH, color_system=None, force_terminal=False, highlight=False, markup=False
        )
        print_diagnosis(console, self.recording, self.case, slow_parts(self.case))
        return out.getvalue()

    def _findings(self) -> str:
        from rtcli.reports.formats import REPORTS
        from rtcli.rules import RULES, Check
        from rtcli.rules.summary import Summary

        out, summary, source = io.StringIO(), Summary(), self._source()
        report = REPORTS["json"](out)
        check = Check(RULES, source.listener)
        shown = 0
        for finding in check.run(iter(source)):
            summary.add(finding)
            if shown < _FINDINGS_AT_MOST:
                report.finding(self.recording, finding)
                shown += 1
        summary.files, summary.events = 1, check.events
        report.finish(summary)
        return out.getvalue()

    def _info(self) -> str:
        from rtcli.causes.overview import overviews
        from rtcli.reports.info import FIELDS
        from rtcli.reports.info import info as document
        from rtcli.reports.json import written

        source = self._source()
        sessions = list(overviews(source, source.listener, self._prices))
        for one in sessions:
            one.file = self.recording
        return written(document(sessions, list(FIELDS))) + "\n"

    def _page(self) -> str:
        from rtcli.commands.report import Sound, page_of

        source = self._source()
        source.path = Path(self.recording)
        return "".join(page_of(source, self._source(), self._prices, Sound.SMALL))
