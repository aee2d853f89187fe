"""Reading a recording that somebody else is still writing."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import IO, Final

from rtcli.formats.overlong import Begun
from rtcli.formats.stream import unreadable

PAUSE_SECONDS: Final = 1 / 30
"""Between two looks at the file, and the least between two ticks."""
_PIECE_BYTES: Final = 1 << 20


class Patience:
    """Lasts until Ctrl-C is pressed.

    An interrupt that is raised wherever the program happens to be can be lost there, in a finaliser for one;
    what is remembered is not.
    """

    def __init__(self) -> None:
        self._over = False

    def __bool__(self) -> bool:
        return not self._over

    def end(self, number: int, frame: FrameType | None) -> None:
        """Remember the first Ctrl-C.

        Raises:
            KeyboardInterrupt: it is the second one.

        """
        if self._over:
            signal.default_int_handler(number, frame)
        self._over = True


@contextmanager
def until_interrupted() -> Iterator[Patience]:
    """A patience that the next Ctrl-C ends; nothing is raised before the second one."""
    patience = Patience()
    before = signal.signal(signal.SIGINT, patience.end)
    try:
        yield patience
    finally:
        signal.signal(signal.SIGINT, before)


def follow(
    path: Path, tick: Callable[[], None], patience: Patience, *, pause_s: float = PAUSE_SECONDS
) -> Iterator[bytes]:
    """The file's whole lines as they are written, while the patience lasts; `tick` is called all the while.

    A file that is not there yet is waited for; one that is replaced or cut is read from its start.
    A last line without its newline waits for the rest of it. In the place of one that is too long to be held stands
    one that `overlong` knows.

    Raises:
        UnreadableRecording: it is there, and cannot be opened; or it is no file.

    """
    ticker = _Ticker(tick, pause_s)
    while patience:
        try:
            file = path.open("rb")
        except FileNotFoundError:
            ticker.rest()
            continue
        except OSError as error:
            raise unreadable(path, error) from error
        with file:
            yield from _lines(file, path, ticker, patience)


def _lines(file: IO[bytes], path: Path, ticker: _Ticker, patience: Patience) -> Iterator[bytes]:
    """The lines of one file, until another takes its name."""
    begun = Begun()
    while patience:
        piece = file.readline(_PIECE_BYTES)
        if piece:
            line = begun.add(piece)
            if line:
                yield line
            ticker.pass_by()
        elif _replaced(file, path):
            return
        else:
            ticker.rest()


def _replaced(file: IO[bytes], path: Path) -> bool:
    """Whether the name stands for another file now, or the file was cut; a missing one may come back."""
    try:
        there = path.stat()
    except FileNotFoundError:
        return False
    here = os.fstat(file.fileno())
    return (here.st_ino, here.st_dev) != (there.st_ino, there.st_dev) or here.st_size < file.tell()


class _Ticker:
    """Calls a function often enough for the eye, and no more often."""

    def __init__(self, tick: Callable[[], None], pause_s: float) -> None:
        self._tick = tick
        self._pause_s = pause_s
        self._due = 0.0

    def pass_by(self) -> None:
        """Tick, if it is time."""
        now = time.monotonic()
        if now >= self._due:
            self._due = now + self._pause_s
            self._tick()

    def rest(self) -> None:
        """Tick and wait; what has come meanwhile is drawn together."""
        self._tick()
        time.sleep(self._pause_s)
        self._due = time.monotonic() + self._pause_s
