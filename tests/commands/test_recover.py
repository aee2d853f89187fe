"""``rtcli recover`` as a process of its own."""

from __future__ import annotations

import gzip

import pytest
import zstandard
from edited import SPOKEN, rtcli

DATA = SPOKEN.read_bytes()
LINES = DATA.splitlines(keepends=True)


def test_a_whole_recording_is_itself_and_nothing_is_said_of_mending(tmp_path):
    out = tmp_path / "out.jsonl"
    size = f"{len(DATA) / 1000:.0f} KB, {len(LINES)} lines"
    assert rtcli("recover", SPOKEN, "-o", out) == (b"", f"rtcli: wrote {out}: {size}\n")
    assert out.read_bytes() == DATA


def test_what_is_mended_and_what_is_lost_is_told_by_line(tmp_path):
    damaged = tmp_path / "damaged.jsonl"
    damaged.write_bytes(b"".join([*LINES[:5], LINES[5][:60], b"\n", LINES[6].replace(b"\n", b"\r\n"), *LINES[7:]]))
    out, told = rtcli("recover", damaged, code=3)
    assert out == b"".join(LINES[:5] + LINES[6:])
    assert f"{damaged}:6: lost: a record whose end is missing: 60 bytes" in told
    assert f"{damaged}:7: mended: lines ended with CRLF" in told
    assert f"{len(LINES) - 1} records are there; 1 mended, 1 lost" in told


def test_a_log_of_another_program_is_not_mended_but_sent_to_convert(tmp_path):
    out, har = tmp_path / "out.jsonl", tmp_path / "call.har"
    rtcli("convert", SPOKEN, "-o", har)
    _, told = rtcli("recover", har, "-o", out, code=2)
    assert "it looks like a HAR archive" in told
    assert "`rtcli convert`" in told
    assert not out.exists()


@pytest.mark.parametrize(
    ("content", "what"),
    [(b'{"object":"chat.completion","choices":[]}\n', "Chat Completions API"), (b"\x89PNG\r\n\x1a\n", "PNG picture")],
)
def test_of_what_was_never_a_recording_nothing_is_had_back(tmp_path, content, what):
    path, out = tmp_path / "thing.jsonl", tmp_path / "out.jsonl"
    path.write_bytes(content)
    assert what in rtcli("recover", path, "-o", out, code=2)[1]
    assert not out.exists()


def test_one_record_is_told_in_the_singular():
    assert "1 record is there; 0 mended, 1 lost" in rtcli("recover", "-", stdin=LINES[0] + LINES[1][:50], code=3)[1]


def test_where_nothing_is_lost_all_is_well():
    out, told = rtcli("recover", "-", stdin=b"\xef\xbb\xbf" + DATA.replace(b"\n", b"\r\n"))
    assert out == DATA
    assert "nothing lost" in told


def test_a_packed_file_that_was_cut_short_gives_the_records_that_are_whole(tmp_path):
    for name, packed in (("a.jsonl.gz", gzip.compress(DATA)), ("a.jsonl.zst", zstandard.compress(DATA))):
        path = tmp_path / name
        path.write_bytes(packed[: len(packed) // 2])
        out, told = rtcli("recover", path, code=3)
        lines = out.splitlines(keepends=True)
        assert lines == LINES[: len(lines)]
        assert "the packing had no end" in told
        if name.endswith(".gz"):
            assert len(lines) > 10


def test_what_is_no_recording_leaves_nothing_behind(tmp_path):
    path, out = tmp_path / "poem.txt", tmp_path / "out.jsonl"
    path.write_text("The rain it raineth every day.\n")
    assert "no whole record" in rtcli("recover", path, "-o", out, code=2)[1]
    assert not out.exists()


def test_the_damaged_file_is_not_overwritten_unawares(tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_bytes(DATA[:-10])
    assert "exists already" in rtcli("recover", path, "-o", path, code=2)[1]
    rtcli("recover", path, "-o", path, "--overwrite", code=3)
    assert path.read_bytes() == b"".join(LINES[:-1])


def test_a_packed_file_that_is_damaged_gives_all_that_lies_before_the_damage(tmp_path):
    few = LINES[:30]
    path = tmp_path / "call.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(few)) + b"something else")
    out, told = rtcli("recover", path, code=3)
    assert out == b"".join(few)
    assert "from here on it cannot be unpacked" in told
    whole = gzip.compress(DATA)
    path.write_bytes(whole[:-8] + bytes(8))  # what it was packed from has another sum
    assert rtcli("recover", path, code=3)[0] == DATA
