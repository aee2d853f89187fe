"""A file of any bytes under any name, guessed at and read: entries or a clear refusal, and what is converted can be read."""

from __future__ import annotations

import gzip
import io
import os
from collections.abc import Iterator
from pathlib import Path
from tempfile import gettempdir

import zstandard
from fuzz.laws import whole
from fuzz.logs import ENVELOPED, HAR, MITMPROXY, PRINTED, SCRIPT, YAML
from fuzz.material import pieces, recordings
from fuzz.target import Target

from rtcli.errors import RtcliError
from rtcli.events import Listener
from rtcli.formats import Reading
from rtcli.formats.bare import BareEvents
from rtcli.formats.copied import Copied
from rtcli.formats.har_writer import Har
from rtcli.formats.notation import Script
from rtcli.formats.packing import is_whole
from rtcli.formats.reading import is_log
from rtcli.formats.rtcli import read
from rtcli.formats.sink import Recording

_ENDINGS = (".jsonl", ".log", ".jsonl.gz", ".jsonl.zst")
_FAST = Path("/dev/shm")


def check(data: bytes) -> None:
    """The first byte chooses the name, and whether the rest is packed as the name says, or stands as it is."""
    if not data:
        return
    ending, packed = _ENDINGS[data[0] % 4], data[0] & 4
    body = data[1:]
    if packed and ending.endswith(".gz"):
        body = gzip.compress(body, 1, mtime=0)[: -(data[0] >> 5) or None]
    elif packed and ending.endswith(".zst"):
        body = zstandard.ZstdCompressor().compress(body)[: -(data[0] >> 5) or None]
    folder = _FAST if _FAST.is_dir() else Path(gettempdir())
    path = folder / f"rtcli-fuzz-{os.getpid()}{ending}"
    path.write_bytes(body)
    try:
        is_log(path)
        if ending.endswith(("gz", "zst")):
            is_whole(path)
        reading = Reading(path, Listener())
        entries = whole(reading)
        lines: list[bytes] = []
        try:
            lines += Copied(path)
        except RtcliError:
            pass
        else:
            assert entries or not b"".join(lines).strip()
    finally:
        path.unlink()
    for sink in (Recording, Script, Har, BareEvents):
        out = io.BytesIO()
        into = sink(out.write)
        for entry in entries:
            into.take(entry)
        into.finish()
        if sink in {Recording, BareEvents}:
            again = list(read(io.BytesIO(out.getvalue()), Listener()))
            if sink is Recording:
                said = [entry for entry in entries if entry.raw.removeprefix(b"\xef\xbb\xbf").strip()]
                assert len(again) + into.lost.total() >= len(said), (len(again), into.lost)


def seeds() -> Iterator[bytes]:
    for target in (YAML, SCRIPT, HAR, MITMPROXY, ENVELOPED, PRINTED):
        for number, seed in enumerate(target.seeds()):
            if number < 30:
                yield bytes([1 + 4 * (number % 2)]) + seed
    for number, piece in enumerate(pieces(recordings(), 1500)):
        yield bytes([number % 256]) + piece
        if number < 8:
            yield bytes([number]) + (gzip.compress(piece) if number % 4 == 2 else zstandard.compress(piece))


TARGET = Target(check, seeds, ("formats", "events", "recording"))
