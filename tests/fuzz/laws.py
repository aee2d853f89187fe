"""What holds of whatever is read, in whichever form it came."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator

from msgspec.structs import replace

from rtcli.errors import RtcliError
from rtcli.events import Listener
from rtcli.formats import Entry
from rtcli.formats.closer import record_of
from rtcli.formats.entry import interpret
from rtcli.formats.form import Form
from rtcli.formats.line import line_of
from rtcli.recording import Header, Record, Torn


def lines_of(data: bytes) -> Iterator[bytes]:
    """The lines with their newlines, as a file gives them."""
    return iter(io.BytesIO(data))


def written_and_read(record: Record) -> None:
    """A record that is written is one line, and is read back as what it was."""
    if isinstance(record, Torn):
        assert line_of(record) == b""
        return
    line = line_of(record)
    assert line.endswith(b"\n"), line
    assert line.count(b"\n") == 1, line
    again = record_of(line)
    assert again is not None, line
    if not all(map(is_text, texts_in(record))):
        return
    assert in_microseconds(again) == in_microseconds(record), (record, line)


def texts_in(record: Record) -> Iterator[str]:
    """What of a record was somebody's text, which may have had half a character in it."""
    for name in record.__struct_fields__:
        value = getattr(record, name)
        held = value.values() if isinstance(value, dict) else (value,)
        yield from (text for text in held if isinstance(text, str))


def is_text(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def in_microseconds(record: Record) -> Record:
    """The record with its time as the format can tell it."""
    if isinstance(record, Header) or record.t is None:
        return record
    return replace(record, t=float(f"{record.t:.6f}"))


def read_as(form: Form, data: bytes) -> list[Record]:
    """What a form makes of any bytes: records, each with a line that was there, or a clear refusal."""
    assert form.knows(data[: 1 << 16]) in {True, False}
    last = data.count(b"\n") + 1
    records = []
    dropped: list[int] = []

    def drop(line: int, why: str, /, *, missing: bool = True) -> None:
        assert why
        assert isinstance(missing, bool)
        dropped.append(line)

    try:
        for line, record in form.read(lines_of(data), drop):
            assert line >= 1
            records.append(record)
            written_and_read(record)
            interpret(record, line, Listener())
            if form.name not in {"har", "mitmproxy", "yaml"}:
                assert line <= last, (line, last)
    except RtcliError as refusal:
        is_clear(refusal)
    return records


def whole(entries: Iterable[Entry]) -> list[Entry]:
    """The entries of a reading, or those until it was refused."""
    read: list[Entry] = []
    try:
        read += entries
    except RtcliError as refusal:
        is_clear(refusal)
    return read


def is_clear(refusal: Exception) -> None:
    """What is refused is refused in words."""
    assert str(refusal)
