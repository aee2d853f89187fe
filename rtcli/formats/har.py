"""HAR, the archive that browsers and proxies export: the sockets in one, with every message that passed.

Chrome, mitmproxy, HTTP Toolkit and Playwright put the messages into an entry's ``_webSocketMessages``: ``type``
(``send`` or ``receive``), ``time`` in seconds of the epoch, ``opcode``, and ``data``, in base64 where it is
binary. Playwright counts milliseconds. HTTP Toolkit adds ``_webSocketClose``. Firefox and Safari export sockets
without messages.

Source: the HAR 1.2 specification; Chrome DevTools, ``front_end/models/har/HARFormat.ts``; mitmproxy 11.0.2,
``addons/savehar.py``; an archive of Playwright 1.65.1.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Callable, Iterable, Iterator
from math import isfinite
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

import msgspec
from msgspec import Struct, field

from rtcli.errors import UnreadableRecording
from rtcli.formats.form import Drop, Form
from rtcli.formats.rtcli import record_of
from rtcli.formats.sockets import socket_url, speaks
from rtcli.recording import Binary, Close, Control, Frame, Header, Note, Open, Record
from rtcli.recording.epoch import MICROSECONDS, microseconds, moment
from rtcli.recording.record import FORMAT_VERSION, Sender
from rtcli.recording.secrets import harmless_headers, harmless_subprotocol, harmless_url
from rtcli.units import number_in

Lose = Callable[[str], None]
Shape = TypeVar("Shape")

TEXT, BINARY, CLOSE, PING, PONG = 1, 2, 8, 9, 10
"""Source: RFC 6455, 5.2."""
_EPOCH_MS_FROM: Final = 1e11
"""No recording is of the year 5138, so a larger number of seconds is one of milliseconds."""
_SENDERS: Final[dict[str, Sender]] = {"send": "client", "receive": "server"}
_LOOKS: Final = (re.compile(rb'^\{\s*"log"\s*:\s*\{'), re.compile(rb'"(version|creator|pages|entries)"\s*:'))
_LOOKED_AT_BYTES: Final = 4096


class Message(Struct):
    """One message of a socket; ``_rtcli`` holds what HAR has no word for."""

    type: str = ""
    time: float | None = None
    opcode: int = TEXT
    data: str = ""
    rtcli: dict[str, Any] = field(default_factory=dict, name="_rtcli")


class _Named(Struct, frozen=True):
    name: str = ""
    value: str = ""


class _Request(Struct, frozen=True):
    url: str = ""


class _Response(Struct, frozen=True):
    status: int = 0
    headers: list[_Named] = []


class _Beside(Struct):
    """A record that is no message, and the number of messages before it."""

    after: int
    record: msgspec.Raw


class _Entry(Struct):
    started: str = field(default="", name="startedDateTime")
    request: _Request = _Request()
    response: _Response = _Response()
    messages: list[Message] | None = field(default=None, name="_webSocketMessages")
    close: Any = field(default=None, name="_webSocketClose")
    beside: list[_Beside] | None = field(default=None, name="_rtcliRecords")
    """Only in what `rtcli.formats.har_writer` writes, and then all that is no message."""


class _Creator(Struct, frozen=True):
    name: str = ""
    version: str = ""


class _Log(Struct):
    creator: _Creator = _Creator()
    entries: list[_Entry] = []


class _Archive(Struct):
    log: _Log


_archive: Final = msgspec.json.Decoder(_Archive, strict=False)


def knows(head: bytes) -> bool:
    """Whether it begins as a HAR does; that there are sockets in it may only show further down."""
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:_LOOKED_AT_BYTES]
    return start.startswith(b"{") and all(look.search(start) for look in _LOOKS)


def read(lines: Iterable[bytes], drop: Drop) -> Iterator[tuple[int, Record]]:
    """The sockets one after another, each a connection; records are numbered, as a HAR has no lines to speak of."""
    number = 0

    def lose(why: str) -> None:
        drop(number + 1, why)

    creator, entries = _decoded(b"".join(lines), lose)
    sockets = [entry for entry in entries if entry.messages is not None]
    if not sockets:
        why = "no socket in it has messages"
        raise UnreadableRecording("the HAR", why, "export it from Chrome: Firefox and Safari leave them out")
    speaking = [entry.beside is not None or speaks(_texts(entry)) for entry in sockets]
    for entry, is_ours in zip(sockets, speaking, strict=True):
        if any(speaking) and not is_ours:
            host = urlsplit(harmless_url(entry.request.url)).netloc
            lose(f"a socket to {host} that speaks something else ({len(entry.messages or ())} messages)")
            continue
        for record in _Socket(entry, creator, lose).records():
            number += 1
            yield number, record


def _decoded(content: bytes, lose: Lose) -> tuple[str, list[_Entry]]:
    """Who made it, and its entries; only where something is odd in it, each is looked at by itself."""
    content = content.removeprefix(b"\xef\xbb\xbf")
    try:
        log = _archive.decode(content).log
        return _maker(log.creator), log.entries
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        pass
    try:
        whole = json.loads(content)
    except (ValueError, RecursionError) as refusal:
        raise UnreadableRecording("the HAR", f"it is no whole JSON document: {refusal}", "export it again") from None
    told: Any = whole.get("log") if isinstance(whole, dict) else None
    entries = told.get("entries") if isinstance(told, dict) else None
    if not isinstance(entries, list):
        raise UnreadableRecording("the HAR", "it has no log.entries", "export it again")
    return _maker(_lenient(told.get("creator"), _Creator) or _Creator()), list(_each(entries, lose))


def _maker(creator: _Creator) -> str:
    return " ".join(filter(None, (creator.name, creator.version)))


def _each(entries: list[Any], lose: Lose) -> Iterator[_Entry]:
    """The entries, each with the fields and the messages of it that can be read."""
    for value in entries:
        fields = dict(value) if isinstance(value, dict) else {}
        told = fields.pop("_webSocketMessages", None)
        entry = _Entry()
        for name, shown in zip(_Entry.__struct_fields__, _Entry.__struct_encode_fields__, strict=True):
            whole = _lenient({shown: fields[shown]}, _Entry) if shown in fields else None
            setattr(entry, name, getattr(entry if whole is None else whole, name))
        if isinstance(told, list):
            read = [_lenient(message, Message) for message in told]
            entry.messages = [message for message in read if message is not None]
            for _ in range(read.count(None)):
                lose("a message that is none: it has no data, or not as text")
        yield entry


def _lenient(value: Any, kind: type[Shape]) -> Shape | None:
    try:
        return msgspec.convert(value, kind, strict=False)
    except (msgspec.ValidationError, UnicodeError):
        return None


def _texts(entry: _Entry) -> Iterator[str]:
    return (message.data for message in entry.messages or () if message.opcode == TEXT)


class _Socket:
    """The records of one socket."""

    def __init__(self, entry: _Entry, maker: str, lose: Lose) -> None:
        self._entry = entry
        self._maker = maker
        self._lose = lose
        first = next((one.time for one in entry.messages or () if one.time is not None), None)
        self._in_ms = entry.beside is None and first is not None and first > _EPOCH_MS_FROM
        self._start_us = microseconds(entry.started)
        self._has_beginning = self._start_us is not None
        if self._start_us is None:
            self._start_us = None if first is None else self._us(first)

    def records(self) -> Iterator[Record]:
        """In the order of the archive."""
        beside = iter(self._entry.beside or ())
        if self._entry.beside is None:
            yield from self._opened()
        one = next(beside, None)
        for number, message in enumerate(self._entry.messages or ()):
            while one is not None and one.after <= number:
                yield from self._told(one)
                one = next(beside, None)
            yield from self._message(message)
        while one is not None:
            yield from self._told(one)
            one = next(beside, None)
        if self._entry.beside is None:
            yield from self._closed()

    def _told(self, beside: _Beside) -> Iterator[Record]:
        record = record_of(bytes(beside.record))
        if record is None:
            self._lose("a record in _rtcliRecords that is none")
        else:
            yield record

    def _opened(self) -> Iterator[Record]:
        """What the archive tells of the connection, and of the answer to its handshake."""
        entry, whole = self._entry, self._entry.response.status == 101
        yield Header(
            rtcli=FORMAT_VERSION,
            started_at="" if self._start_us is None else moment(self._start_us),
            url=socket_url(harmless_url(entry.request.url)),
            by=self._maker,
            transport="websocket",
            handshake=whole and self._has_beginning,
            lossless=whole,
        )
        if entry.response.status:
            headers = [(one.name, one.value) for one in entry.response.headers]
            chosen = next((value for name, value in headers if name.lower() == "sec-websocket-protocol"), None)
            yield Open(None, entry.response.status, harmless_headers(headers), harmless_subprotocol(chosen))

    def _closed(self) -> Iterator[Record]:
        """How HTTP Toolkit says that a socket was closed; by whom it does not say."""
        close = self._entry.close
        if not isinstance(close, dict):
            return
        code, reason, at = close.get("code"), close.get("reason"), close.get("timestamp")
        at_s = number_in(at)
        self._in_ms = at_s is not None and at_s > _EPOCH_MS_FROM
        is_code = isinstance(code, int) and not isinstance(code, bool)
        yield Close(self._t(at_s), None, code if is_code else None, reason if isinstance(reason, str) else "")

    def _message(self, message: Message) -> Iterator[Record]:
        t = number_in(message.rtcli["t"]) if "t" in message.rtcli else self._t(message.time)
        sender = None if message.rtcli.get("from", 0) is None else _SENDERS.get(message.type)
        if message.type == "error":
            yield Note(t, f"error: {message.data}")
        elif message.opcode == TEXT:
            yield Frame(t, sender, message.data)
        elif message.opcode in {BINARY, PING, PONG}:
            yield from self._bytes(message, t, sender)
        elif message.opcode == CLOSE:
            yield Close(t, sender, None, message.data)
        else:
            self._lose(f"a message with opcode {message.opcode}")

    def _bytes(self, message: Message, t: float | None, sender: Sender | None) -> Iterator[Record]:
        try:
            data = base64.b64decode(message.data, validate=True)
        except ValueError:
            self._lose(f"{len(message.data)} characters of binary data that are no base64")
            return
        if message.opcode == BINARY:
            yield Binary(t, sender, data)
        else:
            yield Control(t, sender, "ping" if message.opcode == PING else "pong", data)

    def _t(self, time_s: float | None) -> float | None:
        """Seconds since the connection began, to the microsecond."""
        if time_s is None or self._start_us is None:
            return None
        return (self._us(time_s) - self._start_us) / MICROSECONDS

    def _us(self, time: float) -> int:
        us = time * (1000 if self._in_ms else MICROSECONDS)
        return round(us) if isfinite(us) else 0


HAR: Final = Form("har", "a HAR archive", knows, read)
