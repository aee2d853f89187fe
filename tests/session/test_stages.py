"""The stages of a turn, counted by hand from the moment at which the user's side of it was over."""

from __future__ import annotations

import pytest
from counted import BEGIN, HEADER, SAID, SPOKEN, append, audio, committed, created, done, measured, session_of, text

from rtcli.session.measures import METRICS
from rtcli.session.stages import STAGES, TTFA, beginning, offsets_ms

ASKED = BEGIN + f'1.0 > conversation.item.create {{"item":{SAID}}}\n1.5 > response.create {{}}\n'
ANSWER = created(1.6, "r") + text(1.75, "r") + audio(1.9, "r") + done(2.5, "r")
PUSHED = (
    HEADER
    + session_of('"turn_detection":null')
    + append(1.0)
    + "2.0 > input_audio_buffer.commit {}\n"
    + committed(2.1, "u")
    + created(2.2, "r")
    + audio(2.6, "r")
    + done(3.0, "r")
)


def only_turn(script):
    (turn,) = measured(script).metrics.turns
    return turn


def test_a_spoken_turn_counts_from_the_word_of_turn_detection_and_its_speech_ended_before_that():
    turn = only_turn(SPOKEN)
    assert beginning(turn) == ("stopped", turn.stopped)
    assert offsets_ms(turn) == {
        "speech_end": -400,
        "stopped": 0,
        "committed": 10,
        "created": 100,
        "first_text": None,
        "first_audio": 300,
        "done": 600,
    }


def test_a_written_turn_counts_from_the_request_of_the_client():
    turn = only_turn(ASKED + ANSWER)
    assert beginning(turn) == ("asked", turn.asked)
    told = offsets_ms(turn)
    assert (told["created"], told["first_text"], told["first_audio"], told["done"]) == (100, 250, 400, 1000)


def test_push_to_talk_counts_from_the_commit_of_the_client():
    turn = only_turn(PUSHED)
    assert beginning(turn) == ("commit", turn.commit)
    assert (offsets_ms(turn)["committed"], offsets_ms(turn)["first_audio"]) == (100, 600)


@pytest.mark.parametrize(("script", "ttfa"), [(SPOKEN, 300), (ASKED + ANSWER, 400), (PUSHED, 600)])
def test_time_to_first_audio_is_the_offset_of_the_first_audio_whatever_began_the_turn(script, ttfa):
    turn = only_turn(script)
    assert TTFA.measure(turn).value == ttfa == offsets_ms(turn)["first_audio"]


def test_time_to_first_audio_is_the_protocol_s_metric_where_there_is_one():
    for script, name in ((SPOKEN, "stop_to_first_audio"), (PUSHED, "commit_to_first_audio")):
        assert TTFA.measure(only_turn(script)) == METRICS[name].measure(only_turn(script))


def test_without_times_nothing_has_an_offset():
    bare = "\n".join(line.split(maxsplit=1)[1] for line in SPOKEN.splitlines() if line[0].isdigit())
    turn = only_turn(bare)
    assert beginning(turn) is None
    assert set(offsets_ms(turn).values()) == {None}
    assert TTFA.measure(turn) is None
    assert tuple(offsets_ms(turn)) == STAGES


def test_where_some_of_the_audio_is_missing_nobody_knows_when_the_speech_ended():
    connection = measured(SPOKEN.replace('"lossless":true', '"lossless":false'))
    (turn,) = connection.metrics.turns
    told = offsets_ms(turn, connection.kept)
    assert (told["speech_end"], told["first_audio"]) == (None, 300)
    assert connection.metrics.value("voice_to_voice", turn, connection.kept) is None
