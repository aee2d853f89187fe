"""A recording's lines as they stand, for those who copy them: nothing is decoded that is our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from rtcli.errors import UnreadableRecording
from rtcli.formats import rtcli
from rtcli.formats.line import line_of
from rtcli.formats.overlong import without
from rtcli.formats.reading import Reading

if TYPE_CHECKING:
    from rtcli.formats.form import Form


class Copied:
    """Iterated over once, it gives every line; of another form of log those that stand for its records.

    Raises, when it is iterated over:
        UnreadableRecording: the file cannot be read, is empty, or holds nothing that could be an event.

    """

    def __init__(self, path: Path, form: str | None = None) -> None:
        self.reading = Reading(path, form=form)
        """What tells what the file was taken for, and what was left out."""

    def __iter__(self) -> Iterator[bytes]:
        form, lines = self.reading.opened()
        return self._own(lines) if form is None else self._translated(form, lines)

    def _own(self, lines: Iterator[bytes]) -> Iterator[bytes]:
        line, number = b"", 0
        for number, line in enumerate(without(lines, self.reading.skip), 1):  # noqa: B007 - the last of them is looked at
            yield line
        if not line.endswith(b"\n"):
            for _ in rtcli.read([line], torn=lambda _: self.reading.tear(number)):
                pass

    def _translated(self, form: Form, lines: Iterator[bytes]) -> Iterator[bytes]:
        found = False
        try:
            for _, record in form.read(without(lines, self.reading.drop), self.reading.drop):
                found = True
                yield line_of(record)
        except UnreadableRecording as error:
            raise UnreadableRecording(str(self.reading.path), error.why, error.remedy) from error
        if not found:
            raise self.reading.nothing_of(form)
