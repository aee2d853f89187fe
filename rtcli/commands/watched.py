"""Reading where somebody is watching: a progress bar on a terminal, nothing elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from rtcli.formats import Entry, Reading

_STANDARD_OUTPUT: Final = Path("-")


def watched(reading: Reading, path: Path) -> Iterator[Entry]:
    """The entries of a recording, with a progress bar on standard error once it takes longer than a second.

    `path` is what it is called.
    """
    if not sys.stderr.isatty() or not reading.path.is_file():
        return iter(reading)
    from rich.console import Console

    from rtcli.views import progress

    return progress.reading(reading, Console(stderr=True), path.name, reading.path.stat().st_size)


def in_progress(entries: Iterator[Entry], path: Path) -> Iterator[Entry]:
    """The same for entries of lines that somebody else has read."""
    if not sys.stderr.isatty() or not path.is_file():
        return entries
    from rich.console import Console

    from rtcli.views.progress import passing

    return passing(entries, lambda entry: len(entry.raw), Console(stderr=True), path.name, _size_of([path]))


def copying(lines: Iterator[bytes], paths: Sequence[Path], output: Path) -> Iterator[bytes]:
    """The lines of files on their way to `output`, with such a bar unless they go to the terminal themselves."""
    is_shown = output == _STANDARD_OUTPUT and sys.stdout.isatty()
    if is_shown or not sys.stderr.isatty() or not all(path.is_file() for path in paths):
        return lines
    from rich.console import Console

    from rtcli.views.progress import passing

    name = paths[0].name if len(paths) == 1 else f"{len(paths)} recordings"
    return passing(lines, len, Console(stderr=True), name, _size_of(paths))


def _size_of(paths: Sequence[Path]) -> int | None:
    """How many bytes there are to read; None where they are packed, so that only their end tells."""
    from rtcli.formats.stream import COMPRESSED

    if any(path.suffix in COMPRESSED for path in paths):
        return None
    return sum(path.stat().st_size for path in paths)
