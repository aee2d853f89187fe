"""What is answered to who sends no request that can be read, wherever rtcli listens."""

from __future__ import annotations

from http import HTTPStatus
from typing import Final

from websockets.datastructures import Headers
from websockets.exceptions import SecurityError
from websockets.http11 import MAX_LINE_LENGTH, MAX_NUM_HEADERS

Unreadable = tuple[HTTPStatus, str, str]
"""The status, a code, and why."""

# What was said instead of a request may hold a secret, and is not repeated.
NO_HANDSHAKE: Final = (HTTPStatus.BAD_REQUEST, "bad_request", "that is no handshake of a WebSocket")
HEAD_TOO_LONG: Final = (
    HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
    "head_too_long",
    f"no handshake has a line of more than {MAX_LINE_LENGTH} bytes, or more than {MAX_NUM_HEADERS} headers, here",
)


def is_plain(headers: Headers) -> bool:
    """Whether what a handshake is made of is ASCII; the library fails on what is not, and quotes it in a trace."""
    return all(
        value.isascii()
        for name, value in headers.raw_items()
        if name.lower() in {"connection", "upgrade"} or name.lower().startswith("sec-websocket-")
    )


def unreadable(failure: BaseException | None) -> Unreadable | None:
    """What a failure of the parser says of the request; None where nobody is left to be told."""
    match failure:
        case SecurityError():
            return HEAD_TOO_LONG
        case ValueError() | NotImplementedError():
            return NO_HANDSHAKE
    return None
