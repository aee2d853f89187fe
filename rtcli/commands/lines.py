"""Where the lines of a recording go that is made of another one: a file, a pipe, or a terminal, which obeys none of it."""

from __future__ import annotations

import codecs
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from rtcli.commands.binary import is_terminal
from rtcli.commands.output import STANDARD_OUTPUT, wrote

Put = Callable[[bytes], Any]
"""Takes bytes: a file and a pipe get them as they are."""


@contextmanager
def lines_to(path: Path, *, overwrite: bool = False, mode: int | None = None) -> Iterator[Put]:
    """What writes to `path`, which is there whole or not at all; a terminal gets what it would obey spelt out.

    Raises:
        BadOption: there is no folder for it.
        RecordingExists: there is such a file, and it is not to be replaced.
        RecordingFailed: it cannot be written, or is a symbolic link.

    """
    from rtcli.formats.whole import OWNER_ONLY, replacing

    if path == STANDARD_OUTPUT and sys.stdout.isatty():
        yield _shown(sys.stdout)
    elif path.is_char_device() and is_terminal(path):
        with path.open("w", encoding="utf-8", errors="backslashreplace") as terminal:
            yield _shown(terminal)
    else:
        with replacing(path, overwrite=overwrite, mode=OWNER_ONLY if mode is None else mode) as put:
            yield put


def write_lines(path: Path, lines: Iterable[bytes], *, overwrite: bool = False) -> int:
    """Write lines to `path` as `lines_to` does, and say so; how many there were.

    Raises:
        BadOption: there is no folder for it.
        RecordingExists: there is such a file, and it is not to be replaced.
        RecordingFailed: it cannot be written, or is a symbolic link.

    """
    from rtcli.views.measure import plural

    count = put_lines(path, lines, overwrite=overwrite)
    wrote(path, plural(count, "line"))
    return count


def put_lines(path: Path, lines: Iterable[bytes], *, overwrite: bool = False) -> int:
    """Write lines as `write_lines` does, without a word; how many there were."""
    count = 0
    with lines_to(path, overwrite=overwrite) as put:
        for line in lines:
            put(line)
            count += 1
    return count


def _shown(terminal: TextIO) -> Put:
    """What shows bytes that come in pieces, of which one may end in the middle of a letter."""
    from rtcli.views.text import said

    decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def put(data: bytes) -> None:
        terminal.write("\n".join(said(line) for line in decoder.decode(data).split("\n")))

    return put
