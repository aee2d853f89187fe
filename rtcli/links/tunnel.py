"""A tunnel through a proxy on the way: a connection to it that leads to somebody else from then on.

The library for WebSockets makes one as well, but forgets a connection whose proxy never answers, and what came
behind an answer. Source: RFC 9110, section 9.3.6.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable, Generator
from http import HTTPStatus
from typing import Any
from urllib.parse import unquote, urlsplit

from websockets.asyncio.client import connect as websocket
from websockets.exceptions import InvalidProxy, ProxyError, SecurityError
from websockets.headers import build_authorization_basic
from websockets.http11 import parse_headers, parse_line
from websockets.streams import StreamReader

from rtcli import __version__
from rtcli.links.side import Side

try:
    from websockets.proxy import parse_proxy
except ImportError:  # before websockets 16
    from websockets.uri import parse_proxy


async def tunnel(proxy: str, side: Side, host: str, port: int, trust: Callable[[], ssl.SSLContext]) -> None:
    """Connect `side` to host and port through the proxy; `trust` says what a proxy is to prove that speaks TLS itself.

    Raises:
        InvalidProxy: the proxy's URL is none.
        ProxyError: the proxy says no, or something else.
        OSError, ImportError: the proxy is not reached.

    """
    try:
        way = parse_proxy(proxy)
    except ValueError as error:
        raise InvalidProxy(proxy, "it is no URL") from error
    there = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    if way.scheme.startswith("socks"):
        await _by_the_library(proxy, side, there)
        return
    tls = trust() if way.scheme == "https" else None
    await asyncio.get_running_loop().create_connection(lambda: side, way.host, way.port, ssl=tls)
    side.send(_request(proxy, there))
    try:
        status = await side.early.take(_answer(side.early.reader))
    except (EOFError, ValueError, SecurityError) as error:
        raise ProxyError("it does not speak HTTP") from error
    if not HTTPStatus.OK <= status < HTTPStatus.MULTIPLE_CHOICES:
        raise ProxyError(f"it answers with status {status}")
    if side.early.reader.buffer:  # nobody at the other end was asked for anything
        raise ProxyError("it says more than that it lets through")


def _answer(reader: StreamReader) -> Generator[None, None, int]:
    """The status of the proxy's answer; many proxies speak HTTP/1.0 still, and no body belongs to a tunnel."""
    version, _, rest = bytes((yield from parse_line(reader.read_line))).partition(b" ")
    if version not in {b"HTTP/1.1", b"HTTP/1.0"}:
        raise ValueError
    yield from parse_headers(reader.read_line)
    return int(rest.partition(b" ")[0])


def _request(proxy: str, there: str) -> bytes:
    lines = [f"CONNECT {there} HTTP/1.1", f"Host: {there}", f"User-Agent: rtcli/{__version__}"]
    parts = urlsplit(proxy)
    if parts.username is not None:
        credentials = build_authorization_basic(unquote(parts.username), unquote(parts.password or ""))
        lines.append(f"Proxy-Authorization: {credentials}")
    return "\r\n".join([*lines, "", ""]).encode()


async def _by_the_library(proxy: str, side: Side, there: str) -> None:
    """Let the library connect, which has a package for SOCKS."""
    connector: Any = websocket(f"ws://{there}", proxy=proxy)
    connector.protocol_factory = lambda _: side
    await connector.create_connection()
