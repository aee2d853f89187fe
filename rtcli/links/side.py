"""One end of a proxied connection: bytes in and out, first for the handshake, then straight to the other end.

Law: what comes in is handed on at once and in order; when the other end cannot take more, this one is
not read.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Final, TypeVar, cast

from websockets.streams import StreamReader

from rtcli.links.loop import StraightLoop

EARLY_BYTES: Final = 1024 * 1024
"""How much an app may send before the upstream is open; the rest waits in its own socket."""
HELD_BYTES: Final = 256 * 1024
"""How much may wait for a slow end before the other is not read any more."""
AT_ONCE_BYTES: Final = 64 * 1024
"""How much is read at once; less is soon no saving, and more is soon out of the processor's reach."""
DEPART_SECONDS: Final = 2
"""How long an app is given to take in that it was refused."""

T = TypeVar("T")


class Side(asyncio.Protocol):
    """The app's end, or the upstream's."""

    def __init__(self, arrived: Callable[[Side], None] | None = None) -> None:
        """`arrived` is called when the connection is made."""
        self.transport: asyncio.Transport
        self.peer: Side | None = None
        self.over = asyncio.Event()
        """The connection is lost."""
        self.ended = False
        """Nothing more comes from there."""
        self.encrypted = False
        """It speaks TLS, where one direction cannot be closed alone."""
        self.full = False
        """It takes nothing for now."""
        self._told_end = False
        self._arrived = arrived
        self._reader = StreamReader()
        self._news = asyncio.Event()
        self._pass: Callable[[bytes], None] | None = None
        self._end: Callable[[], None] | None = None
        self._detour: Callable[[], None] = lambda: None
        """Lets the transport read again."""

    # --- what asyncio tells --------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self.transport = cast("asyncio.Transport", transport)
        self.transport.set_write_buffer_limits(high=HELD_BYTES)
        self.encrypted = transport.get_extra_info("sslcontext") is not None
        raw = transport.get_extra_info("socket")
        if raw is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        if self._arrived is not None:
            self._arrived(self)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        if self._pass is not None:
            self._pass(data)
            return
        self._reader.feed_data(data)
        self._news.set()
        if len(self._reader.buffer) > EARLY_BYTES:
            self.transport.pause_reading()

    def eof_received(self) -> bool:
        """Nothing more comes; what is on its way to there may still go, unless it is encrypted."""
        self._ends()
        return not self.encrypted

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the interface is asyncio's
        """The connection is gone."""
        self._detour()
        self.over.set()
        if self.peer is not None:
            self.peer.resume()
        self._ends()

    def pause_writing(self) -> None:
        """It cannot take more."""
        self.full = True
        if self.peer is not None:
            self.peer.pause()

    def resume_writing(self) -> None:
        """It can take more again."""
        self.full = False
        if self.peer is not None:
            self.peer.resume()

    def _ends(self) -> None:
        self.ended = True
        self._news.set()
        if self._end is not None:
            self._end()
        elif not self._reader.eof:
            self._reader.feed_eof()

    # --- what the connection asks for ----------------------------------------------------------

    async def take(self, parsing: Generator[None, None, T]) -> T:
        """What a parser makes of what comes; it raises what the parser raises."""
        while True:
            try:
                next(parsing)
            except StopIteration as done:
                return cast("T", done.value)
            await self._news.wait()
            self._news.clear()

    @property
    def reader(self) -> StreamReader:
        """Where a parser reads from."""
        return self._reader

    def _take_straight(self, passing: Callable[[bytes], None]) -> None:
        """Let the loop read without detours, where it can and nothing is encrypted."""
        loop, raw = asyncio.get_running_loop(), self.transport.get_extra_info("socket")
        if self.encrypted or self.over.is_set() or not isinstance(loop, StraightLoop):
            return
        descriptor: int = raw.fileno()

        def take() -> bool:
            try:
                data = os.read(descriptor, AT_ONCE_BYTES)
                if data:
                    passing(data)
                return bool(data)  # an end is the transport's
            except BlockingIOError:
                return True
            except OSError:
                self.transport.abort()
            except Exception as error:  # noqa: BLE001 - the loop has to go on; so does asyncio itself
                loop.call_exception_handler({"message": "rtcli has a fault", "exception": error, "protocol": self})
                self.transport.abort()
            return True

        loop.read_straight(descriptor, take)
        self._detour = lambda: loop.read_usually(descriptor)

    def splice(self, peer: Side, passing: Callable[[bytes], None], end: Callable[[], None]) -> None:
        """From now on bytes go to `passing`, those that came already first; `end` is called after the last.

        It is called again when the connection is gone altogether.
        """
        self.peer, self._pass, self._end = peer, passing, end
        early = bytes(self._reader.buffer)
        self._reader.buffer.clear()
        if early:
            passing(early)
        self._take_straight(passing)
        if self.ended:
            end()
        elif peer.full:
            self.pause()
        else:
            self.resume()

    def send(self, data: bytes) -> None:
        """Write, unless it is gone, or was told that nothing more comes."""
        if not self._told_end and not self.transport.is_closing():
            self.transport.write(data)

    def pause(self) -> None:
        """Read no more for now."""
        if not self.over.is_set():
            self.transport.pause_reading()

    def resume(self) -> None:
        """Read on."""
        if not self.over.is_set():
            self.transport.resume_reading()

    @property
    def unsent_bytes(self) -> int:
        """How much it has not taken yet."""
        return 0 if self.over.is_set() else self.transport.get_write_buffer_size()

    def end(self) -> bool:
        """Say that nothing more will be sent, and go on listening; False where that cannot be said."""
        if self.over.is_set() or self.transport.is_closing() or not self.transport.can_write_eof():
            return False
        self._told_end = True
        with suppress(OSError):
            self.transport.write_eof()
        return True

    def close(self) -> None:
        """Close the connection when all is sent; an encrypted one may not be told so twice."""
        if not self.over.is_set() and not self.transport.is_closing():
            self.transport.close()

    def abort(self) -> None:
        """Drop the connection, if it was ever made."""
        if hasattr(self, "transport") and not self.over.is_set():
            self.transport.abort()

    async def depart(self) -> None:
        """Go in a way that what was sent last arrives: closing with bytes unread would take it along."""
        self._detour()
        self._pass = lambda _: None
        self.resume()
        if self.end():
            with suppress(TimeoutError):
                async with asyncio.timeout(DEPART_SECONDS):
                    while not self.ended:
                        self._news.clear()
                        await self._news.wait()
        self.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(DEPART_SECONDS):
                await self.over.wait()
