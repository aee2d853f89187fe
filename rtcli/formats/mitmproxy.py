"""The flows that mitmproxy saves, read by its own package, which is an extra: ``pip install 'rtcli[mitmproxy]'``.

Each flow with a socket is a connection. mitmproxy puts the pieces of a message together, keeps no pings, and says of
a message whether it was injected or held back.

Source: mitmproxy 11.0.2, ``mitmproxy/websocket.py`` and ``mitmproxy/io/io.py``.
"""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterable, Iterator
from itertools import count
from typing import Any, Final
from urllib.parse import urlsplit

from rtcli.errors import UnreadableRecording
from rtcli.formats.form import Drop, Form
from rtcli.formats.pieces import Pieces
from rtcli.formats.sockets import socket_url, speaks
from rtcli.recording import Binary, Close, Frame, Header, Note, Open, Record
from rtcli.recording.epoch import MICROSECONDS, moment
from rtcli.recording.record import FORMAT_VERSION, Sender
from rtcli.recording.secrets import harmless_headers, harmless_subprotocol, harmless_url

_NAME: Final = "the flows"
_PIECE_BYTES: Final = 1 << 16
_REFUSALS: Final = (AssertionError, AttributeError, LookupError, RecursionError, TypeError, ValueError)
"""What the package raises at a damaged file, beside what it says that it does."""
_LOOK: Final = re.compile(rb"\d{1,12}:\d{1,9}:[a-z_]{2,40}[;,]\d{1,12}:")
"""A netstring with a type, which is an object whose first key is a name."""


def knows(head: bytes) -> bool:
    """Whether it begins as a file of flows does."""
    return _LOOK.match(head) is not None


def read(lines: Iterable[bytes], drop: Drop) -> Iterator[tuple[int, Record]]:  # pragma: no cover - needs the extra
    """The sockets one after another; records are numbered, for such a file has no lines.

    Raises:
        UnreadableRecording: the package is not installed, or there is no socket in the file.

    """
    flows = [flow for flow in _flows(lines, drop) if _is_socket(flow, drop)]
    if not flows:
        raise UnreadableRecording(_NAME, "no socket is among them", "save the flows after the socket was closed")
    speaking = [speaks(_texts(flow)) for flow in flows]
    numbers = count(1)
    for flow, is_ours in zip(flows, speaking, strict=True):
        if any(speaking) and not is_ours:
            host = urlsplit(harmless_url(flow.request.url)).netloc
            drop(1, f"a socket to {host} that speaks something else ({len(flow.websocket.messages)} messages)")
            continue
        for record in _records(flow):
            yield next(numbers), record


def _flows(lines: Iterable[bytes], drop: Drop) -> Iterator[Any]:  # pragma: no cover - needs the extra
    try:
        from mitmproxy.exceptions import FlowReadException  # noqa: PLC0415 - an extra
        from mitmproxy.io import FlowReader  # noqa: PLC0415
    except ImportError:
        why = "this is a file of mitmproxy, and the package mitmproxy is not installed"
        raise UnreadableRecording(_NAME, why, "pip install 'rtcli[mitmproxy]'") from None
    found = False
    try:
        for flow in FlowReader(_Buffered(Pieces(lines))).stream():
            found = True
            yield flow
    except (*_REFUSALS, FlowReadException) as refusal:
        if not found:
            raise UnreadableRecording(_NAME, f"mitmproxy cannot read them: {refusal}") from None
        drop(1, f"the rest of the file, which mitmproxy cannot read: {refusal}")


def _is_socket(flow: Any, drop: Drop) -> bool:  # pragma: no cover - needs the extra
    """Whether a flow is a socket, with messages that are what mitmproxy says they are."""
    socket = getattr(flow, "websocket", None)
    if socket is None:
        return False
    whole = all(isinstance(one.content, bytes) and isinstance(one.timestamp, int | float) for one in socket.messages)
    if not whole:
        drop(1, "a socket whose messages are damaged")
    return whole


def _texts(flow: Any) -> Iterator[str]:  # pragma: no cover - needs the extra
    return (message.content.decode("utf-8", "replace") for message in flow.websocket.messages if message.is_text)


def _records(flow: Any) -> Iterator[Record]:  # pragma: no cover - needs the extra
    """What was seen of one socket."""
    socket, request, response = flow.websocket, flow.request, flow.response
    start_us = round(request.timestamp_start * MICROSECONDS)

    def since(at_s: float | None) -> float | None:
        return None if at_s is None else (round(at_s * MICROSECONDS) - start_us) / MICROSECONDS

    yield Header(
        rtcli=FORMAT_VERSION,
        started_at=moment(start_us),
        url=socket_url(harmless_url(request.url)),
        by="mitmproxy",
        transport="websocket",
        handshake=True,
        lossless=True,
    )
    if response is not None:
        headers = list(response.headers.items(multi=True))
        chosen = harmless_subprotocol(response.headers.get("sec-websocket-protocol"))
        yield Open(since(response.timestamp_start), response.status_code, harmless_headers(headers), chosen)
    for message in socket.messages:
        t, sender = since(message.timestamp), _side(by_client=message.from_client)
        if message.is_text:
            yield Frame(t, sender, message.content.decode("utf-8", "surrogateescape"))
        else:
            yield Binary(t, sender, message.content)
        if message.injected or message.dropped:
            yield Note(t, f"mitmproxy {'made up' if message.injected else 'held back'} the message before this")
    if socket.close_code is not None or socket.closed_by_client is not None:
        by = None if socket.closed_by_client is None else _side(by_client=socket.closed_by_client)
        yield Close(since(socket.timestamp_end), by, socket.close_code, socket.close_reason or "")


def _side(*, by_client: bool) -> Sender:  # pragma: no cover - needs the extra
    return "client" if by_client else "server"


class _Buffered(io.BufferedReader):
    """A file of which a length that is written in it takes no more memory than there is to be read."""

    def read(self, size: int | None = -1, /) -> bytes:
        """What is next, piece by piece: the package asks for as much as a file says that it has."""
        left = sys.maxsize if size is None or size < 0 else size
        pieces: list[bytes] = []
        while left and (piece := super().read(min(left, _PIECE_BYTES))):
            pieces.append(piece)
            left -= len(piece)
        return b"".join(pieces)


MITMPROXY: Final = Form("mitmproxy", "flows of mitmproxy", knows, read)
