"""Whether a terminal or a pipe takes more right now: a reader that pauses must not stop those who write."""

from __future__ import annotations

import io
import os
import select
from typing import IO, Final, cast

_GRACE_MS: Final = 300
"""How long a terminal may take nothing before it is taken for one that is stopped."""


def has_room(stream: IO[str]) -> bool:
    """Whether something short can be written without waiting for the reader; a file always has room."""
    if isinstance(stream, Outlet) and stream.waits:
        return False
    try:
        ready = select.poll()
        ready.register(stream, select.POLLOUT)
        return bool(ready.poll(0))
    except (OSError, ValueError):
        return True  # No descriptor: it is in memory, or closed, and whoever writes is told.


def outlet(stream: IO[str]) -> IO[str]:
    """The terminal behind a stream, as one that nobody ever waits for; what is no terminal, as it is."""
    try:
        if not stream.isatty():
            return stream
        stream.flush()
        # Opened anew, for whether one waits belongs to the opening, and that of the stream is the shell's too.
        flags = os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(os.ttyname(stream.fileno()), flags)
    except (AttributeError, OSError, ValueError):
        return stream
    encoding, errors = getattr(stream, "encoding", None), getattr(stream, "errors", None)
    return cast("IO[str]", Outlet(descriptor, encoding or "utf-8", errors or "strict"))


def never_waits(stream: IO[str]) -> bool:
    """Whether whoever writes to it goes on at once, whatever its reader does."""
    return isinstance(stream, Outlet)


def finish(stream: IO[str], *, patient: bool) -> None:
    """Write what waits, and wait for the reader if there is patience."""
    if isinstance(stream, Outlet):
        stream.finish(patient=patient)
    else:
        stream.flush()


class Outlet(io.TextIOBase):
    """A terminal that takes what it can; the rest waits here.

    Law: what comes out is what was written, in its order. Only `finish` waits, and only if it is told to.
    """

    def __init__(self, descriptor: int, encoding: str, errors: str) -> None:
        super().__init__()
        self._descriptor = descriptor
        self._encoding = encoding
        self._errors = errors
        self._waiting = bytearray()

    @property
    def encoding(self) -> str:  # type: ignore[override] # a stream's is an attribute for who writes it too
        """How text becomes bytes."""
        return self._encoding

    @property
    def waits(self) -> bool:
        """Whether there is something that the terminal has not taken."""
        return bool(self._waiting)

    def fileno(self) -> int:
        """The terminal's descriptor."""
        return self._descriptor

    def isatty(self) -> bool:
        """Whether it is a terminal, which it is."""
        return True

    def writable(self) -> bool:
        """Whether it can be written to, which it can."""
        return True

    def write(self, text: str, /) -> int:
        """Put it behind what waits."""
        self._waiting += text.encode(self._encoding, self._errors)
        return len(text)

    def flush(self) -> None:
        """Write as much as the terminal takes."""
        try:
            while self._waiting:
                del self._waiting[: os.write(self._descriptor, self._waiting)]
        except BlockingIOError:
            pass
        except OSError:
            self._waiting.clear()  # it is gone, and is told of once
            raise

    def finish(self, *, patient: bool) -> None:
        """Write what waits; without patience no more than a terminal takes that is not stopped."""
        ready = select.poll()
        ready.register(self._descriptor, select.POLLOUT)
        self.flush()
        while self._waiting:
            if not ready.poll(None if patient else _GRACE_MS):
                self._waiting.clear()
            self.flush()

    def close(self) -> None:
        """Let go of the terminal, which takes now what it can."""
        if not self.closed:
            try:
                super().close()  # which flushes, and must do so before the descriptor can be somebody else's
            finally:
                os.close(self._descriptor)
