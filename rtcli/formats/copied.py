"""A recording's lines as they stand, for those who copy them: nothing is decoded that is our own."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from rtcli.formats import rtcli
from rtcli.formats.reading import OWN, Reading, _form, _head, _look
from rtcli.formats.stream import read_lines


class Copied:
    """Iterated over once, it gives every line; of another form of log those that stand for its records."""

    def __init__(self, path: Path, form: str | None = None) -> None:
        self.reading = Reading(path, form=form)
        """What tells what the file was taken for, and what was left out."""
        self._asked = form

    def __iter__(self) -> Iterator[bytes]:
        reading = self.reading
        lines = read_lines(reading.path)
        head = _head(lines)
        asked = _form(self._asked) if self._asked and self._asked != OWN else None
        form = asked or (None if self._asked == OWN or rtcli.looks_own(head) else _look(head))
        if form is None:
            reading.form = OWN
            return chain(head, lines)
        if asked is None:
            reading.guess = f"{reading.path}: read as {form.title}; --from NAME insists on another form"
        reading.form = form.name
        return (rtcli.line_of(record) for _, record in form.read(chain(head, lines), reading.drop))
