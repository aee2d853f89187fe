"""The input audio buffer, and what is taken out of it."""

from __future__ import annotations

import base64

import pytest

from rtcli.standin import voice
from rtcli.standin.hearing import Hearing
from rtcli.standin.refusal import Refused

VAD = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 500}


def base64_of(pcm16):
    return base64.b64encode(pcm16).decode()


def hearing(detection=VAD, audio_format="audio/pcm"):
    made = Hearing()
    made.configure(audio_format, detection)
    return made


def test_what_is_taken_is_what_was_appended():
    heard = hearing(None)
    heard.append(base64_of(b"\x01\x02" * 2400))
    heard.append(base64_of(b"\x03\x04" * 2400))
    assert heard.uncommitted_ms == 200
    assert heard.take() == b"\x01\x02" * 2400 + b"\x03\x04" * 2400
    assert (heard.uncommitted_ms, heard.appended_ms) == (0, 200)


def test_speech_is_cut_out_between_its_start_and_its_stop():
    heard, speech = hearing(), voice.user("stop").pcm16
    start, stop = heard.append(base64_of(bytes(48 * 1000) + speech + bytes(48 * 900)))
    heard.begin("item_1", start.at_ms)
    cut = heard.end(stop.at_ms)
    assert len(cut) == (stop.at_ms - start.at_ms) * 48
    assert speech in cut
    assert heard.item_id == ""


def test_two_sentences_in_one_append_stay_two():
    heard = hearing()
    pause = bytes(48 * 900)
    one, two = voice.user("stop").pcm16, voice.user("weather").pcm16
    edges = heard.append(base64_of(pause + one + pause + two + pause))
    heard.begin("item_1", edges[0].at_ms)
    first = heard.end(edges[1].at_ms)
    heard.begin("item_2", edges[2].at_ms)
    second = heard.end(edges[3].at_ms)
    assert (one in first, two in first) == (True, False)
    assert (one in second, two in second) == (False, True)


@pytest.mark.parametrize("drop", [Hearing.clear, Hearing.take])
def test_speech_that_is_open_ends_when_its_audio_goes(drop):
    heard = hearing()
    (start,) = heard.append(base64_of(voice.user("stop").pcm16[:48000]))
    heard.begin("item_1", start.at_ms)
    drop(heard)
    assert (heard.speaking, heard.item_id) == (False, "")
    assert heard.append(base64_of(bytes(48 * 900))) == [], "no stop without a start"


def test_g711_is_heard_as_pcm():
    heard = hearing(None, "audio/pcmu")
    heard.append(base64_of(b"\xff" * 800))
    assert heard.take() == bytes(48 * 100)


@pytest.mark.parametrize("audio", ["abc", "ab$d", "YWJj\n", "data:audio/wav;base64,YWJj", "é"])
def test_what_is_no_base64_is_refused_and_nothing_is_kept(audio):
    heard = hearing()
    with pytest.raises(Refused) as refusal:
        heard.append(audio)
    assert (refusal.value.code, refusal.value.param) == ("invalid_value", "audio")
    assert heard.appended_ms == 0
