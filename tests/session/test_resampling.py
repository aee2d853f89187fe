"""Samples at another rate: the same sound, as long as it was."""

from __future__ import annotations

import math
from importlib.util import find_spec

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sweeping import examples

from rtcli.session import resampling
from rtcli.session.resampling import Resampler


def wave(hz, rate, count, level=20_000):
    return [round(level * math.sin(2 * math.pi * hz * n / rate)) for n in range(count)]


def resampled(samples, from_hz, to_hz, step=10**9):
    one = Resampler(from_hz, to_hz)
    made = [value for at in range(0, len(samples), step) for value in one.take(samples[at : at + step])]
    return [*made, *one.end()]


@pytest.mark.parametrize(("from_hz", "to_hz"), [(8000, 24000), (16000, 24000), (48000, 24000), (44100, 24000)])
@pytest.mark.parametrize("hz", [300, 1000, 2000])
def test_a_tone_stays_the_same_tone(from_hz, to_hz, hz):
    made = resampled(wave(hz, from_hz, from_hz // 5), from_hz, to_hz)
    wanted = wave(hz, to_hz, to_hz // 5)
    assert len(made) == len(wanted)
    assert max(abs(a - b) for a, b in list(zip(made, wanted, strict=True))[60:-60]) < 20_000 * 0.015


def test_what_lies_above_the_new_rate_is_not_folded_down():
    made = resampled(wave(20_000, 48_000, 4800), 48_000, 24_000)
    assert max(map(abs, made[60:-60])) < 2_000


@pytest.mark.parametrize("hz", [5_000, 6_000, 7_000, 7_700, 8_300, 11_000])
def test_at_the_rate_of_the_telephone_hardly_anything_is_folded_down_to_speech(hz):
    """At 8000 Hz what lies between 5000 and 7700 Hz would be folded down to between 300 and 3000 Hz."""
    made = resampled(wave(hz, 24_000, 7_200), 24_000, 8_000)
    assert max(map(abs, made[60:-60])) < 20_000 / 30


@pytest.mark.parametrize("hz", [300, 1_000, 2_000, 3_000])
def test_at_the_rate_of_the_telephone_what_it_carries_stays(hz):
    made = resampled(wave(hz, 24_000, 7_200), 24_000, 8_000)
    wanted = wave(hz, 8_000, 2_400)
    assert max(abs(a - b) for a, b in list(zip(made, wanted, strict=True))[60:-60]) < 20_000 * 0.03


def test_samples_that_have_a_place_at_both_rates_keep_their_value():
    samples = wave(700, 8000, 400)
    assert resampled(samples, 8000, 24_000)[::3] == samples


def test_the_loudest_sound_does_not_turn_over():
    made = resampled([32_767, -32_768] * 20 + [32_767] * 40 + [-32_768] * 40, 8000, 24_000)
    assert max(made) == 32_767
    assert min(made) == -32_768


@settings(max_examples=examples(40), deadline=None)
@given(
    samples=st.lists(st.integers(-32_768, 32_767), max_size=200),
    step=st.integers(1, 60),
    rates=st.sampled_from(
        [(8000, 24_000), (16_000, 24_000), (48_000, 24_000), (44_100, 24_000), (24_000, 24_000), (24_000, 8000)]
    ),
)
def test_many_pieces_give_what_one_gives_and_nothing_is_lost(samples, step, rates):
    whole = resampled(samples, *rates)
    assert resampled(samples, *rates, step=step) == whole
    assert len(whole) == math.ceil(len(samples) * rates[1] / rates[0])


@pytest.mark.skipif(find_spec("numpy") is None, reason="numpy is not installed")
@pytest.mark.parametrize("rates", [(8000, 24_000), (24_000, 8000)])
def test_with_and_without_numpy_the_result_is_the_same(monkeypatch, rates):
    samples = wave(1234, rates[0], 2000, 32_000)
    fast = resampled(samples, *rates)
    monkeypatch.setattr(resampling, "_numpy", lambda: None)
    assert max(abs(a - b) for a, b in zip(fast, resampled(samples, *rates), strict=True)) <= 1
