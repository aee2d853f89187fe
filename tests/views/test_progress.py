"""The progress bar: nothing for a second, then how much of how much, and nothing left at the end."""

from __future__ import annotations

import io
import re
from itertools import count
from pathlib import Path

import pytest
from rich.console import Console

from rtcli.formats import Reading
from rtcli.formats.packing import encoder_for
from rtcli.formats.rtcli import InOrder
from rtcli.views.progress import passing, reading

LINES = [b"x" * 1000] * 2000


def shown(lines, *, seconds_a_look, size_bytes=2_000_000, terminal=True):
    """What a terminal gets, where so much time passes from one look at the clock to the next."""
    file, clock = io.StringIO(), count(0, seconds_a_look)
    console = Console(file=file, force_terminal=terminal, width=100, get_time=lambda: next(clock))
    assert list(passing(lines, len, console, "call.jsonl", size_bytes)) == lines
    return file.getvalue()


def test_work_that_is_done_within_a_second_shows_nothing():
    assert shown(LINES, seconds_a_look=0.1) == ""


def test_work_that_takes_longer_shows_how_far_it_is():
    bar = shown(LINES, seconds_a_look=2)
    assert "call.jsonl" in bar
    assert "/2.0 MB" in bar
    assert bar.endswith("\x1b[2K"), "nothing of it is left"


def test_where_nobody_knows_how_much_there_is_it_says_how_much_there_was():
    assert "/?" in shown(LINES, seconds_a_look=2, size_bytes=None)


@pytest.mark.parametrize(("size_bytes", "terminal"), [(0, True), (2_000_000, False)])
def test_for_nothing_and_for_nobody_there_is_none(size_bytes, terminal):
    assert shown(LINES, seconds_a_look=2, size_bytes=size_bytes, terminal=terminal) == ""


@pytest.mark.parametrize("ending", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_a_recording_that_is_read_moves_the_bar_though_none_of_its_lines_is_seen(tmp_path, ending):
    path = tmp_path / f"call.{ending}"
    encoder = encoder_for(path)
    lines = (Path(__file__).parents[2] / "recordings" / "spoken.jsonl").read_bytes().splitlines(keepends=True)
    path.write_bytes(b"".join(map(encoder.encode, lines)) + encoder.end())
    file, clock = io.StringIO(), count(0, 2)
    console = Console(file=file, force_terminal=True, width=100, get_time=lambda: next(clock))
    in_order = InOrder()
    entries = list(reading(Reading(path, taking=in_order), console, "call", path.stat().st_size))
    assert len(entries) + in_order.events == len(lines)
    assert in_order.events > len(entries)
    assert "call" in file.getvalue()
    *_, (read_bytes, size_bytes) = re.findall(r"([\d.]+)/([\d.]+) [kM]?B", file.getvalue())
    assert read_bytes == size_bytes
