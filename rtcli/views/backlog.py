"""What is to be printed for a reader who may pause: it waits, so that nobody else has to.

Law: it comes out in its order, and where so much had to wait that lines were left out, a line says how many.
"""

from __future__ import annotations

from collections import deque
from typing import IO, Final

from rtcli.views.measure import plural
from rtcli.views.room import finish, has_room

_AT_MOST: Final = 1 << 22
"""So many characters wait: some ten minutes of a conversation."""
_AT_ONCE: Final = 1000
"""A pipe that has room has it for 4096 bytes, and a character takes four at most."""


class Backlog:
    """Prints as soon as there is room."""

    def __init__(self, stream: IO[str], at_most: int = _AT_MOST) -> None:
        self._stream = stream
        self._at_most = at_most
        self._waiting: deque[str] = deque()
        self._size = 0
        self._left_out = 0

    def say(self, lines: str) -> None:
        """Print whole lines, now or later."""
        if self._left_out or (self._waiting and self._size + len(lines) > self._at_most):
            self._left_out += lines.count("\n")
        else:
            self._add(lines)
        self.refresh()

    def refresh(self) -> None:
        """Print what had to wait, as far as there is room."""
        while self._next() and has_room(self._stream):
            piece = self._waiting.popleft()
            self._size -= len(piece)
            self._stream.write(piece)
            self._stream.flush()

    def close(self, *, patient: bool = True) -> None:
        """Print all that is left, and wait for the reader now; without patience only what there is room for."""
        self.refresh()
        while patient and self._next():
            self._stream.write(self._waiting.popleft())
        if patient or has_room(self._stream):
            finish(self._stream, patient=patient)

    def _next(self) -> bool:
        """Have ready what is to be printed next, if only how many lines were left out; False where there is nothing."""
        if not self._waiting and self._left_out:
            self._add(f"rtcli: {plural(self._left_out, 'line')} left out here: nobody read them\n")
            self._left_out = 0
        return bool(self._waiting)

    def _add(self, lines: str) -> None:
        self._waiting.extend(lines[at : at + _AT_ONCE] for at in range(0, len(lines), _AT_ONCE))
        self._size += len(lines)
