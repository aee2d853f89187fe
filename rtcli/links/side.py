"""One end of a proxied connection: bytes in and out, first for the handshake, then straight to the other end.

Law: what comes in is handed on at once and in order; when the other end cannot take more, this one is
not read. Where it speaks TLS, that is between these bytes and the wire, and nothing else is different.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Final, cast

from rtcli.links.early import Early
from rtcli.links.encryption import Encryption
from rtcli.links.loop import StraightLoop
from rtcli.links.presence import see_that_it_is_there

EARLY_BYTES: Final = 1024 * 1024
"""How much an app may send before the upstream is open; the rest waits in its own socket."""
AT_ONCE_BYTES: Final = 64 * 1024
"""How much is read at once; less is soon no saving, and more is soon out of the processor's reach."""
DEPART_SECONDS: Final = 2
"""How long an app is given to take in that it was refused."""

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
        """Something waits until it can take more."""
        self._told_end = False
        self._leaving = False
        """It is told goodbye; what it still says is for nobody."""
        self._encryption: Encryption | None = None
        self._arrived = arrived
        self.early = Early()
        self.passing: Passing | None = None
        """What hands it on."""
        self._end: Callable[[], None] | None = None
        self.look: Callable[[bytes], None] = lambda _: None
        """Looks at what was handed on."""
        self._descriptor: int | None = None
        """What the loop reads the short way."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """The connection is there."""
        self.transport = cast("asyncio.Transport", transport)
        self.encrypted = transport.get_extra_info("sslcontext") is not None
        self.transport.set_write_buffer_limits(high=int(self.encrypted))  # with 0, asyncio's TLS is full when empty
        raw = transport.get_extra_info("socket")
        if raw is not None:
            see_that_it_is_there(raw)
        if self._arrived is not None:
            self._arrived(self)

    def data_received(self, data: bytes) -> None:
        """Bytes came."""
        if self._encryption is not None:
            data = self._opened(data)
        if self.passing is not None:
            if data and self.passing(data):
                self.look(data)
        elif self.early.feed(data) > EARLY_BYTES:
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
        if self._encryption is not None and not (self.peer is not None and self.peer.full):
            self.resume()

    def _ends(self) -> None:
        self.ended = True
        self.early.end()
        if self._end is not None:
            self._end()

    # --- TLS --------------------------------------------------------------------------------------

    async def encrypt(self, encryption: Encryption) -> None:
        """Speak TLS from now on; nothing may have been read before.

        Raises:
            OSError: the other end does not agree, or is gone.

        """
        self.encrypted, self._encryption = True, encryption
        encryption.begin()
        self.transport.write(encryption.outgoing())
        self.resume()
        await self.early.take(encryption.agreeing(lambda: self.ended))

    def _opened(self, data: bytes) -> bytes:
        """What was said with these bytes; what TLS itself has to answer goes out at once."""
        encryption = self._encryption
        assert encryption is not None, "it speaks TLS"
        if self._leaving:
            return b""
        waited, text = encryption.waits, encryption.open(data)
        if encryption.pending:
            self.transport.write(encryption.outgoing())
            if self.full:  # who does not take TLS's own answers may ask for no more of them
                self.transport.pause_reading()
        if waited and not encryption.waits and not self.transport.get_write_buffer_size():
            self.resume_writing()
        if encryption.ended:
            asyncio.get_running_loop().call_soon(self._hear_end)
        return text

    def _hear_end(self) -> None:
        """The other end has said goodbye, or what nobody understands, behind what was handed on."""
        if not self.over.is_set():
            self._ends()
            self.close()

    # --- the short way, where the loop has one ----------------------------------------------------

    def _go_straight(self) -> None:
        """Let the loop read without detours, unless TLS is spoken below this, with a proxy on the way."""
        loop, raw = asyncio.get_running_loop(), self.transport.get_extra_info("socket")
        below = self.transport.get_extra_info("sslcontext") is not None
        if isinstance(loop, StraightLoop) and not below and not self.over.is_set():
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
        assert self.passing is not None, "it has somewhere to go"
        try:
            data = os.read(self._descriptor, AT_ONCE_BYTES)
        except BlockingIOError:
            return b""
        except OSError:
            self.transport.abort()
            return b""
        if not data:
            return None
        if self._encryption is not None:
            data = self._opened(data)
        return data if data and self.passing(data) else b""

    def fault(self, error: Exception) -> None:
        """Drop the connection, as asyncio does."""
        told = {"message": "rtcli has a fault", "exception": error, "protocol": self}
        asyncio.get_running_loop().call_exception_handler(told)
        self.transport.abort()

    # --- once both ends talk ---------------------------------------------------------------------

    def splice(self, peer: Side, look: Callable[[bytes], None], end: Callable[[], None]) -> None:
        """From now on bytes go to `peer`, those that came already first; `end` is called after the last.

        What was handed on goes to `look` after it. `end` is called again when the connection is gone altogether.
        """
        self.peer, self.look, self._end = peer, look, end
        self.passing = self.passing or peer.send
        if (early := self.early.rest()) and self.passing(early):
            look(early)
        self._go_straight()
        if self.ended:
            end()
        elif peer.full:
            self.pause()
        else:
            self.resume()

    def send(self, data: bytes) -> bool:
        """Write, unless it is gone, or was told that nothing more comes; whatever is sent is to be looked at."""
        if self._told_end:
            return True
        if self._encryption is not None:
            data = self._encryption.seal(data)
            if self._encryption.waits:
                self.pause_writing()
        if self._descriptor is not None and not self.full:
            data = data[_taken(self._descriptor, data) :]
        if data and not self.transport.is_closing():
            self.transport.write(data)
        return True

    def pause(self) -> None:
        """Read no more for now; whoever is leaving is waited for until there is no more."""
        if not self.over.is_set() and not self._leaving:
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
        if self.encrypted or self.over.is_set() or self.transport.is_closing():
            return False
        self._say_end()
        return True

    def close(self) -> None:
        """Close the connection when all is sent."""
        if self.over.is_set() or self.transport.is_closing():
            return
        if self._encryption is None or not self._encryption.agreed:
            self.transport.close()
        elif not self._leaving:
            self._say_goodbye(self._encryption)

    def _say_goodbye(self, encryption: Encryption) -> None:
        """Close it as TLS is closed: hung up on before all was read, it would lose what was sent last."""
        self._leaving = True
        self.transport.write(encryption.farewell())
        self._say_end()
        if self.ended:
            self.transport.close()
        else:
            self.resume()

    def _say_end(self) -> None:
        self._told_end = True
        with suppress(OSError, NotImplementedError):  # the second where asyncio's TLS is below this
            self.transport.write_eof()

    def abort(self) -> None:
        """Drop the connection, if it was ever made."""
        if hasattr(self, "transport") and not self.over.is_set():
            self.transport.abort()

    def let_go(self) -> None:
        """Forget the session; a circle would stay in memory, with the buffers of TLS, until somebody looks for circles."""
        self.peer, self.passing, self._end, self._arrived = None, lambda _: False, None, None
        self._encryption = None
        self.look = lambda _: None

    async def depart(self) -> None:
        """Go in a way that what was sent last arrives: closing with bytes unread would take it along."""
        self.passing = lambda _: False
        self.resume()
        if self.end():
            with suppress(TimeoutError):
                async with asyncio.timeout(DEPART_SECONDS):
                    await self.early.ended.wait()
        self.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(DEPART_SECONDS):
                await self.over.wait()


def _taken(descriptor: int, data: bytes) -> int:
    """Write at once what is taken; gives how much that is. What is wrong the transport is to find out."""
    try:
        return os.write(descriptor, data)
    except OSError:
        return 0
