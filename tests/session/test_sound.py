"""What audio bytes look like, on speech of several voices in every encoding, and on what is no speech."""

from __future__ import annotations

import array
import base64
import json
import math
import random
import wave
from functools import cache, partial
from pathlib import Path

import pytest
from sweeping import by_turns

from rtcli.session.sound import KEPT_CHARACTERS, Sample, look
from rtcli.standin.codec import encode

SPEECH = Path(__file__).parents[2] / "recordings/speech"
CAPTURED = Path(__file__).parents[3] / "shared/traffic/realtime/audio_in_server_vad_turn.jsonl"
VOICES = ["hello", "weather", "interruption", "captured"]
LAWS = ["audio/pcmu", "audio/pcma"]


@cache
def spoken(name):
    if name == "captured":
        events = (json.loads(line) for line in CAPTURED.read_text().splitlines())
        return b"".join(base64.b64decode(one["audio"]) for one in events if one["type"] == "input_audio_buffer.append")
    with wave.open(str(SPEECH / f"{name}.wav")) as sound:
        assert sound.getframerate() == 24000
        return sound.readframes(sound.getnframes())


def swapped(data):
    samples = array.array("h", data)
    samples.byteswap()
    return samples.tobytes()


def quieter(data, times):
    return array.array("h", [sample // times for sample in array.array("h", data)]).tobytes()


@pytest.mark.parametrize("voice", VOICES)
def test_speech_is_known_in_every_encoding(voice, shared):
    data = spoken(voice)
    assert look(data) == "audio/pcm"
    assert look(swapped(data)) == "audio/pcm, bytes swapped"
    assert [look(encode(data, law)) for law in LAWS] == LAWS


QUIET = [(voice, times) for voice in VOICES for times in (4, 30, 200)]


@pytest.mark.parametrize(("voice", "times"), by_turns(QUIET, 0, 4))
def test_quiet_speech_is_never_taken_for_the_other_family(voice, times, shared):
    data = quieter(spoken(voice), times)
    assert look(data) in ("audio/pcm", None)
    assert look(swapped(data)) in ("audio/pcm, bytes swapped", None)
    for law in LAWS:
        assert look(encode(data, law)) in (*LAWS, "G.711", None)


def test_speech_behind_a_long_silence_is_found():
    data = spoken("weather")
    assert look(bytes(400_000) + data) == "audio/pcm"
    assert look(b"\xff" * 80_000 + encode(data, "audio/pcmu")) == "audio/pcmu"


@pytest.mark.parametrize("quiet", [b"\x00", b"\xff", b"\xd5", b"\x00\x00\xff\xff", b"\xff\x7f"])
def test_silence_is_called_silence(quiet):
    assert look(quiet * 20_000) == "silence"


def tone(hertz, level=8000):
    return array.array(
        "h", [int(level * math.sin(math.tau * hertz * place / 24000)) for place in range(48000)]
    ).tobytes()


def noise(level, gate=0):
    rng = random.Random(level + gate)
    loud = (not gate or place // gate % 2 for place in range(48000))
    return array.array("h", [int(rng.gauss(0, level)) if on else 0 for on in loud]).tobytes()


@pytest.mark.parametrize(
    "made",
    [
        *(partial(tone, hertz) for hertz in (60, 440, 1000, 3000)),
        *(partial(noise, level) for level in (3, 30, 300, 3000)),
        *(partial(noise, level, gate) for level in (3, 30, 300, 3000) for gate in (2400, 9600)),
        partial(random.Random(1).randbytes, 48000),
    ],
)
def test_tones_and_noise_could_be_anything(made):
    data = made()
    assert look(data) is None
    assert look(swapped(data)) is None


@pytest.mark.parametrize("hertz", [60, 440, 1000, 3000])
def test_a_tone_of_telephony_could_be_anything(hertz):
    assert [look(encode(tone(hertz), law)) for law in LAWS] == [None, None]


def test_too_little_says_nothing():
    assert look(spoken("hello")[:6000]) is None
    assert look(b"") is None


def sample_of(data, step=4800):
    sample = Sample()
    for start in range(0, len(data), step):
        sample.take(base64.b64encode(data[start : start + step]).decode())
    return sample


def test_a_sample_contradicts_what_it_is_declared_to_be():
    voice = spoken("hello")
    assert sample_of(voice).contradicts("audio/pcm") is None
    assert sample_of(voice).contradicts("audio/pcmu") == "audio/pcm"
    assert sample_of(swapped(voice)).contradicts("audio/pcm") == "audio/pcm, bytes swapped"
    assert sample_of(encode(voice, "audio/pcmu")).contradicts("audio/pcm") == "audio/pcmu"
    assert sample_of(encode(voice, "audio/pcmu")).contradicts("audio/pcma") is None
    assert sample_of(bytes(96000)).contradicts("audio/pcm") == "silence"
    assert sample_of(noise(300)).contradicts("audio/pcmu") is None


def test_a_sample_leaves_out_what_is_not_base64_and_takes_no_more_than_it_needs():
    sample = Sample()
    assert sample.take("[audio]")
    assert sample.data == b""
    assert sample.take("AAAA")
    assert sample.data == bytes(3)
    assert not sample.take("A" * (3 * KEPT_CHARACTERS))
    assert len(sample.data) < KEPT_CHARACTERS
    assert sample.is_full
