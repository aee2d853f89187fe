"""Lines out of plain and compressed files, whole or cut short."""

from __future__ import annotations

import gzip
import io
import random
import subprocess
import sys
import tracemalloc
import zlib
from itertools import pairwise
from pathlib import Path

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from rtcli.errors import UnreadableRecording
from rtcli.formats import stream
from rtcli.formats.packing import encoder_for, is_whole
from rtcli.formats.stream import BUFFER_BYTES, line_ends, read_lines, read_part

ENDINGS = ["jsonl", "jsonl.gz", "jsonl.zst"]
LINES = st.lists(st.binary(max_size=40).map(lambda line: line.replace(b"\n", b"") + b"\n"), max_size=12)


def packed(ending, data):
    return {"jsonl": bytes, "jsonl.gz": gzip.compress, "jsonl.zst": zstandard.compress}[ending](data)


def file_of(tmp_path_factory, ending, data):
    path = tmp_path_factory.getbasetemp() / f"stream.{ending}"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize("ending", ENDINGS)
@given(lines=LINES, rest=st.binary(max_size=9).map(lambda rest: rest.replace(b"\n", b"")))
def test_any_programs_file_gives_its_lines_to_the_byte(tmp_path_factory, ending, lines, rest):
    path = file_of(tmp_path_factory, ending, packed(ending, b"".join(lines) + rest))
    assert list(read_lines(path)) == lines + [rest] * bool(rest)


@pytest.mark.parametrize("ending", ENDINGS)
@given(parts=st.lists(LINES, min_size=1, max_size=4))
def test_files_put_behind_each_other_are_one_file(tmp_path_factory, ending, parts):
    path = file_of(tmp_path_factory, ending, b"".join(packed(ending, b"".join(lines)) for lines in parts))
    assert list(read_lines(path)) == [line for lines in parts for line in lines]
    assert is_whole(path) or ending == "jsonl"


@pytest.mark.parametrize("ending", ENDINGS[1:])
@given(lines=LINES)
def test_every_line_is_in_the_file_as_soon_as_it_is_encoded(tmp_path_factory, ending, lines):
    encoder, data = encoder_for(tmp_path_factory.getbasetemp() / f"x.{ending}"), b""
    for number, line in enumerate(lines, 1):
        data += encoder.encode(line)
        path = file_of(tmp_path_factory, ending, data)
        assert list(read_lines(path)) == lines[:number]
        assert not is_whole(path)
    whole = file_of(tmp_path_factory, ending, data + encoder.end())
    assert list(read_lines(whole)) == lines
    assert is_whole(whole)


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_file_cut_at_any_byte_gives_a_beginning_of_what_was_written(tmp_path, ending):
    path = tmp_path / f"call.{ending}"
    encoder = encoder_for(path)
    lines = [b"%d %x\n" % (number, number**9) for number in range(40)]
    ends = [0]
    data = b""
    for line in lines:
        data += encoder.encode(line)
        ends.append(len(data))
    text = b"".join(lines)
    for cut in range(len(data)):
        path.write_bytes(data[:cut])
        got = b"".join(read_lines(path))
        assert text.startswith(got)
        complete = max(number for number, end in enumerate(ends) if end <= cut)
        assert got.count(b"\n") >= complete, "no line is lost that was written whole"


@pytest.mark.parametrize("ending", ENDINGS[1:])
def test_the_usual_tools_read_what_is_written(tmp_path, ending):
    encoder = encoder_for(tmp_path / f"x.{ending}")
    data = encoder.encode(b"one\n") + encoder.encode(b"two\n") + encoder.end()
    if ending == "jsonl.gz":
        assert gzip.decompress(data) == b"one\ntwo\n"
    else:
        assert zstandard.ZstdDecompressor().stream_reader(io.BytesIO(data)).read() == b"one\ntwo\n"


@pytest.mark.parametrize("ending", ENDINGS[1:])
@pytest.mark.parametrize(
    "data", [b"plain\n", b"\x1f\x8b", b"\x1f\x8b\x08\x00rubbish" * 9, b"\x28\xb5\x2f\xfd" + b"\xff" * 99]
)
def test_what_is_no_compressed_file_is_refused_or_empty_and_never_whole(tmp_path, ending, data):
    path = tmp_path / f"x.{ending}"
    path.write_bytes(data)
    assert not is_whole(path)
    try:
        lines = list(read_lines(path))
    except UnreadableRecording as refusal:
        lines, said = [], str(refusal)
        assert str(path) in said
    assert lines == []


@pytest.mark.parametrize("ending", ENDINGS[1:])
def test_a_byte_changed_in_the_middle_never_raises_anything_else(tmp_path, ending):
    path = tmp_path / f"x.{ending}"
    whole = packed(ending, b"".join(b"line %d\n" % (number * 7919) for number in range(50)))
    for place in range(0, len(whole), 3):
        path.write_bytes(whole[:place] + bytes([whole[place] ^ 0x55]) + whole[place + 1 :])
        try:
            assert all(isinstance(line, bytes) for line in read_lines(path))
        except UnreadableRecording:
            continue


def test_a_line_longer_than_the_buffer_is_one_line(tmp_path):
    long = b"x" * (2 * BUFFER_BYTES + 5) + b"\n"
    for ending in ENDINGS:
        path = tmp_path / f"long.{ending}"
        path.write_bytes(packed(ending, b"a\n" + long + b"\n" + long[:-1]))
        assert list(read_lines(path)) == [b"a\n", long, b"\n", long[:-1]]


@pytest.mark.parametrize("ending", ENDINGS)
def test_memory_stays_flat_for_every_ending(tmp_path, ending):
    path = tmp_path / f"long.{ending}"
    encoder = zlib.compressobj(wbits=31) if ending == "jsonl.gz" else zstandard.ZstdCompressor().compressobj()
    with path.open("wb") as file:
        for _ in range(30):
            block = (b"A" * 3000 + b"\n") * 350
            file.write(block if ending == "jsonl" else encoder.compress(block))
        file.write(b"" if ending == "jsonl" else encoder.flush())
    tracemalloc.start()
    assert sum(map(len, read_lines(path))) == 30 * 350 * 3001
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 8 << 20


def test_standard_input_is_read_and_left_open():
    script = (
        "import sys; from pathlib import Path; from rtcli.formats.stream import read_lines;"
        "print(list(read_lines(Path('-')))); print(sys.stdin.closed)"
    )
    done = subprocess.run([sys.executable, "-c", script], input=b"a\r\nb", capture_output=True)
    assert done.stdout.decode().splitlines() == ["[b'a\\r\\n', b'b']", "False"], done.stderr


@pytest.mark.parametrize("name", ["missing.jsonl", "missing.jsonl.gz", "missing.jsonl.zst", "."])
def test_what_cannot_be_opened_is_refused_by_its_name(tmp_path, name):
    with pytest.raises(UnreadableRecording, match="cannot read"):
        list(read_lines(tmp_path / name))


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="there is no file here that cannot be read on")
def test_a_file_that_cannot_be_read_on_is_refused_by_its_name():
    with pytest.raises(UnreadableRecording, match="/proc/self/mem"):
        list(read_lines(Path("/proc/self/mem")))


@given(lines=LINES, places=st.lists(st.integers(0, 500), max_size=4))
def test_a_file_in_parts_that_end_with_lines_is_the_whole_file(tmp_path_factory, lines, places):
    data = b"".join(lines)
    path = file_of(tmp_path_factory, "jsonl", data)
    cuts = [0, *sorted(line_ends(path, (place for place in places if place < len(data)))), len(data)]
    assert all(cut == 0 or data[cut - 1 : cut] == b"\n" for cut in cuts)
    parts = [list(read_part(path, begin, end)) for begin, end in pairwise(cuts)]
    assert [line for part in parts for line in part] == lines


@pytest.mark.parametrize("ending", ENDINGS)
def test_who_watches_is_told_of_every_byte_on_the_disk(tmp_path, ending):
    path = tmp_path / f"call.{ending}"
    path.write_bytes(packed(ending, b"".join(b"%x\n" % number**9 for number in range(60_000))))
    told: list[int] = []
    assert sum(1 for _ in read_lines(path, told.append)) == 60_000
    assert sum(told) == path.stat().st_size


def test_a_part_of_what_is_not_there_is_refused_by_its_name(tmp_path):
    with pytest.raises(UnreadableRecording, match=r"gone\.jsonl"):
        line_ends(tmp_path / "gone.jsonl", [0, 5])


def test_a_line_that_is_longer_than_the_buffer_ends_where_it_ends_or_the_file_does(tmp_path):
    path = tmp_path / "long.jsonl"
    long = b"x" * (BUFFER_BYTES + 5)
    path.write_bytes(b"a\n" + long + b"\n" + long)
    end = 2 + len(long) + 1
    assert line_ends(path, [0, 2, end - 1, end]) == [2, end, end, path.stat().st_size]


@pytest.mark.parametrize("ending", ENDINGS[1:])
def test_a_file_that_stands_for_much_is_read_on_as_long_as_it_is_not_packed_too_well(tmp_path, ending, monkeypatch):
    monkeypatch.setattr(stream, "_LINES_AT_MOST_BYTES", 1 << 16)
    path = tmp_path / f"call.{ending}"
    lines = [b"%x\n" % number**9 for number in range(40_000)]
    path.write_bytes(packed(ending, b"".join(lines)))
    assert list(read_lines(path)) == lines
    path.write_bytes(packed(ending, b"silence\n" * (BUFFER_BYTES // 3)))
    with pytest.raises(
        UnreadableRecording, match=rf"200 times its size.*\s.*{'gzip' if ending == 'jsonl.gz' else 'zstd'} -d"
    ):
        list(read_lines(path))


class Scales:
    """zlib, and how many bytes its inflaters were given."""

    error = zlib.error

    def __init__(self):
        self.given_bytes = 0

    def decompressobj(self, wbits):
        return Weighed(zlib.decompressobj(wbits), self)


class Weighed:
    """An inflater on the scales."""

    def __init__(self, inflater, scales):
        self._inflater, self._scales = inflater, scales

    def decompress(self, data, most):
        self._scales.given_bytes += len(data)
        return self._inflater.decompress(data, most)

    def __getattr__(self, name):
        return getattr(self._inflater, name)


@pytest.mark.parametrize("sizes", [[2] * 10_000, [0] * 10_000, [2, 2, 2, 9_000] * 300, [500_000]])
def test_a_file_of_very_many_small_members_is_unpacked_a_few_times_over_at_most(tmp_path, sizes, monkeypatch):
    chance = random.Random(1)
    members = [chance.randbytes(size) for size in sizes]
    path = tmp_path / "many.jsonl.gz"
    path.write_bytes(b"".join(map(gzip.compress, members)))
    scales = Scales()
    monkeypatch.setattr(stream, "zlib", scales)
    assert b"".join(read_lines(path)) == b"".join(members)
    assert path.stat().st_size <= scales.given_bytes < 30 * path.stat().st_size
