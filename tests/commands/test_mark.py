"""``rtcli mark`` as a process of its own."""

from __future__ import annotations

import gzip
import json
import stat

import pytest
from edited import SPOKEN, rtcli

LINES = SPOKEN.read_bytes().splitlines(keepends=True)
END = max(json.loads(line)["t"] for line in LINES[1:])


@pytest.fixture
def call(tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_bytes(SPOKEN.read_bytes())
    return path


def noted(path, before=LINES):
    """The number of the note's line, its time and its text; everything else is as it was."""
    lines = (gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()).splitlines(
        keepends=True
    )
    (place,) = [number for number, line in enumerate(lines) if b'"note"' in line]
    assert lines[:place] + lines[place + 1 :] == before
    note = json.loads(lines[place])
    return place + 1, note.get("t"), note["note"]


@pytest.mark.parametrize(("at", "t"), [("1.5", 1.5), ("0m1s", 1.0), ("-500ms", END - 0.5), (str(END), END), ("0", 0)])
def test_a_note_stands_before_what_comes_later(call, at, t):
    rtcli("mark", call, f"--at={at}", "a click")
    line, when, text = noted(call)
    assert (when, text) == (pytest.approx(t, abs=1e-6), "a click")
    assert all(json.loads(one)["t"] <= t + 1e-6 for one in LINES[1 : line - 1])
    assert all(json.loads(one)["t"] > t for one in LINES[line - 1 :])


def test_a_note_at_a_line_stands_behind_it_at_its_time(call):
    rtcli("mark", call, "--at", "line:9", "here")
    assert noted(call) == (10, json.loads(LINES[8])["t"], "here")


def test_what_a_terminal_would_obey_is_kept_as_an_escape(call):
    rtcli("mark", call, "--at", "1", 'a "\x1b[2J"\n\u202e')
    assert noted(call)[2] == 'a "\x1b[2J"\n\u202e'
    assert b"\x1b" not in call.read_bytes()
    assert b"\x1b" not in rtcli("show", call)[0]


def test_the_mode_stays_and_a_packed_file_stays_packed(call, tmp_path):
    call.chmod(0o640)
    rtcli("mark", call, "--at", "1", "x")
    assert stat.S_IMODE(call.stat().st_mode) == 0o640
    packed = tmp_path / "call.jsonl.gz"
    packed.write_bytes(gzip.compress(SPOKEN.read_bytes()))
    rtcli("mark", packed, "--at", "1", "x")
    assert noted(packed)[1] == 1.0


def test_a_note_can_go_elsewhere_and_through_a_pipe(call, tmp_path):
    other = tmp_path / "other.jsonl"
    rtcli("mark", call, "--at", "1", "x", "-o", other)
    assert noted(other)[1] == 1.0
    assert call.read_bytes() == SPOKEN.read_bytes()
    assert "exists already" in rtcli("mark", call, "--at", "1", "x", "-o", other, code=2)[1]
    assert rtcli("mark", "-", "--at", "1", "x", stdin=SPOKEN.read_bytes())[0] == other.read_bytes()


def test_a_file_that_is_being_recorded_is_left_alone(call):
    with call.open("ab") as recorder:
        assert "still being recorded" in rtcli("mark", call, "--at", "1", "x", code=2)[1]
        recorder.write(LINES[-1])
    assert call.read_bytes() == SPOKEN.read_bytes() + LINES[-1]


def test_a_file_that_is_not_there_and_a_folder_are_told(tmp_path):
    assert "cannot read" in rtcli("mark", tmp_path / "nothing.jsonl", "--at", "1", "x", code=2)[1]
    assert "is no file" in rtcli("mark", tmp_path, "--at", "1", "x", code=2)[1]
    _, told = rtcli("mark", SPOKEN, "--at", "1", "x", "-o", tmp_path / "no" / "where.jsonl", code=2)
    assert "there is no folder" in told


def test_nothing_is_written_through_a_symbolic_link(call, tmp_path):
    link = tmp_path / "link.jsonl"
    link.symlink_to(call)
    assert "symbolic link" in rtcli("mark", link, "--at", "1", "x", code=2)[1]
    assert call.read_bytes() == SPOKEN.read_bytes()


def test_a_note_stands_before_a_torn_line_and_not_in_it(call):
    call.write_bytes(SPOKEN.read_bytes()[:-10])
    rtcli("mark", call, "--at", "line:%d" % len(LINES), "x")
    assert call.read_bytes().splitlines(keepends=True)[-1] == LINES[-1][:-10]


@pytest.mark.parametrize(
    ("data", "at", "why"),
    [
        (SPOKEN.read_bytes(), "99", "ends at"),
        (SPOKEN.read_bytes(), "line:999", f"has {len(LINES)} lines"),
        (SPOKEN.read_bytes(), "noon", "'noon' is no time"),
        (SPOKEN.read_bytes() * 2, "1", "2 connections"),
        (b'{"type":"response.create"}\n', "1", "has no times"),
        (b'{"log":{"entries":[]}}', "1", "is no recording"),
    ],
)
def test_where_there_is_no_such_place_nothing_changes(call, data, at, why):
    call.write_bytes(data)
    assert why in rtcli("mark", call, "--at", at, "x", code=2)[1]
    assert call.read_bytes() == data


@pytest.mark.parametrize("text", ["", "  \n"])
def test_a_note_without_words_is_refused(call, text):
    assert '--at 12.5 "the caller' in rtcli("mark", call, "--at", "1", text, code=2)[1]
    assert call.read_bytes() == SPOKEN.read_bytes()


def test_a_recording_without_times_is_marked_by_line(call):
    bare = [b'{"type":"response.create"}\n', b'{"type":"input_audio_buffer.commit"}\n']
    call.write_bytes(b"".join(bare))
    rtcli("mark", call, "--at", "line:1", "x")
    assert noted(call, bare) == (2, None, "x")
