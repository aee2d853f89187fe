"""The recording that a command reads: its options, its progress, and what is to be said of it at the end."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from rtcli.commands import LOST
from rtcli.commands.declared import Option
from rtcli.commands.spoken import Spoken

if TYPE_CHECKING:
    from rtcli.events import Listener
    from rtcli.formats import Entry, Reading


def offered_forms(incomplete: str) -> list[tuple[str, str]]:
    """The forms of log whose names begin so, and what people call them."""
    from rtcli.formats.forms import FORMS
    from rtcli.formats.reading import OWN

    titles = {OWN: "recordings and bare event lines"} | {form.name: form.title for form in FORMS.values()}
    return [(name, title) for name, title in titles.items() if name.startswith(incomplete)]


Form = Annotated[
    str | None,
    Option(
        "--from",
        metavar="FORM",
        help="Read it as this form of log instead of telling by its look.",
        envvar="RTCLI_FROM",
        autocompletion=offered_forms,
    ),
]
Dialect = Annotated[
    Spoken, Option(help="Read it in this dialect; auto tells it by the events.", envvar="RTCLI_DIALECT")
]


_TORN: Final = "whoever wrote the recording was interrupted, and what it said is lost"


class Source:
    """A file that is read once, from its first entry to its last, with a progress bar where somebody watches."""

    def __init__(self, path: Path, dialect: Spoken = Spoken.AUTO, form: str | None = None) -> None:
        from rtcli.events import DIALECTS, Listener
        from rtcli.formats import Reading

        self.path = path
        self.listener: Listener = Listener(DIALECTS.get(dialect.value))
        self.reading = Reading(path, self.listener, form)
        self._told = False

    def __iter__(self) -> Iterator[Entry]:
        from rtcli.commands.watched import watched

        return watched(self.reading, self.path)

    def code(self, code: int) -> int:
        """The exit code when all is read: that of lost data where something of the file is not there, which is told."""
        self.tell()
        return LOST if self.reading.lost else code

    def tell(self) -> None:
        """Say once, to standard error, what the file was taken for and what was left out."""
        from rtcli.views.text import said

        if not self._told:
            self._told = True
            torn = self.reading.torn
            interrupted = [f"{self.path}:{torn}: the line has no end: {_TORN}"] if torn else []
            skipped = [f"{self.path}:{one.line}: {one.why}" for one in self.reading.skipped]
            for sentence in (*told_of(self.reading, self.path), *skipped, *interrupted):
                sys.stderr.write(f"rtcli: {said(sentence)}\n")


def told_of(reading: Reading, path: Path) -> list[str]:
    """What is to be said of a file of this name that was read: what it was taken for, and what was left out."""
    dropped = [f"{path}:{drop.line}: left out: {drop.why}" for drop in reading.drops]
    more = reading.dropped - len(dropped)
    return [
        *([f"{path}: {reading.guess}"] if reading.guess else []),
        *dropped,
        *([f"{path}: {more} more left out"] if more else []),
    ]
