"""Brings files to the disk, off the path of those who write them, by a few threads.

Files that are brought there side by side share what the disk does for one: twenty take it 5 ms instead of 90. A thread
for each would cost more than the writing as soon as there are a hundred: whoever is woken takes the interpreter from
the one who writes.

An executor of the standard library would not do: the program waits for its threads at the end, however long a disk
hangs, and they are missing after a fork.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import Final

REST_SECONDS: Final = 0.07
"""How long it rests between two rounds. With the rounds, what was written waits a tenth of a second at most; then it
takes as long as the disk."""
HANDS: Final = 8
"""How many threads there are for it, at most."""


class Syncing:
    """Calls what it is given, once each time that it is given, on threads of its own.

    The same is called on two of them at once only where it was given again while it was being called.
    """

    def __init__(self) -> None:
        self._due: deque[Callable[[], None]] = deque()
        self._handed: SimpleQueue[Callable[[], None]] = SimpleQueue()
        self._idle = threading.Semaphore(0)
        self._hands = 0
        self._folders: deque[Path] = deque()
        self._news = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def soon(self, bring: Callable[[], None]) -> None:
        """Let `bring` be called, within `REST_SECONDS` where a thread is free."""
        self._due.append(bring)
        self._news.set()
        if self._thread is None or not self._thread.is_alive():  # as after a fork, which takes no thread along
            self._start()

    def name_soon(self, folder: Path) -> None:
        """Let the names in a folder be brought to the disk with the next file: one without a name is found by nobody.

        Source: fsync(2).
        """
        self._folders.append(folder)

    def names(self) -> None:
        """Bring them there now; each folder once, however many of its names are new."""
        folders: set[Path] = set()
        with suppress(IndexError):  # another thread takes some of them
            while True:
                folders.add(self._folders.popleft())
        for folder in folders:
            with suppress(OSError):  # not every system does that with folders
                descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():  # pragma: no branch - of two at once, the second
                self._handed, self._idle, self._hands = SimpleQueue(), threading.Semaphore(0), 0
                self._thread = _begun(self._run)

    def _run(self) -> None:
        rest = threading.Event()
        while True:
            self._news.wait()
            self._news.clear()
            due = [self._due.popleft() for _ in range(len(self._due))]
            self._hand([*due, self.names] if self._folders else due)
            rest.wait(REST_SECONDS)

    def _hand(self, due: list[Callable[[], None]]) -> None:
        """Let whoever is free bring it there: who waits for a disk keeps the others from nothing."""
        for bring in due:
            self._handed.put(bring)
            if not self._idle.acquire(blocking=False) and self._hands < HANDS:
                _begun(self._help)
                self._hands += 1

    def _help(self) -> None:
        handed, idle = self._handed, self._idle
        while True:
            try:
                bring = handed.get_nowait()
            except Empty:
                idle.release()
                bring = handed.get()
            bring()


def _begun(work: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=work, name="rtcli-sync", daemon=True)
    thread.start()
    return thread


syncing: Final = Syncing()
"""The one of this process."""
