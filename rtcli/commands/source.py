"""The recording that a command reads: its options, its progress, and what is to be said of it at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from rtcli.commands import LOST
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.events import Listener
    from rtcli.formats import Entry

Form = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="FORM",
        help="Read it as this form of log instead of telling by its look.",
        envvar="RTCLI_FROM",
    ),
]
Dialect = Annotated[
    Spoken, typer.Option(help="Read it in this dialect; auto tells it by the events.", envvar="RTCLI_DIALECT")
]


class Source:
    """A file that is read once, from its first entry to its last, with a progress bar where somebody watches."""

    def __init__(self, path: Path, dialect: Spoken = Spoken.AUTO, form: str | None = None) -> None:
        from rtcli.events import DIALECTS, Listener
        from rtcli.formats import Reading

        self.path = path
        self.listener: Listener = Listener(DIALECTS.get(dialect.value))
        self.reading = Reading(path, self.listener, form)

    def __iter__(self) -> Iterator[Entry]:
        from rtcli.commands.watched import in_progress

        return in_progress(iter(self.reading), self.path)

    def code(self, code: int) -> int:
        """The exit code when all is read: that of lost data where something of the file was left out, which is told."""
        from rtcli.views.text import said

        if self.reading.guess:
            sys.stderr.write(f"rtcli: {said(self.reading.guess)}\n")
        for drop in self.reading.drops:
            sys.stderr.write(f"rtcli: {said(str(self.path))}:{drop.line}: left out: {said(drop.why)}\n")
        return LOST if self.reading.dropped else code
