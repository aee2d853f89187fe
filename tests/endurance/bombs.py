"""What is small and stands for much, or has no end, costs a reader bounded memory; the rest is read, or it says why not."""

from __future__ import annotations

import gzip
import struct
import subprocess
import sys
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
MOST_MIB = LINE_MIB + 100
"""The longest line, and the program."""
LINES = (RECORDINGS / "text.jsonl").read_bytes().splitlines(keepends=True)
FIRST, LAST = b"".join(LINES[:14]), b"".join(LINES[14:])
NOTE = b'{"t":9999.5,"note":"' + b"again " * 1000 + b'"}\n'
SILENCE = b'{"t":9999.5,"note":"' + b"A" * 40000 + b'"}\n'
LONG = f"the line is {GIB:,} bytes long"


def zeros(path):
    """A line of a gigabyte that takes no room on the disk."""
    with path.open("wb") as file:
        file.write(FIRST)
        file.seek(GIB, 1)
        file.write(b"\n" + LAST)


def packed(pack):
    """What writes a packed file with so much of a piece in it, as packed pieces one behind the other."""

    def of(piece, size=GIB):
        def write(path):
            packed_piece = pack(piece * 16)
            with path.open("wb") as file:
                file.write(pack(FIRST))
                for _ in range(size // len(piece) // 16):
                    file.write(packed_piece)
                file.write(pack(b"\n" + LAST))

        return write

    return of


gzip_of = packed(gzip.compress)
zstd_of = packed(zstandard.compress)
ENDLESS = {
    "zeros": ("call.jsonl", zeros),
    "gzip": ("call.jsonl.gz", gzip_of(bytes(MIB))),
    "zstd": ("call.jsonl.zst", zstd_of(bytes(MIB))),
}
"""A line of a gigabyte in the middle of a recording."""
COMMANDS = {
    "show": 3,
    "show --since -10s": 3,
    "show --raw": 3,
    "info": 3,
    "validate": 1,
    "validate --jobs 2": 1,
    "validate --select SCH --jobs 2": 1,
    "doctor": 3,
    "filter": 3,
    "recover": 3,
    "redact -o -": 3,
    "convert --to bare -o -": 3,
    "mark --at 0.1 here -o -": 2,
}
"""With the code that they end with."""
COPY = ("show --raw", "filter", "recover", "redact -o -")


@pytest.mark.parametrize("kind", ENDLESS)
def test_a_line_of_a_gigabyte_is_passed_over_and_the_rest_is_read(kind, tmp_path):
    name, write = ENDLESS[kind]
    path = tmp_path / name
    write(path)
    runs = []
    for line in COMMANDS:
        command, *options = line.split()
        runs.append(Run((command, str(path), *options), str(tmp_path), plain(), seconds=300))
    for line, run, done in zip(COMMANDS, runs, swept(runs), strict=True):
        told = (run.arguments, done.code, done.peak_kib // 1024, done.err[-500:])
        assert done.peak_kib < MOST_MIB * 1024, told
        assert done.code == COMMANDS[line], told
        assert LONG in (done.err + done.out).decode(), told
        assert b"Traceback" not in done.err, told
        if line in COPY:
            assert [one for one in done.out.splitlines(keepends=True) if one.strip()] == LINES, told


def test_a_line_of_a_gigabyte_through_a_pipe_is_passed_over(tmp_path):
    path = tmp_path / "call.jsonl"
    zeros(path)
    command = f"{sys.executable} -m rtcli filter - < <(cat {path})"
    done = subprocess.run(["bash", "-c", command], capture_output=True, check=False, env=plain())
    assert done.returncode == 3, done.stderr[-500:]
    assert [one for one in done.stdout.splitlines(keepends=True) if one.strip()] == LINES
    assert f"-:15: {LONG}" in done.stderr.decode()


@pytest.mark.parametrize("pack", [gzip_of, zstd_of])
def test_what_stands_for_more_than_any_recording_ends_with_a_sentence(pack, tmp_path):
    """Lines that are read, of which there may be less than of those that are passed over."""
    name = "call.jsonl.gz" if pack is gzip_of else "call.jsonl.zst"
    for folder, piece, size in (("lines", SILENCE * (MIB // len(SILENCE)), 2 * GIB), ("line", bytes(MIB), 20 * GIB)):
        path = tmp_path / folder / name
        path.parent.mkdir()
        pack(piece, size)(path)
        (done,) = swept([Run(("validate", str(path)), str(tmp_path), plain(), seconds=300)])
        assert done.code == 2, (folder, done.err[-500:])
        assert b"it stands for more than 200 times its size" in done.err
        assert done.peak_kib < MOST_MIB * 1024


@pytest.mark.parametrize("pack", [gzip_of, zstd_of])
def test_a_gigabyte_of_lines_is_read_one_after_the_other(pack, tmp_path):
    path = tmp_path / ("call.jsonl.gz" if pack is gzip_of else "call.jsonl.zst")
    pack(NOTE * (MIB // len(NOTE)), GIB - 8 * MIB)(path)
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
