"""Files that are there whole, or not at all."""

from __future__ import annotations

import gzip
import os
import stat
from pathlib import Path

import pytest
import zstandard

from rtcli.errors import BadOption, RecordingExists, RecordingFailed
from rtcli.formats.whole import is_being_written, replacing


def test_a_file_is_there_when_everything_is_written(tmp_path):
    path = tmp_path / "a.jsonl"
    with replacing(path) as put:
        put(b"one\n")
        assert not path.exists()
    assert path.read_bytes() == b"one\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_what_was_there_stays_when_something_goes_wrong(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"old\n")
    with pytest.raises(KeyboardInterrupt):
        with replacing(path, overwrite=True) as put:
            put(b"new\n")
            raise KeyboardInterrupt
    assert path.read_bytes() == b"old\n"
    assert os.listdir(tmp_path) == ["a.jsonl"]


def test_nothing_is_replaced_unasked_nor_through_a_link(tmp_path):
    path, link = tmp_path / "a.jsonl", tmp_path / "b.jsonl"
    path.write_bytes(b"old\n")
    link.symlink_to(path)
    with pytest.raises(RecordingExists):
        with replacing(path):
            pass
    for target in (link, tmp_path):
        with pytest.raises(RecordingFailed):
            with replacing(target, overwrite=True):
                pass
    assert path.read_bytes() == b"old\n"


def test_a_name_says_how_it_is_packed(tmp_path):
    for name, unpack in (
        ("a.jsonl.gz", gzip.decompress),
        ("a.jsonl.zst", zstandard.ZstdDecompressor().decompressobj().decompress),
    ):
        with replacing(tmp_path / name) as put:
            for _ in range(1000):
                put(b"a line of it\n")
        packed = (tmp_path / name).read_bytes()
        assert unpack(packed) == b"a line of it\n" * 1000
        assert len(packed) < 1000


def test_a_device_is_written_to_as_it_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    with replacing(pipe) as put:
        put(b"one\n")
    assert os.read(reader, 100) == b"one\n"
    os.close(reader)
    with replacing(tmp_path.__class__("/dev/null")) as put:
        put(b"one\n")


def test_a_file_that_somebody_writes_to_is_told_from_one_that_is_read(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"one\n")
    assert not is_being_written(path)
    with path.open("rb"):
        assert not is_being_written(path)
    with path.open("ab"):
        assert is_being_written(path)
    assert not is_being_written(path)


def test_a_name_in_a_folder_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadOption, match="there is no folder"), replacing(tmp_path / "gone" / "a.jsonl") as put:
        put(b"new\n")
    assert os.listdir(tmp_path) == []


def test_standard_output_is_written_to_as_it_is(capfdbinary):
    with replacing(Path("-")) as put:
        put(b"one\n")
    assert capfdbinary.readouterr().out == b"one\n"


@pytest.mark.parametrize(("error", "told"), [(BrokenPipeError(), BrokenPipeError), (OSError(28, "x"), RecordingFailed)])
def test_a_pipe_that_is_closed_is_told_from_a_file_that_cannot_be_written(tmp_path, error, told):
    with pytest.raises(told), replacing(tmp_path / "a.jsonl"):
        raise error
    assert os.listdir(tmp_path) == []
