"""A client's WebSocket connection to a Realtime server, every frame of it through a tap."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, Final
from urllib.parse import urljoin

from websockets.asyncio.client import ClientConnection
from websockets.asyncio.client import connect as websocket
from websockets.exceptions import (
    ConnectionClosed,
    InvalidHandshake,
    InvalidMessage,
    InvalidProxy,
    InvalidStatus,
    InvalidURI,
    ProxyError,
)
from websockets.frames import CloseCode
from websockets.http11 import Response
from websockets.protocol import State
from websockets.uri import parse_uri

from rtcli import __version__
from rtcli.errors import ConnectionFailed, HandshakeRefused
from rtcli.links.answering import Answering
from rtcli.links.tap import Tap
from rtcli.links.target import Target
from rtcli.recording.secrets import harmless_headers, harmless_subprotocol, harmless_url, keys_of, without_keys

OPEN_SECONDS: Final = 15
CLOSE_SECONDS: Final = 5
MAX_FRAME_BYTES: Final = 64 * 1024 * 1024

_GIVEN_UP: Final = frozenset({CloseCode.PROTOCOL_ERROR, CloseCode.INVALID_DATA, CloseCode.MESSAGE_TOO_BIG})
"""What rtcli closes with when the server breaks the rules. Source: RFC 6455, section 7.4.1."""

REQUEST_IDS: Final = ("x-request-id", "apim-request-id", "cf-ray")
"""Response headers that a support desk asks for, the best first."""

_ELSEWHERE: Final = "it points to another address, and a key goes to nobody but who was asked; use that if it is right"

REMEDIES: Final[dict[int, str]] = {
    **dict.fromkeys((300, 301, 302, 303, 307, 308), _ELSEWHERE),
    401: "the key is missing, wrong or revoked",
    403: "the key may not use this model or this endpoint",
    404: "the model, the deployment or the path does not exist; look at --model and at the URL",
    429: "a limit is reached; wait, or look at your plan's limits",
    500: "the server is in trouble; try again in a moment",
    502: "the server is in trouble; try again in a moment",
    503: "the server is overloaded; try again in a moment",
}


class Client:
    """An open connection. What is sent and received goes through the tap."""

    def __init__(self, connection: ClientConnection, tap: Tap, keys: Sequence[str] = ()) -> None:
        """`keys` are those that the handshake brought, which the server may have quoted in its answer."""
        self._connection = connection
        self._tap = tap
        self._keys = keys
        self.closed_with: tuple[int | None, str] | None = None
        """Code and reason of the server's close frame; None while open, or when it vanished."""
        self.gave_up: tuple[int, str] | None = None
        """Code and reason of our own close frame, where what the server sent cannot be gone on with."""
        self.vanished = False
        """The connection ended without a close frame of the server's."""

    def announce(self) -> None:
        """Record how the server answered the handshake."""
        response = self._connection.response
        assert response is not None, "the handshake is over"
        headers = harmless_headers(response.headers.raw_items(), self._keys)
        self._tap.open(response.status_code, headers, harmless_subprotocol(self._connection.subprotocol))

    async def send(self, text: str | bytes) -> None:
        """Record the frame, then hand it to the socket. Nothing happens on a closed connection."""
        if self._connection.state is not State.OPEN:
            return
        self._tap.frame("client", text)
        with contextlib.suppress(ConnectionClosed):
            await self._connection.send(text)

    async def receive(self) -> None:
        """Take in frames until the connection is closed; then record how it was closed."""
        try:
            while True:
                self._tap.frame("server", await self._connection.recv())
        except ConnectionClosed as closed:
            self._record_close(closed)

    async def close(self) -> None:
        """Close with code 1000, and wait for the server's answer, but not forever."""
        await self._connection.close()

    def abort(self) -> None:
        """Drop the connection at once."""
        self._connection.transport.abort()

    def _record_close(self, closed: ConnectionClosed) -> None:
        received = ("server", closed.rcvd) if closed.rcvd else None
        sent = ("client", closed.sent) if closed.sent else None
        for frame in (received, sent) if closed.rcvd_then_sent else (sent, received):
            if frame:
                code = None if frame[1].code == CloseCode.NO_STATUS_RCVD else int(frame[1].code)
                self._tap.close("server" if frame[0] == "server" else "client", code, frame[1].reason)
                if frame[0] == "server":
                    self.closed_with = (code, frame[1].reason)
        self.vanished = closed.rcvd is None
        if closed.sent and not closed.rcvd_then_sent and closed.sent.code in _GIVEN_UP:
            self.gave_up = (closed.sent.code, closed.sent.reason)


class _Caller(Answering, ClientConnection):
    """The client's end."""


class _Connecting(websocket):
    """A connection to the server that was asked for; the library would follow it anywhere, and take the key along."""

    def process_redirect(self, exc: Exception) -> Exception | str:
        """Where the same server has what was asked for; or why there is no connection."""
        try:
            there = super().process_redirect(exc)
        except (InvalidURI, LookupError, ValueError):  # it points to no address
            return exc
        return there if isinstance(there, str) and _server_of(there) == _server_of(self.uri) else exc


def _server_of(url: str) -> tuple[bool, str, int]:
    parts = parse_uri(url)
    return parts.secure, parts.host, parts.port


async def open_client(target: Target, tap: Tap, headers: Sequence[tuple[str, str]] = ()) -> Client:
    """Connect to the target.

    Raises:
        HandshakeRefused: the server answered with an HTTP error.
        ConnectionFailed: there was no answer, or none that is a WebSocket's.

    """
    shown = harmless_url(target.url)
    sent = keys_of(target.url, [*target.headers, *headers])
    try:
        connection = await _Connecting(
            target.url,
            additional_headers=[*target.headers, *headers],
            user_agent_header=f"rtcli/{__version__}",
            compression=None,
            open_timeout=OPEN_SECONDS,
            close_timeout=CLOSE_SECONDS,
            max_size=MAX_FRAME_BYTES,
            max_queue=None,
            create_connection=_Caller,
        )
    except InvalidStatus as refusal:
        raise _refused(shown, refusal, target.key_from, sent) from refusal
    except InvalidProxy as failure:
        raise ConnectionFailed(shown, *why_not(failure)) from None  # it quotes the proxy's password
    except (OSError, InvalidHandshake, InvalidURI, ValueError, ImportError) as failure:
        why, remedy = why_not(failure)
        raise ConnectionFailed(shown, without_keys(why, sent), remedy) from failure
    return Client(connection, tap, sent)


def _refused(shown: str, refusal: InvalidStatus, key_from: str, sent: Sequence[str]) -> HandshakeRefused:
    """The server's no, without the keys that some servers quote in it."""
    response = refusal.response
    error = _error_in(response.body or b"")
    request_id = request_id_of(response)
    remedy = REMEDIES.get(response.status_code, "")
    if response.status_code in {401, 403} and key_from:
        remedy = f"{remedy}; it came from {key_from}"
    code = str(error.get("code") or error.get("type") or "")
    said = " ".join(str(error.get("message") or _pointed_to(shown, response)).split())
    code, said, request_id = (without_keys(part, sent) for part in (code, said, request_id))
    return HandshakeRefused(shown, response.status_code, code, said, request_id, remedy)


def _pointed_to(shown: str, response: Response) -> str:
    """The address that a server names in the place of its own, without what may be a key."""
    there = next(iter(response.headers.get_all("Location")), "")
    try:
        return harmless_url(urljoin(shown, there)) if there and response.status_code < HTTPStatus.BAD_REQUEST else ""
    except ValueError:
        return ""


def request_id_of(response: Response) -> str:
    """The first of what a server calls a request by; a gateway on the way may have put its own beside it."""
    return next((value for name in REQUEST_IDS for value in response.headers.get_all(name)), "")


def _error_in(body: bytes) -> dict[str, Any]:
    """The error object of a response's body, as far as there is one."""
    try:
        content = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    error = content.get("error") if isinstance(content, dict) else None
    if isinstance(error, dict):
        return error
    return {"message": error or content.get("message")} if isinstance(content, dict) else {}


def why_not(failure: Exception) -> tuple[str, str]:
    """Why there is no connection, and what to do."""
    match failure:
        case ssl.SSLCertVerificationError():
            return (
                f"the server's certificate is not trusted ({failure.verify_message})",
                "check the host name and the system's certificates",
            )
        case ssl.SSLError():
            return "the server does not speak TLS there", "a server without TLS has a ws:// URL"
        case socket.gaierror():
            return "the host name is not known", "check the spelling and the network"
        case ConnectionRefusedError():
            return "nothing listens there", "is the server running, and is the port right?"
        case ConnectionResetError() | EOFError() | InvalidMessage(__cause__=EOFError()):
            return "the server hung up during the handshake", "does it speak WebSocket there, and with TLS or without?"
        case TimeoutError():
            return f"no answer within {OPEN_SECONDS} s", "check the network, or a proxy on the way"
        case ImportError():
            return "a SOCKS proxy on the way needs the package python-socks", "pip install 'python-socks[asyncio]'"
        case InvalidProxy() | ProxyError():
            return "the proxy on the way did not let it through", "look at HTTPS_PROXY and NO_PROXY"
        case InvalidMessage():
            return "the server does not speak HTTP there", "a server with TLS has a wss:// URL"
        case InvalidURI():
            return "the URL is not a WebSocket's", "it begins with ws:// or wss:// and has a host"
        case UnicodeError():
            return "the host name is none", "check the spelling"
        case ValueError():  # its words may be a part of the password
            return "the URL cannot be read", "a password with a / in it is written with %2F, and a port is a number"
        case OSError():
            return failure.strerror or str(failure) or "the network failed", ""
    return str(failure), ""
