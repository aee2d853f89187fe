"""What a recording is converted into: something that takes its entries and says what it could not hold."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable
from typing import Final, Protocol

import msgspec
from msgspec import Raw

from rtcli.formats.entry import Entry
from rtcli.formats.rtcli import record_of
from rtcli.recording import Frame, Header, Other, Record, Torn
from rtcli.recording.record import Sender

Put = Callable[[bytes], object]
"""Takes the next bytes of a result."""

BROKEN: Final = "lines that are no record"
TORN: Final = "torn lines"
UNKNOWN_KEYS: Final = "records with keys of a later version"
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_ENVELOPES: Final = (b'{"t":', b'{"rtcli":', b'{"from":')
_ENVELOPE: Final = re.compile(
    rb'\{"t":(-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?),(?:"from":"(client|server)",)?"event":(\{.*\})\}\s*', re.DOTALL
)
_SENDERS: Final[dict[bytes | None, Sender | None]] = {b"client": "client", b"server": "server", None: None}
_PLAIN: Final = re.compile(rb'\{(?:"t":[-+.\deE]+,)?(?:"from":"(?:client|server)",)?"(?:event|text)":')
_KEYS: Final = frozenset({"t", "from", "event", "text", "binary", "ping", "pong", "open", "close", "note"})
_HEADER_KEYS: Final = frozenset(Header.__struct_fields__)
_keys: Final = msgspec.json.Decoder(dict[str, Raw])


class Sink(Protocol):
    """Takes the entries of one file, from the first to the last."""

    lost: Counter[str]
    """What it could not hold, in the plural, and how often."""

    def take(self, entry: Entry) -> None:
        """The next entry, with the line that it was made of."""

    def finish(self) -> None:
        """There are no more."""


class Recording:
    """Writes a recording: the lines of one as they stand, and bare events in envelopes."""

    def __init__(self, put: Put) -> None:
        self.lost: Counter[str] = Counter()
        self._put = put

    def take(self, entry: Entry) -> None:
        """Write the line."""
        raw = entry.raw
        if isinstance(entry.event, Torn):
            self.lost[TORN] += 1
        elif raw.startswith(_ENVELOPES) and raw.endswith(b"\n"):
            self._put(raw)
        else:
            self._put(_line(entry))

    def finish(self) -> None:
        """Nothing is open."""


class Records:
    """The part that all share who write something else: what cannot be a record is not asked for."""

    whole = True
    """Everything in a record is wanted."""

    def __init__(self, put: Put) -> None:
        self.lost: Counter[str] = Counter()
        self._put = put

    def take(self, entry: Entry) -> None:
        """Write the record, if there is one in the line."""
        record = record_in(entry)
        if record is None or isinstance(record, Torn):
            self.lost[BROKEN if record is None else TORN] += 1
            return
        if self.whole and _has_unknown_keys(entry.raw, record):
            self.lost[UNKNOWN_KEYS] += 1
        self.write(record)

    def write(self, record: Record) -> None:
        """Write a record that is whole."""
        raise NotImplementedError

    def finish(self) -> None:
        """Close what is open; mostly nothing."""


def record_in(entry: Entry) -> Record | None:
    """The record that an entry was made of; None where its line is broken."""
    if isinstance(entry.event, Torn):
        return entry.event
    record = record_of(entry.raw) or _enveloped(entry.raw)
    if record is not None:
        return record
    text = _bare(entry.raw)
    return Frame(None, entry.sender, text.decode("utf-8", "surrogateescape")) if text else None


def _enveloped(raw: bytes) -> Frame | None:
    """The frame in an envelope that is whole, of an event that is JSON only to those who are not strict."""
    told = _ENVELOPE.fullmatch(raw.removeprefix(_BYTE_ORDER_MARK))
    if told is None:
        return None
    text, sender = told[3].decode("utf-8", "surrogateescape"), _SENDERS[told[2]]
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return None
    return Frame(float(told[1]), sender, text)


def _has_unknown_keys(raw: bytes, record: Record) -> bool:
    """Whether a line says something beside what a record has a place for."""
    line = raw.rstrip()
    if isinstance(record, Other):
        return False
    if isinstance(record, Frame) and _PLAIN.match(line) and line.endswith(_raw(record) + b"}"):
        return False
    body = line.removeprefix(_BYTE_ORDER_MARK)
    if _bare(body) and record_of(body) is None:
        return False
    known = _HEADER_KEYS if isinstance(record, Header) else _KEYS
    try:
        return not _keys.decode(body).keys() <= known
    except UnicodeError:  # decoders of records pass over the name of a key that they do not know
        return True


def _raw(frame: Frame) -> bytes:
    """The bytes of a text, also of one that is no UTF-8."""
    return frame.text.encode("utf-8", "surrogateescape")


def _line(entry: Entry) -> bytes:
    """The line of a recording for one that stands otherwise in the file: bare, or with a mark in front."""
    raw = entry.raw.removeprefix(_BYTE_ORDER_MARK)
    text = _bare(raw) if record_of(raw) is None else b""
    if not text:
        return raw.rstrip(b"\r\n") + b"\n"
    return b'{%s"event":%s}\n' % (b'"from":"%s",' % entry.sender.encode() if entry.sender else b"", text)


def _bare(raw: bytes) -> bytes:
    """The event on a line that has no envelope; empty where there is none, or an envelope that is broken."""
    text = raw.removeprefix(_BYTE_ORDER_MARK).strip()
    if not (text.startswith(b"{") and text.endswith(b"}")):
        return b""
    try:
        keys = _keys.decode(text).keys()
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return b"" if text.startswith(_ENVELOPES) else text
    return text if "type" in keys or keys.isdisjoint(_KEYS | {"rtcli"}) else b""
