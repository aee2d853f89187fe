"""How a proxied connection begins: the app's handshake, and the upstream's made from it."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Generator, Sequence
from http import HTTPStatus
from typing import Final

from msgspec import Struct
from websockets.exceptions import InvalidHandshake, InvalidHeader, SecurityError
from websockets.extensions import Extension
from websockets.http11 import Request, Response
from websockets.streams import StreamReader

from rtcli.errors import HandshakeRefused
from rtcli.links.client import OPEN_SECONDS, REMEDIES, request_id_of
from rtcli.links.encryption import Encryption
from rtcli.links.handshake import (
    Asking,
    Refused,
    accepting,
    check_request,
    insists_on_compression,
    refusing,
)
from rtcli.links.head import NO_HANDSHAKE, unreadable
from rtcli.links.reaching import reach
from rtcli.links.side import Side
from rtcli.links.upstream import Upstream
from rtcli.links.visitors import Visitors
from rtcli.links.witness import Witness
from rtcli.recording.secrets import harmless_headers, harmless_subprotocol, keys_of, without_keys

_TLS_HELLO: Final = b"\x16\x03"
"""How a TLS handshake begins. Source: RFC 8446, section 5.1."""


class Route(Struct, frozen=True):
    """Where every connection goes, and who may use it."""

    upstream: Upstream
    visitors: Visitors
    by: str
    tls: ssl.SSLContext | None = None
    """What apps are to agree on first."""


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
    if route.tls is not None:
        await _agree(app, route.tls)
    request = await _heard(app)
    check_request(request, route.visitors)
    server, response, asking = await reach(request, route.upstream, compressing=False)
    if insists_on_compression(request, response):
        server.abort()
        server, response, asking = await reach(request, route.upstream, compressing=True)
    try:
        return _agreed(route, request, server, response, asking)
    except BaseException:
        server.abort()
        raise


def _agreed(route: Route, request: Request, server: Side, response: Response, asking: Asking) -> Asked:
    """What the upstream has agreed to."""
    if response.status_code != HTTPStatus.SWITCHING_PROTOCOLS:
        raise Declined(route.upstream.url(request.path), response, _keys(request, route))
    try:
        extensions = asking.compression(response)
    except InvalidHandshake as error:
        # Its own words may hold a key, as those of a refusal; only the name of what is wrong is told.
        where = f" ({error.name})" if isinstance(error, InvalidHeader) else ""
        why = f"{route.upstream.url(request.path)} answered the handshake wrongly{where}"
        raise Refused(HTTPStatus.BAD_GATEWAY, "bad_upstream_handshake", why) from error
    answer, subprotocol = accepting(request, response)
    return Asked(request, response, server, extensions, answer, subprotocol)


class Declined(Exception):
    """The upstream refused the handshake; `answer` is its own, for the app."""

    def __init__(self, url: str, response: Response, keys: Sequence[str] = ()) -> None:
        super().__init__(url, response.status_code)
        self.answer = refusing(response)
        request_id = without_keys(request_id_of(response), keys)
        # Its own words go to the app only: servers quote keys in them.
        remedy = REMEDIES.get(response.status_code, "")
        self._sentence = str(HandshakeRefused(url, response.status_code, request_id=request_id, remedy=remedy))

    def __str__(self) -> str:
        return self._sentence


class Gone(Exception):
    """The app went away before it had asked for anything."""


async def _agree(app: Side, tls: ssl.SSLContext) -> None:
    """Agree with the app on TLS."""
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            await app.encrypt(Encryption(tls, serving=True))
    except ssl.SSLError as error:
        why = f"the app did not agree on TLS ({error.reason}); does it trust the certificate, and has it a wss:// URL?"
        raise Refused(HTTPStatus.BAD_REQUEST, "tls", why) from error
    except OSError as error:
        raise Gone from error


async def _heard(app: Side) -> Request:
    """The app's request."""
    try:
        async with asyncio.timeout(OPEN_SECONDS):
            if await app.early.take(_first_bytes(app.early.reader)) == _TLS_HELLO:
                why = "the app speaks TLS; give it a ws:// URL, or listen with --tls"
                raise Refused(HTTPStatus.BAD_REQUEST, "tls", why)
            return await app.early.take(Request.parse(app.early.reader.read_line))
    except TimeoutError as error:
        raise Refused(HTTPStatus.REQUEST_TIMEOUT, "no_request", "the app asked for nothing") from error
    except EOFError as error:
        if app.ended:
            raise Gone from error
        raise Refused(*NO_HANDSHAKE) from error
    except (SecurityError, ValueError, NotImplementedError) as error:
        raise Refused(*(unreadable(error) or NO_HANDSHAKE)) from error


def _first_bytes(reader: StreamReader) -> Generator[None, None, bytes]:
    while len(reader.buffer) < len(_TLS_HELLO) and not reader.eof:
        yield
    return bytes(reader.buffer[: len(_TLS_HELLO)])


def _keys(request: Request, route: Route) -> list[str]:
    """What was sent upstream that may be a key."""
    added = [route.upstream.credentials] if route.upstream.credentials else []
    return keys_of(route.upstream.path(request.path), [*request.headers.raw_items(), *added])


def announce(witness: Witness, route: Route, asked: Asked) -> None:
    """Begin the recording with what the upstream answered."""
    headers: Sequence[tuple[str, str]] = list(asked.response.headers.raw_items())
    witness.opened(
        route.upstream.url(asked.request.path),
        route.by,
        asked.response.status_code,
        harmless_headers(headers, _keys(asked.request, route)),
        harmless_subprotocol(asked.subprotocol),
    )
