"""Bytes, samples and milliseconds."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli import units


@given(st.binary())
def test_the_bytes_behind_a_base64_text_are_counted_without_decoding_it(data):
    text = base64.b64encode(data).decode()
    assert units.base64_bytes(len(text), text[-2:]) == len(data)


@given(st.integers(0, 50), st.text(max_size=2))
def test_a_count_is_never_negative_whatever_the_text_ends_in(length, tail):
    assert units.base64_bytes(length, tail) >= 0


@pytest.mark.parametrize(
    ("audio_format", "rate_hz", "sample_bytes"),
    [
        ("audio/pcm", 24000, 2),
        ("audio/pcmu", 8000, 1),
        ("audio/pcma", 8000, 1),
        ("pcm16", 24000, 2),
        ("g711_ulaw", 8000, 1),
        ("g711_alaw", 8000, 1),
    ],
)
def test_a_second_of_audio_lasts_a_second(audio_format, rate_hz, sample_bytes):
    assert units.audio_ms(rate_hz * sample_bytes, audio_format) == 1000
    assert units.SAMPLE_BYTES[audio_format] == sample_bytes


@pytest.mark.parametrize("audio_format", [None, "", "audio/opus"])
def test_the_length_of_audio_in_an_unknown_format_is_unknown(audio_format):
    assert units.audio_ms(48, audio_format) is None


def test_every_format_that_has_a_pace_has_a_sample_size():
    assert set(units.BYTES_PER_MS) == set(units.SAMPLE_BYTES)


def test_the_formats_are_those_of_the_protocol(shared):
    known = (shared / "protocol/events.json").read_text()
    assert all(f'"{name}"' in known for name in units.BYTES_PER_MS)


@pytest.mark.parametrize("value", [None, "1", True, [1], 10**400, -(10**400), float("inf"), float("nan")])
def test_what_is_no_number_or_one_that_no_float_holds_is_none(value):
    assert units.number_in(value) is None


@pytest.mark.parametrize("value", [0, -1, 2.5, 2**900])
def test_a_number_is_a_float(value):
    assert (units.number_in(value), type(units.number_in(value))) == (value, float)
