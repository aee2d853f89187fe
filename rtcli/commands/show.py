"""``rtcli show``: a recording as a tree or as a timeline."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rtcli.commands.choice import Choice, Since, Until
from rtcli.commands.declared import Argument, Option
from rtcli.commands.late import counted_from_start, ending_for, source_of
from rtcli.commands.marked import Marked, check_of
from rtcli.commands.source import Dialect, Source
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rich.console import Console

    from rtcli.formats import Entry
    from rtcli.links.follow import Patience
    from rtcli.views.screen import Screen


_SIDES = {"client": "only what the client sent", "server": "only what the server sent"}


def _offered(incomplete: str) -> list[tuple[str, str]]:
    """The sides, and the forms of log, whose names begin so."""
    from rtcli.commands.source import offered_forms

    return [(side, what) for side, what in _SIDES.items() if side.startswith(incomplete)] + offered_forms(incomplete)


def show(
    path: Annotated[Path, Argument(metavar="FILE", help="A recording, or - for standard input.")],
    timeline: Annotated[
        bool, Option("--timeline", help="One line an event instead of the tree.", envvar="RTCLI_TIMELINE")
    ] = False,
    no_fold: Annotated[
        bool, Option("--no-fold", help="In the timeline, a line for every delta.", envvar="RTCLI_NO_FOLD")
    ] = False,
    follow: Annotated[
        bool,
        Option("--follow", "-F", help="Go on reading while the file grows, until Ctrl-C.", envvar="RTCLI_FOLLOW"),
    ] = False,
    raw: Annotated[bool, Option("--raw", help="The lines as they stand in the file.", envvar="RTCLI_RAW")] = False,
    kinds: Annotated[
        list[str] | None,
        Option(
            "--type",
            metavar="GLOB",
            help="Only events of such a type, as in response.* (repeatable).",
            envvar="RTCLI_TYPE",
        ),
    ] = None,
    whence: Annotated[
        list[str] | None,
        Option(
            "--from",
            metavar="SIDE|FORM",
            help="Only what this side sent: client or server; or read the file as this form of log (repeatable).",
            envvar="RTCLI_FROM",
            autocompletion=_offered,
        ),
    ] = None,
    since: Since = None,
    until: Until = None,
    dialect: Dialect = Spoken.AUTO,
    findings: Marked = True,
) -> int:
    """Show a recording as a tree or as a timeline.

    The tree is session, turn, response, item, part, with runs of deltas folded into one line. A
    filter (--type, --from, --since, --until) turns it into the timeline: the tree of a part of a
    session would show what never was. What `rtcli validate` finds wrong stands where it happens;
    with a filter, what it finds wrong with the lines that are shown. The end of a large recording
    (--since -10s) is shown without all before it having been read: findings are then of what was read,
    which is said. Logs of other programs are taken for what they look like, which is said, too.

    Example:  rtcli show call.jsonl --timeline --type "response.*" --since -10

    Exit code: 0 done, 2 the file could not be read, 3 some of it was left out.
    """
    from rtcli.recording.times import parse_time

    since_s = parse_time("--since", since) if since is not None else None
    until_s = parse_time("--until", until) if until is not None else None
    side, form = _told_apart(whence or [])
    choice = Choice(kinds or [], side, since_s, until_s)
    if follow:
        _refuse_to_follow(path, choice, form)
    findings = findings and not raw
    end = ending_for(path, choice, form)
    choice = choice.counted_from(end.end_s) if end is not None else counted_from_start(choice, path, form)
    source = Source(path, dialect, form) if end is None else source_of(end, dialect, findings=findings)
    problems = Problems(source, findings=findings, since_s=end.begins_s if end is not None else None)
    try:
        with _patience() if follow else nullcontext() as patience:
            if raw:
                _show_raw(_chosen(_entries(path, problems, patience), choice, path), flush=follow)
            else:
                _show_screen(path, choice, problems, patience, timeline=timeline or no_fold, fold=not no_fold)
    finally:
        problems.tell()
    return source.code(0)


def _told_apart(whence: list[str]) -> tuple[str | None, str | None]:
    """The side, and the form, that --from names.

    Raises:
        BadOption: it names two of a kind.

    """
    from rtcli.errors import BadOption

    sides = sorted(set(whence) & _SIDES.keys())
    forms = [name for name in whence if name not in _SIDES]
    names = [name for name, _ in _offered("")] if forms else []
    if unknown := next((name for name in forms if name not in names), None):
        raise BadOption("--from", f"{unknown!r} is no side and no form of log", f"take {', '.join(names)}")
    if len(forms) > 1:
        raise BadOption("--from", f"{forms[0]} and {forms[1]} are two forms of log", "a file is read as one")
    return sides[0] if len(sides) == 1 else None, forms[0] if forms else None


class Problems:
    """What is to be said of the file itself, told in a line each when all is shown."""

    def __init__(self, source: Source, *, findings: bool, since_s: float | None = None) -> None:
        """What lies before `since_s` was not read."""
        self.source = source
        self._since_s = since_s if findings else None
        self.listener = source.listener
        self.check = check_of(self.listener, findings=findings)
        """What finds what is marked."""
        self._odd: list[int] = []
        self._odd_count = 0

    def look(self, entry: Entry) -> None:
        """Take down what is wrong with a line."""
        from rtcli.events import Malformed

        if isinstance(entry.event, Malformed) and not entry.event.type:
            self._odd_count += 1
            if not self._odd:
                self._odd.append(entry.line)

    def tell(self) -> None:
        """One line for each kind of problem, to standard error, and what is spoken where that is not plain."""
        from rtcli.events import REALTIME
        from rtcli.views.text import said

        if self._since_s is not None:
            told = f"findings are told of what was read, from {self._since_s:.0f} s on; `rtcli validate` reads all"
            sys.stderr.write(f"rtcli: {told}\n")
        detector = self.listener.detector
        if detector.disagree or detector.dialect is not REALTIME:
            sys.stderr.write(f"rtcli: {said(detector.disagreement())}\n")
        if self._odd_count == 1:
            sys.stderr.write(f"rtcli: line {self._odd[0]} is no event; `rtcli validate` says why\n")
        elif self._odd_count:
            sys.stderr.write(
                f"rtcli: {self._odd_count} lines are no events, line {self._odd[0]} the first; `rtcli validate` says why\n"
            )


def _patience() -> AbstractContextManager[Patience]:
    from rtcli.links.follow import until_interrupted

    return until_interrupted()


def _refuse_to_follow(path: Path, choice: Choice, form: str | None) -> None:
    from rtcli.errors import BadOption
    from rtcli.formats.reading import OWN

    if form is not None and form != OWN:
        raise BadOption("--follow", "only a recording can be followed", "leave out --follow, or --from")
    if str(path) == "-":
        raise BadOption("--follow", "standard input ends by itself", "leave it out, or name a file")
    if path.suffix in {".gz", ".zst"}:
        raise BadOption("--follow", "a compressed file cannot be followed", "follow an uncompressed recording")
    if choice.needs_end:
        raise BadOption(
            "--follow", "a file that grows has no end to count back from", "give --since and --until from the start"
        )


def _entries(
    path: Path, problems: Problems, patience: Patience | None, tick: Callable[[], None] | None = None
) -> Iterator[Entry]:
    """The entries of the file, looked over on the way; it is followed as long as the patience lasts, if there is any."""
    if patience is not None:
        from rtcli.formats import rtcli
        from rtcli.links.follow import follow

        lines = follow(path, tick or (lambda: None), patience)
        entries = rtcli.read(lines, problems.listener, skipped=problems.source.reading.skip)
    else:
        entries = iter(problems.source.reading)
    for entry in entries:
        problems.look(entry)
        yield entry


def _chosen(
    entries: Iterator[Entry], choice: Choice, path: Path, skip: Callable[[Entry], None] | None = None
) -> Iterator[Entry]:
    """The entries that are to be shown; a line without a time has that of the line before it."""
    if choice.needs_end:
        held = list(entries)
        times = [entry.t for entry in held if entry.t is not None]
        choice = choice.counted_from(max(times, default=0.0))
        entries = iter(held)
    at_s = 0.0
    timed = None
    for entry in entries:
        at_s = at_s if entry.t is None else entry.t
        timed = timed or entry.t is not None
        if choice.takes(entry, at_s):
            yield entry
        elif skip:
            skip(entry)
    if choice.timed and timed is False:
        from rtcli.errors import BadOption

        raise BadOption("--since and --until", f"{path} has no times", "choose with --type and --from")


def _show_raw(entries: Iterator[Entry], *, flush: bool) -> None:
    """Print the lines; a terminal gets them without what it would obey, a pipe to the byte."""
    for entry in entries:
        line = entry.raw if entry.raw.endswith(b"\n") else entry.raw + b"\n"
        if sys.stdout.isatty():
            from rtcli.views.text import said

            sys.stdout.write(said(line[:-1].decode("utf-8", "replace")) + "\n")
        else:
            sys.stdout.buffer.write(line)
            if flush:
                sys.stdout.buffer.flush()


def _show_screen(
    path: Path, choice: Choice, problems: Problems, patience: Patience | None, *, timeline: bool, fold: bool
) -> None:
    from rtcli.views.console import console as make_console

    console = make_console()
    if timeline or not choice.everything:
        _show_timeline(console, path, choice, problems, patience, fold=fold)
    else:
        _show_tree(console, path, problems, patience)


def _show_timeline(
    console: Console, path: Path, choice: Choice, problems: Problems, patience: Patience | None, *, fold: bool
) -> None:
    from rtcli.views.marks import Marks, MarksOnShown
    from rtcli.views.screen import LineScreen
    from rtcli.views.timeline import Timeline

    lines = Timeline(fold=fold)
    screen = LineScreen(console, lines)
    marks = MarksOnShown(Marks(problems.check))

    def skip(entry: Entry) -> None:
        lines.heed(entry)
        late = marks.of(entry, shown=False)
        if late:
            screen.marked(late)

    try:
        for entry in _chosen(marks.judged(_entries(path, problems, patience)), choice, path, skip):
            screen.seen(entry, marks.of(entry, shown=True))
        if patience is None:
            screen.marked(marks.at_end())
    finally:
        screen.close()


def _show_tree(console: Console, path: Path, problems: Problems, patience: Patience | None) -> None:
    from rtcli.session import Session
    from rtcli.views.marks import Marks
    from rtcli.views.screen import print_tree, screen_for

    session = Session()
    marks = Marks(problems.check, session)
    if patience is None:
        for entry in _entries(path, problems, None):
            session.apply(entry)
            marks.of(entry)
        marks.at_end()
        print_tree(console, session)
        return
    screen: Screen = screen_for(console, session)
    try:
        for entry in _entries(path, problems, patience, screen.refresh):
            session.apply(entry)
            screen.seen(entry, marks.of(entry))
    finally:
        screen.close()
