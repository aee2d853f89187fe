"""Whether the other end of a connection on which nothing is said is still there."""

from __future__ import annotations

import socket
from typing import Final

SILENT_SECONDS: Final = 60
"""After so long without a byte the system begins to ask,..."""
ASKING_SECONDS: Final = 30
"""... every so often,..."""
ASKING_TIMES: Final = 10
"""... and so many times: by themselves systems wait two hours, and those who speak here need not ping each other."""


def see_that_it_is_there(raw: socket.socket) -> None:
    """Let the system notice that the other end is gone without a word. Source: tcp(7)."""
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
    asked = {"TCP_KEEPIDLE": SILENT_SECONDS, "TCP_KEEPINTVL": ASKING_SECONDS, "TCP_KEEPCNT": ASKING_TIMES}
    for name, value in asked.items():
        if hasattr(socket, name):
            raw.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)
