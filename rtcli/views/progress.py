"""A progress bar that shows itself only when the work takes longer than a second."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

from rtcli.formats import Entry, Reading
from rtcli.views.text import said

T = TypeVar("T")

PATIENCE_SECONDS = 1.0
_LOOK_EVERY = 512


@contextmanager
def moving(console: Console, name: str, size_bytes: int | None) -> Iterator[Callable[[int], None]]:
    """A bar on the console's terminal, and what moves it to so many bytes; of how many is None where nobody knows."""
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    progress = Progress(*columns, console=console, transient=True)
    task = progress.add_task(said(name), total=size_bytes)
    began, shown = console.get_time(), False

    def move(to_bytes: int) -> None:
        nonlocal shown
        if not shown and console.get_time() - began > PATIENCE_SECONDS:
            progress.start()
            shown = True
        progress.update(task, completed=to_bytes)

    try:
        yield move
    finally:
        if shown:
            progress.stop()


def reading(recording: Reading, console: Console, name: str, size_bytes: int) -> Iterator[Entry]:
    """The entries of a recording, with such a bar, which moves as its file is read, whatever becomes of the lines."""
    with moving(console, name, size_bytes) as move:
        read_bytes = 0

        def moved(by_bytes: int) -> None:
            nonlocal read_bytes
            read_bytes += by_bytes
            move(read_bytes)

        recording.moved = moved
        yield from recording


def passing(
    things: Iterable[T], size_of: Callable[[T], int], console: Console, name: str, size_bytes: int | None
) -> Iterator[T]:
    """The things, with such a bar."""
    if not console.is_terminal or size_bytes == 0:
        yield from things
        return
    with moving(console, name, size_bytes) as move:
        read_bytes = 0
        for number, thing in enumerate(things):
            read_bytes += size_of(thing)
            if number % _LOOK_EVERY == 0:
                move(read_bytes)
            yield thing
