"""Audio that is sent faster than anybody speaks, as from a file: nobody waited for what its times would tell."""

from __future__ import annotations

import pytest
from counted import BEGIN, append, audio, committed, created, done, started, stopped, values

FAST = (
    BEGIN
    + "".join(append(1 + n / 1000) for n in range(10))
    + started(1.012, "u", 100)
    + stopped(1.02, "u", 900)
    + committed(1.021, "u")
    + created(1.03, "r")
    + audio(1.07, "r", 400)
    + done(1.1, "r")
)
"""A second of audio in ten milliseconds; 200 ms of silence, which end the speech, are sent in two."""


@pytest.mark.xfail(strict=True, reason="when audio was sent is taken for when it was spoken, however fast it was sent")
@pytest.mark.parametrize("metric", ["voice_to_voice", "vad_delay"])
def test_the_end_of_speech_is_not_known_where_its_silence_was_sent_faster_than_it_lasts(metric):
    """No server can have waited for 200 ms of silence in less than that."""
    assert values(FAST, metric) == []


def test_the_time_from_turn_detections_word_is_known_all_the_same():
    assert values(FAST, "stop_to_first_audio") == [50]
