"""What is small and stands for much, or has no end, costs a reader bounded memory, and it says why it stops."""

from __future__ import annotations

import gzip
import struct
import zlib

import pytest
import zstandard
from hostile import RECORDINGS
from sweeping import Run, plain, swept
from websockets.extensions.permessage_deflate import PerMessageDeflate

from rtcli.links.inflating import LIMIT_BYTES, Repacking

GIB = 1 << 30
MIB = 1 << 20
BINARY_PACKED = 0xC2
LENGTH_IN_EIGHT_BYTES = 127
LINE_MIB = 256
MOST_MIB = 3 * LINE_MIB
"""The longest line, twice while it is put together, and the program."""
FIRST = (RECORDINGS / "text.jsonl").read_bytes()
NOTE = b'{"t":9999.5,"note":"' + b"again " * 1000 + b'"}\n'
LONG = "longer than 256 MiB"


def zeros(path):
    """A line of a gigabyte that takes no room on the disk."""
    with path.open("wb") as file:
        file.write(FIRST)
        file.truncate(len(FIRST) + GIB)


def gzip_of(piece):
    def write(path):
        with gzip.open(path, "wb", compresslevel=1) as file:
            file.write(FIRST)
            for _ in range(GIB // len(piece)):
                file.write(piece)

    return write


def zstd_of(piece):
    def write(path):
        with zstandard.open(path, "wb") as file:
            file.write(FIRST)
            for _ in range(GIB // len(piece)):
                file.write(piece)

    return write


ENDLESS = {
    "zeros": ("call.jsonl", zeros),
    "gzip": ("call.jsonl.gz", gzip_of(bytes(MIB))),
    "zstd": ("call.jsonl.zst", zstd_of(bytes(MIB))),
}
"""A line of a gigabyte behind a recording."""
COMMANDS = ("show", "info", "validate", "doctor", "filter", "recover", "redact -o -", "convert --to bare -o -")


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_line_of_a_gigabyte_is_not_held(kind, tmp_path):
    name, write = ENDLESS[kind]
    path = tmp_path / name
    write(path)
    runs = []
    for line in COMMANDS:
        command, *options = line.split()
        runs.append(Run((command, str(path), *options), str(tmp_path), plain(), seconds=300))
    for run, done in zip(runs, swept(runs), strict=True):
        told = (run.arguments, done.code, done.peak_kib // 1024, done.err[-500:])
        assert done.peak_kib < MOST_MIB * 1024, told
        assert done.code == 2, told
        assert LONG in done.err.decode(), told
        assert b"Traceback" not in done.err, told


@pytest.mark.parametrize("pack", [gzip_of, zstd_of])
def test_a_gigabyte_of_lines_is_read_one_after_the_other(pack, tmp_path):
    path = tmp_path / ("call.jsonl.gz" if pack is gzip_of else "call.jsonl.zst")
    pack(NOTE * (MIB // len(NOTE)))(path)
    assert path.stat().st_size < 32 * MIB
    runs = [Run((command, str(path)), str(tmp_path), plain(), seconds=600) for command in ("info", "validate")]
    for run, done in zip(runs, swept(runs), strict=True):
        assert done.code == 0, (run.arguments, done.code, done.err[-500:])
        assert done.peak_kib < 100 * 1024, (run.arguments, done.peak_kib)


def deflated(size):
    """A frame of so many zeros."""
    packer = zlib.compressobj(wbits=-15)
    packed = b"".join([*(packer.compress(bytes(MIB)) for _ in range(size // MIB)), packer.flush(zlib.Z_SYNC_FLUSH)])
    return bytes([BINARY_PACKED, LENGTH_IN_EIGHT_BYTES]) + struct.pack("!Q", len(packed) - 4) + packed[:-4]


def test_a_packed_frame_that_stands_for_a_gigabyte_is_refused():
    unpacking = Repacking([PerMessageDeflate(False, False, 15, 15)], to_server=False)
    bomb = deflated(GIB)
    assert len(bomb) < 2 * MIB
    with pytest.raises(ValueError, match=r"big|limit|exceed|over"):
        unpacking.feed(bomb)


def test_a_packed_frame_of_the_longest_size_passes():
    unpacking = Repacking([PerMessageDeflate(False, False, 15, 15)], to_server=False)
    assert len(unpacking.feed(deflated(LIMIT_BYTES))) > LIMIT_BYTES
