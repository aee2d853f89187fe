"""One progress bar for several files, which shows itself only when the work takes longer than a second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from types import TracebackType
from typing import Final, Self

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from rtcli.formats import Entry
from rtcli.views.progress import PATIENCE_SECONDS
from rtcli.views.text import said

_LOOK_EVERY: Final = 512


class Marching:
    """Counts the bytes of all files that are read, on the console's terminal."""

    def __init__(self, console: Console, size_bytes: int) -> None:
        self._console = console
        self._shows = console.is_terminal and size_bytes > 0
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn())
        self._progress = Progress(
            *columns, TransferSpeedColumn(), TimeRemainingColumn(), console=console, transient=True
        )
        self._task = self._progress.add_task("", total=size_bytes)
        self._began = console.get_time()
        self._done_bytes = 0
        self._is_shown = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._is_shown:
            self._progress.stop()

    def through(self, entries: Iterable[Entry], name: str, size_bytes: int) -> Iterator[Entry]:
        """The entries of one file; when it ends it counts as a whole, however it was packed."""
        if not self._shows:
            yield from entries
            return
        read_bytes = 0
        for number, entry in enumerate(entries):
            read_bytes += len(entry.raw)
            if number % _LOOK_EVERY == 0:
                self._show(name, self._done_bytes + min(read_bytes, size_bytes))
            yield entry
        self._done_bytes += size_bytes

    def _show(self, name: str, read_bytes: int) -> None:
        if not self._is_shown and self._console.get_time() - self._began > PATIENCE_SECONDS:
            self._progress.start()
            self._is_shown = True
        self._progress.update(self._task, completed=read_bytes, description=said(name))
