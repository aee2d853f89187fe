"""Parquet: a table with one row for each record, for whoever asks many calls at once.

``line``, ``t``, ``sender``, ``type``, ``event_id``, ``response_id``, ``item_id``, ``audio_bytes``, ``text``. The type of a
record that is no event is its kind: ``header``, ``open``, ``close``, ``note``, ``binary``, ``ping``, ``pong``, ``other``. Audio is
counted, decoded, and not kept; the text is what the event says, be it a delta, a transcript or an error's message.

Law: rows are written in groups, so that memory does not grow with the file.
"""

from __future__ import annotations

import io
from collections import Counter
from contextlib import suppress
from typing import Any, Final

from rtcli.errors import BadOption
from rtcli.events import Event, Malformed, Unknown
from rtcli.formats.entry import Entry
from rtcli.formats.sink import BROKEN, TORN, Put
from rtcli.recording import Binary, Close, Control, Header, Note, Open, Torn
from rtcli.units import base64_bytes

ROWS_IN_A_GROUP: Final = 16_384
_COLUMNS: Final = ("line", "t", "sender", "type", "event_id", "response_id", "item_id", "audio_bytes", "text")
_SAYS: Final = ("delta", "transcript", "text", "arguments", "message")
_KINDS: Final = {Header: "header", Open: "open", Close: "close", Note: "note", Binary: "binary"}

Row = tuple[int, float | None, str | None, str, str | None, str | None, str | None, int | None, str | None]


class Table:
    """Writes the rows."""

    def __init__(self, put: Put) -> None:
        """Begin the file.

        Raises:
            BadOption: the package that writes it is not installed.

        """
        self.lost: Counter[str] = Counter()
        self._rows: list[Row] = []
        try:
            import pyarrow as pa  # noqa: PLC0415 - an extra, and 100 ms
            from pyarrow import parquet  # noqa: PLC0415
        except ImportError:
            remedy = "pip install 'rtcli[parquet]'"
            raise BadOption("--to parquet", "the package pyarrow is not installed", remedy) from None
        self._arrow = pa
        self._schema = _schema(pa)
        self._file = _Into(put)
        self._writer = parquet.ParquetWriter(self._file, self._schema, compression="zstd")

    def take(self, entry: Entry) -> None:
        """Add the row of a record."""
        row = _row(entry)
        if isinstance(row, str):
            self.lost[row] += 1
            return
        self._rows.append(row)
        if len(self._rows) >= ROWS_IN_A_GROUP:
            self._write()

    def finish(self) -> None:
        """Write what is left, and what Parquet has at its end."""
        self._write()
        self._writer.close()

    def _write(self) -> None:
        if not self._rows:
            return
        columns = zip(*self._rows, strict=True)
        arrays = [self._arrow.array(column, one.type) for column, one in zip(columns, self._schema, strict=True)]
        self._writer.write_table(self._arrow.Table.from_arrays(arrays, schema=self._schema))
        self._rows.clear()


class _Into(io.RawIOBase):
    """A file that can only be added to."""

    def __init__(self, put: Put) -> None:
        super().__init__()
        self._put = put

    def writable(self) -> bool:
        """It is all that it is."""
        return True

    def write(self, data: Any) -> int:
        """Pass the bytes on."""
        # A writer that is dropped halfway ends its file, which is closed by then.
        with suppress(ValueError):
            self._put(bytes(data))
        return len(data)


def _schema(arrow: Any) -> Any:
    kinds = {"line": arrow.int64(), "t": arrow.float64(), "audio_bytes": arrow.int64()}
    return arrow.schema([(name, kinds.get(name, arrow.string())) for name in _COLUMNS])


def _row(entry: Entry) -> Row | str:
    """The row of an entry, or why there is none."""
    event = entry.event
    if isinstance(event, Torn):
        return TORN
    if isinstance(event, Event | Unknown | Malformed):
        told = _event(entry, event)
        return BROKEN if told is None else told
    kind = event.kind if isinstance(event, Control) else _KINDS.get(type(event), "other")
    said = event.reason if isinstance(event, Close) else event.text if isinstance(event, Note) else None
    return entry.line, entry.t, entry.sender, kind, None, None, None, None, _string(said)


def _event(entry: Entry, event: Event | Unknown | Malformed) -> Row | None:
    """The row of an event; None where the line holds none."""
    body: Any = event
    if not isinstance(event, Event):
        body = event.body
        if not event.type and not isinstance(body, dict):
            return None
    kind = event.type or ""
    audio, text = _carried(kind, body)
    response, item = _at(body, "response"), _at(body, "item")
    response_id = _string(_at(body, "response_id")) or _string(_at(response, "id"))
    item_id = _string(_at(body, "item_id")) or _string(_at(item, "id"))
    ids = (_string(_at(body, "event_id")), response_id, item_id)
    return entry.line, entry.t, entry.sender, kind, *ids, audio, text or _content(item)


def _carried(kind: str, body: Any) -> tuple[int | None, str | None]:
    """How much audio an event carries, and what it says."""
    audio = _string(_at(body, "audio"))
    if audio is None and "audio" in kind and "transcript" not in kind:
        audio = _string(_at(body, "delta"))
    if audio is not None:
        return base64_bytes(len(audio), audio[-2:]), None
    said = (_string(_at(holder, name)) for holder in (body, _at(body, "error")) for name in _SAYS)
    return None, next((text for text in said if text is not None), None)


def _content(item: Any) -> str | None:
    """What an item says, part by part."""
    parts = _at(item, "content")
    if not isinstance(parts, list):
        return None
    said = [_string(_at(part, "text")) or _string(_at(part, "transcript")) for part in parts]
    return "\n".join(text for text in said if text) or None


def _at(holder: Any, name: str) -> Any:
    return holder.get(name) if isinstance(holder, dict) else getattr(holder, name, None)


def _string(value: Any) -> str | None:
    """The value if it is a text, with what is none in UTF-8 replaced."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else None
