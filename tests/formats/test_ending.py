"""The end of a large recording, without what lies before it; and when all has to be read."""

from __future__ import annotations

from pathlib import Path

import pytest

from rtcli.errors import UnreadableRecording
from rtcli.events import Listener
from rtcli.formats.ending import LEAST_BYTES, STEP_BYTES, EndReading, ending, latest_time

HEADER = b'{"rtcli":1,"transport":"websocket"}\n'
CREATED = b'{"t":0.100000,"from":"server","event":{"type":"session.created","session":{"type":"realtime"}}}\n'
UPDATED = b'{"t":%.6f,"from":"server","event":{"type":"session.updated","session":{"type":"realtime"}}}\n'
SOUND = b"A" * 8000


def append(t):
    return b'{"t":%.6f,"from":"client","event":{"type":"input_audio_buffer.append","audio":"%b"}}\n' % (t, SOUND)


LINES = [HEADER, CREATED, *(append(1 + n / 10) for n in range(2400))]
LATER = UPDATED % 100.05
LINES.insert(LINES.index(append(100.1)), LATER)
END_S = 240.9


@pytest.fixture
def written(tmp_path):
    def write(lines, name="a.jsonl"):
        path = tmp_path / name
        path.write_bytes(b"".join(lines))
        assert path.stat().st_size > LEAST_BYTES
        return path

    return write


@pytest.mark.parametrize("back_s", [0.0, 5.0, 60.0])
def test_the_end_has_every_line_since_then_and_knows_how_many_came_before(written, back_s):
    end = ending(written(LINES), back_s)
    assert end.end_s == END_S
    assert end.begins_s <= END_S - back_s
    assert end.lines == LINES[-len(end.lines) :]
    assert len(end.lines) < len(LINES) / 2
    assert end.first() == len(LINES) - len(end.lines) + 1
    assert end.set_up_later() == LATER
    assert end.setup == [(2, CREATED)]


def test_its_entries_have_the_numbers_of_their_lines_behind_those_that_set_the_session_up(written):
    end = ending(written(LINES), 5.0)
    entries = list(EndReading(end, Listener(), end.set_up_later(), end.first()))
    first = len(LINES) - len(end.lines) + 1
    assert [entry.line for entry in entries] == [1, 2, first - 1, *range(first, len(LINES) + 1)]
    assert [entry.t for entry in entries[2:4]] == [100.05, end.begins_s]


def test_a_torn_last_line_is_there_too(written):
    torn = append(300.0)[:50]
    assert ending(written([*LINES, torn]), 5.0).lines[-2:] == [LINES[-1], torn]


LONG = b'{"t":%.6f,"note":"' + b"x" * (3 * STEP_BYTES) + b'"}\n'


@pytest.mark.parametrize(
    "lines",
    [
        LINES[:100] + LINES[50:],
        LINES[:-300] + LINES[-400:],
        [*LINES[:-5], b'{"note":"x"}\n', *LINES[-5:]],
        [*LINES, b'{"note":"x"}\n'],
        LINES[1:],
        [HEADER, *LINES[2:]],
        [*LINES, append(300.0)[:-1]],
        [*LINES, LONG % 300],
        [*LINES[:1200], LONG % float(LINES[1200][5:12]), *LINES[1200:]],
    ],
    ids=[
        "times go back near the beginning",
        "times go back near the end",
        "a time is missing near the end",
        "a time is missing at the end",
        "no header",
        "no session.created",
        "a last line that only lacks its newline",
        "a long line at the end",
        "a long line in the middle",
    ],
)
def test_what_is_not_surely_in_order_is_read_whole(written, lines):
    assert ending(written(lines), 5.0) is None


def test_what_is_packed_or_small_or_asked_for_nearly_whole_is_read_whole(written, tmp_path):
    path = written(LINES)
    assert ending(path, 235.0) is None
    assert ending(path.rename(tmp_path / "a.jsonl.gz"), 5.0) is None
    (tmp_path / "small.jsonl").write_bytes(b"".join(LINES[:100]))
    assert ending(tmp_path / "small.jsonl", 5.0) is None
    assert ending(tmp_path / "gone.jsonl", 5.0) is None
    assert ending(tmp_path, 5.0) is None
    assert ending(Path("-"), 5.0) is None


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="there is no file here whose end cannot be sought")
def test_a_file_whose_end_cannot_be_sought_is_left_to_who_reads_it_whole():
    assert ending(Path("/proc/self/mem"), 5.0) is None


def test_a_file_that_goes_meanwhile_is_told_by_its_name(written):
    end = ending(path := written(LINES), 5.0)
    path.unlink()
    for late in (end.first, end.set_up_later):
        with pytest.raises(UnreadableRecording, match=r"a\.jsonl.*No such file"):
            late()


def test_the_latest_time_shows_without_decoding_unless_a_line_has_none(tmp_path):
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"".join([HEADER, CREATED, append(7.0), append(5.0)]))
    assert latest_time(path) == 7.0
    path.write_bytes(CREATED)
    assert latest_time(path) == 0.1
    path.write_bytes(b"".join([HEADER, CREATED, HEADER]))
    assert latest_time(path) is None
