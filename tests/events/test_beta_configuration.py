"""What beta configures flat is found where realtime has it."""

from __future__ import annotations

import json

import msgspec
import pytest

from rtcli.events import BETA, decode
from rtcli.events.configuration import SemanticVad


def beta(body):
    return decode(json.dumps(body), BETA)


def kind_of(sound):
    return msgspec.to_builtins(sound.format)["type"]


def heard(detection):
    session = {"id": "s", "input_audio_format": "g711_alaw", "turn_detection": detection}
    event = beta({"type": "transcription_session.updated", "event_id": "e", "session": session})
    return event.session.audio.input


def test_the_detection_of_turns_is_that_of_realtime_of_the_same_type():
    server = heard({"type": "server_vad", "threshold": 0.25, "silence_duration_ms": 700}).turn_detection
    assert (server.threshold, server.silence_duration_ms) == (0.25, 700)
    assert isinstance(heard({"type": "semantic_vad"}).turn_detection, SemanticVad)
    assert heard(None).turn_detection is None
    assert kind_of(heard(None)) == "audio/pcma"


@pytest.mark.parametrize(
    ("name", "kind"), [("pcm16", "audio/pcm"), ("g711_ulaw", "audio/pcmu"), ("g711_alaw", "audio/pcma")]
)
def test_one_response_is_spoken_in_the_format_and_the_voice_that_it_asks_for(name, kind):
    event = beta({"type": "response.create", "response": {"output_audio_format": name, "voice": "ash"}})
    spoken = event.response.audio.output
    assert (kind_of(spoken), spoken.voice) == (kind, "ash")
