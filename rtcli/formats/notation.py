"""The script notation of a conversation: one line for each event, fit to be read and written by hand.

::

    # a comment
    0.000000 - {"rtcli":1,"started_at":"2026-11-20T19:00:00.123456Z"}
    0.104213 < session.created {"event_id":"event_1","session":{}}
    1.250001 > input_audio_buffer.clear
    1.300000 > {"event_id":"mine", "type":"response.create"}
    2.000000 - note "what people said of it"
    9.100000 - {"from":"server","close":{"code":1000,"reason":""}}

``>`` the client sent, ``<`` the client received: the event's type and its other fields, or the whole text
word for word where it would not come back from those. ``-`` is a record of any other kind, as a recording
has it, or by its name and what it holds. Leading seconds may be missing. A header begins the next connection.

Law: what was written as a frame is read back to the byte, and its time to the microsecond.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from math import isfinite
from typing import Any, Final

import msgspec
from msgspec import Raw, structs

from rtcli.errors import UnreadableRecording
from rtcli.formats.closer import record_of
from rtcli.formats.form import Drop, Form, only_looking
from rtcli.formats.line import fits_a_line, line_of
from rtcli.formats.sink import Records
from rtcli.recording import Frame, Header, Record, Torn
from rtcli.recording.record import FORMAT_VERSION

_LINE: Final = re.compile(rb"(?:(-?\d+(?:\.\d+)?)[ \t]+)?([<>-])[ \t]+(.+)", re.DOTALL)
_TYPE: Final = re.compile(rb"[A-Za-z0-9_][A-Za-z0-9_.\-]*")
_CANONICAL: Final = re.compile(rb'\{"type":"([A-Za-z0-9_][A-Za-z0-9_.\-]*)"(?:\}$|,)')
"""How an event begins that comes back from its type and its other fields."""
_COMMENT: Final = re.compile(rb"[ \t]+#[^\"]*$")
_SENDERS: Final = {b"<": "server", b">": "client"}
_SIGNS: Final = {"server": b"<", "client": b">"}
_BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"
_REFUSALS: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
_KNOWN_AT_LEAST: Final = 0.75
"""So many of the first lines must read as lines of a script."""
_NAMED: Final = re.compile(rb"([a-z]+)[ \t]+(.+)", re.DOTALL)
_fields: Final = msgspec.json.Decoder(dict[str, Raw])
_anything: Final = msgspec.json.Decoder(Raw)


def line_for(record: Record) -> bytes:
    """The line that stands for a record; empty for a line that was torn."""
    if isinstance(record, Torn):
        return b""
    t = None if isinstance(record, Header) else record.t
    shown = _frame(record) if isinstance(record, Frame) else None
    return _moment(t) + (shown or _other(record)) + b"\n"


def _moment(t: float | None) -> bytes:
    return b"" if t is None else b"%.6f " % t


def _frame(frame: Frame) -> bytes | None:
    """An event in short, or word for word; None where it is no event of a known side on one line."""
    sign = _SIGNS.get(frame.sender or "")
    if sign is None or not fits_a_line(frame.text):
        return None
    text = frame.text.encode()
    match = _CANONICAL.match(text)
    if match is None:
        return sign + b" " + text
    rest = text[match.end() :]
    return sign + b" " + match[1] + (b" {" + rest if rest else b"")


def _other(record: Record) -> bytes:
    """A record as it stands in a recording, without its time, which stands in front."""
    fields = _fields.decode(line_of(record))
    fields.pop("t", None)
    return b"- " + msgspec.json.encode(fields)


class Script(Records):
    """Writes a recording as a script."""

    def write(self, record: Record) -> None:
        """Write the record's line."""
        self._put(line_for(record))


def read(lines: Iterable[bytes], drop: Drop) -> Iterator[tuple[int, Record]]:
    """The records of a script; a line that cannot be read is dropped."""
    for number, line in enumerate(lines, 1):
        body = (line.removeprefix(_BYTE_ORDER_MARK) if number == 1 else line).strip(b" \t\r\n")
        if not body or body.startswith(b"#"):
            continue
        try:
            record = _record(body)
        except _REFUSALS:
            record = None
        if record is None:
            drop(number, "this is no line of a script: [seconds] > or < or -, and what was sent")
        else:
            yield number, record


def _record(body: bytes) -> Record | None:
    match = _LINE.fullmatch(body)
    if match is None:
        return None
    t = None if match[1] is None else float(match[1])
    if t is not None and not isfinite(t):
        return None
    if match[2] == b"-":
        return _told(t, match[3]) or _told(t, _COMMENT.sub(b"", match[3]))
    text = _text(match[3])
    sender: Any = _SENDERS[match[2]]
    return None if text is None else Frame(t, sender, text)


def _told(t: float | None, content: bytes) -> Record | None:
    """The record that stands behind a dash."""
    named = _NAMED.fullmatch(content)
    try:
        fields = _fields.decode(content) if named is None else _by_name(named[1], named[2])
    except _REFUSALS:
        return None
    if t is not None and "rtcli" not in fields:
        fields["t"] = Raw(b"%.6f" % t)
    record = record_of(msgspec.json.encode(fields))
    return record if record is None or isinstance(record, Header) or t is None else structs.replace(record, t=t)


def _by_name(name: bytes, held: bytes) -> dict[str, Raw]:
    """The fields of a record that is told by its name and what it holds."""
    if name == b"header":
        return {"rtcli": Raw(b"%d" % FORMAT_VERSION), **_fields.decode(held)}
    return {name.decode(): _anything.decode(held)}


def _text(content: bytes) -> str | None:
    """The text of an event; None where it is none, whatever comment stands behind it."""
    for told in (content, _COMMENT.sub(b"", content)):
        text = told if told.startswith(b"{") else _joined(told)
        if text is not None:
            whole = text.decode()
            if fits_a_line(whole):
                return whole
    return None


def _joined(told: bytes) -> bytes | None:
    """The event of a type and its other fields."""
    match = _TYPE.match(told)
    if match is None:
        return None
    rest = told[match.end() :].lstrip(b" \t")
    if rest in {b"", b"{}"}:
        return b'{"type":"%s"}' % match[0]
    return b'{"type":"%s",%s' % (match[0], rest[1:]) if rest.startswith(b"{") else None


def knows(head: bytes) -> bool:
    """Whether most of the first lines can be read as lines of a script, and one of them as an event."""
    whole, newline, begun = head.rpartition(b"\n")
    told = [line for line in (whole if newline else begun).split(b"\n") if line.strip() and not line.startswith(b"#")]
    try:
        records = [record for _, record in read(told, only_looking)]
    except UnreadableRecording:  # the header of a later version, which whoever reads the file is told
        return True
    events = sum(isinstance(record, Frame) for record in records)
    return bool(events) and len(records) >= _KNOWN_AT_LEAST * len(told)


SCRIPT: Final = Form("script", "script notation", knows, read)
