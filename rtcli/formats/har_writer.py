"""Writes a HAR with the sockets of a recording, which Chrome's DevTools import.

What a HAR has no place for is kept in fields of the house, which others leave alone: ``_rtcliRecords`` holds every
record that is no message, word for word, with the number of messages ``after`` which it came; ``_rtcli`` says of
a message what the recording does not know of it, its time or its sender, and a time that no calendar has.

Law: `rtcli.formats.har` reads every record back, its time to the microsecond. One connection's other records are
held until its end, and nothing else.
"""

from __future__ import annotations

import base64
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from rtcli import __version__
from rtcli.formats.har import BINARY, TEXT
from rtcli.formats.line import bytes_of, json_of, line_of
from rtcli.formats.sink import Put, Records
from rtcli.recording import Binary, Frame, Header, Open, Record
from rtcli.recording.epoch import MICROSECONDS, microseconds, moment

_TYPES: Final = {"client": b"send", "server": b"receive", None: b"receive"}
_CREATOR: Final = {"name": "rtcli", "version": __version__}
_FARTHEST_S: Final = 1e9
"""Thirty years: a time beyond is no moment of the calendar, and is told beside the message."""
_PHRASES: Final = {101: "Switching Protocols"}


class Har(Records):
    """Writes one entry for each connection."""

    def __init__(self, put: Put) -> None:
        super().__init__(put)
        self._socket: _Socket | None = None
        self._sockets = 0
        put(b'{"log":{"version":"1.2","creator":%s,"pages":[],"entries":[' % json_of(_CREATOR))

    def write(self, record: Record) -> None:
        """Write a message, or keep what is none."""
        if self._socket is None or isinstance(record, Header):
            self._end()
            self._put(b",\n" if self._sockets else b"\n")
            self._sockets += 1
            self._socket = _Socket(self._put, record if isinstance(record, Header) else Header(rtcli=1))
        self._socket.take(record)

    def finish(self) -> None:
        """Close what is open."""
        self._end()
        self._put(b"\n]}}\n")

    def _end(self) -> None:
        if self._socket is not None:
            self._socket.end()


class _Socket:
    """Writes the entry of one connection."""

    def __init__(self, put: Put, header: Header) -> None:
        self._put = put
        self._start_us = microseconds(header.started_at) or 0
        self._last_us = self._start_us
        self._messages = 0
        self._beside: list[bytes] = []
        self._open = Open(None)
        start = moment(self._start_us) or moment(0)
        first = {"startedDateTime": start, "_resourceType": "websocket", "request": _request(header.url)}
        put(json_of(first)[:-1] + b',"_webSocketMessages":[')

    def take(self, record: Record) -> None:
        """Write a message, or keep what is none."""
        data = (
            bytes_of(record.text) if isinstance(record, Frame) else record.data if isinstance(record, Binary) else None
        )
        if isinstance(record, Frame | Binary) and data is not None:
            self._message(record.t, record.sender, BINARY, json_of(base64.b64encode(data).decode()))
        elif isinstance(record, Frame):
            self._message(record.t, record.sender, TEXT, json_of(record.text))
        else:
            self._open = record if isinstance(record, Open) else self._open
            self._beside.append(b'{"after":%d,"record":%s}' % (self._messages, line_of(record).rstrip(b"\n")))

    def _message(self, t: float | None, sender: str | None, opcode: int, data: bytes) -> None:
        unknown: dict[str, float | None] = {}
        us = self._start_us
        if t is not None and abs(t) <= _FARTHEST_S:
            us += round(t * MICROSECONDS)
            self._last_us = max(self._last_us, us)
        else:
            unknown["t"] = t
        if sender is None:
            unknown["from"] = None
        more = b',"_rtcli":' + json_of(unknown) if unknown else b""
        told = (b",\n" if self._messages else b"\n", _TYPES[sender], _seconds(us), opcode, data, more)
        self._put(b'%s{"type":"%s","time":%s,"opcode":%d,"data":%s%s}' % told)
        self._messages += 1

    def end(self) -> None:
        """Write what is known at the end only."""
        duration_ms = (self._last_us - self._start_us) / 1000
        rest: dict[str, Any] = {"response": _response(self._open), "time": duration_ms, "cache": {}}
        rest["timings"] = {"send": 0, "wait": 0, "receive": duration_ms}
        self._put(b'],"_rtcliRecords":[%s],' % b",".join(self._beside) + json_of(rest)[1:])


def _seconds(us: int) -> bytes:
    """Microseconds of the epoch as seconds."""
    return b"%s%d.%06d" % (b"-" if us < 0 else b"", *divmod(abs(us), MICROSECONDS))


def _query(url: str) -> list[dict[str, str]]:
    pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
    return [{"name": name, "value": value} for name, value in pairs]


def _request(url: str) -> dict[str, Any]:
    return {
        "method": "GET",
        "url": url,
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [],
        "queryString": _query(url),
        "headersSize": -1,
        "bodySize": 0,
    }


def _response(opened: Open) -> dict[str, Any]:
    headers = dict(opened.headers)
    if opened.subprotocol is not None:
        headers.setdefault("sec-websocket-protocol", opened.subprotocol)
    return {
        "status": opened.status,
        "statusText": _PHRASES.get(opened.status, ""),
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": [{"name": name, "value": value} for name, value in headers.items()],
        "content": {"size": 0, "mimeType": "x-unknown"},
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1,
    }
