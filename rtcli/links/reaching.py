"""Reaching an upstream: a connection, directly or by a proxy on the way, and the answer to a handshake."""

from __future__ import annotations

import asyncio
import errno
import ssl
from collections.abc import Generator
from functools import cache
from http import HTTPStatus
from itertools import count
from typing import Final

from websockets.exceptions import InvalidHandshake, InvalidProxy, ProxyError, SecurityError
from websockets.http11 import Request, Response
from websockets.uri import parse_uri

from rtcli.errors import ConnectionFailed
from rtcli.links.client import OPEN_SECONDS, why_not
from rtcli.links.encryption import Encryption
from rtcli.links.handshake import Asking, Refused
from rtcli.links.side import Side
from rtcli.links.tunnel import tunnel
from rtcli.links.upstream import Upstream
from rtcli.links.visitors import is_loopback

try:
    from websockets.proxy import get_proxy
except ImportError:  # before websockets 16
    from websockets.uri import get_proxy

HEAD_START_SECONDS: Final = 0.25
"""What one address of a host has before the next is tried beside it. Source: RFC 8305, section 5."""
_MOST_PIECES: Final = 2048
"""How many pieces the body of an answer may come in; each is read as size and end, and copies those before it."""


async def reach(request: Request, upstream: Upstream, *, compressing: bool) -> tuple[Side, Response, Asking]:
    """Connect, ask for what the app asks for, and take the answer.

    Raises:
        Refused: there is no upstream, or none that speaks HTTP.

    """
    asking, server = Asking(request, upstream, compressing=compressing), Side()
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            await _connected(server, upstream)
            server.send(asking.text)
            return server, await _answer(server), asking
    except BaseException as error:
        server.abort()
        if not isinstance(error, _FAILURES):
            raise
        failure = ConnectionFailed(upstream.url(request.path), *_why(error))
        late = isinstance(error, TimeoutError)
        status = HTTPStatus.GATEWAY_TIMEOUT if late else HTTPStatus.BAD_GATEWAY
        raise Refused(status, "upstream_unreachable", str(failure)) from error


_FAILURES: Final = (
    OSError,
    InvalidHandshake,
    InvalidProxy,
    ValueError,
    LookupError,
    NotImplementedError,
    EOFError,
    ImportError,
)
"""What sockets, TLS, the proxy on the way and the parser of HTTP raise."""


async def _connected(server: Side, upstream: Upstream) -> None:
    """Connect; an app that leaves meanwhile does not interrupt it, but has the connection dropped when it is made.

    Interrupted while it tries several addresses, asyncio forgets a socket that has just been connected.
    """
    connecting = asyncio.ensure_future(_connect(server, upstream))

    def drop(done: asyncio.Future[None]) -> None:
        if not done.cancelled():
            done.exception()
        server.abort()

    try:
        await asyncio.shield(connecting)
    except asyncio.CancelledError:
        connecting.add_done_callback(drop)
        raise


async def _connect(server: Side, upstream: Upstream) -> None:
    async with asyncio.timeout(OPEN_SECONDS):
        on_the_way = None if is_loopback(upstream.host) else get_proxy(parse_uri(upstream.origin))
        if on_the_way:
            await tunnel(on_the_way, server, upstream.host, upstream.port, trust)
        else:
            await asyncio.get_running_loop().create_connection(
                lambda: server, upstream.host, upstream.port, happy_eyeballs_delay=HEAD_START_SECONDS
            )
        if upstream.secure:
            await server.encrypt(Encryption(trust(), host=upstream.host))


@cache
def trust() -> ssl.SSLContext:
    """What the system trusts, or SSL_CERT_FILE says; reading it takes longer than a handshake."""
    return ssl.create_default_context()


async def _answer(server: Side) -> Response:
    reader, pieces = server.early.reader, count(1)

    def read_exact(size: int) -> Generator[None, None, bytes]:
        """Read so many bytes; the library would take a size below nothing for one, and pieces without end."""
        if size < 0 or next(pieces) > _MOST_PIECES:
            raise ValueError
        return (yield from reader.read_exact(size))

    while True:
        response = await server.early.take(Response.parse(reader.read_line, read_exact, reader.read_to_eof))
        if not _is_interim(response.status_code):
            return response


def _is_interim(status: int) -> bool:
    """Whether an answer is still to come, also where the status is new. Source: RFC 9110, section 15.2."""
    return HTTPStatus.CONTINUE <= status < HTTPStatus.OK and status != HTTPStatus.SWITCHING_PROTOCOLS


def _why(error: Exception) -> tuple[str, str]:
    """Why there is no upstream, and what to do; what others said may hold a secret, and is left out."""
    match error:
        case OSError():
            # For a host with several addresses asyncio makes one error of many, and only its text says which.
            refused = f"[Errno {errno.ECONNREFUSED}]" in str(error)
            return why_not(ConnectionRefusedError() if refused else error)
        case SecurityError():
            return "the server's answer to the handshake is too long", "does it speak WebSocket there?"
        case EOFError() | ProxyError() | InvalidProxy() | ImportError():
            return why_not(error)
    return "the server does not speak HTTP there", "a server with TLS has a wss:// URL"
