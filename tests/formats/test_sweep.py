"""Lines are counted, and a word is looked for, across the borders of blocks and of processes."""

from __future__ import annotations

import os
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.formats.sweep import BLOCK_BYTES, _each, _newlines, _shares, last_line_with, lines_in

LARGE = 40 << 20
"""Enough for two processes, where there are two processors."""
MIDDLE = LARGE // 2 - 5


@pytest.fixture(scope="module")
def large(tmp_path_factory):
    """A large file that is nearly all NULs, with a line of words at each of these places."""
    path = tmp_path_factory.mktemp("large") / "a.jsonl"
    with path.open("wb") as file:
        for place in (0, BLOCK_BYTES - 5, MIDDLE, LARGE - 100):
            file.seek(place)
            file.write(b"\nword %d\n" % place)
        file.truncate(LARGE)
    return path


def test_every_line_of_a_large_file_is_counted_once(large):
    assert lines_in(large, (0, LARGE)) == 8
    assert lines_in(large, (1, LARGE - 100)) == 5


def test_the_last_line_with_a_word_is_found_wherever_it_stands(large):
    span = (0, LARGE)
    assert last_line_with(large, span, b"word", lambda _: True) == b"word %d\n" % (LARGE - 100)
    assert last_line_with(large, span, b"word", lambda line: line == b"word %d\n" % MIDDLE) == b"word %d\n" % MIDDLE
    assert last_line_with(large, span, b"word", lambda line: line == b"word 0\n") == b"word 0\n"
    assert last_line_with(large, span, b"word", lambda _: False) == b""
    assert last_line_with(large, span, b"nowhere", lambda _: True) == b""
    assert last_line_with(large, (20, BLOCK_BYTES - 10), b"word", lambda _: True) == b""


def test_a_share_whose_process_ends_without_a_word_is_done_again(large):
    parent = os.getpid()

    def counted(file, share):
        if os.getpid() != parent:
            raise MemoryError
        return _newlines(file, share)

    halves = [(0, LARGE // 2), (LARGE // 2, LARGE)]
    assert sum(_each(large, halves, counted)) == sum(_each(large, halves, _newlines)) == 8


def test_a_word_that_is_never_what_is_looked_for_is_given_up_after_a_thousand(tmp_path):
    path = tmp_path / "a"
    path.write_bytes(b"this\n" + b"that\n" * 1000)
    seen = []
    found = last_line_with(path, (0, path.stat().st_size), b"th", lambda line: seen.append(line) or line == b"this\n")
    assert (found, len(seen)) == (b"", 1000)


@given(st.integers(0, 10**9), st.integers(0, 10**9))
def test_the_shares_lie_one_behind_the_other_and_nothing_between(begins, size):
    shares = _shares((begins, begins + size))
    assert (shares[0][0], shares[-1][1]) == (begins, begins + size)
    assert all(before[1] == after[0] for before, after in pairwise(shares))
