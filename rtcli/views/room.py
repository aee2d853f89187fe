"""Whether a terminal or a pipe takes more right now: a reader that pauses must not stop those who write."""

from __future__ import annotations

import select
from typing import IO


def has_room(stream: IO[str]) -> bool:
    """Whether something short can be written without waiting for the reader; a file always has room."""
    try:
        ready = select.poll()
        ready.register(stream, select.POLLOUT)
        return bool(ready.poll(0))
    except (OSError, ValueError):
        return True  # No descriptor: it is in memory, or closed, and whoever writes is told.
