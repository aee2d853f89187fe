"""Where connections begin in a file, told without decoding it: the bytes and the lines at which a header stands."""

from __future__ import annotations

import pytest

from rtcli.formats.connections import beginnings, numbered
from rtcli.formats.line import header_line
from rtcli.recording import Header

HEADER = header_line(Header(rtcli=1, url="wss://h"))
BLOCK_BYTES = 1 << 20


def call(lines, width=10):
    """A connection of so many lines, each a tenth of a second after the one before."""
    notes = [b'{"t":%.6f,"note":"%s"}\n' % (number / 10, b"x" * width) for number in range(lines)]
    return HEADER + b"".join(notes)


def file_of(tmp_path, *parts):
    path = tmp_path / "calls.jsonl"
    path.write_bytes(b"".join(parts))
    return path


def places(*parts):
    """The bytes at which all parts but the first begin, and the numbers of their lines."""
    before = [b"".join(parts[:number]) for number in range(1, len(parts))]
    return [(len(data), data.count(b"\n") + 1) for data in before]


@pytest.mark.parametrize("sizes", [(5, 5), (400, 3, 200), (7, 1, 1, 2)])
def test_each_header_but_the_first_begins_a_connection(tmp_path, sizes):
    parts = [call(size) for size in sizes]
    path = file_of(tmp_path, *parts)
    told = beginnings(path)
    assert numbered(path, told) == places(*parts)


def test_a_header_is_found_wherever_it_lies_among_the_blocks_that_are_read(tmp_path):
    for over in range(-12, 13):
        fill = BLOCK_BYTES - len(HEADER) + over
        first = HEADER + b'{"t":9.000000,"note":"' + b"x" * (fill - 25) + b'"}\n'
        path = file_of(tmp_path, first, call(3))
        assert beginnings(path) == [len(first)], over


def test_where_time_only_goes_on_there_is_one_connection(tmp_path):
    for parts in ((call(3000),), (HEADER,), (call(1), call(1))):
        path = file_of(tmp_path, *parts)
        assert beginnings(path) == []
        assert numbered(path, []) == []


@pytest.mark.parametrize(
    "line", [b'{"rtcli":"x"}\n', b'{"rtcli":99}\n', b'{"rtcli":1,"type":"x"}\n', b'{"rtcli":\n', b'x{"rtcli":1}\n']
)
def test_what_only_looks_like_a_header_begins_nothing(tmp_path, line):
    parts = [call(500) + line + call(500)[len(HEADER) :], call(500)]
    path = file_of(tmp_path, *parts)
    assert beginnings(path) == [len(parts[0])]


def test_a_header_without_an_end_begins_nothing(tmp_path):
    parts = [call(500), call(500), HEADER[:-1]]
    assert beginnings(file_of(tmp_path, *parts)) == [len(parts[0])]
