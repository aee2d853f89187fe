"""Reaching an upstream: a connection, directly or by a proxy on the way, and the answer to a handshake."""

from __future__ import annotations

import asyncio
import errno
import ssl
from functools import cache
from http import HTTPStatus
from typing import Any, Final

from websockets.asyncio.client import connect as websocket
from websockets.exceptions import InvalidHandshake, InvalidProxy, ProxyError, SecurityError
from websockets.http11 import Request, Response
from websockets.uri import parse_uri

from rtcli.errors import ConnectionFailed
from rtcli.links.client import OPEN_SECONDS, why_not
from rtcli.links.encryption import Encryption
from rtcli.links.handshake import Asking, Refused
from rtcli.links.side import Side
from rtcli.links.upstream import Upstream
from rtcli.links.visitors import is_loopback

try:
    from websockets.proxy import get_proxy
except ImportError:  # before websockets 16
    from websockets.uri import get_proxy

HEAD_START_SECONDS: Final = 0.25
"""What one address of a host has before the next is tried beside it. Source: RFC 8305, section 5."""
_INTERIM: Final = (100, 102, 103)


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
    except asyncio.CancelledError:
        server.abort()
        raise
    except _FAILURES as error:
        server.abort()
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
        if not done.cancelled() and done.exception() is None:
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
            await _connect_through(on_the_way, server, upstream)
        else:
            await asyncio.get_running_loop().create_connection(
                lambda: server, upstream.host, upstream.port, happy_eyeballs_delay=HEAD_START_SECONDS
            )
        if upstream.secure:
            await server.encrypt(Encryption(trust(), host=upstream.host))


async def _connect_through(proxy: str, server: Side, upstream: Upstream) -> None:
    """Let the library connect, which knows how to ask a proxy; it is TLS with the upstream that is spoken by `server`."""
    host = f"[{upstream.host}]" if ":" in upstream.host else upstream.host
    connector: Any = websocket(f"ws://{host}:{upstream.port}", proxy=proxy)
    connector.protocol_factory = lambda _: server
    await connector.create_connection()


@cache
def trust() -> ssl.SSLContext:
    """What the system trusts, or SSL_CERT_FILE says; reading it takes longer than a handshake."""
    return ssl.create_default_context()


async def _answer(server: Side) -> Response:
    reader = server.early.reader
    while True:
        response = await server.early.take(Response.parse(reader.read_line, reader.read_exact, reader.read_to_eof))
        if response.status_code not in _INTERIM:
            return response


def _why(error: Exception) -> tuple[str, str]:
    """Why there is no upstream, and what to do; what others said may hold a secret, and is left out."""
    match error:
        case EOFError():
            return "the server hung up during the handshake", "does it speak WebSocket there, and with TLS or without?"
        case OSError():
            # For a host with several addresses asyncio makes one error of many, and only its text says which.
            refused = f"[Errno {errno.ECONNREFUSED}]" in str(error)
            return why_not(ConnectionRefusedError() if refused else error)
        case SecurityError():
            return "the server's answer to the handshake is too long", "does it speak WebSocket there?"
        case ProxyError() | InvalidProxy():
            return why_not(error)
        case ImportError():
            return "a SOCKS proxy on the way needs the package python-socks", "pip install 'python-socks[asyncio]'"
    return "the server does not speak HTTP there", "a server with TLS has a wss:// URL"
