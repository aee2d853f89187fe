"""A line of a recording under a closer look: one that the fast decoder refused, or was not asked about.

Law: what it makes of a line that the fast decoder takes is what the fast decoder makes of it.

The annotations are evaluated where they stand: as strings, which msgspec evaluates, they cost a third of a
millisecond whenever the program starts.
"""

from typing import Any, Final, Literal

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType, field

from rtcli.errors import UnreadableRecording
from rtcli.events import Listener, Malformed
from rtcli.events.event import Fault
from rtcli.formats.entry import Entry, interpret, sender_of
from rtcli.recording import Binary, Close, Control, Frame, Header, Note, Open, Other, Record, Torn
from rtcli.recording.record import FORMAT_VERSION

REFUSALS: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
"""What a decoder raises at a text that it cannot take."""


class _Opened(Struct):
    status: int = 101
    headers: dict[str, str] = field(default_factory=dict)
    subprotocol: str | None = None


class _Closed(Struct):
    code: int | None = None
    reason: str = ""


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


_envelope = msgspec.json.Decoder(_Envelope)
_header = msgspec.json.Decoder(Header)
_value = msgspec.json.Decoder()
_TIMES: Final = (float, type(None))
_SENDERS: Final = ("client", "server", None)
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"


def look_closer(number: int, raw: bytes, listener: Listener) -> Entry:
    """What a line is, whatever stands in it. Never raises but for a header that is newer than this program.

    Raises:
        UnreadableRecording: it is such a header.

    """
    try:
        value = _value.decode(raw)
    except REFUSALS:
        return _closer(number, raw, listener)
    if type(value) is dict:
        if "type" in value:
            event = listener.judge(value, number)
            return Entry(number, None, sender_of(event), event, raw)
        body, t, sender = value.get("event"), _in_seconds(value.get("t")), value.get("from")
        if type(body) is dict and type(t) in _TIMES and sender in _SENDERS and raw.endswith(b"\n"):
            event = listener.judge(body, number, sender)
            return Entry(number, t, sender or sender_of(event), event, raw)
    return _closer(number, raw, listener)


def _in_seconds(t: Any) -> Any:
    """A whole number as the float that the fast decoder makes of it; itself where no float can hold it."""
    try:
        return float(t) if type(t) is int else t
    except OverflowError:
        return t


def record_of(raw: bytes) -> Record | None:
    """The record that a line of a file stands for, a frame word for word; None where it is broken."""
    body = raw.removeprefix(_BYTE_ORDER_MARK)
    try:
        return _record(_envelope.decode(body), body)
    except REFUSALS:
        return None


def _closer(number: int, raw: bytes, listener: Listener) -> Entry:
    """A line that the fast decoder refused."""
    body = raw.removeprefix(_BYTE_ORDER_MARK) if number == 1 else raw
    try:
        envelope = _envelope.decode(body)
        record = None if isinstance(envelope.event, Raw) else _record(envelope, body)
    except msgspec.ValidationError as refusal:
        return _odd(number, raw, listener, str(refusal))
    except REFUSALS:
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
            return Binary(t, sender, _bytes(envelope.binary))
        if envelope.ping is not UNSET:
            return Control(t, sender, "ping", _bytes(envelope.ping))
        if envelope.pong is not UNSET:
            return Control(t, sender, "pong", _bytes(envelope.pong))
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


def _bytes(text: str) -> bytes:
    from base64 import b64decode  # noqa: PLC0415 - few recordings have a frame that is no text

    return b64decode(text, validate=True)


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
