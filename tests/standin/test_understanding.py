"""Known sentences, recognised by their shape."""

from __future__ import annotations

import array
import base64
import json

import pytest

from rtcli.standin import codec, voice
from rtcli.standin.understanding import understood

NAMES = ["hello", "weather", "story", "stop"]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("shift", [0, 240, 482, 14_400])
def test_a_sentence_is_understood_wherever_it_begins(name, shift):
    phrase = voice.user(name)
    assert understood(bytes(shift) + phrase.pcm16 + bytes(48 * 500)) == phrase.text


@pytest.mark.parametrize("name", NAMES)
def test_a_soft_beginning_may_be_missing(name):
    phrase = voice.user(name)
    assert understood(phrase.pcm16[48 * 80 :]) == phrase.text


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("audio_format", ["audio/pcmu", "audio/pcma"])
def test_a_sentence_is_understood_over_the_telephone(name, audio_format):
    phrase = voice.user(name)
    assert understood(codec.decode(codec.encode(phrase.pcm16, audio_format), audio_format)) == phrase.text


@pytest.mark.parametrize("name", NAMES)
def test_a_sentence_is_understood_when_it_is_said_softly(name):
    phrase = voice.user(name)
    softly = array.array("h", (sample // 4 for sample in array.array("h", phrase.pcm16))).tobytes()
    assert understood(softly) == phrase.text


@pytest.mark.parametrize("name", ["greeting", "hear", "weather", "tool", "plain", "story"])
def test_another_sentence_is_not_taken_for_one_of_them(name):
    assert understood(voice.model(name).pcm16).startswith("(speech, ")


def test_a_real_voice_is_told_by_its_length(shared):
    lines = (shared / "traffic/realtime/audio_in_server_vad_turn.jsonl").read_text().splitlines()
    bodies = [json.loads(line) for line in lines]
    speech = b"".join(base64.b64decode(body["audio"]) for body in bodies if body["type"] == "input_audio_buffer.append")
    assert understood(speech) == "(speech, 5.5 s)"


@pytest.mark.parametrize("pcm16", [b"", b"\x01", bytes(48 * 10), b"\x10\x10" * 24 * 1000])
def test_what_has_no_shape_is_told_by_its_length(pcm16):
    assert understood(pcm16) == f"(speech, {len(pcm16) / 48000:.1f} s)"
