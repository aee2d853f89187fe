"""Audio in another format of the protocol: the same sound, as long as it was."""

from __future__ import annotations

import math
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.session.codec import converted, silence

FORMATS = ["audio/pcm", "audio/pcmu", "audio/pcma"]
BETA = {"audio/pcm": "pcm16", "audio/pcmu": "g711_ulaw", "audio/pcma": "g711_alaw"}
BYTES_A_SECOND = {"audio/pcm": 48_000, "audio/pcmu": 8_000, "audio/pcma": 8_000}


def tone(hz, count=12_000, level=8_000):
    return array("h", (round(level * math.sin(2 * math.pi * hz * n / 24_000)) for n in range(count)))


def there_and_back(samples, law):
    """As the other side hears it, without the ends, where silence borders on it."""
    heard = array("h", converted(converted(samples.tobytes(), "audio/pcm", law), law, "audio/pcm"))
    assert len(heard) == len(samples)
    return heard[100:-100], samples[100:-100]


def loudness(samples):
    return math.sqrt(sum(sample * sample for sample in samples) / len(samples))


@pytest.mark.parametrize("law", FORMATS[1:])
@pytest.mark.parametrize("hz", [300, 1_000, 2_000])
def test_a_tone_that_the_telephone_carries_stays(law, hz):
    heard, said = there_and_back(tone(hz), law)
    noise = [a - b for a, b in zip(heard, said, strict=True)]
    assert loudness(noise) < loudness(said) / 30, "G.711 keeps a sound 30 dB over its own noise"


@pytest.mark.parametrize("law", FORMATS[1:])
@pytest.mark.parametrize("hz", [6_000, 7_000, 9_000, 11_000])
def test_a_tone_that_it_cannot_carry_is_gone_and_does_not_come_back_as_another(law, hz):
    heard, said = there_and_back(tone(hz), law)
    assert loudness(heard) < loudness(said) / 100


@given(audio=st.binary(max_size=400), names=st.tuples(st.sampled_from(FORMATS), st.sampled_from(FORMATS)))
def test_audio_lasts_as_long_in_every_format(audio, names):
    before, after = names
    made = converted(audio, before, after)
    difference = len(made) / BYTES_A_SECOND[after] - len(audio) / BYTES_A_SECOND[before]
    assert abs(difference) < 1 / 8_000


@given(audio=st.binary(max_size=100), name=st.sampled_from(FORMATS))
def test_audio_in_the_wanted_format_is_left_alone_by_either_of_its_names(audio, name):
    assert converted(audio, name, name) == converted(audio, BETA[name], name) == converted(audio, name, BETA[name])
    assert converted(audio, name, name) == audio


@given(audio=st.binary(max_size=200).map(lambda data: data * 2))
@pytest.mark.parametrize("name", FORMATS)
def test_the_names_of_beta_mean_the_same(audio, name):
    assert converted(audio, "pcm16", BETA[name]) == converted(audio, "audio/pcm", name)


@pytest.mark.parametrize("name", [None, "", "audio/opus"])
def test_a_format_that_nobody_told_or_knows_is_taken_for_pcm(name):
    said = tone(1_000, 600).tobytes()
    assert converted(said, "audio/pcm", name) == said
    assert silence(100, name) == bytes(4_800)


@pytest.mark.parametrize(("name", "wanted"), [
    ("audio/pcm", bytes(4_800)), ("audio/pcmu", b"\xff" * 800), ("g711_ulaw", b"\xff" * 800),
    ("audio/pcma", b"\xd5" * 800), ("g711_alaw", b"\xd5" * 800),
])  # fmt: skip
def test_silence_is_that_of_the_format(name, wanted):
    assert silence(100, name) == wanted
    assert converted(silence(100, "audio/pcm"), "audio/pcm", name) == wanted
