"""What is small and stands for much, or has no end, costs a reader bounded memory; the rest is read, or it says why not."""

from __future__ import annotations

import asyncio
import gzip
import json
import re
import struct
import subprocess
import sys
import zlib
from contextlib import suppress
from pathlib import Path

import pytest
import zstandard
from chained import rtcli
from hostile import RECORDINGS
from proxied import app, frame, upstream
from sweeping import Run, plain, swept
from websockets.extensions.permessage_deflate import PerMessageDeflate

from rtcli.formats.closer import record_of
from rtcli.formats.stream import read_lines
from rtcli.links.inflating import LIMIT_BYTES, Repacking
from rtcli.recording import Close

GIB = 1 << 30
MIB = 1 << 20
BINARY_PACKED = 0xC2
FINAL = 0x80
LENGTH_IN_EIGHT_BYTES = 127
LINE_MIB = 256
MOST_MIB = LINE_MIB + 100
"""The longest line, and the program."""
LINES = (RECORDINGS / "text.jsonl").read_bytes().splitlines(keepends=True)
FIRST, LAST = b"".join(LINES[:14]), b"".join(LINES[14:])
NOTE = b'{"t":%.6f,"note":"%s"}\n' % (json.loads(LINES[13])["t"], b"again " * 1000)
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
        list(unpacking.feed(bomb))


def test_a_packed_frame_of_the_longest_size_passes():
    unpacking = Repacking([PerMessageDeflate(False, False, 15, 15)], to_server=False)
    (frame,) = unpacking.feed(deflated(LIMIT_BYTES))
    assert len(frame) > LIMIT_BYTES


# --- live ----------------------------------------------------------------------------------------

PACKED = ["Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover"]
CREATED = frame(1, b'{"type":"session.created"}')
LIVE_AT_MOST_MIB = 600
"""Seven times the longest frame: packed, unpacked, framed, on its way, taken apart, recorded."""


def stands_for(size, first=0xC1):
    """A packed frame of so many letters."""
    packer = zlib.compressobj(wbits=-15)
    megabyte = packer.compress(b"a" * MIB) + packer.flush(zlib.Z_FULL_FLUSH)
    end = zlib.compressobj(wbits=-15).flush(zlib.Z_SYNC_FLUSH)[:-4] if first & FINAL else b""
    packed = megabyte * (size // MIB) + end
    return bytes([first, LENGTH_IN_EIGHT_BYTES]) + struct.pack("!Q", len(packed)) + packed


def peak_mib(pid):
    return int(re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{pid}/status").read_text())[1]) // 1024


PACKED_BOMBS = {
    "one frame": [stands_for(GIB)],
    "many at once": [stands_for(30 * MIB)] * 30,
    "one after another": [stands_for(60 * MIB)] * 10,
    "a message without an end": [stands_for(50 * MIB, 0x41), *[stands_for(50 * MIB, 0x00)] * 10],
}


@pytest.mark.parametrize("kind", PACKED_BOMBS)
def test_a_call_through_the_proxy_that_is_a_bomb_costs_bounded_memory_and_no_other_call(kind, tmp_path):
    frames = 200

    async def talk(wire):
        if "good" in wire.head:
            for number in range(frames):
                await wire.send(frame(1, b'{"type":"x","n":%d}' % number))
                await asyncio.sleep(0.01)
        else:
            await wire.send(CREATED)
            for bomb in PACKED_BOMBS[kind]:
                await wire.send(bomb)
                await asyncio.sleep(0.3 if kind == "one after another" else 0)
        await wire.send(frame(8, b"\x03\xe8"))

    async def run():
        async with upstream(talk, headers=PACKED) as origin:
            with rtcli(tmp_path, "proxy", origin, "--listen", "127.0.0.1:0", "-o", "calls") as (proxy, base):
                proxy.port = int(re.search(r":(\d+)/", base)[1])

                async def call(path):
                    async with app(proxy, path) as wire:
                        size, end = 0, b""
                        while piece := await wire.reader.read(MIB):
                            size, end = size + len(piece), (end + piece)[-40:]
                        return size, end

                good, bad = await asyncio.gather(call("/v1/realtime?good"), call("/v1/realtime"))
                proxy.says(r"2 ended")
                peak = peak_mib(proxy.pid)
                proxy.interrupt()
                code, _ = await asyncio.to_thread(proxy.leaves)
                return good, bad, peak, code, proxy.said

    good, bad, peak, code, said = asyncio.run(run())
    assert good[1].endswith(b'"n":199}' + frame(8, b"\x03\xe8")), said
    assert peak < LIVE_AT_MOST_MIB, peak
    assert code in {0, 3}, said
    refused = kind != "one after another"
    assert bad[1].endswith(frame(8, struct.pack("!H", 1009 if refused else 1000)))
    assert ("closed by rtcli with code 1009: what the server sent cannot be unpacked" in said) == refused
    for path in (tmp_path / "calls").iterdir():
        assert all(record is not None for record in map(record_of, read_lines(path)))


LARGE = bytes([0x81, LENGTH_IN_EIGHT_BYTES]) + struct.pack("!Q", GIB)
PIECE = bytes([0x00, LENGTH_IN_EIGHT_BYTES]) + struct.pack("!Q", MIB) + b"a" * MIB
UNASKED = {
    "a frame of a gigabyte": ([LARGE, *[b"a" * MIB] * 1024], 1009),
    "fragments without an end": ([b"\x01" + PIECE[1:], *[PIECE] * 1023], 1009),
    "packed without having agreed": ([stands_for(GIB)], 1002),
}


@pytest.mark.parametrize("kind", UNASKED)
def test_a_server_that_sends_a_bomb_to_connect_is_hung_up_on(kind, tmp_path):
    pieces, code = UNASKED[kind]

    async def talk(wire):
        await wire.send(CREATED)
        for piece in pieces:
            await wire.send(piece)
        await wire.rest()

    async def run():
        async with upstream(talk) as origin:
            (done,) = await asyncio.to_thread(
                swept,
                [
                    Run(
                        ("connect", f"{origin}/v1/realtime", "-x", "hi", "--wait", "2", "-o", "c.jsonl"),
                        str(tmp_path),
                        plain(),
                        seconds=90,
                    )
                ],
            )
            return done

    done = asyncio.run(run())
    assert done.code == 2, done.err
    assert done.peak_kib < LIVE_AT_MOST_MIB * 1024
    assert f"rtcli closed the connection with code {code}: " in done.err.decode()
    closes = [one for one in map(record_of, read_lines(tmp_path / "c.jsonl")) if isinstance(one, Close)]
    assert [(one.sender, one.code) for one in closes] == [("client", code)]


@pytest.mark.parametrize("kind", UNASKED)
def test_a_client_that_sends_a_bomb_to_serve_is_hung_up_on(kind, tmp_path):
    pieces, code = UNASKED[kind]

    async def run():
        with rtcli(tmp_path, "serve", "--listen", "127.0.0.1:0") as (server, base):
            server.port = int(re.search(r":(\d+)/", base)[1])
            async with app(server) as wire:
                with suppress(ConnectionError):
                    for piece in pieces:
                        await wire.send(masked(piece) if len(piece) != MIB else piece)
                end = await wire.rest()
            peak = peak_mib(server.pid)
            async with app(server) as wire:
                assert b"session.created" in await wire.read(200)
            return end, peak

    end, peak = asyncio.run(run())
    assert peak < LIVE_AT_MOST_MIB
    if end:
        assert struct.pack("!H", code) in end[-125:]


def masked(piece):
    """A frame with a mask of zeros."""
    return piece[:1] + bytes([piece[1] | 0x80]) + piece[2:10] + bytes(4) + piece[10:]
