"""One proxied connection: an app's handshake, the upstream's, and then bytes from each to the other.

Law: bytes are handed on before they are looked at; what is looked at never delays, changes or ends what
is handed on, except that a slow disk is a slow peer.
"""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from functools import cache
from http import HTTPStatus
from typing import Final

from msgspec import Struct
from websockets.exceptions import InvalidHandshake, SecurityError
from websockets.extensions import Extension
from websockets.frames import Close, CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.streams import StreamReader

from rtcli.errors import ConnectionFailed, HandshakeRefused
from rtcli.links.client import OPEN_SECONDS, REMEDIES, REQUEST_IDS, why_not
from rtcli.links.handshake import (
    Asking,
    Refused,
    accepting,
    check_request,
    insists_on_compression,
    refusing,
)
from rtcli.links.inflating import Repacking
from rtcli.links.side import Side
from rtcli.links.upstream import Upstream
from rtcli.links.witness import Witness
from rtcli.recording.record import Sender
from rtcli.recording.secrets import harmless_headers, harmless_subprotocol

LINGER_SECONDS: Final = 10
"""How long one end is waited for when the other has gone, as long as it takes nothing."""
CLOSE_SECONDS: Final = 3
"""How long a session is given to close when the proxy is stopped."""
HEAD_START_SECONDS: Final = 0.25
"""What one address of a host has before the next is tried beside it. Source: RFC 8305, section 5."""
_TLS_HELLO: Final = b"\x16\x03"
"""How a TLS handshake begins. Source: RFC 8446, section 5.1."""
NO_HANDSHAKE: Final = "that is no handshake of a WebSocket"
_INTERIM: Final = (100, 102, 103)


class Route(Struct, frozen=True):
    """Where every connection goes, and who may use it."""

    upstream: Upstream
    origins: tuple[str, ...]
    by: str


class Asked(Struct):
    """The handshakes, done."""

    request: Request
    response: Response
    server: Side
    extensions: list[Extension]
    answer: bytes
    subprotocol: str | None


async def ask(app: Side, route: Route) -> Asked:
    """Hear what the app wants, and get it from the upstream.

    Raises:
        Refused: the proxy says no, or there is no upstream; the answer is in it.
        Declined: the upstream said no.
        Gone: the app hung up.

    """
    request = await _heard(app)
    check_request(request, route.origins)
    server, response, asking = await _reached(request, route.upstream, compressing=False)
    if insists_on_compression(request, response):
        server.abort()
        server, response, asking = await _reached(request, route.upstream, compressing=True)
    if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
        server.abort()
        raise Declined(route.upstream.url(request.path), response)
    try:
        extensions = asking.compression(response)
    except InvalidHandshake as error:
        server.abort()
        why = f"{route.upstream.url(request.path)} answered the handshake wrongly: {error}"
        raise Refused(HTTPStatus.BAD_GATEWAY, "bad_upstream_handshake", why) from error
    answer, subprotocol = accepting(request, response)
    return Asked(request, response, server, extensions, answer, subprotocol)


class Declined(Exception):
    """The upstream refused the handshake; `answer` is its own, for the app."""

    def __init__(self, url: str, response: Response) -> None:
        super().__init__(url, response.status_code)
        self.answer = refusing(response)
        request_id = next((response.headers[name] for name in REQUEST_IDS if name in response.headers), "")
        # Its own words go to the app only: servers quote keys in them.
        remedy = REMEDIES.get(response.status_code, "")
        self._sentence = str(HandshakeRefused(url, response.status_code, request_id=request_id, remedy=remedy))

    def __str__(self) -> str:
        return self._sentence


class Gone(Exception):
    """The app went away before it had asked for anything."""


async def _heard(app: Side) -> Request:
    """The app's request."""
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            if await app.take(_first_bytes(app.reader)) == _TLS_HELLO:
                why = "the app speaks TLS; give it a ws:// URL, or listen with --tls"
                raise Refused(HTTPStatus.BAD_REQUEST, "tls", why)
            return await app.take(Request.parse(app.reader.read_line))
    except TimeoutError as error:
        raise Refused(HTTPStatus.REQUEST_TIMEOUT, "no_request", "the app asked for nothing") from error
    except EOFError as error:
        if app.ended:
            raise Gone from error
        raise Refused(HTTPStatus.BAD_REQUEST, "bad_request", NO_HANDSHAKE) from error
    except (ValueError, NotImplementedError, SecurityError) as error:
        # What it said instead may hold a secret, and is not repeated.
        raise Refused(HTTPStatus.BAD_REQUEST, "bad_request", NO_HANDSHAKE) from error


def _first_bytes(reader: StreamReader) -> Generator[None, None, bytes]:
    while len(reader.buffer) < len(_TLS_HELLO) and not reader.eof:
        yield
    return bytes(reader.buffer[: len(_TLS_HELLO)])


async def _reached(request: Request, upstream: Upstream, *, compressing: bool) -> tuple[Side, Response, Asking]:
    """Connect, ask, and take the answer."""
    asking, server = Asking(request, upstream, compressing=compressing), Side()
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            await _connect(server, upstream)
            server.send(asking.text)
            return server, await _answer(server), asking
    except (OSError, SecurityError, ValueError, LookupError, NotImplementedError, EOFError) as error:
        server.abort()
        failure = ConnectionFailed(upstream.url(request.path), *_why(error))
        late = isinstance(error, TimeoutError)
        status = HTTPStatus.GATEWAY_TIMEOUT if late else HTTPStatus.BAD_GATEWAY
        raise Refused(status, "upstream_unreachable", str(failure)) from error
    except asyncio.CancelledError:
        server.abort()
        raise


async def _connect(server: Side, upstream: Upstream) -> None:
    context = _trust() if upstream.secure else None
    loop = asyncio.get_running_loop()
    await loop.create_connection(
        lambda: server, upstream.host, upstream.port, ssl=context, happy_eyeballs_delay=HEAD_START_SECONDS
    )


@cache
def _trust() -> ssl.SSLContext:
    """What the system trusts, or SSL_CERT_FILE says; reading it takes longer than a handshake."""
    return ssl.create_default_context()


def _why(error: Exception) -> tuple[str, str]:
    """Why there is no upstream, and what to do; its own words may hold a secret, and are left out."""
    if isinstance(error, EOFError):
        return "the server hung up during the handshake", "does it speak WebSocket there, and with TLS or without?"
    if isinstance(error, OSError):
        # For a host with several addresses asyncio makes one error of many, and only its text says which.
        refused = f"[Errno {errno.ECONNREFUSED}]" in str(error)
        return why_not(ConnectionRefusedError() if refused else error)
    return "the server does not speak HTTP there", "a server with TLS has a wss:// URL"


async def _answer(server: Side) -> Response:
    reader = server.reader
    while True:
        response = await server.take(Response.parse(reader.read_line, reader.read_exact, reader.read_to_eof))
        if response.status_code not in _INTERIM:
            return response


class Splice:
    """The two ends once they talk to each other."""

    def __init__(self, app: Side, asked: Asked, witness: Witness) -> None:
        self._sides: dict[Sender, Side] = {"client": app, "server": asked.server}
        self._witness = witness
        self._repacking: dict[Sender, Repacking] = {}
        if asked.extensions:
            self._repacking = {
                "client": Repacking(asked.extensions, to_server=True),
                "server": Repacking(asked.extensions, to_server=False),
            }
        self._stopping = False
        self._told = False
        """The upstream was sent a close frame of ours."""
        self._ended: set[Sender] = set()
        self._passed_bytes = 0
        self._timers: list[asyncio.TimerHandle] = []

    async def run(self) -> None:
        """Pass on what comes until both ends are gone."""
        app, server = self._sides["client"], self._sides["server"]
        try:
            server.splice(app, lambda data: self._pass("server", data), lambda: self._ends("server"))
            app.splice(server, lambda data: self._pass("client", data), lambda: self._ends("client"))
            await app.over.wait()
            await server.over.wait()
        finally:
            for timer in self._timers:
                timer.cancel()
            for side in self._sides.values():
                side.abort()

    def stop(self) -> None:
        """Ask the upstream to close the session, as soon as the app's frame is whole; give up after a while."""
        if self._stopping:
            return
        self._stopping = True
        self._witness.stop()
        self._say_goodbye()
        self._later(CLOSE_SECONDS, self.abort)

    def abort(self) -> None:
        """Drop both ends at once."""
        for side in self._sides.values():
            side.abort()

    # --- passing on ----------------------------------------------------------------------------

    def _pass(self, sender: Sender, data: bytes) -> None:
        if self._told and sender == "client":
            return
        self._passed_bytes += len(data)
        if self._repacking:
            self._repack(sender, data)
        else:
            self._other(sender).send(data)
            self._witness.feed(sender, data)
        if self._stopping:
            self._say_goodbye()
        if self._ended and not self._awaits_answer:
            self._part()

    def _repack(self, sender: Sender, data: bytes) -> None:
        """Pass on what has to be packed or unpacked; what is seen is what is not packed."""
        try:
            changed = self._repacking[sender].feed(data)
        except ValueError as error:
            self._witness.note(f"what the {sender} sent cannot be unpacked: {error}")
            self.abort()
            return
        self._other(sender).send(changed)
        self._witness.feed(sender, data if sender == "client" else changed)

    def _other(self, sender: Sender) -> Side:
        return self._sides["server" if sender == "client" else "client"]

    def _say_goodbye(self) -> None:
        if not self._told and self._witness.between("client"):
            self._told = True
            goodbye = Frame(Opcode.CLOSE, Close(CloseCode.GOING_AWAY, "").serialize())
            self._sides["server"].send(goodbye.serialize(mask=True))

    # --- ending --------------------------------------------------------------------------------

    def _ends(self, sender: Sender) -> None:
        """One end says no more; the other may have something left to say.

        A connection that is closed with bytes unread takes those with it that were just sent, so
        each direction is closed alone where that can be done.
        """
        side, other = self._sides[sender], self._other(sender)
        if sender not in self._ended:
            self._ended.add(sender)
            self._witness.ended(sender)
            self._linger()
        if other.ended:
            side.transport.close()
            other.transport.close()
        elif other.transport.can_write_eof():
            with suppress(OSError):
                other.transport.write_eof()
        elif side.over.is_set() or not self._awaits_answer:
            other.transport.close()

    @property
    def _awaits_answer(self) -> bool:
        """One end has sent its close frame, and the other has not yet answered."""
        return len(self._witness.closed) == 1

    def _part(self) -> None:
        """The answer that was waited for has come; an end that can only be closed as a whole is closed."""
        for side in self._sides.values():
            if not side.ended and not side.transport.can_write_eof():
                side.transport.close()

    def _linger(self) -> None:
        """Give both ends up when for a while nothing has come and nothing was taken."""
        before = self._state()

        def look() -> None:
            if self._state() != before:
                self._linger()
            else:
                self.abort()

        self._later(LINGER_SECONDS, look)

    def _state(self) -> list[int]:
        return [self._passed_bytes, *(side.transport.get_write_buffer_size() for side in self._sides.values())]

    def _later(self, seconds: float, act: Callable[[], None]) -> None:
        self._timers.append(asyncio.get_running_loop().call_later(seconds, act))


def announce(witness: Witness, route: Route, asked: Asked) -> None:
    """Begin the recording with what the upstream answered."""
    headers: Sequence[tuple[str, str]] = list(asked.response.headers.raw_items())
    witness.opened(
        route.upstream.origin + route.upstream.path(asked.request.path),
        route.by,
        asked.response.status_code,
        harmless_headers(headers),
        harmless_subprotocol(asked.subprotocol),
    )
