"""What `redact` and `bundle` have in common: their options, both passes over a file, and what is said of them."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Self, TextIO

from rtcli.commands import DONE, FOUND, LOST
from rtcli.commands.declared import Option
from rtcli.commands.source import Source
from rtcli.commands.spoken import Spoken
from rtcli.errors import BadOption

if TYPE_CHECKING:
    import re
    from types import TracebackType

    from rtcli.formats import Entry
    from rtcli.session.redacting import Redacting

SCHEMA: Final = "rtcli.redaction/1"
_DOUBTS_SHOWN: Final = 20


class AudioChoice(StrEnum):
    """What becomes of the sound."""

    SILENCE = "silence"
    DROP = "drop"
    KEEP = "keep"


class TextChoice(StrEnum):
    """What becomes of the words that were said."""

    KEEP = "keep"
    MASK = "mask"


Audio = Annotated[
    AudioChoice,
    Option(
        help="silence: as long as it was. drop: say in its place how much it was. keep: leave the voices in.",
        envvar="RTCLI_REDACT_AUDIO",
    ),
]
Text = Annotated[
    TextChoice,
    Option(help="mask: make every word that was said unreadable, letter by letter.", envvar="RTCLI_REDACT_TEXT"),
]
Patterns = Annotated[
    list[str] | None,
    Option(
        "--pattern",
        metavar="REGEX",
        help="Replace what this finds too; (?P<name>…) names it, and narrows it to the group (repeatable).",
        envvar="RTCLI_PATTERN",
    ),
]
Fields = Annotated[
    list[str] | None,
    Option(
        "--field",
        metavar="NAME",
        help="Empty fields of this name, or at the end of this path with globs, such as metadata.* (repeatable).",
        envvar="RTCLI_FIELD",
    ),
]


class Redacted:
    """One file while it is redacted; a context, because what comes through a pipe is kept aside meanwhile."""

    def __init__(
        self,
        path: Path,
        audio: AudioChoice,
        text: TextChoice,
        patterns: list[str],
        fields: list[str],
        dialect: Spoken = Spoken.AUTO,
        form: str | None = None,
    ) -> None:
        from rtcli.recording.redaction import Redaction
        from rtcli.session.redacting import Redacting

        self.path = path
        self.redaction = Redaction([_compiled(pattern) for pattern in patterns], [_checked(field) for field in fields])
        self.work: Redacting = Redacting(self.redaction, audio.value, text.value)
        self._dialect = dialect
        self._form = form
        self._stack = ExitStack()
        self._source: Source | None = None

    def __enter__(self) -> Self:
        from rtcli.commands.twice import readable_twice

        self.file = self._stack.enter_context(readable_twice(self.path))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    def run(self, output: Path | None, *, overwrite: bool = False) -> int:
        """Read the file, and write what it is without its secrets; without an output only find them.

        Gives back how many lines there are.

        Raises:
            UnreadableRecording: it cannot be read.
            RecordingExists: the output is there.
            RecordingFailed: the output cannot be written.

        """
        from rtcli.commands.lines import put_lines

        if output is None:
            return sum(1 for _ in self.lines())
        return put_lines(output, self.lines(), overwrite=overwrite)

    def lines(self) -> Iterator[bytes]:
        """Every line as it is to be written."""
        source = self._source = Source(self.file, self._dialect, self._form)
        source.path = self.path
        for entry in source:
            self.work.learn(entry)
        self.work.learned()
        for item in self._again(source):
            yield item if isinstance(item, bytes) else self.work.line(item)

    def _again(self, source: Source) -> Iterator[Entry | bytes]:
        """The entries once more, and between them the empty lines of a recording of our own."""
        from rtcli.commands.watched import in_progress
        from rtcli.formats import Reading, read_lines, rtcli
        from rtcli.formats.reading import OWN

        again = Source(self.file, self._dialect, self._form or source.reading.form)
        again.path = self.path
        if source.reading.form != OWN:
            yield from Reading(self.file, again.listener, self._form or source.reading.form)
            return
        empty: list[bytes] = []

        def noted() -> Iterator[bytes]:
            for line in read_lines(self.file):
                if line.isspace():
                    empty.append(line)
                yield line

        for entry in in_progress(rtcli.read(noted(), again.listener), self.file):
            yield from empty
            empty.clear()
            yield entry
        yield from empty

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """By kind how often something was replaced, and in how many lines."""
        told = {
            kind: {"count": count, "lines": self.redaction.lines[kind]}
            for kind, count in sorted(self.redaction.counts.items())
        }
        if self.work.silencing.silenced:
            told["audio"] = {"count": self.work.silencing.silenced, "lines": self.work.silencing.silenced}
        if self.work.masked:
            told["words masked"] = {"count": self.work.masked, "lines": self.work.masked}
        return told

    @property
    def document(self) -> dict[str, Any]:
        """What was replaced, for programs."""
        return {
            "schema": SCHEMA,
            "file": str(self.path),
            "replaced": self.counts,
            "doubts": [{"line": doubt.line, "path": doubt.path} for doubt in self.redaction.doubts],
            "fields_not_met": self._fields_not_met,
        }

    @property
    def _fields_not_met(self) -> list[str]:
        return [name for name in map(".".join, self.redaction.fields) if name not in self.redaction.fields_met]

    def tell(self, *, check: bool, json: bool, to: TextIO) -> int:
        """Say what was replaced and what was not, and give the exit code."""
        from rtcli.reports.json import written

        assert self._source is not None
        if json:
            to.write(written(self.document) + "\n")
        else:
            to.writelines(f"{line}\n" for line in self.summary(check=check))
        if not json:
            self.tell_doubts()
        self.tell_fields()
        return self.code(check=check)

    def tell_doubts(self) -> None:
        """Name the places that look like secrets, and nothing of what stands there."""
        from rtcli.views.text import said

        for doubt in self.redaction.doubts[:_DOUBTS_SHOWN]:
            sys.stderr.write(f"rtcli: {said(str(self.path))}:{doubt.line}: {said(doubt.path)} {_DOUBTFUL}\n")
        more = len(self.redaction.doubts) - _DOUBTS_SHOWN
        if more > 0:
            sys.stderr.write(f"rtcli: {said(str(self.path))}: and {more} more such places\n")

    def tell_fields(self) -> None:
        """Name the fields that were to be emptied and are not there."""
        from rtcli.views.text import said

        for name in self._fields_not_met:
            sys.stderr.write(f"rtcli: --field {said(name)}: there is no such field in {said(str(self.path))}\n")

    def code(self, *, check: bool = False) -> int:
        """The exit code: data lost on the way, or doubts, before anything that was found."""
        assert self._source is not None
        code = self._source.code(DONE)
        found = FOUND if check and self.counts else DONE
        return code or (LOST if self.redaction.doubts else found)

    def summary(self, *, check: bool = False) -> list[str]:
        """What was replaced, a line a kind."""
        from rtcli.views.text import said

        counts = self.counts
        verb = "would be replaced" if check else "replaced"
        name = said(str(self.path))
        if not counts:
            return [f"{name}: nothing {'would be replaced' if check else 'was replaced'}"]
        width = max(map(len, counts))
        rows = [f"{name}: {verb}"]
        for kind, numbers in counts.items():
            where = f"in {numbers['lines']:,} line{'' if numbers['lines'] == 1 else 's'}"
            rows.append(f"  {said(kind):<{width}}  {numbers['count']:>7,}  {where}")
        return rows


def _compiled(pattern: str) -> re.Pattern[str]:
    """The pattern of an option.

    Raises:
        BadOption: it is none, or finds nothing everywhere.

    """
    import re

    try:
        compiled = re.compile(pattern)
    except re.error as error:
        raise BadOption(
            "--pattern", f"it is no regular expression ({error})", "see the documentation of Python's re"
        ) from error
    if compiled.search("") is not None:
        raise BadOption(
            "--pattern", "it matches the empty text, and so every place", "make it match at least one character"
        )
    return compiled


def _checked(field: str) -> str:
    if not all(field.split(".")):
        raise BadOption("--field", f"{field!r} is no name and no path", "write a name (email) or a path (metadata.*)")
    return field


_DOUBTFUL: Final = "looks like a secret, and is left; name it with --field or --pattern if it is one"
