"""``rtcli filter``: some of the records of a recording, as they stand."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rtcli.commands.declared import Argument, Option
from rtcli.commands.output import Overwriting
from rtcli.commands.source import Form, Source

if TYPE_CHECKING:
    from rtcli.formats.condition import Condition
    from rtcli.formats.peek import Look


class Side(StrEnum):
    """Who sent an event."""

    CLIENT = "client"
    SERVER = "server"


def filter(  # noqa: A001 - a command has its own name
    path: Annotated[Path, Argument(metavar="FILE", help="A recording, or - for standard input.")],
    output: Annotated[
        Path,
        Option("--output", "-o", metavar="OUT", help="Where it goes; - is standard output.", envvar="RTCLI_OUTPUT"),
    ] = Path("-"),
    kinds: Annotated[
        list[str] | None,
        Option(
            "--type",
            metavar="GLOB",
            help="Only events of such a type, as in response.*, or records: open, close, note (repeatable).",
            envvar="RTCLI_TYPE",
        ),
    ] = None,
    others: Annotated[
        list[str] | None,
        Option("--not-type", metavar="GLOB", help="No events of such a type (repeatable).", envvar="RTCLI_NOT_TYPE"),
    ] = None,
    side: Annotated[Side | None, Option(help="Only what this side sent.", envvar="RTCLI_SIDE")] = None,
    where: Annotated[
        str | None,
        Option(
            metavar="EXPR",
            help="Only what this JMESPath expression holds for: event.item.role == 'user' && t > 3.",
            envvar="RTCLI_WHERE",
        ),
    ] = None,
    overwrite: Overwriting = False,
    form: Form = None,
) -> int:
    """Write those records of a recording that fit, word for word.

    What is asked for has to hold all at once. --where is JMESPath (jmespath.org), asked of an object
    with t, from, line, type and event; texts stand in '…'. The header then says that frames are
    missing and that the ends are not those of the session, so that no rule misses them; to judge a
    part of a call, take `rtcli cut`.

    Example:  rtcli filter call.jsonl --not-type "*.delta" --where "t > 3" | rtcli show -

    Exit code: 0 done, also where nothing fits, 2 it could not be done, 3 some of the file was left out.
    """
    from rtcli.commands.lines import write_lines
    from rtcli.commands.watched import copying
    from rtcli.formats.condition import Condition
    from rtcli.formats.copied import Copied

    if form in ("client", "server"):
        side, form = Side(form), None
    condition = Condition("--where", where) if where is not None else None
    wanted = _wanted(kinds or [], others or [], side.value if side else None, condition)
    source = Source(path, form=form)
    copied = Copied(path, form)
    source.reading = copied.reading
    lines = copying(iter(copied), [path], output)
    fitting = Fitting(wanted) if wanted else None
    write_lines(output, fitting(lines) if fitting else lines, overwrite=overwrite)
    if fitting and not fitting.found:
        sys.stderr.write("rtcli: nothing fits; `rtcli show --timeline` lists the types that there are\n")
    return source.code(0)


def _wanted(
    kinds: list[str], others: list[str], side: str | None, condition: Condition | None
) -> Callable[[bytes, int, Look], bool] | None:
    """Whether a line fits; None where every line does."""
    if not (kinds or others or side or condition):
        return None

    @lru_cache(1024)
    def is_of_kind(kind: str) -> bool:
        fits = not kinds or any(fnmatchcase(kind, pattern) for pattern in kinds)
        return fits and not any(fnmatchcase(kind, pattern) for pattern in others)

    def fits(line: bytes, number: int, look: Look) -> bool:
        return (
            (side is None or look.sender == side)
            and is_of_kind(look.kind or "no event")
            and (condition is None or condition.holds(line, number, look))
        )

    return fits


class Fitting:
    """The lines that fit, behind headers that say what is missing."""

    def __init__(self, fits: Callable[[bytes, int, Look], bool]) -> None:
        self._fits = fits
        self.found = False
        """Whether anything did; known at the end."""

    def __call__(self, lines: Iterator[bytes]) -> Iterator[bytes]:
        """Those of `lines`."""
        from rtcli.formats.headers import changed
        from rtcli.formats.peek import look

        partial = {"handshake": False, "lossless": False, "cut": ["start", "end"]}
        headed = False
        for number, line in enumerate(lines, 1):
            if line.isspace():
                continue
            seen = look(line)
            if seen.kind == "header":
                headed = True
                yield changed(line, partial)
                continue
            if not headed:
                headed = True
                yield changed(b"", partial)
            if self._fits(line, number, seen):
                self.found = True
                yield line
