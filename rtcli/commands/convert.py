"""``rtcli convert``: a recording, or another log, in another form."""

from __future__ import annotations

import sys
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

from rtcli.commands import DONE, LOST
from rtcli.commands.declared import Argument, Option
from rtcli.commands.output import Overwriting
from rtcli.commands.source import Dialect, Form, Source
from rtcli.commands.spoken import Spoken
from rtcli.errors import BadOption

if TYPE_CHECKING:
    from rtcli.formats.sink import Put, Sink


class Target(StrEnum):
    """A form to convert into."""

    RTCLI = "rtcli"
    BARE = "bare"
    HAR = "har"
    SCRIPT = "script"
    OTLP = "otlp"
    PARQUET = "parquet"


ENDINGS: Final[dict[str, Target]] = {
    ".bare.jsonl": Target.BARE,
    ".events.jsonl": Target.BARE,
    ".jsonl": Target.RTCLI,
    ".har": Target.HAR,
    ".script": Target.SCRIPT,
    ".otlp.json": Target.OTLP,
    ".parquet": Target.PARQUET,
}
"""What a file's name asks for, the longest ending first; behind a text form's, .gz and .zst pack it."""

_HOLDERS: Final[dict[Target, str]] = {
    Target.RTCLI: "recordings",
    Target.BARE: "bare events",
    Target.HAR: "archives",
    Target.SCRIPT: "scripts",
    Target.OTLP: "spans",
    Target.PARQUET: "tables",
}

_MADE: Final[dict[Target, str]] = {
    Target.RTCLI: "a recording",
    Target.BARE: "bare events",
    Target.HAR: "a HAR",
    Target.SCRIPT: "a script",
    Target.OTLP: "spans",
    Target.PARQUET: "a table",
}


def convert(
    path: Annotated[Path, Argument(metavar="IN", help="A recording or another log, or - for standard input.")],
    output: Annotated[
        Path | None,
        Option(
            "--output",
            "-o",
            metavar="OUT",
            help="The file to write, or - for standard output.",
            envvar="RTCLI_OUTPUT",
        ),
    ] = None,
    to: Annotated[
        Target | None,
        Option("--to", help="The form to write; without this, told by the ending of OUT.", envvar="RTCLI_TO"),
    ] = None,
    overwrite: Overwriting = False,
    content: Annotated[
        bool,
        Option(
            "--content", help="Put what was said, and what tools were given, into OTLP spans.", envvar="RTCLI_CONTENT"
        ),
    ] = False,
    dialect: Dialect = Spoken.AUTO,
    form: Form = None,
) -> int:
    """Convert a recording, or another log, into another form.

    What IN is, is told by its look; --from insists. The ending of OUT says what is written: .jsonl a
    recording, .events.jsonl bare events, .har a HAR that Chrome imports, .script the script notation,
    .otlp.json spans for OpenTelemetry (session, turn, response, tool call), .parquet a table with a row
    a record. Behind the first four and the spans, .gz and .zst pack the file. What a form cannot hold is
    said and counted.

    Example:  rtcli convert devtools.har -o call.jsonl

    Exit code: 0 everything is in OUT, 2 it could not be done, 3 something was left out.
    """
    from rtcli.commands.lines import lines_to
    from rtcli.commands.output import wrote
    from rtcli.formats.sink import TORN
    from rtcli.views.measure import plural
    from rtcli.views.text import said

    if output is None:
        remedy = "name a file, whose ending says the form (call.har), or - for standard output"
        raise BadOption("--output", "say where to write", remedy)
    target = to or _told_by(output)
    _check(output, target)
    source = Source(path, dialect, form)
    with lines_to(output, overwrite=overwrite) as put:
        sink = _sink(target, put, source, content=content)
        records = 0
        for entry in source:
            sink.take(entry)
            records += 1
        sink.finish()
    wrote(output, f"{_MADE[target]} of {plural(records, 'record')}")
    for what, count in sink.lost.items():
        if what == TORN:
            continue  # which is told of the file itself
        told = f"left out: {what} ({count}), which {_HOLDERS[target]} cannot hold"
        sys.stderr.write(f"rtcli: {said(str(path))}: {told}\n")
    return source.code(LOST if sink.lost else DONE)


def _told_by(output: Path) -> Target:
    """What the name of the file asks for.

    Raises:
        BadOption: it does not tell.

    """
    if str(output) == "-":
        return Target.RTCLI
    name = output.name.lower().removesuffix(".gz").removesuffix(".zst")
    target = next((target for ending, target in ENDINGS.items() if name.endswith(ending)), None)
    if target is None:
        known = ", ".join(f"{ending} ({target.value})" for ending, target in ENDINGS.items())
        raise BadOption("--output", f"{output} does not say what to write", f"name it {known}, or say --to")
    return target


def _check(output: Path, target: Target) -> None:
    if target is Target.PARQUET and str(output) == "-" and sys.stdout.isatty():
        raise BadOption("--output", "a terminal cannot show Parquet", "name a file")


def _sink(target: Target, put: Put, source: Source, *, content: bool) -> Sink:
    """What writes the form."""
    if target is Target.OTLP:
        from rtcli.reports.otlp import Spans

        return Spans(put, source.listener, content=content)
    if target is Target.PARQUET:
        from rtcli.formats.parquet import Table

        return Table(put)
    from rtcli.formats.bare import BareEvents
    from rtcli.formats.har_writer import Har
    from rtcli.formats.notation import Script
    from rtcli.formats.sink import Recording

    writers: dict[Target, Callable[[Put], Sink]] = {
        Target.RTCLI: Recording,
        Target.BARE: BareEvents,
        Target.HAR: Har,
        Target.SCRIPT: Script,
    }
    return writers[target](put)
