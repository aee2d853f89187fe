"""Secrets that are streamed piece by piece."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted import SECRETS

from rtcli.recording.redaction import Redaction
from rtcli.recording.streaming import KEPT_CHARACTERS, Streams

KEY = SECRETS["OpenAI, of a project"]
DOUBTFUL = "Zx9qW3eR7tY1uI5oP8aS2dF6"
PATH = ("text",)


def sent(pieces, redaction=None):
    """The pieces as they are to be, sent in lines from 1 on."""
    streams = Streams(redaction or Redaction())
    for line, piece in enumerate(pieces, 1):
        streams.take("one", PATH, line, piece)
    streams.finish()
    return [streams.changed.get(line, piece) for line, piece in enumerate(pieces, 1)], streams


@given(st.integers(1, len(KEY) - 1))
def test_a_key_in_two_pieces_goes_from_both_and_from_no_other(cut):
    pieces = ["It is ", KEY[:cut], KEY[cut:], " I think."]
    after, streams = sent(pieces)
    assert (after[0], after[3]) == (pieces[0], pieces[3])
    assert set(streams.changed) == {2, 3}
    assert [len(piece) for piece in after] == [len(piece) for piece in pieces]
    assert KEY[cut:] not in after[2]


def test_the_pieces_of_two_streams_are_not_one_text():
    streams = Streams(Redaction())
    for line, (key, piece) in enumerate([("a", KEY[:10]), ("b", "hello "), ("a", KEY[10:]), ("b", "world")], 1):
        streams.take(key, PATH, line, piece)
    streams.finish()
    assert set(streams.changed) == {1, 3}


def test_of_many_streams_the_first_are_looked_at_before_the_end():
    """Nothing is lost with them; what comes in one of them later is another text."""
    redaction = Redaction()
    streams = Streams(redaction, 60 * 2 * len(KEY))
    for line in range(1, 101):
        streams.take(line, PATH, line, KEY)
    early = set(streams.changed)
    assert 1 in early
    assert 100 not in early
    streams.finish()
    assert set(streams.changed) == set(range(1, 101))
    streams.finish()
    assert redaction.counts["openai key"] == 100


def test_a_key_goes_from_a_stream_though_it_is_met_many_streams_later():
    key = DOUBTFUL + "0123456789"
    redaction = Redaction()
    streams = Streams(redaction)
    streams.take("first", PATH, 1, key[:15])
    streams.take("first", PATH, 2, key[15:])
    for line in range(3, 1000):
        streams.take(line, PATH, line, "hello")
    redaction.meet(f'{{"authorization": "{key}"}}')
    streams.finish()
    assert set(streams.changed) == {1, 2}


def test_a_key_goes_from_a_stream_though_only_a_later_one_tells_of_it():
    key = SECRETS["OpenAI, ephemeral"]
    streams = Streams(Redaction([re.compile("(?P<all>x?It is .*)")], ["text"]))
    streams.take("first", ("delta",), 1, f"x{key}x")
    streams.take("second", PATH, 2, f"It is {key}.")
    streams.finish()
    assert key not in streams.changed[1]


@pytest.mark.parametrize("size", [7, 100, 40_000, 70_000])
@pytest.mark.parametrize("place", [0, 40_000, 57_300, 57_340, 65_500, 65_530, 100_000])
def test_a_key_goes_wherever_it_lies_in_a_long_stream(place, size):
    text = "a word " * (place // 7) + KEY + " a word" * (20_000 - place // 7)
    pieces = [text[start : start + size] for start in range(0, len(text), size)]
    redaction = Redaction()
    after, streams = sent(pieces, redaction)
    joined = "".join(after)
    begins = text.index(KEY)
    assert not any(KEY[at : at + 10] in joined for at in range(len(KEY) - 9))
    assert (joined[:begins], joined[begins + len(KEY) :]) == (text[:begins], text[begins + len(KEY) :])
    assert redaction.counts == {"openai key": 1}
    assert len(streams.changed) <= len(KEY) // size + 2


def test_what_is_kept_of_a_long_stream_is_bounded():
    streams = Streams(Redaction())
    for line in range(1, 31):
        streams.take("one", PATH, line, "a word " * 1000)
        assert sum(len(piece) for stream in streams._open.values() for _, piece in stream.pieces) <= KEPT_CHARACTERS


@pytest.mark.parametrize("piece", ["", "a", "a word " * 100])
@pytest.mark.parametrize("streams_at_once", [1, 7, 2000])
def test_what_is_kept_of_all_streams_together_is_bounded(streams_at_once, piece):
    streams = Streams(Redaction(), 10_000)
    for line in range(1, 2001):
        streams.take(line % streams_at_once, PATH, line, piece)
        if line % 19 == 0:
            kept = [piece for stream in streams._open.values() for _, piece in stream.pieces]
            assert len(streams._open) <= len(kept) <= 200
            assert sum(map(len, kept)) <= 10_000


def test_a_doubt_is_told_with_the_line_and_the_place_of_the_piece_in_which_it_begins():
    redaction = Redaction()
    sent(["It is ", "this: ", DOUBTFUL[:5], DOUBTFUL[5:], "."], redaction)
    assert [(doubt.line, doubt.path) for doubt in redaction.doubts] == [(3, "$.text")]
    redaction = Redaction()
    sent([DOUBTFUL, " and ", DOUBTFUL], redaction)
    assert [doubt.line for doubt in redaction.doubts] == [1, 3]


def test_in_how_many_lines_something_was_found_is_counted_by_where_each_stream_begins():
    redaction = Redaction()
    streams = Streams(redaction)
    for line in (1, 2):
        streams.take(line, PATH, line, KEY)
    streams.finish()
    assert (redaction.counts, redaction.lines) == ({"openai key": 2}, {"openai key": 2})


def test_a_stream_of_one_piece_longer_than_what_is_kept_is_looked_at_once():
    piece = "a word " * 10_000 + KEY
    redaction = Redaction()
    after, _ = sent([piece], redaction)
    assert KEY not in after[0]
    assert after[0][: -len(KEY)] == piece[: -len(KEY)]
    assert redaction.counts == {"openai key": 1}
