"""A progress bar that shows itself only when the work takes longer than a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from rtcli.formats import Entry
from rtcli.views.text import said

T = TypeVar("T")

PATIENCE_SECONDS = 1.0
_LOOK_EVERY = 512


def reading(entries: Iterable[Entry], console: Console, name: str, size_bytes: int | None) -> Iterator[Entry]:
    """The entries, with a bar on the console's terminal that counts their bytes."""
    return passing(entries, lambda entry: len(entry.raw), console, name, size_bytes)


def passing(
    things: Iterable[T], size_of: Callable[[T], int], console: Console, name: str, size_bytes: int | None
) -> Iterator[T]:
    """The things, with such a bar; of how many bytes all of them are is None where nobody knows."""
    if not console.is_terminal or size_bytes == 0:
        yield from things
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    progress = Progress(*columns, console=console, transient=True)
    task = progress.add_task(said(name), total=size_bytes)
    began, read_bytes, shown = console.get_time(), 0, False
    try:
        for number, thing in enumerate(things):
            read_bytes += size_of(thing)
            if number % _LOOK_EVERY == 0:
                if not shown and console.get_time() - began > PATIENCE_SECONDS:
                    progress.start()
                    shown = True
                progress.update(task, completed=read_bytes)
            yield thing
    finally:
        if shown:
            progress.stop()
