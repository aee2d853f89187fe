from __future__ import annotations

import base64

from hypothesis import given
from hypothesis import strategies as st

from rtcli.session.stream import Stream


def test_deltas_add_up_to_the_text():
    stream = Stream("text")
    for piece in ["It ", "is ", "foggy"]:
        stream.add_text(piece, None)
    assert (stream.text, stream.deltas) == ("It is foggy", 3)


def test_the_final_value_is_the_truth():
    stream = Stream("text")
    stream.add_text("It is fogy", None)
    stream.close("It is foggy")
    assert stream.text == "It is foggy"


def test_an_end_without_a_value_keeps_what_the_deltas_said():
    stream = Stream("text")
    stream.add_text("It is", None)
    stream.close()
    assert stream.text == "It is"


def test_the_first_end_counts():
    stream = Stream("text")
    stream.close("first")
    stream.close("second")
    assert stream.text == "first"


def test_a_delta_that_comes_twice_counts_once():
    stream = Stream("text")
    stream.add_text("ha", None, "event_1")
    stream.add_text("ha", None, "event_1")
    assert (stream.text, stream.deltas, stream.late) == ("ha", 1, 1)


def test_a_delta_after_the_end_is_late_and_changes_nothing():
    stream = Stream("audio", audio_format="audio/pcm")
    stream.close()
    stream.add_audio("AAAA", 1.0)
    assert (stream.audio_bytes, stream.deltas, stream.late) == (0, 0, 1)


def test_the_longest_gap_is_between_two_deltas():
    stream = Stream("text")
    for at_s in [1.0, 1.125, 1.625, 1.75]:
        stream.add_text("x", at_s)
    assert stream.longest_gap_s == 0.5


def test_one_delta_has_no_gap():
    stream = Stream("text")
    stream.add_text("x", 1.0)
    assert stream.longest_gap_s is None


def test_audio_in_an_unknown_format_has_bytes_but_no_length():
    stream = Stream("audio")
    stream.add_audio("AAAA", None)
    assert (stream.audio_bytes, stream.audio_ms) == (3, None)


@given(st.lists(st.binary(max_size=50)))
def test_audio_bytes_are_those_that_base64_stands_for(chunks):
    stream = Stream("audio", audio_format="audio/pcmu")
    for chunk in chunks:
        stream.add_audio(base64.b64encode(chunk).decode(), None)
    assert stream.audio_bytes == sum(map(len, chunks))
    assert stream.audio_ms == sum(map(len, chunks)) / 8


@given(st.lists(st.text()), st.integers(0, 10))
def test_looking_at_the_text_does_not_change_what_it_becomes(pieces, look):
    watched, unwatched = Stream("text"), Stream("text")
    for number, piece in enumerate(pieces):
        watched.add_text(piece, None)
        unwatched.add_text(piece, None)
        if number == look:
            assert watched.text == "".join(pieces[: look + 1])
    assert watched.text == unwatched.text == "".join(pieces)
