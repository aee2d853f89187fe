"""The longest silence of a call, counted by hand: what is before the first word, between words, and behind the last."""

from __future__ import annotations

import pytest
from counted import (
    BEGIN,
    DETECTION,
    HEADER,
    SPOKEN,
    append,
    audio,
    committed,
    created,
    done,
    session_of,
    started,
    stopped,
)
from notation import entries_of

from rtcli.session.measured import Connection
from rtcli.session.quiet import longest_silence
from rtcli.session.soundtrack import Soundtrack

CLOSED = '- {"t":%s,"from":"client","close":{"code":1000,"reason":""}}\n'
OFF = '"turn_detection":null'


def silence(script):
    track, connection = Soundtrack(), Connection()
    for entry in entries_of(script):
        track.apply(entry)
        connection.apply(entry)
    track.finish()
    return longest_silence(track, connection.metrics, connection.kept)


def line_of(script, part):
    return next(number for number, line in enumerate(filter(None, script.splitlines()), 1) if part in line)


def test_between_the_user_and_the_model_it_lasts_from_the_end_of_the_speech_to_the_first_audio():
    """The user speaks until 700 ms of the audio, which were spoken by 0.8 s; the model from 1.5 s on."""
    told = silence(SPOKEN)
    assert (told.ms, told.at_s) == (pytest.approx(700), pytest.approx(0.8))
    assert told.line == line_of(SPOKEN, "speech_stopped")
    assert told.until_line == line_of(SPOKEN, "output_audio.delta")


def test_behind_the_last_word_it_lasts_to_the_end_of_the_recording():
    """400 ms of audio from 1.5 s on have been heard at 1.9 s."""
    script = SPOKEN + CLOSED % 5.0
    told = silence(script)
    assert (told.ms, told.at_s) == (pytest.approx(3100), pytest.approx(1.9))
    assert told.until_line == line_of(script, '"close"')


def test_before_the_first_word_it_lasts_from_the_beginning_of_the_session():
    """The session is created at 0.1 s, and nothing is heard before 5 s."""
    script = BEGIN + created(4.0, "r") + audio(5.0, "r", 1000) + done(5.5, "r")
    told = silence(script)
    assert (told.ms, told.at_s, told.line) == (4900, 0.1, line_of(script, "session.created"))


def test_audio_that_comes_faster_than_it_plays_is_no_silence():
    """Three seconds come at once: they are heard until 4 s, when the next answer comes."""
    script = BEGIN + created(0.9, "a") + audio(1.0, "a", 3000) + done(1.1, "a")
    script += created(3.9, "b") + audio(4.0, "b", 1000, item="item_b") + done(4.1, "b") + CLOSED % 5.0
    assert silence(script).ms == 900


def test_what_the_user_cut_off_was_not_heard():
    """Of five seconds the first was heard: from 2 s, when the user said something for half a second, nobody speaks."""
    script = BEGIN + "".join(append(n / 10) for n in range(2, 32))
    script += created(0.9, "a") + audio(1.0, "a", 5000) + done(1.1, "a")
    cut = '2.0 > conversation.item.truncate {"item_id":"item_a","content_index":0,"audio_end_ms":1000}\n'
    script += cut + started(2.1, "v", 1900) + stopped(2.8, "v", 2600) + committed(2.81, "v") + CLOSED % 6.0
    ordered = "".join(
        sorted(
            (line + "\n" for line in script.splitlines() if line[0].isdigit()), key=lambda line: float(line.split()[0])
        )
    )
    told = silence(HEADER + ordered + CLOSED % 6.0)
    assert told.at_s == pytest.approx(2.5)
    assert told.ms == pytest.approx(3500)


def test_without_turn_detection_the_user_speaks_until_the_commit():
    """From 0.9 to 2 s the user holds the button; the answer comes at 4 s."""
    script = HEADER + session_of(OFF, more='"tools":[],') + "".join(append(1 + n / 10) for n in range(11))
    script += "2.0 > input_audio_buffer.commit {}\n" + committed(2.1, "u") + created(2.2, "r") + audio(4.0, "r", 500)
    told = silence(script + CLOSED % 4.5)
    assert (told.ms, told.at_s) == (pytest.approx(2000), pytest.approx(2.0))


def test_where_the_server_plays_the_audio_its_word_counts():
    webrtc = HEADER.replace("websocket", "webrtc") + session_of()
    script = webrtc + created(1.0, "r") + '1.5 < output_audio_buffer.started {"response_id":"r"}\n'
    script += done(2.0, "r") + '4.5 < output_audio_buffer.stopped {"response_id":"r"}\n' + CLOSED % 6.0
    assert silence(script)[:2] == (1500, 4.5)


@pytest.mark.parametrize(
    "script",
    [
        pytest.param("\n".join(line.split(maxsplit=1)[1] for line in SPOKEN.splitlines()[1:]), id="no times"),
        pytest.param(SPOKEN.replace('"lossless":true', '"lossless":false'), id="audio is missing"),
        pytest.param(HEADER + session_of(OFF) + append(1.0) + append(2.0) + CLOSED % 9.0, id="nobody tells speech"),
        pytest.param(BEGIN + created(1.0, "r") + done(2.0, "r") + CLOSED % 9.0, id="a call in writing"),
        pytest.param(HEADER, id="nothing"),
    ],
)
def test_where_it_cannot_be_known_who_spoke_when_there_is_none(script):
    assert silence(script) is None


def test_an_open_microphone_into_which_nobody_speaks_is_silence():
    script = BEGIN + "".join(append(n / 10) for n in range(2, 32)) + CLOSED % 3.1
    assert silence(script).ms == pytest.approx(3000)


PADDED = DETECTION.replace('"silence', '"prefix_padding_ms":400,"silence')


def test_what_turn_detection_puts_before_speech_is_no_speech():
    """Of the audio from 2 s on, 400 ms are padding: from 0.1 s on nobody speaks for 2.3 s."""
    script = HEADER + session_of(PADDED) + "".join(append(n / 10) for n in range(1, 41))
    script += started(3.0, "u", 2000) + stopped(3.9, "u", 3900) + CLOSED % 4.0
    ordered = "".join(sorted(script.splitlines(keepends=True)[1:-1], key=lambda line: float(line.split()[0])))
    told = silence(HEADER + ordered + CLOSED % 4.0)
    assert (told.ms, told.at_s) == (pytest.approx(2300), pytest.approx(0.1))


def test_speech_that_follows_speech_at_once_had_no_room_for_padding():
    """The second begins at 1.6 s, where the first ended, which fell silent at 1.4 s; behind it all are for 300 ms."""
    script = HEADER + session_of(PADDED) + "".join(append(n / 10) for n in range(1, 41))
    script += started(0.9, "u", 0) + stopped(1.65, "u", 1600) + committed(1.66, "u")
    script += started(2.0, "v", 1600) + stopped(3.95, "v", 3900) + CLOSED % 4.0
    ordered = "".join(sorted(script.splitlines(keepends=True)[1:-1], key=lambda line: float(line.split()[0])))
    assert silence(HEADER + ordered + CLOSED % 4.0).ms == pytest.approx(300)


def test_an_answer_of_which_nothing_was_heard_is_no_sound():
    """The client says that it played none of it."""
    cut = '2.1 > conversation.item.truncate {"item_id":"item_a","content_index":0,"audio_end_ms":0}\n'
    call = SPOKEN.replace(done(1.8, "r"), "").replace(audio(1.5, "r", 200), "").replace(audio(1.6, "r", 200), "")
    spoken = call + audio(2.0, "r", 400) + cut + done(2.2, "r")
    assert silence(spoken + CLOSED % 6).ms == silence(call + done(2.2, "r") + CLOSED % 6).ms
