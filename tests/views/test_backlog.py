"""A reader who pauses keeps nobody waiting, and gets what was printed in its order, or is told how much is missing."""

from __future__ import annotations

import os
import select
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.views.backlog import Backlog

LINES = st.lists(
    st.text(st.characters(exclude_characters="\n\r", exclude_categories=("Cs",)), max_size=60), max_size=40
)


class Pipe:
    """A pipe that holds little, and its two ends."""

    def __init__(self):
        self.reads, writes = os.pipe()
        self.stream = os.fdopen(writes, "w", encoding="utf-8", newline="\n")

    def read(self):
        """What is there now."""
        data = b""
        while select.select([self.reads], [], [], 0)[0] and (piece := os.read(self.reads, 1 << 16)):
            data += piece
        return data.decode("utf-8", "replace")

    def close(self):
        with suppress(BrokenPipeError):
            self.stream.close()
        os.close(self.reads)


@pytest.fixture
def pipe():
    pipe = Pipe()
    yield pipe
    pipe.close()


def test_a_pipe_that_is_full_keeps_nobody_and_gives_all_that_was_printed_when_it_is_read(pipe):
    backlog = Backlog(pipe.stream)
    lines = [f"{number} {'é' * 700}\n" for number in range(500)]
    for line in lines:
        backlog.say(line)
    got = pipe.read()
    while "".join(lines) != got:
        backlog.refresh()
        more = pipe.read()
        assert more
        got += more


def test_where_too_much_would_wait_a_line_says_how_many_are_left_out(pipe):
    backlog = Backlog(pipe.stream, at_most=300_000)
    lines = [f"{number} {'x' * 990}\n" for number in range(1000)]
    for line in lines:
        backlog.say(line)
    got = ""
    while piece := pipe.read():
        got += piece
        backlog.refresh()
    kept = got.count("\n") - 1
    assert 300 <= kept < 400
    assert got == "".join(lines[:kept]) + f"rtcli: {1000 - kept} lines left out here: nobody read them\n"
    backlog.say("after that\n")
    assert pipe.read() == "after that\n"


@given(LINES)
def test_what_is_read_is_what_was_said(lines):
    pipe = Pipe()
    backlog = Backlog(pipe.stream)
    for line in lines:
        backlog.say(f"{line}\n")
    backlog.close()
    assert pipe.read() == "".join(f"{line}\n" for line in lines)
    pipe.close()


def test_a_reader_who_has_gone_is_told_of_as_by_any_write(pipe):
    os.close(pipe.reads)
    backlog = Backlog(pipe.stream)
    with pytest.raises(BrokenPipeError):
        backlog.say("x\n")
    pipe.reads = os.open(os.devnull, os.O_RDONLY)
