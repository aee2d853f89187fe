"""A progress bar that shows itself only when the work takes longer than a second."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from rtcli.formats import Entry
from rtcli.views.text import said

PATIENCE_SECONDS = 1.0
_LOOK_EVERY = 512


def reading(entries: Iterable[Entry], console: Console, name: str, size_bytes: int) -> Iterator[Entry]:
    """The entries, with a bar on the console's terminal that counts their bytes."""
    if not console.is_terminal or size_bytes <= 0:
        yield from entries
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
        for number, entry in enumerate(entries):
            read_bytes += len(entry.raw)
            if number % _LOOK_EVERY == 0:
                if not shown and console.get_time() - began > PATIENCE_SECONDS:
                    progress.start()
                    shown = True
                progress.update(task, completed=read_bytes)
            yield entry
    finally:
        if shown:
            progress.stop()
