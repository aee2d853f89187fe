"""One end of a proxied connection: bytes in and out, first for the handshake, then straight to the other end.

Law: what comes in is handed on at once and in order; when the other end cannot take more, this one is
not read.
"""

from __future__ import annotations

import asyncio
import os
import socket
import ssl
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
Passing = Callable[[bytes], bool]
"""Hands bytes on; says whether they are still to be looked at."""


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
        self._pass: Passing | None = None
        self._end: Callable[[], None] | None = None
        self.look: Callable[[bytes], None] = lambda _: None
        """Looks at what was handed on."""
        self._descriptor: int | None = None
        """What the loop reads the short way."""

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
            if self._pass(data):
                self.look(data)
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
        self._go_usually()
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

    async def encrypt(self, context: ssl.SSLContext, seconds: float) -> None:
        """Speak TLS from now on, as the end that was called; nothing may have been read before.

        Raises:
            OSError: the other end does not agree, takes longer than that, or is gone.

        """
        self.encrypted = True
        start = asyncio.get_running_loop().start_tls
        try:
            secure = await start(self.transport, self, context, server_side=True, ssl_handshake_timeout=seconds)
        except BaseException:
            self.connection_lost(None)  # asyncio tells that only once they have agreed
            raise
        if secure is None:
            raise ConnectionAbortedError
        self.transport = secure
        self.transport.set_write_buffer_limits(high=HELD_BYTES)

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

    # --- the short way, where the loop has one ----------------------------------------------------

    def _go_straight(self) -> None:
        """Let the loop read without detours, unless it is encrypted."""
        loop, raw = asyncio.get_running_loop(), self.transport.get_extra_info("socket")
        if isinstance(loop, StraightLoop) and not self.encrypted and not self.over.is_set():
            self._descriptor = raw.fileno()
            loop.read_straight(self._descriptor, self)

    def _go_usually(self) -> None:
        loop = asyncio.get_running_loop()
        if isinstance(loop, StraightLoop) and self._descriptor is not None:
            loop.read_usually(self._descriptor)
            self._descriptor = None

    def hand_on(self) -> bytes | None:
        """Read, and hand on what has come; an end is left to the transport."""
        assert self._descriptor is not None, "it goes the short way"
        assert self._pass is not None, "it has somewhere to go"
        try:
            data = os.read(self._descriptor, AT_ONCE_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            self.transport.abort()
            return b""
        if not data:
            return None
        return data if self._pass(data) else b""

    def fault(self, error: Exception) -> None:
        """Drop the connection, as asyncio does."""
        told = {"message": "rtcli has a fault", "exception": error, "protocol": self}
        asyncio.get_running_loop().call_exception_handler(told)
        self.transport.abort()

    # --- once both ends talk ---------------------------------------------------------------------

    def splice(self, peer: Side, passing: Passing, look: Callable[[bytes], None], end: Callable[[], None]) -> None:
        """From now on bytes go to `passing`, those that came already first; `end` is called after the last.

        Those of which it says so go to `look` after it. `end` is called again when the connection is gone
        altogether.
        """
        self.peer, self._pass, self.look, self._end = peer, passing, look, end
        early = bytes(self._reader.buffer)
        self._reader.buffer.clear()
        if early:
            self.data_received(early)
        self._go_straight()
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

    def let_go(self) -> None:
        """Forget the session; a circle would stay in memory, with the buffers of TLS, until somebody looks for circles."""
        self.peer, self._pass, self._end, self._arrived = None, lambda _: False, None, None
        self.look = lambda _: None

    async def depart(self) -> None:
        """Go in a way that what was sent last arrives: closing with bytes unread would take it along."""
        self._go_usually()
        self._pass = lambda _: False
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
