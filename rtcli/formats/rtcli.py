"""The recording file, format 1: a header line, then one record a line.

Reading decodes envelope and event in one stage and looks closer only at lines that this refuses.
Writing never looks into a frame further than to see that it is one line holding one JSON object.

Law: what was written as a frame is read back to the byte.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, Generic, Literal, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from rtcli.errors import UnreadableRecording
from rtcli.events import Event, Listener, Malformed
from rtcli.events.event import Fault
from rtcli.formats.entry import Entry, interpret, sender_of
from rtcli.formats.own import looks_own as looks_own  # noqa: PLC0414 - whoever reads asks here too
from rtcli.recording import Binary, Close, Control, Frame, Header, Note, Open, Other, Record, Torn
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
    ping: str | UnsetType = UNSET
    pong: str | UnsetType = UNSET
    open: _Opened | UnsetType = UNSET
    close: _Closed | UnsetType = UNSET
    note: str | UnsetType = UNSET
    missing: bool = False
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
_value = msgspec.json.Decoder()
_TIMES: Final = (float, int, type(None))
_SENDERS: Final = ("client", "server", None)
_OF_A_PART: Final = ("cut", "begins_s")
"""What a header says only of a part of a recording."""
_DOUBTFUL: Final = 16
_DOUBT_AT_MOST: Final = 64
"""An odd line raises the doubt by two and a good one lowers it by one: beyond a third of odd lines it grows."""
_REFUSALS = (msgspec.DecodeError, UnicodeError, RecursionError)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def read(
    lines: Iterable[bytes], listener: Listener | None = None, torn: Callable[[int], object] | None = None
) -> Iterator[Entry]:
    """Every line as an entry, in order; empty lines count but give nothing. `torn` is told of a line without an end.

    The listener decodes the first lines, until it knows what is spoken, and those that are odd.
    Where most lines are odd, they are looked at closely at once.

    Raises:
        UnreadableRecording: a header says that the format is newer than this program.

    """
    listener = listener or Listener()
    vocabulary, bare = listener.vocabulary, False
    fast = _line_decoder(vocabulary, bare=bare)
    doubt = 0
    for number, raw in enumerate(lines, 1):
        if doubt < _DOUBTFUL:
            try:
                line = fast(raw)
            except _REFUSALS:
                pass
            else:
                if doubt:
                    doubt -= 1
                event = line if bare else line.event
                sender = line.sender
                if listener.suspects:
                    event = listener.settled(event, number, sender)
                if bare:
                    yield Entry(number, None, sender, event, raw)
                elif raw.endswith(b"\n"):
                    yield Entry(number, line.t, sender, event, raw)
                else:
                    if torn:
                        torn(number)
                    yield Entry(number, line.t, line.sender, Torn(len(raw), line.t), raw)
                continue
        if raw.isspace():
            continue
        entry = _parsed(number, raw, listener)
        if torn and isinstance(entry.event, Torn):
            torn(number)
        doubt = doubt - 1 if isinstance(entry.event, Event) and doubt else min(doubt + 2, _DOUBT_AT_MOST)
        yield entry
        looks_bare = entry.t is None and isinstance(entry.event, Event)
        if listener.vocabulary is not vocabulary or looks_bare != bare:
            vocabulary, bare = listener.vocabulary, looks_bare
            fast = _line_decoder(vocabulary, bare=bare)
            doubt = 0


def _line_decoder(vocabulary: Any, *, bare: bool) -> Callable[[bytes], Any]:
    """Decodes a line whose event is of the vocabulary, in its envelope or bare, and refuses every other."""
    if vocabulary is None:
        return _refuse
    decoder = msgspec.json.Decoder(vocabulary if bare else _EventLine[vocabulary])
    return decoder.decode


def _refuse(_raw: bytes) -> Any:
    raise msgspec.DecodeError


def _parsed(number: int, raw: bytes, listener: Listener) -> Entry:
    """A line that the fast decoder refused, or was not asked about."""
    try:
        value = _value.decode(raw)
    except _REFUSALS:
        return _closer(number, raw, listener)
    if type(value) is dict:
        if "type" in value:
            event = listener.judge(value, number)
            return Entry(number, None, sender_of(event), event, raw)
        body, t, sender = value.get("event"), value.get("t"), value.get("from")
        if type(body) is dict and type(t) in _TIMES and sender in _SENDERS and raw.endswith(b"\n"):
            event = listener.judge(body, number, sender)
            return Entry(number, t, sender or sender_of(event), event, raw)
    return _closer(number, raw, listener)


def record_of(raw: bytes) -> Record | None:
    """The record that a line of a file stands for, a frame word for word; None where it is broken."""
    body = raw.removeprefix(_BYTE_ORDER_MARK)
    try:
        return _record(_envelope.decode(body), body)
    except _REFUSALS:
        return None


def _closer(number: int, raw: bytes, listener: Listener) -> Entry:
    """A line that the fast decoder refused."""
    body = raw.removeprefix(_BYTE_ORDER_MARK) if number == 1 else raw
    try:
        envelope = _envelope.decode(body)
        record = None if isinstance(envelope.event, Raw) else _record(envelope, body)
    except msgspec.ValidationError as refusal:
        return _odd(number, raw, listener, str(refusal))
    except _REFUSALS:
        if not raw.endswith(b"\n"):
            return Entry(number, None, None, Torn(len(raw)), raw)
        return _bare(number, raw, listener)
    if envelope.type is not UNSET:
        return _bare(number, raw, listener)
    if not raw.endswith(b"\n"):
        return Entry(number, envelope.t, envelope.sender, Torn(len(raw), envelope.t), raw)
    if isinstance(envelope.event, Raw):
        event = listener.decode(bytes(envelope.event), number, envelope.sender)
        return Entry(number, envelope.t, envelope.sender or sender_of(event), event, raw)
    if record is None:
        return _bare(number, raw, listener)
    entry = interpret(record, number, listener)
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
    try:
        if envelope.binary is not UNSET:
            return Binary(t, sender, base64.b64decode(envelope.binary, validate=True))
        if envelope.ping is not UNSET:
            return Control(t, sender, "ping", base64.b64decode(envelope.ping, validate=True))
        if envelope.pong is not UNSET:
            return Control(t, sender, "pong", base64.b64decode(envelope.pong, validate=True))
    except ValueError:
        return Other(t, msgspec.json.decode(raw))
    if envelope.open is not UNSET:
        return Open(t, envelope.open.status, envelope.open.headers, envelope.open.subprotocol)
    if envelope.close is not UNSET:
        return Close(t, sender, envelope.close.code, envelope.close.reason)
    if envelope.note is not UNSET:
        return Note(t, envelope.note, envelope.missing)
    if t is not None:
        return Other(t, msgspec.json.decode(raw))
    return None


def _read_header(raw: bytes) -> Header:
    header = _header.decode(raw)
    if header.rtcli > FORMAT_VERSION:
        why = f"it is in format {header.rtcli}, and this rtcli knows formats up to {FORMAT_VERSION}"
        raise UnreadableRecording("the recording", why, "install a newer rtcli")
    return header


def _odd(number: int, raw: bytes, listener: Listener, refusal: str) -> Entry:
    """JSON whose envelope has the wrong types: a bare event with fields of these names, or broken."""
    entry = _bare(number, raw, listener)
    if isinstance(entry.event, Malformed) and not entry.event.type:
        fault = Fault("SCH10", "$", f"the line is no record: {refusal[:1].lower()}{refusal[1:]}")
        return Entry(number, None, None, Malformed((fault,)), raw)
    return entry


def _bare(number: int, raw: bytes, listener: Listener) -> Entry:
    """A line without an envelope: the event itself, its direction told by its type."""
    text = raw.removeprefix(_BYTE_ORDER_MARK).strip() if number == 1 else raw.strip()
    event = listener.decode(text, number)
    return Entry(number, None, sender_of(event), event, raw)


# --- writing -----------------------------------------------------------------------------------


def header_line(header: Header) -> bytes:
    """The first line of a recording."""
    told = {name: getattr(header, name) for name in header.__struct_fields__}
    body = {name: value for name, value in told.items() if name not in _OF_A_PART or value not in ([], None)}
    return _json(body) + b"\n"


def line_of(record: Record) -> bytes:
    """The line that stands for a record."""
    match record:
        case Frame(t, sender, text):
            key, value = ("event", text.encode()) if fits_a_line(text) else ("text", _json(text))
            if t is None or sender is None:
                return _start(t, sender) + b'"%s":%s}\n' % (key.encode(), value)
            return b'{"t":%.6f,"from":"%s","%s":%s}\n' % (t, sender.encode(), key.encode(), value)
        case Header():
            return header_line(record)
        case Binary(t, sender, data):
            return _line(t, sender, "binary", base64.b64encode(data).decode())
        case Control(t, sender, kind, data):
            return _line(t, sender, kind, base64.b64encode(data).decode())
        case Open(t, status, headers, subprotocol):
            return _line(t, None, "open", {"status": status, "headers": headers, "subprotocol": subprotocol})
        case Close(t, sender, code, reason):
            return _line(t, sender, "close", {"code": code, "reason": reason})
        case Note(t, text, missing):
            return _start(t, None) + b'"note":%s%s}\n' % (_json(text), b',"missing":true' if missing else b"")
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
    return _start(t, sender) + b'"%s":%s}\n' % (kind.encode(), _json(content))


def _start(t: float | None, sender: str | None) -> bytes:
    """How the line begins; what is not known has no key."""
    at = b"" if t is None else b'"t":%.6f,' % t
    return b"{" + at + (b"" if sender is None else b'"from":"%s",' % sender.encode())


def _json(content: Any) -> bytes:
    try:
        return msgspec.json.encode(content)
    except UnicodeEncodeError:  # Python's surrogates, for bytes that were no text; there is no JSON for them
        return json.dumps(content, ensure_ascii=False).encode("utf-8", "replace")
