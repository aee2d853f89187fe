"""The recording file, format 1: a header line, then one record a line.

Reading decodes envelope and event in one stage and looks closer only at lines that this refuses.
Writing never looks into a frame further than to see that it is one line holding one JSON object.

Law: what was written as a frame is read back to the byte.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Iterator
from typing import Any, Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from rtcli.errors import UnreadableRecording
from rtcli.events import REALTIME, Dialect, Malformed, decode
from rtcli.events.event import Fault
from rtcli.formats.entry import Entry, interpret, sender_of
from rtcli.recording import Binary, Close, Frame, Header, Note, Open, Other, Record, Torn
from rtcli.recording.record import FORMAT_VERSION

E = TypeVar("E")


class _EventLine(Struct, Generic[E], gc=False):
    """The bulk of a recording: an event in its envelope."""

    t: float
    sender: Literal["client", "server"] = field(name="from")
    event: E


class _Envelope(Struct, gc=False):
    """Any record. A line with a ``type`` is no record but a bare event, whatever else it has."""

    type: Raw | UnsetType = UNSET
    t: float | None = None
    sender: Literal["client", "server"] | None = field(default=None, name="from")
    event: Raw | UnsetType = UNSET
    text: str | UnsetType = UNSET
    binary: str | UnsetType = UNSET
    open: _Opened | UnsetType = UNSET
    close: _Closed | UnsetType = UNSET
    note: str | UnsetType = UNSET
    rtcli: int | UnsetType = UNSET


class _Opened(Struct):
    status: int = 101
    headers: dict[str, str] = field(default_factory=dict)
    subprotocol: str | None = None


class _Closed(Struct):
    code: int | None = None
    reason: str = ""


_envelope = msgspec.json.Decoder(_Envelope)
_header = msgspec.json.Decoder(Header)
_any_value = msgspec.json.Decoder(Raw)
_REFUSALS = (msgspec.DecodeError, UnicodeError, RecursionError)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read(lines: Iterable[bytes], dialect: Dialect = REALTIME) -> Iterator[Entry]:
    """Every line as an entry, in order; empty lines count but give nothing.

    Raises:
        UnreadableRecording: a header says that the format is newer than this program.

    """
    fast = msgspec.json.Decoder(_EventLine[dialect.union]).decode  # type: ignore[name-defined]
    for number, raw in enumerate(lines, 1):
        try:
            line = fast(raw)
        except _REFUSALS:
            if raw.isspace():
                continue
            yield _closer(number, raw, dialect)
        else:
            if raw.endswith(b"\n"):
                yield Entry(number, line.t, line.sender, line.event, raw)
            else:
                yield Entry(number, line.t, line.sender, Torn(len(raw), line.t), raw)


def record_of(raw: bytes) -> Record | None:
    """The record that a line of a file stands for, a frame word for word; None where it is broken."""
    body = raw.removeprefix(_BYTE_ORDER_MARK)
    try:
        return _record(_envelope.decode(body), body)
    except _REFUSALS:
        return None


def _closer(number: int, raw: bytes, dialect: Dialect) -> Entry:
    """A line that the fast decoder refused."""
    body = raw.removeprefix(_BYTE_ORDER_MARK) if number == 1 else raw
    try:
        envelope = _envelope.decode(body)
        record = None if isinstance(envelope.event, Raw) else _record(envelope, body)
    except msgspec.ValidationError as refusal:
        return _odd(number, raw, dialect, str(refusal))
    except _REFUSALS:
        if not raw.endswith(b"\n"):
            return Entry(number, None, None, Torn(len(raw)), raw)
        return _bare(number, raw, dialect)
    if envelope.type is not UNSET:
        return _bare(number, raw, dialect)
    if not raw.endswith(b"\n"):
        return Entry(number, envelope.t, envelope.sender, Torn(len(raw), envelope.t), raw)
    if isinstance(envelope.event, Raw):
        event = decode(bytes(envelope.event), dialect)
        return Entry(number, envelope.t, envelope.sender or sender_of(event), event, raw)
    if record is None:
        return _bare(number, raw, dialect)
    entry = interpret(record, number, dialect)
    entry.raw = raw
    return entry


def _record(envelope: _Envelope, raw: bytes) -> Record | None:
    """The record in an envelope; None where the line is a bare event or nothing at all."""
    t, sender = envelope.t, envelope.sender
    if envelope.type is not UNSET:
        return None
    if isinstance(envelope.event, Raw):
        return Frame(t, sender, bytes(envelope.event).decode("utf-8", "surrogateescape"))
    if envelope.rtcli is not UNSET:
        return _read_header(raw)
    if envelope.text is not UNSET:
        return Frame(t, sender, envelope.text)
    if envelope.binary is not UNSET:
        try:
            return Binary(t, sender, base64.b64decode(envelope.binary, validate=True))
        except ValueError:
            return Other(t, msgspec.json.decode(raw))
    if envelope.open is not UNSET:
        return Open(t, envelope.open.status, envelope.open.headers, envelope.open.subprotocol)
    if envelope.close is not UNSET:
        return Close(t, sender, envelope.close.code, envelope.close.reason)
    if envelope.note is not UNSET:
        return Note(t, envelope.note)
    if t is not None:
        return Other(t, msgspec.json.decode(raw))
    return None


def _read_header(raw: bytes) -> Header:
    header = _header.decode(raw)
    if header.rtcli > FORMAT_VERSION:
        why = f"it is in format {header.rtcli}, and this rtcli knows formats up to {FORMAT_VERSION}"
        raise UnreadableRecording("the recording", why, "install a newer rtcli")
    return header


def _odd(number: int, raw: bytes, dialect: Dialect, refusal: str) -> Entry:
    """JSON whose envelope has the wrong types: a bare event with fields of these names, or broken."""
    entry = _bare(number, raw, dialect)
    if isinstance(entry.event, Malformed) and not entry.event.type:
        fault = Fault("SCH10", "$", f"the line is no record: {refusal[:1].lower()}{refusal[1:]}")
        return Entry(number, None, None, Malformed((fault,)), raw)
    return entry


def _bare(number: int, raw: bytes, dialect: Dialect) -> Entry:
    """A line without an envelope: the event itself, its direction told by its type."""
    text = raw.removeprefix(_BYTE_ORDER_MARK).strip() if number == 1 else raw.strip()
    event = decode(text, dialect)
    return Entry(number, None, sender_of(event), event, raw)


# --- writing -----------------------------------------------------------------------------------


def header_line(header: Header) -> bytes:
    """The first line of a recording."""
    body = {name: getattr(header, name) for name in header.__struct_fields__}
    return _json(body) + b"\n"


def line_of(record: Record) -> bytes:
    """The line that stands for a record."""
    match record:
        case Frame(t, sender, text):
            key, value = ("event", text.encode()) if fits_a_line(text) else ("text", _json(text))
            return b'{"t":%.6f,"from":"%s","%s":%s}\n' % (t or 0.0, (sender or "server").encode(), key.encode(), value)
        case Header():
            return header_line(record)
        case Binary(t, sender, data):
            return _line(t, sender, "binary", base64.b64encode(data).decode())
        case Open(t, status, headers, subprotocol):
            return _line(t, None, "open", {"status": status, "headers": headers, "subprotocol": subprotocol})
        case Close(t, sender, code, reason):
            return _line(t, sender, "close", {"code": code, "reason": reason})
        case Note(t, text):
            return _line(t, None, "note", text)
        case Other(t, content):
            return _json(content) + b"\n"
        case Torn():
            return b""


def fits_a_line(text: str) -> bool:
    """Whether a frame is one JSON object on one line, so that it can stand in the file as it came."""
    if text[:1] != "{" or text[-1:] != "}" or "\n" in text or "\r" in text:
        return False
    try:
        _any_value.decode(text)
    except _REFUSALS:
        return False
    return True


def _line(t: float | None, sender: str | None, kind: str, content: Any) -> bytes:
    start = b'{"t":%.6f' % (t or 0.0)
    if sender is not None:
        start += b',"from":"%s"' % sender.encode()
    return start + b',"%s":%s}\n' % (kind.encode(), _json(content))


def _json(content: Any) -> bytes:
    try:
        return msgspec.json.encode(content)
    except UnicodeEncodeError:  # Python's surrogates, for bytes that were no text; there is no JSON for them
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
