"""TLS at one end of a connection, without I/O: bytes of the wire in, plain text out, and back.

Law: however the bytes are cut into pieces, the same text comes out; nothing that was said before the end, or before
a fault, is lost. What cannot be said before something was heard waits, and goes out in its order.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Generator
from contextlib import suppress
from typing import Final

RECORD_BYTES: Final = 16 * 1024
"""The most that one record holds. Source: RFC 8446, section 5.1."""


class Encryption:
    """What both ends have agreed on, or are about to."""

    def __init__(self, context: ssl.SSLContext, *, serving: bool = False, host: str | None = None) -> None:
        """`host` is what the other end is to prove to be; `serving` says that it is the other that asks.

        Raises:
            ValueError: the host is no name.

        """
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._tls = context.wrap_bio(self._incoming, self._outgoing, server_side=serving, server_hostname=host)
        self._waiting = b""
        self.agreed = False
        self.ended = False
        """The other end says nothing more, or nothing that could be understood."""
        self.failure: ssl.SSLError | None = None
        """Why nothing can be understood."""

    def begin(self) -> None:
        """Say hello, where the other end does not have to say so first."""
        self.open(b"")

    def agreeing(self, gone: Callable[[], bool]) -> Generator[None, None, None]:
        """Go on when something was heard, until both have agreed.

        Raises:
            SSLError: they do not agree.
            ConnectionResetError: the other end is gone.

        """
        while not self.agreed:
            if self.failure is not None:
                raise self.failure
            if gone():
                raise ConnectionResetError
            yield

    def open(self, data: bytes) -> bytes:
        """What the other end says with these bytes; often there is something to be sent for it."""
        texts: list[bytes] = []
        try:
            self._incoming.write(data)
            if not self.agreed:
                self._tls.do_handshake()
                self.agreed = True
            while self._incoming.pending:
                if not (text := self._tls.read(RECORD_BYTES)):
                    self.ended = True
                    break
                texts.append(text)
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self.failure, self.ended = error, True
        if self._waiting and self.failure is None:
            self._say()
        return b"".join(texts)

    def seal(self, text: bytes) -> bytes:
        """The bytes that say it, as far as that can be done now; none any more after a fault."""
        if self.failure is None:
            self._waiting += text
            self._say()
        return self._outgoing.read()

    @property
    def waits(self) -> bool:
        """Whether something could not be said yet: in TLS 1.2 an end may ask to agree anew in the middle."""
        return bool(self._waiting)

    def _say(self) -> None:
        try:
            while self._waiting:
                self._waiting = self._waiting[self._tls.write(self._waiting) :]
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLError as error:
            self._waiting, self.failure, self.ended = b"", error, True

    @property
    def pending(self) -> bool:
        """Whether there is something to be sent."""
        return self._outgoing.pending > 0

    def outgoing(self) -> bytes:
        """What is to be sent."""
        return self._outgoing.read()

    def farewell(self) -> bytes:
        """The bytes that say that nothing more will be said; to be sent last."""
        with suppress(ssl.SSLError):
            self._tls.unwrap()
        return self._outgoing.read()
