"""``rtcli show``: a recording as a tree or as a timeline."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rtcli.commands.choice import Choice, Since, Until
from rtcli.commands.declared import Argument, Option
from rtcli.commands.late import counted_from_start, ending_for, source_of
from rtcli.commands.marked import Marked
from rtcli.commands.source import Dialect, Source
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.links.follow import Patience

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
    from rtcli.commands.shown import Shown
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
    shown = Shown(path, choice, source, findings=findings, since_s=end.begins_s if end is not None else None)
    try:
        with _patience() if follow else nullcontext() as patience:
            if follow:
                _say_what_is_waited_for(path)
            if raw:
                shown.as_lines(patience)
            elif timeline or no_fold or not choice.everything:
                shown.as_timeline(patience, fold=not no_fold)
            else:
                shown.as_tree(patience)
    finally:
        shown.tell()
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


def _patience() -> AbstractContextManager[Patience]:
    from rtcli.links.follow import until_interrupted

    return until_interrupted()


def _say_what_is_waited_for(path: Path) -> None:
    """Else who misspells a name would wait for it without a word."""
    import sys

    if not path.exists():
        from rtcli.views.text import said

        sys.stderr.write(f"rtcli: there is no {said(str(path))} yet; it is waited for, and Ctrl-C ends that\n")


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
