"""Hearing speech begin and end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from rtcli.standin.detection import Detector

QUIET, LOUD = bytes(48 * 20), b"\x00\x20" * (24 * 20)


def detector(**options):
    return Detector(**({"threshold": 0.5, "prefix_ms": 300, "silence_ms": 500, "position_ms": 0} | options))


def edges(*windows, **options):
    return [(edge.kind, edge.at_ms) for edge in detector(**options).feed(b"".join(windows))]


def test_speech_starts_where_it_got_loud_less_the_padding_and_stops_after_the_silence():
    assert edges(*[QUIET] * 50, *[LOUD] * 50, *[QUIET] * 30) == [("start", 700), ("stop", 2500)]


def test_the_padding_does_not_reach_before_the_beginning():
    assert edges(*[LOUD] * 5) == [("start", 0)]


def test_a_click_is_no_speech():
    assert edges(*[QUIET] * 10, LOUD, LOUD, *[QUIET] * 10) == []


def test_a_pause_shorter_than_the_silence_does_not_end_the_turn():
    assert edges(*[LOUD] * 10, *[QUIET] * 24, *[LOUD] * 10, *[QUIET] * 24) == [("start", 0)]


@given(st.lists(st.sampled_from([QUIET, LOUD]), max_size=200), st.integers(1, 4000))
def test_starts_and_stops_alternate_and_the_size_of_the_pieces_does_not_matter(windows, step):
    audio = b"".join(windows)
    ear = detector()
    pieces = [edge for start in range(0, len(audio), step) for edge in ear.feed(audio[start : start + step])]
    assert pieces == detector().feed(audio)
    assert [edge.kind for edge in pieces] == ["start", "stop"] * (len(pieces) // 2) + ["start"] * (len(pieces) % 2)
    assert [edge.at_ms for edge in pieces] == sorted(edge.at_ms for edge in pieces)


def test_the_padding_ends_where_the_last_speech_ended():
    twice = [*[LOUD] * 10, *[QUIET] * 5] * 2
    assert edges(*twice, silence_ms=100) == [("start", 0), ("stop", 300), ("start", 300), ("stop", 600)]


def test_positions_count_from_where_it_began_to_listen():
    assert edges(*[QUIET] * 5, *[LOUD] * 5, position_ms=5000, prefix_ms=0) == [("start", 5100)]


def test_a_higher_threshold_needs_louder_speech():
    soft = [b"\x84\x03" * (24 * 20)] * 10
    assert edges(*soft, threshold=0.5) == [("start", 0)]
    assert edges(*soft, threshold=1.0) == []
