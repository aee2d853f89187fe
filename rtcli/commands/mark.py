"""``rtcli mark``: a note at its place in a recording."""

from __future__ import annotations

import re
import stat
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from rtcli.commands.declared import Argument, Option
from rtcli.commands.output import STANDARD_OUTPUT, Overwriting, tell

if TYPE_CHECKING:
    from rtcli.formats.noting import Place


def mark(
    path: Annotated[Path, Argument(metavar="FILE", help="A recording, or - for standard input.")],
    text: Annotated[str, Argument(metavar="TEXT", help="What is to be noted.")],
    at: Annotated[
        str,
        Option(
            "--at",
            metavar="T",
            help="Where: 12.5, 1m30s, -10s before the end, or line:120, behind that line.",
            envvar="RTCLI_AT",
        ),
    ],
    output: Annotated[
        Path | None,
        Option("--output", "-o", metavar="OUT", help="Write there, and leave FILE as it is.", envvar="RTCLI_OUTPUT"),
    ] = None,
    overwrite: Overwriting = False,
) -> int:
    """Put a note into a recording, at its place in time.

    Every command shows it there. The file is written anew beside the old one and takes its place when
    it is whole, with the same mode and packed the same way; nothing else in it changes. A file that is
    still being recorded is left alone.

    Example:  rtcli mark call.jsonl --at 12.5 "the caller heard a click"

    Exit code: 0 done, 2 it could not be done.
    """
    from rtcli.commands.lines import lines_to
    from rtcli.commands.twice import readable_twice
    from rtcli.errors import BadOption
    from rtcli.formats.noting import with_note
    from rtcli.formats.whole import OWNER_ONLY, is_being_written

    if not text.strip():
        raise BadOption(
            "TEXT", "there is nothing to note", 'as in: rtcli mark call.jsonl --at 12.5 "the caller heard a click"'
        )
    here = str(path) != "-" and (output is None or (output.exists() and path.exists() and output.samefile(path)))
    target = (path if here else Path("-")) if output is None else output
    if here:
        _refuse(path)
        before = path.stat()
    with readable_twice(path) as file:
        _refuse_other_forms(file, path)
        read = partial(_read, file, path, target)
        place = _place(read, path, at)
        mode = stat.S_IMODE(path.stat().st_mode) if here else OWNER_ONLY
        with lines_to(target, overwrite=overwrite or (here and output is None), mode=mode) as put:
            for line in with_note(read(), place, text):
                put(line)
            if here:
                now = path.stat()
                if is_being_written(path) or (now.st_size, now.st_mtime_ns) != (before.st_size, before.st_mtime_ns):
                    raise BadOption("FILE", f"{path} has grown meanwhile, so that it was left as it is", "try again")
    if target != STANDARD_OUTPUT:
        tell(f"noted in line {place.line} of {target}")
    return 0


def _refuse(path: Path) -> None:
    """Refuse what cannot be written anew without harm."""
    from rtcli.errors import BadOption
    from rtcli.formats.stream import read_lines
    from rtcli.formats.whole import is_being_written

    if not path.exists() and not path.is_symlink():
        next(read_lines(path), None)
    if path.is_symlink():
        raise BadOption("FILE", f"{path} is a symbolic link", "name the file itself, or write elsewhere with -o")
    if path.exists() and not path.is_file():
        raise BadOption("FILE", f"{path} is no file", "write elsewhere with -o")
    if path.is_file() and is_being_written(path):
        raise BadOption("FILE", f"{path} is still being recorded", "mark it when the call is over, or write with -o")


def _refuse_other_forms(file: Path, path: Path) -> None:
    """Refuse logs in which a line of ours would be out of place."""
    from collections import deque

    from rtcli.errors import BadOption
    from rtcli.formats.own import looks_own
    from rtcli.formats.reading import begun

    head, rest = begun(file)
    if all(map(bytes.isspace, head)):
        deque(rest, maxlen=0)
    elif not looks_own(head):
        raise BadOption("FILE", f"{path} is no recording", "make one of it with `rtcli convert`, and mark that")


def _read(file: Path, path: Path, target: Path) -> Iterator[bytes]:
    from rtcli.commands.watched import copying
    from rtcli.formats.overlong import refuse, without
    from rtcli.formats.stream import read_lines

    return copying(without(read_lines(file), refuse(path)), [file], target)


def _place(read: Callable[[], Iterator[bytes]], path: Path, at: str) -> Place:
    """Where the note goes.

    Raises:
        BadOption: there is no such place.

    """
    from rtcli.errors import BadOption
    from rtcli.formats.noting import place_at_line, place_at_time
    from rtcli.recording.times import parse_time

    if told := re.fullmatch(r"line:([1-9]\d{0,11})", at):
        return place_at_line(read(), int(told[1]), str(path))
    if at.startswith("line:"):
        raise BadOption("--at", f"{at!r} is no line", "write its number: line:120")
    return place_at_time(read, parse_time("--at", at), str(path))
