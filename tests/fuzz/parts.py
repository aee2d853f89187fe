"""The files of one connection: a record is in exactly one of them or nowhere, in order, and each begins with a header."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import gettempdir

from fuzz.laws import lines_of
from fuzz.material import pieces, recordings
from fuzz.target import Target

from rtcli.errors import RtcliError
from rtcli.events import Listener
from rtcli.formats.rtcli import read, record_of
from rtcli.links.parts import Keeping, Parts
from rtcli.recording import Header, Note, Record, Torn

_STARTED = datetime(2026, 11, 20, 19, tzinfo=UTC)
_FAST = Path("/dev/shm")


def check(data: bytes) -> None:
    """The first byte says how files are split, the second when something goes wrong and what the session is called."""
    if len(data) < 2:
        return
    how, when, lines = data[0], data[1], list(lines_of(data[2:]))
    folder = (_FAST if _FAST.is_dir() else Path(gettempdir())) / f"rtcli-fuzz-parts-{os.getpid()}"
    shutil.rmtree(folder, ignore_errors=True)
    keeping = Keeping(
        folder,
        split_s=(how & 7) * 0.5 or None,
        split_bytes=(how >> 3 & 7) * 100 or None,
        snapshot_s=(how >> 6) * 0.7 or None,
    )
    parts = Parts(keeping, _STARTED, lambda writer: writer.close())
    parts.write(Header(rtcli=1, handshake=True))
    count = 0
    for number, record in enumerate(_records(lines)):
        if number % 7 == when % 8:
            parts.name(lines[number % len(lines)].decode("utf-8", "replace"))
        if number % 5 == when >> 3 & 7:
            parts.alarm(getattr(record, "t", None) or 0.0)
        parts.write(Note(record.t, f"{number}") if not isinstance(record, Header) else record)
        count += not isinstance(record, Header)
    parts.close()
    try:
        _hold(parts, count, keeps_all=keeping.snapshot_s is None)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _records(lines: list[bytes]) -> Iterator[Record]:
    latest = 0.0
    for entry in _entries(lines):
        record = record_of(entry.raw)
        if record is None or isinstance(record, Header | Torn):
            continue
        latest = max(latest, min(record.t or 0.0, 1e6))
        yield Note(latest, "")


def _entries(lines: list[bytes]) -> Iterator[object]:
    try:
        yield from read(lines, Listener())
    except RtcliError:
        return


def _hold(parts: Parts, count: int, *, keeps_all: bool) -> None:
    told: list[int] = []
    for number, path in enumerate(parts.paths):
        assert path.parent == parts._keeping.folder
        header, *rest = map(record_of, path.read_bytes().splitlines(keepends=True))
        assert isinstance(header, Header)
        assert header.handshake == (number == 0 and (not rest or rest[0].text == "0"))
        assert all(one.t >= 0 for one in rest)
        told += [int(one.text) for one in rest]
    assert told == sorted(set(told))
    if keeps_all:
        assert told == list(range(count))


def seeds() -> Iterator[bytes]:
    for number, piece in enumerate(pieces(recordings(), 1500)):
        yield bytes([number * 37 % 256, number * 11 % 256]) + piece


TARGET = Target(check, seeds, ("links.parts", "formats.writer", "formats.rtcli"), max_bytes=4096)
