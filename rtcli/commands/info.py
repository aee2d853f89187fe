"""``rtcli info``: sessions at a glance, one on a screen or many in a table."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rtcli.commands import DONE, FAILED, LOST
from rtcli.commands.declared import Alone, Argument, Option
from rtcli.commands.fields import NONE, may_be_fields
from rtcli.commands.priced import Priced
from rtcli.commands.source import Dialect, Form, Source
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.causes.overview import Overview
    from rtcli.session.prices import Prices

_WORST = "worst"


def info(
    paths: Annotated[
        list[Path] | None,
        Argument(metavar="PATH...", help="Recordings, folders of them, or - for standard input."),
    ] = None,
    sort: Annotated[
        str,
        Option(
            metavar="FIELD",
            help="Order the table by this field, or by -FIELD with the largest first; worst puts what went wrong first.",
            envvar="RTCLI_SORT",
        ),
    ] = _WORST,
    reverse: Annotated[bool, Option("--reverse", help="Turn the order round.", envvar="RTCLI_REVERSE")] = False,
    json: Annotated[
        str | None,
        Option(
            "--json",
            alone=Alone(NONE, may_be_fields),
            metavar="[FIELDS]",
            help="Write these fields, separated by commas, or all, as one JSON document; without any, list them.",
            envvar="RTCLI_JSON_FIELDS",
        ),
    ] = None,
    csv: Annotated[bool, Option("--csv", help="Write a row a session for spreadsheets.", envvar="RTCLI_CSV")] = False,
    dialect: Dialect = Spoken.AUTO,
    form: Form = None,
    prices: Priced = None,
) -> int:
    """Sum up recordings: one file on a screen, several or a folder in a table with a row a session.

    Shown are the model, voice and formats, turns, responses by status, audio in and out, the longest
    silence, errors, tokens and cost, how it was closed, and what validate and doctor find. The longest
    silence is the longest time in which nobody speaks: neither the user, as turn detection tells it,
    nor the model's audio as a player has it. What is not known is left empty. The worst call comes
    first: one that did not do what it was for, then what the user heard, then what nobody noticed.

    Example:  rtcli info recordings/ --sort -duration_s

    Exit code: 0 done, 2 a file could not be read, 3 some of one was left out.
    """
    from rtcli.commands.fields import chosen, order
    from rtcli.commands.output import documents
    from rtcli.commands.priced import prices_of
    from rtcli.errors import BadOption
    from rtcli.reports.info import FIELDS

    if json == NONE:
        sys.stdout.writelines(f"{name:<22} {what}\n" for name, what in FIELDS.items())
        return DONE
    if json is not None and csv:
        raise BadOption("--csv", "sessions are written in one format only", "take --json or --csv")
    if not paths:
        raise BadOption("PATH", "there is nothing to sum up", "name a recording, a folder, or - for standard input")
    if [str(path) for path in paths].count("-") > 1:
        raise BadOption("PATH", "standard input can be read once only", "name a file")
    fields = chosen(json, list(FIELDS)) if json is not None else list(FIELDS)
    if sort != _WORST:
        order(sort, list(FIELDS))
    found = _Files(paths, dialect, form, prices_of(prices))
    sessions = _sorted(list(found), sort, reverse=reverse)
    if json is not None:
        from rtcli.reports.info import info as document
        from rtcli.reports.json import written

        documents().write(written(document(sessions, fields)) + "\n")
    elif csv:
        from rtcli.reports.info import info_row
        from rtcli.reports.table import write_table

        write_table(documents(), fields, (info_row(one) for one in sessions))
    elif sessions:
        _print(sessions, found)
    return found.code()


class _Files:
    """Reads all recordings, one after another, and goes on behind one that cannot be read."""

    def __init__(self, paths: list[Path], dialect: Spoken, form: str | None, prices: Prices) -> None:
        from rtcli.formats import ENDINGS, find

        self._dialect, self._form, self._prices = dialect, form, prices
        self._unreadable: list[str] = []
        self._lost = False
        self.asked_for_one = len(paths) == 1 and not paths[0].is_dir()
        self.read = 0
        self._paths: list[Path] = []
        for path in paths:
            here = find(path)
            self._paths += here
            if not here:
                why = f"there is no recording in {path}: no file ends in {', '.join(ENDINGS)}"
                self._unreadable.append(why)

    def __iter__(self) -> Iterator[Overview]:
        from rich.console import Console

        from rtcli.views.marching import Marching

        sizes = {path: path.stat().st_size if path.is_file() else 0 for path in self._paths}
        with Marching(Console(stderr=True), sum(sizes.values())) as marching:
            for path in self._paths:
                yield from self._of(path, marching.through, sizes[path])

    def _of(self, path: Path, through: object, size_bytes: int) -> Iterator[Overview]:
        from rtcli.causes.overview import overviews
        from rtcli.errors import UnreadableRecording

        source = Source(path, self._dialect, self._form)
        try:
            entries = through(source.reading, path.name, size_bytes)  # type: ignore[operator]
            for one in overviews(entries, source.listener, self._prices):
                one.file = str(path)
                yield one
        except UnreadableRecording as error:
            self._unreadable.append(str(error))
        else:
            self.read += 1
            self._lost = source.code(DONE) == LOST or self._lost

    def code(self) -> int:
        """The exit code, when all is read; what could not be read is told."""
        from rtcli.views.text import said

        for why in self._unreadable:
            sys.stderr.write(f"rtcli: {said(why)}\n")
        return FAILED if self._unreadable else LOST if self._lost else DONE


def _sorted(sessions: list[Overview], sort: str, *, reverse: bool) -> list[Overview]:
    """In the order asked for; equals stay as they were found."""
    from rtcli.commands.fields import by_field, order
    from rtcli.reports.info import FIELDS

    if sort == _WORST:
        return sorted(sessions, key=lambda one: one.badness, reverse=not reverse)
    name, largest_first = order(sort, list(FIELDS))
    return sorted(sessions, key=by_field(name, largest_first=largest_first != reverse))


def _print(sessions: list[Overview], found: _Files) -> None:
    from rtcli.views.console import console
    from rtcli.views.info import SCREENS, print_session, print_table

    out = console()
    if not found.asked_for_one or len(sessions) > SCREENS:
        print_table(out, sessions, found.read)
        return
    for number, one in enumerate(sorted(sessions, key=lambda one: one.connection)):
        if number:
            out.print()
        print_session(out, one, several=len(sessions) > 1)
