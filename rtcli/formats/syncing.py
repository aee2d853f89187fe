"""Brings files to the disk, off the path of those who write them: one thread for all.

A thread for each file would cost more than the writing as soon as there are a hundred: whoever is woken
takes the interpreter from the one who writes.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from typing import Final

SYNC_SECONDS: Final = 0.1
"""How long what was written may wait; then it takes as long as the disk."""


class Syncing:
    """Calls what it is given, each as often as it is given and at most once in that time."""

    def __init__(self) -> None:
        self._due: deque[Callable[[], None]] = deque()
        self._news = threading.Event()
        self._starting = threading.Lock()
        self._thread: threading.Thread | None = None

    def soon(self, bring: Callable[[], None]) -> None:
        """Let `bring` be called, on the other thread."""
        self._due.append(bring)
        self._news.set()
        if self._thread is None or not self._thread.is_alive():  # as after a fork, which takes no thread along
            self._start()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None or not self._thread.is_alive():  # pragma: no branch - of two at once, the second
                self._thread = threading.Thread(target=self._run, name="rtcli-sync", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        rest = threading.Event()
        while True:
            self._news.wait()
            self._news.clear()
            for _ in range(len(self._due)):
                self._due.popleft()()
            rest.wait(SYNC_SECONDS)


syncing: Final = Syncing()
"""The one of this process."""
