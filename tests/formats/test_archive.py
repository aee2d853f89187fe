"""Archives for others: the same content gives the same bytes, and no name leads out of a folder."""

from __future__ import annotations

import hashlib
import io
import os
import zipfile

import pytest

from rtcli.formats.archive import Archive, safe_names


def packed(*members):
    target = io.BytesIO()
    with Archive(target) as archive:
        for name, content in members:
            archive.add(name, content)
    return target.getvalue(), archive.members


def test_files_and_texts_come_out_as_they_went_in_readable_by_their_owner_only(tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_bytes(b'{"rtcli":1}\n' * 5000)
    content, members = packed(("call.jsonl", path), ("notes.txt", "grüße\n"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        assert archive.read("call.jsonl") == path.read_bytes()
        assert archive.read("notes.txt").decode() == "grüße\n"
        assert {info.external_attr >> 16 for info in archive.infolist()} == {0o600}
    sums = [hashlib.sha256(one).hexdigest() for one in (path.read_bytes(), "grüße\n".encode())]
    assert [(one.name, one.size_bytes, one.sha256) for one in members] == [
        ("call.jsonl", 60_000, sums[0]),
        ("notes.txt", 8, sums[1]),
    ]


def test_the_same_content_gives_the_same_bytes_whenever_its_file_was_written(tmp_path):
    first, second = tmp_path / "a", tmp_path / "b"
    first.write_text("hello")
    second.write_text("hello")
    os.utime(second, (1_000_000_000, 1_000_000_000))
    assert packed(("x", first))[0] == packed(("x", second))[0] == packed(("x", "hello"))[0]


def test_what_fails_on_the_way_is_told_as_it_is_and_no_directory_is_written(tmp_path):
    target = io.BytesIO()
    with pytest.raises(FileNotFoundError), Archive(target) as archive:
        archive.add("there", "hello")
        archive.add("gone", tmp_path / "gone")
    assert not zipfile.is_zipfile(io.BytesIO(target.getvalue()))


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\calls\\monday.jsonl", "monday.jsonl"),
        ("a b\n\x1b[31mc.jsonl", "a-b-31mc.jsonl"),
        ("..", "recording"),
        ("", "recording"),
        ("NUL.jsonl", "recording-NUL.jsonl"),
        ("com1", "recording-com1"),
        ("x" * 10_000, "x" * 80),
    ],
)
def test_a_name_is_safe_wherever_it_is_unpacked(name, safe):
    assert safe_names([name]) == [safe]


def test_names_that_are_the_same_on_some_system_are_told_apart():
    assert safe_names(["a/call", "b/CALL", "call", "other"]) == ["call", "CALL-2", "call-3", "other"]
