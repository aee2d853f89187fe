"""What ``rtcli show`` prints of a recording: its lines, its timeline or its tree, and what is to be said of the file."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rtcli.commands.choice import Choice
from rtcli.commands.marked import check_of
from rtcli.commands.source import Source

if TYPE_CHECKING:
    from rtcli.formats import Entry
    from rtcli.links.follow import Patience
    from rtcli.views.screen import Screen


class Shown:
    """A recording that is shown in one of three ways; it is followed as long as there is a patience, and that lasts."""

    def __init__(
        self, path: Path, choice: Choice, source: Source, *, findings: bool, since_s: float | None = None
    ) -> None:
        """What lies before `since_s` was not read."""
        self._path = path
        self._choice = choice
        self._source = source
        self._since_s = since_s if findings else None
        self._check = check_of(source.listener, findings=findings)
        """What finds what is marked."""
        self._odd: list[int] = []
        self._odd_count = 0

    def as_lines(self, patience: Patience | None) -> None:
        """Print the lines as they stand; a terminal gets them without what it would obey, a pipe to the byte."""
        for entry in self._chosen(self._entries(patience)):
            line = entry.raw if entry.raw.endswith(b"\n") else entry.raw + b"\n"
            if sys.stdout.isatty():
                from rtcli.views.text import said

                sys.stdout.write(said(line[:-1].decode("utf-8", "replace")) + "\n")
            else:
                sys.stdout.buffer.write(line)
                if patience is not None:
                    sys.stdout.buffer.flush()

    def as_timeline(self, patience: Patience | None, *, fold: bool) -> None:
        """Print a line an event, and one for a run of deltas if they are folded."""
        from rtcli.views.console import console
        from rtcli.views.marks import Marks, MarksOnShown
        from rtcli.views.screen import LineScreen
        from rtcli.views.timeline import Timeline

        lines = Timeline(fold=fold)
        screen = LineScreen(console(), lines)
        marks = MarksOnShown(Marks(self._check))

        def skip(entry: Entry) -> None:
            lines.heed(entry)
            late = marks.of(entry, shown=False)
            if late:
                screen.marked(late)

        try:
            for entry in self._chosen(marks.judged(self._entries(patience)), skip):
                screen.seen(entry, marks.of(entry, shown=True))
            if patience is None:
                screen.marked(marks.at_end())
        except SystemExit:  # told to end from outside
            screen.hurry()
            raise
        finally:
            screen.close()

    def as_tree(self, patience: Patience | None) -> None:
        """Print the tree when all is read, or a window on it that lives."""
        if patience is None:
            self._whole_tree()
        else:
            self._live_tree(patience)

    def _whole_tree(self) -> None:
        from rtcli.session import Session
        from rtcli.session.onward import Onward
        from rtcli.views.console import console
        from rtcli.views.marks import Marks
        from rtcli.views.screen import print_tree

        screen, session = console(), Session()
        marks = Marks(self._check, session)
        taking = Onward(session, self._check.taking if self._check is not None else None)
        self._source.reading.taking = taking
        for entry in self._looked_over(self._source.reading):
            session.apply(entry)
            marks.of(entry)
            taking.expect(type(entry.event))
        marks.at_end()
        print_tree(screen, session)

    def _live_tree(self, patience: Patience) -> None:
        from rtcli.session import Session
        from rtcli.views.console import patient_console
        from rtcli.views.marks import Marks
        from rtcli.views.screen import screen_for

        session = Session()
        marks = Marks(self._check, session)
        screen: Screen = screen_for(patient_console(), session)
        try:
            for entry in self._entries(patience, screen.refresh):
                session.apply(entry)
                screen.seen(entry, marks.of(entry))
        except SystemExit:  # told to end from outside
            screen.hurry()
            raise
        finally:
            screen.close()

    def _entries(self, patience: Patience | None, tick: Callable[[], None] | None = None) -> Iterator[Entry]:
        """The entries of the file, looked over on the way."""
        if patience is None:
            return self._looked_over(self._source.reading)
        from rtcli.formats import rtcli
        from rtcli.links.follow import follow

        lines = follow(self._path, tick or (lambda: None), patience)
        return self._looked_over(rtcli.read(lines, self._source.listener, skipped=self._source.reading.skip))

    def _looked_over(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """The entries; what is wrong with a line is taken down on the way."""
        from rtcli.events import Malformed

        for entry in entries:
            if isinstance(entry.event, Malformed) and not entry.event.type:
                self._odd_count += 1
                if not self._odd:
                    self._odd.append(entry.line)
            yield entry

    def _chosen(self, entries: Iterator[Entry], skip: Callable[[Entry], None] | None = None) -> Iterator[Entry]:
        """The entries that are to be shown; a line without a time has that of the line before it."""
        choice = self._choice
        if choice.needs_end:
            held = list(entries)
            times = [entry.t for entry in held if entry.t is not None]
            choice = choice.counted_from(max(times, default=0.0))
            entries = iter(held)
        at_s = 0.0
        timed = None
        fits = choice.everything
        for entry in entries:
            at_s = at_s if entry.t is None else entry.t
            timed = timed or entry.t is not None
            if choice.takes(entry, at_s):
                fits = True
                yield entry
            elif skip:
                skip(entry)
        if choice.timed and timed is False:
            from rtcli.errors import BadOption

            raise BadOption("--since and --until", f"{self._path} has no times", "choose with --type and --from")
        if not fits:
            self._nothing_fits(at_s)

    def _nothing_fits(self, end_s: float) -> None:
        """Say so, and how to find what does; else who misspells a type would believe that there is none."""
        remedy = f"the recording goes on until {end_s:.3f} s" if self._choice.timed else "without options all is shown"
        if self._choice.types:
            remedy = "`rtcli show --timeline` lists the types that there are"
        sys.stderr.write(f"rtcli: nothing fits; {remedy}\n")

    def tell(self) -> None:
        """One line for each kind of problem, to standard error, and what is spoken where that is not plain."""
        from rtcli.events import REALTIME
        from rtcli.views.text import said

        if self._since_s is not None:
            told = f"findings are told of what was read, from {self._since_s:.0f} s on; `rtcli validate` reads all"
            sys.stderr.write(f"rtcli: {told}\n")
        detector = self._source.listener.detector
        if detector.disagree or detector.dialect is not REALTIME:
            sys.stderr.write(f"rtcli: {said(detector.disagreement())}\n")
        if self._odd_count == 1:
            sys.stderr.write(f"rtcli: line {self._odd[0]} is no event; `rtcli validate` says why\n")
        elif self._odd_count:
            sys.stderr.write(
                f"rtcli: {self._odd_count} lines are no events, line {self._odd[0]} the first; `rtcli validate` says why\n"
            )
