"""The clock of the user's audio, as far as its format is known."""

from __future__ import annotations

from rtcli.session.clock import InputClock


def test_audio_in_a_format_that_nobody_knows_has_no_length():
    clock = InputClock()
    clock.append(4800, "audio/pcm", 1, 0.1)
    assert (clock.appended_ms, clock.is_measured) == (100.0, True)
    clock.append(4800, "audio/opus", 2, 0.2)
    assert (clock.appended_ms, clock.is_measured) == (100.0, False)


def test_audio_that_was_sent_before_the_format_was_told_is_in_it():
    clock = InputClock()
    clock.append(800, None, 1, 0.1)
    assert not clock.is_measured
    clock.append(800, "audio/pcmu", 2, 0.2)
    assert (clock.appended_ms, clock.is_measured) == (200.0, True)
