"""A connection that reads no more from who asks for answers without end and takes none of them.

The library answers each ping at once, and what is not taken of that it keeps in memory, however much it is.
"""

from __future__ import annotations

from typing import Final

from websockets.asyncio.connection import Connection

UNTAKEN_BYTES: Final = 256 * 1024
"""How much of its own answers is kept for who does not take them."""


class Answering(Connection):
    """Goes on to read when what it answered was taken; what others send over it is not counted."""

    _answered_bytes = 0
    """At most so much of what is not taken yet are its own answers."""

    def data_received(self, data: bytes) -> None:
        """Take in what came, and read no more where that was too much to be answered."""
        before = self.transport.get_write_buffer_size()
        super().data_received(data)
        self._answered_bytes += max(0, self.transport.get_write_buffer_size() - before)
        if self._answered_bytes > UNTAKEN_BYTES:
            self.transport.pause_reading()

    def resume_writing(self) -> None:
        """Nearly all was taken."""
        super().resume_writing()
        if self._answered_bytes > UNTAKEN_BYTES and not self.recv_messages.paused:
            self.transport.resume_reading()
        self._answered_bytes = 0
