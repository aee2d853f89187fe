"""A file that is there whole or not at all."""

from __future__ import annotations

import os
import stat
import threading

import pytest

from rtcli.commands.output import writing
from rtcli.errors import BadOption, RecordingExists


def test_a_file_is_replaced_when_everything_is_written(tmp_path):
    path = tmp_path / "report"
    path.write_text("old")
    path.chmod(0o640)
    with writing(path, overwrite=True) as out:
        out.write("new")
        out.flush()
        assert path.read_text() == "old"
    assert path.read_text() == "new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert os.listdir(tmp_path) == ["report"]


@pytest.mark.parametrize("there", [True, False])
def test_a_run_that_fails_leaves_everything_as_it_was(tmp_path, there):
    path = tmp_path / "report"
    if there:
        path.write_text("old")

    def fail():
        with writing(path, overwrite=True) as out:
            out.write("half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert os.listdir(tmp_path) == (["report"] if there else [])
    assert not there or path.read_text() == "old"


def test_what_is_there_stays_unless_it_is_to_be_replaced(tmp_path):
    path = tmp_path / "report"
    path.write_text("old")
    with pytest.raises(RecordingExists, match="exists already; replace it with --overwrite"):
        with writing(path, overwrite=False):
            raise AssertionError
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["report"]


def test_a_symbolic_link_is_not_followed_unless_it_leads_to_a_device(tmp_path):
    (tmp_path / "report").write_text("old")
    for name, target in (("link", "report"), ("dangling", "nowhere")):
        (tmp_path / name).symlink_to(target)
        with (
            pytest.raises(BadOption, match="is a symbolic link; name the file itself"),
            writing(tmp_path / name, overwrite=True),
        ):
            pass
    assert (tmp_path / "report").read_text() == "old"
    assert not (tmp_path / "nowhere").exists()
    (tmp_path / "null").symlink_to("/dev/null")
    with writing(tmp_path / "null", overwrite=True) as out:
        out.write("new")
    assert (tmp_path / "null").is_symlink()


def test_a_new_file_is_its_owners_only(tmp_path):
    with writing(tmp_path / "report", overwrite=True) as out:
        out.write("new")
    assert stat.S_IMODE((tmp_path / "report").stat().st_mode) == 0o600


def test_a_pipe_is_written_to_as_it_is(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    read = []
    reader = threading.Thread(target=lambda: read.append(pipe.read_text()))
    reader.start()
    with writing(pipe, overwrite=True) as out:
        out.write("new")
    reader.join(10)
    assert read == ["new"]
    assert stat.S_ISFIFO(pipe.stat().st_mode)


@pytest.mark.parametrize(("name", "why"), [("missing/report", "there is no folder"), (".", "cannot write")])
def test_what_cannot_be_written_is_one_sentence(tmp_path, name, why):
    with pytest.raises(BadOption, match=f"--output: {why}"), writing(tmp_path / name, overwrite=True):
        pass
