"""How much of a text can have been heard, while both come."""

from __future__ import annotations

from rtcli.session.writing import Writing


def test_who_heard_all_of_the_audio_heard_all_of_the_words():
    writing = Writing()
    writing.add("It is foggy.", 0.0)
    assert writing.heard(1000.0, 1000.0) == len("It is foggy.")


def test_of_audio_that_was_cut_whole_words_were_heard():
    writing = Writing()
    writing.add("It is foggy.", 0.0)
    assert writing.heard(500.0, 1000.0) == len("It is")


def test_words_whose_text_came_later_were_not_heard_sooner():
    writing = Writing()
    writing.add("It is", 0.0)
    writing.add(" foggy.", 900.0)
    assert writing.heard(900.0, 900.0) == len("It is")
