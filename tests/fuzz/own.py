"""Recordings of our own and bare event lines: each line is told, none is lost, and the end changes nothing before it."""

from __future__ import annotations

from collections.abc import Iterator

from fuzz.laws import lines_of, written_and_read
from fuzz.material import pieces, recordings, traffic
from fuzz.target import Target

from rtcli.errors import RtcliError
from rtcli.events import Listener
from rtcli.formats import Entry
from rtcli.formats.rtcli import looks_own, read, record_of
from rtcli.recording import Torn


def check(data: bytes) -> None:
    lines = list(lines_of(data))
    looks_own(lines)
    entries, refused = _read(lines)
    if not refused:
        assert [entry.raw for entry in entries] == [line for line in lines if not line.isspace()]
    for entry in entries:
        assert lines[entry.line - 1] == entry.raw
        assert entry.raw.endswith(b"\n") or isinstance(entry.event, Torn) or entry.t is None
        try:
            record = record_of(entry.raw)
        except RtcliError:
            continue
        if record is not None:
            written_and_read(record)
    half = len(lines) // 2
    assert [_told(entry) for entry in _read(lines[:half])[0]] == [_told(one) for one in entries if one.line <= half]


def _read(lines: list[bytes]) -> tuple[list[Entry], bool]:
    entries: list[Entry] = []
    try:
        entries += read(lines, Listener())
    except RtcliError:
        return entries, True
    return entries, False


def _told(entry: Entry) -> tuple[object, ...]:
    return entry.line, entry.t, entry.sender, type(entry.event).__name__, getattr(entry.event, "type", "")


def seeds() -> Iterator[bytes]:
    yield from pieces((*recordings(), *traffic("realtime", "beta", "translation", "live", "vendors")), 1500)


TARGET = Target(check, seeds, ("formats", "events", "recording"))
