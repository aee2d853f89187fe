"""The files of one connection: how they are named, split, and what is left out of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from proxied import records

from rtcli.errors import RecordingFailed
from rtcli.links import parts as parts_module
from rtcli.links.parts import Keeping, Parts
from rtcli.recording import Close, Frame, Header, Open

STARTED = datetime(2026, 11, 20, 19, 0, 0, 250_000, tzinfo=UTC)
HEADER = Header(
    rtcli=1, started_at="2026-11-20T19:00:00.250000Z", url="ws://x", by="test", handshake=True, lossless=True
)


def parts_in(folder, **keeping):
    return Parts(Keeping(folder, **keeping), STARTED, lambda writer: writer.close())


def frame(at_s, text="{}"):
    return Frame(at_s, "server", text)


def written(parts, *sequence):
    """What is in each file, header and rest, after all of it was written."""
    for record in (HEADER, *sequence):
        parts.write(record)
    parts.close()
    return [(header, rest) for header, *rest in map(records, parts.paths)]


def test_a_file_is_named_by_the_start_and_then_by_the_session_too(tmp_path):
    parts = parts_in(tmp_path)
    parts.write(HEADER)
    assert [path.name for path in tmp_path.iterdir()] == ["20261120T190000.250000Z.jsonl"]
    parts.name("sess_../<script>")
    parts.name("another")
    parts.close()
    assert [path.name for path in tmp_path.iterdir()] == ["20261120T190000.250000Z_sess__script_.jsonl"]
    assert parts.paths == list(tmp_path.iterdir())


def test_two_connections_of_the_same_moment_have_two_files(tmp_path):
    for _ in range(3):
        written(parts_in(tmp_path), frame(1.0))
    assert len(list(tmp_path.iterdir())) == 3


def test_another_file_begins_after_a_time_and_counts_from_there(tmp_path):
    sequence = [Open(0.5), frame(9.0), frame(10.0), frame(19.5), frame(20.25)]
    (first, one), (second, two), (third, three) = written(parts_in(tmp_path, split_s=10.0), *sequence)
    assert one == sequence[:2]
    assert two == [frame(0.0), frame(9.5)]
    assert three == [frame(0.0)]
    assert [header.handshake for header in (first, second, third)] == [True, False, False]
    assert [header.lossless for header in (first, second, third)] == [True, True, True]
    assert [header.started_at[17:] for header in (first, second, third)] == ["00.250000Z", "10.250000Z", "20.500000Z"]


def test_another_file_begins_after_a_size_and_is_named_by_its_number(tmp_path):
    parts = parts_in(tmp_path, split_bytes=1000)
    parts.name("sess_1")
    files = written(parts, *(frame(float(at), '{"x":"%s"}' % ("y" * 400)) for at in range(7)))
    assert [len(rest) for _, rest in files] == [2, 2, 2, 1]
    assert [path.name for path in parts.paths] == [
        "20261120T190000.250000Z_sess_1.jsonl",
        *(f"20261120T190000.250000Z_sess_1_part{number}.jsonl" for number in (2, 3, 4)),
    ]


def test_of_a_session_in_which_nothing_went_wrong_a_snapshot_keeps_nothing(tmp_path):
    assert written(parts_in(tmp_path, snapshot_s=60.0), Open(0.5), frame(1.0)) == []
    assert list(tmp_path.iterdir()) == []


def test_a_snapshot_has_the_time_before_and_the_same_after_and_says_that_the_beginning_is_missing(tmp_path):
    parts = parts_in(tmp_path, snapshot_s=10.0)
    parts.name("sess_1")
    for record in (HEADER, Open(0.5), *(frame(float(at)) for at in range(1, 31))):
        parts.write(record)
        if record == frame(15.0):
            parts.alarm(15.0)
    parts.close()
    ((header, *rest),) = map(records, parts.paths)
    assert (header.handshake, header.lossless) == (False, True)
    assert header.started_at == "2026-11-20T19:00:05.250000Z"
    assert rest == [frame(float(at)) for at in range(21)], "from 5 s to 25 s"


def test_a_snapshot_of_an_early_error_has_the_beginning(tmp_path):
    parts = parts_in(tmp_path, snapshot_s=10.0)
    for record in (HEADER, Open(0.5), frame(1.0)):
        parts.write(record)
    parts.alarm(1.0)
    parts.write(Close(2.0, "server", 1011, "x"))
    parts.close()
    ((header, *rest),) = map(records, parts.paths)
    assert header.handshake
    assert rest == [Open(0.0), frame(0.5), Close(1.5, "server", 1011, "x")]


def test_errors_that_follow_each_other_share_a_file_and_later_ones_have_their_own(tmp_path):
    parts = parts_in(tmp_path, snapshot_s=5.0)
    parts.write(HEADER)
    for at in range(1, 41):
        parts.write(frame(float(at)))
        if at in {10, 13, 30}:
            parts.alarm(float(at))
    parts.close()
    (first, *one), (second, *two) = map(records, parts.paths)
    assert len(one) == len(range(5, 19)), "from 5 s to 18 s"
    assert len(two) == len(range(25, 36))
    assert (first.handshake, second.handshake) == (False, False)


def test_what_is_remembered_for_a_snapshot_has_a_bound(tmp_path, monkeypatch):
    monkeypatch.setattr(parts_module, "REMEMBERED_BYTES", 2000)
    parts = parts_in(tmp_path, snapshot_s=1e6)
    parts.write(HEADER)
    for at in range(100):
        parts.write(frame(float(at), '{"x":"%s"}' % ("y" * 400)))
    parts.alarm(100.0)
    parts.close()
    ((header, *rest),) = map(records, parts.paths)
    assert len(rest) == 4
    assert not header.handshake


@given(st.lists(st.floats(0, 5), max_size=30), st.floats(0.1, 20), st.integers(100, 2000))
def test_every_record_is_in_exactly_one_file(tmp_path_factory, steps, split_s, split_bytes):
    sequence, at_s = [], 0.0
    for number, step in enumerate(steps):
        at_s += step
        sequence.append(Frame(at_s, "server", '{"n":%d}' % number))
    files = written(parts_in(tmp_path_factory.mktemp("p"), split_s=split_s, split_bytes=split_bytes), *sequence)
    assert [record.text for _, rest in files for record in rest] == [record.text for record in sequence]
    assert [header.handshake for header, _ in files] == [True] + [False] * (len(files) - 1)


def test_a_folder_that_is_a_file_is_said_to_be_none(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(RecordingFailed, match="no folder"):
        parts_in(tmp_path / "file").write(HEADER)
