"""The two handshakes of a proxied connection, without I/O: what the app asks, what is asked for it, what it is told.

Whatever the app says goes upstream, and what the upstream answers comes back, except what concerns one
connection only (hop by hop) and compression, which nobody is offered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from websockets.client import ClientProtocol
from websockets.datastructures import Headers
from websockets.exceptions import InvalidHandshake, InvalidHeader
from websockets.extensions import Extension
from websockets.extensions.permessage_deflate import ClientPerMessageDeflateFactory, PerMessageDeflate
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol
from websockets.uri import WebSocketURI
from websockets.utils import accept_key

from rtcli.links.upstream import Upstream
from rtcli.links.visitors import Visitors
from rtcli.recording.secrets import KEY_SUBPROTOCOL

_CONTROL: Final = re.compile(r"[\x00-\x20\x7f]")
_LEAST_WINDOW_BITS: Final = 9
"""An upstream may ask for 8. Source: RFC 7692, section 7.1.2.2; zlib.h, deflateInit2: 8 is not supported for raw deflate."""
COMPRESSION: Final = "permessage-deflate"
REALTIME: Final = "realtime"
"""The subprotocol that browsers ask for, beside their key; they fail when none is answered."""

_KEY_HEADERS: Final = frozenset({"authorization", "api-key"})
_HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "sec-websocket-accept",
        "sec-websocket-extensions",
        "sec-websocket-key",
        "sec-websocket-protocol",
        "sec-websocket-version",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""Source: RFC 9110, section 7.6.1, and RFC 6455, section 11.3; subprotocols are passed on apart."""

Lines = list[tuple[str, str]]


class Refused(Exception):
    """The app is told no; `answer` is what it gets."""

    def __init__(self, status: HTTPStatus, code: str, why: str) -> None:
        super().__init__(status, code, why)
        self.status = status
        self.why = why
        self.answer = json_error(status, code, why)

    def __str__(self) -> str:
        return self.why


def json_error(status: HTTPStatus, code: str, why: str) -> bytes:
    """An HTTP error in the shape that the real API gives its own."""
    body = json.dumps({"error": {"type": "proxy_error", "code": code, "message": why}}).encode()
    lines = [("Content-Type", "application/json"), ("Connection", "close")]
    if status == HTTPStatus.UPGRADE_REQUIRED:
        lines.append(("Upgrade", "websocket"))
    return _serialized(f"HTTP/1.1 {status} {status.phrase}", [*lines, ("Content-Length", str(len(body)))], body)


def check_request(request: Request, visitors: Visitors) -> None:
    """See that the app asks for a WebSocket, and that it may.

    Raises:
        Refused: it does not, or may not.

    """
    if unwelcome := visitors.unwelcome(request.headers):
        raise Refused(HTTPStatus.FORBIDDEN, *unwelcome)
    if not request.path.startswith("/"):
        # Behind the upstream's origin it would name another one.
        raise Refused(HTTPStatus.BAD_REQUEST, "no_path", "the app asks for no path; this is no HTTP proxy")
    if _CONTROL.search(request.path):
        # Some servers take a carriage return alone for the end of a line: what follows would be a header.
        raise Refused(HTTPStatus.BAD_REQUEST, "no_path", "the app asks for a path with a control character in it")
    if "websocket" not in ",".join(request.headers.get_all("Upgrade")).lower():
        raise Refused(HTTPStatus.UPGRADE_REQUIRED, "no_websocket", "only WebSockets are passed on here")
    try:
        ServerProtocol().process_request(request)
    except (InvalidHandshake, ValueError) as error:
        # What is wrong with it may be a secret in the wrong place; only its name is told.
        where = f" ({error.name})" if isinstance(error, InvalidHeader) else ""
        raise Refused(HTTPStatus.BAD_REQUEST, "bad_handshake", f"the app's handshake is wrong{where}") from error


class Asking:
    """One handshake with the upstream."""

    def __init__(self, request: Request, upstream: Upstream, *, compressing: bool = False) -> None:
        """`compressing` offers compression, for an upstream that refused without."""
        self._protocol = ClientProtocol(
            WebSocketURI(upstream.secure, upstream.host, upstream.port, "/", ""),
            extensions=[ClientPerMessageDeflateFactory(client_max_window_bits=True)],
        )
        lines = [
            ("Host", upstream.authority),
            *_passed_on(request.headers, *(_KEY_HEADERS if upstream.credentials else ())),
        ]
        if upstream.credentials:
            lines.append(upstream.credentials)
        offered = subprotocols(request)
        if upstream.credentials:
            offered = [name for name in offered if not name.startswith(KEY_SUBPROTOCOL)]
        if offered:
            lines.append(("Sec-WebSocket-Protocol", ", ".join(offered)))
        lines += [("Upgrade", "websocket"), ("Connection", "Upgrade")]
        lines += [("Sec-WebSocket-Version", "13"), ("Sec-WebSocket-Key", self._protocol.key)]
        if compressing:
            lines.append(("Sec-WebSocket-Extensions", f"{COMPRESSION}; client_max_window_bits"))
        self.text = _serialized(f"GET {upstream.path(request.path)} HTTP/1.1", lines)

    def compression(self, response: Response) -> list[Extension]:
        """Check that the upstream agreed; gives what it wants the frames to be packed with.

        Raises:
            InvalidHandshake: it answered what no WebSocket server may.

        """
        kept = [(name, value) for name, value in response.headers.raw_items() if name.lower() != SUBPROTOCOL]
        # Whether the subprotocol suits is between the app and the upstream.
        try:
            self._protocol.process_response(Response(response.status_code, response.reason_phrase, Headers(kept)))
        except ValueError as error:
            raise InvalidHeader("Sec-WebSocket-Extensions") from error
        for one in self._protocol.extensions:
            if isinstance(one, PerMessageDeflate) and one.local_max_window_bits < _LEAST_WINDOW_BITS:
                raise InvalidHeader("Sec-WebSocket-Extensions")
        return list(self._protocol.extensions)


SUBPROTOCOL: Final = "sec-websocket-protocol"


def subprotocols(request: Request) -> list[str]:
    """The subprotocols that the app offers."""
    values = ",".join(request.headers.get_all("Sec-WebSocket-Protocol"))
    return [name.strip() for name in values.split(",") if name.strip()]


def insists_on_compression(request: Request, response: Response) -> bool:
    """Whether it is worth asking again with compression.

    It is where the refusal speaks of it, or where the app had offered it itself: there is no status
    for this, and 400 and 426 are what servers answer.
    """
    if response.status_code not in {HTTPStatus.BAD_REQUEST, HTTPStatus.UPGRADE_REQUIRED}:
        return False
    named = COMPRESSION in ",".join(response.headers.get_all("Sec-WebSocket-Extensions"))
    offered = COMPRESSION in ",".join(request.headers.get_all("Sec-WebSocket-Extensions"))
    return named or offered or COMPRESSION.encode() in (response.body or b"")


def accepting(request: Request, response: Response) -> tuple[bytes, str | None]:
    """What the app is answered when the upstream agreed, and the subprotocol in it."""
    chosen = next(iter(response.headers.get_all("Sec-WebSocket-Protocol")), None)
    if chosen is None and REALTIME in subprotocols(request):
        chosen = REALTIME
    lines = [*_passed_on(response.headers, "content-length"), ("Upgrade", "websocket"), ("Connection", "Upgrade")]
    lines.append(("Sec-WebSocket-Accept", accept_key(request.headers["Sec-WebSocket-Key"])))
    if chosen is not None:
        lines.append(("Sec-WebSocket-Protocol", chosen))
    return _serialized("HTTP/1.1 101 Switching Protocols", lines), chosen


def refusing(response: Response) -> bytes:
    """What the app is answered when the upstream refused: the same."""
    body = response.body or b""
    lines = [*_passed_on(response.headers, "content-length")]
    lines += [("Connection", "close"), ("Content-Length", str(len(body)))]
    return _serialized(f"HTTP/1.1 {response.status_code} {response.reason_phrase}", lines, body)


def _passed_on(headers: Headers, *but: str) -> Lines:
    """The headers that concern more than one connection, without those named."""
    dropped = {*_HOP_BY_HOP, *but}
    for value in headers.get_all("Connection"):
        dropped.update(name.strip().lower() for name in value.split(","))
    return [(name, value) for name, value in headers.raw_items() if name.lower() not in dropped]


def _serialized(first: str, lines: Iterable[tuple[str, str]], body: bytes = b"") -> bytes:
    """The bytes of a message; what was no ASCII when it came is again what it was."""
    head = "".join([first, "\r\n", *(f"{name}: {value}\r\n" for name, value in lines), "\r\n"])
    return head.encode("utf-8", "surrogateescape") + body
