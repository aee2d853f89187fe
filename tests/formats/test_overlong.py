"""A line that is too long to be held is passed over, and everything around it is read."""

from __future__ import annotations

import io
import json
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.errors import UnreadableRecording
from rtcli.events import Malformed
from rtcli.formats.overlong import VALUES_AT_MOST, Begun, Passage, refuse, told_of, without
from rtcli.formats.recovery import Recovery
from rtcli.formats.rtcli import read

AT_MOST = 60
HELD_FROM = 20
PIECE = 16
EVENT = b'{"t":%d.5,"from":"client","event":{"type":"response.cancel"}}\n'
LINE = st.integers(0, 3 * AT_MOST).map(lambda size: b"0123456789"[size % 10 :][:1] * size + b"\n")


class Coming(io.RawIOBase):
    """Bytes that come in pieces of these sizes, again and again."""

    def __init__(self, data, sizes, passage):
        self._data, self._sizes, self._passage, self._calls = data, sizes, passage, 0

    def readable(self):
        return True

    def readinto(self, buffer):
        return self._passage.fill(buffer, self._read)

    def _read(self, buffer):
        self._calls += 1
        size = min(self._sizes[self._calls % len(self._sizes)], len(buffer))
        piece, self._data = self._data[:size], self._data[size:]
        buffer[: len(piece)] = piece
        return len(piece)


def passed(data, sizes=(PIECE,), at_most=AT_MOST):
    return list(io.BufferedReader(Coming(data, sizes, Passage(at_most, HELD_FROM)), PIECE))


def followed(data, sizes):
    begun, lines, place, calls = Begun(AT_MOST), [], 0, 0
    while place < len(data):
        end = min(place + sizes[calls % len(sizes)], (data.find(b"\n", place) + 1) or len(data))
        lines.append(begun.add(data[place:end]))
        place, calls = end, calls + 1
    return [line for line in lines if line]


@given(st.lists(LINE), st.integers(0, 3 * AT_MOST), st.lists(st.integers(1, PIECE), min_size=1))
def test_all_comes_out_as_it_is_but_for_the_lines_that_are_too_long(lines, rest, sizes):
    lines = [*lines, *[b"r" * rest] * bool(rest)]
    found = passed(b"".join(lines), sizes)
    assert len(found) == len(lines)
    for line, came in zip(lines, found, strict=True):
        size = len(line.rstrip(b"\n"))
        if size > AT_MOST:
            assert told_of(came).startswith(f"the line is {size:,} bytes long, ")
            assert line.startswith(came[: came.index(b"\0")])
            assert came.endswith(b"\n") == line.endswith(b"\n")
        else:
            assert came == line
            assert told_of(came) == ""


@given(st.lists(LINE), st.lists(st.integers(1, PIECE), min_size=1))
def test_a_file_that_grows_gives_the_same_lines(lines, sizes):
    data = b"".join(lines)
    told = [told_of(line) or line for line in passed(data)]
    assert [told_of(line) or line for line in followed(data, sizes)] == told


def test_what_stands_for_a_long_line_is_short_and_how_much_was_dropped_is_known():
    passage = Passage(AT_MOST, HELD_FROM)
    (line,) = io.BufferedReader(Coming(b"x" * 10**4, (PIECE,), passage), PIECE)
    assert len(line) < 100
    assert 10**4 - HELD_FROM <= passage.dropped_bytes <= 10**4


def test_no_line_of_a_file_passes_for_one_that_was_passed_over():
    (stub,) = passed(b"x" * 100 + b"\n")
    before, mark, size = stub.rsplit(b"\0", 2)
    for line in (stub.replace(b"\0", b" "), before + b"\0" + mark[::-1] + b"\0" + size, b"\0" * 99 + b"\n", b"", b"\n"):
        assert told_of(line) == ""


def test_a_reader_takes_it_for_a_damaged_line_and_keeps_the_numbers():
    told = []
    lines = passed(EVENT % 1 + b'{"t":2.5,"from":"client"' + b" " * 200 + b"}\n" + EVENT % 3 + b"y" * 70, at_most=62)
    entries = list(read(lines, skipped=lambda line, why: told.append((line, why))))
    assert [entry.line for entry in entries] == [1, 2, 3, 4]
    assert [isinstance(entry.event, Malformed) for entry in entries] == [False, True, False, True]
    assert [line for line, _ in told] == [2, 4]
    (fault,) = entries[1].event.faults
    assert fault.message == told[0][1]
    assert "225 bytes" in fault.message
    assert entries[1].raw == b"\n"


def test_a_beginning_that_is_whole_json_does_not_pass_for_the_line():
    """What is passed on of it could be an event by itself, with spaces behind."""
    lines = passed(b'{"type":"error"}' + b" " * 300 + b"\n")
    assert json.loads(lines[0].partition(b"\0")[0]) == {"type": "error"}
    (entry,) = read(lines)
    assert isinstance(entry.event, Malformed)
    assert not entry.event.type


def test_in_a_copy_an_empty_line_stands_for_it():
    told = []
    lines = without(passed(EVENT % 1 + b"x" * 100 + b"\n" + EVENT % 3, at_most=62), lambda *of: told.append(of))
    assert list(lines) == [EVENT % 1, b"\n", EVENT % 3]
    assert [line for line, _ in told] == [2]


def test_what_may_only_be_copied_whole_is_refused(tmp_path):
    lines = passed(b"\n" + b"x" * 100 + b"\n")
    with pytest.raises(UnreadableRecording, match=r"call\.jsonl.*line 2.*100 bytes"):
        list(without(lines, refuse(tmp_path / "call.jsonl")))


def test_what_is_around_it_is_got_back():
    half = EVENT % 2
    recovery = Recovery(passed(half[:30] + b"\n" + b"x" * 100 + b"\n" + half[30:] + EVENT % 3, at_most=62))
    assert list(recovery) == [EVENT % 3]
    assert [(one.line, "100 bytes" in one.what) for one in recovery.lost.told] == [(2, True), (1, False), (3, False)]


def test_a_line_of_very_many_values_is_not_taken_apart():
    """Each of them takes a hundred times the room in memory."""
    told, many = [], b'{"t":2.5,"from":"server","event":{"type":"x.y","a":[' + b"{}," * VALUES_AT_MOST + b"{}]}}\n"
    few = many.replace(b"{}," * VALUES_AT_MOST, b"{}," * 1000)
    tracemalloc.start()
    entries = list(read([EVENT % 1, many, few], skipped=lambda *of: told.append(of)))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert told == [(2, "the line holds more than 500,000 values, and such lines are passed over")]
    assert [isinstance(entry.event, Malformed) for entry in entries] == [False, True, False]
    assert peak < 2 * len(many)
