"""G.711 against values of the standard, and there and back."""

from __future__ import annotations

import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.standin.codec import decode, encode


@pytest.mark.parametrize(
    ("audio_format", "code", "level"),
    [
        ("audio/pcmu", 0xFF, 0),
        ("audio/pcmu", 0x00, -32124),
        ("audio/pcmu", 0x80, 32124),
        ("audio/pcmu", 0x7E, -8),
        ("audio/pcma", 0xD5, 8),
        ("audio/pcma", 0x55, -8),
        ("audio/pcma", 0xAA, 32256),
        ("audio/pcma", 0x2A, -32256),
    ],
)
def test_a_code_stands_for_the_level_of_the_standard(audio_format, code, level):
    """Source: ITU-T G.711, tables 1a to 2b, scaled to 16 bits."""
    assert list(array.array("h", decode(bytes([code]), audio_format))) == [level] * 3


@given(st.integers(-32000, 32000), st.sampled_from(["audio/pcmu", "audio/pcma"]))
def test_a_steady_level_comes_back_within_a_step_of_the_code(level, audio_format):
    pcm16 = array.array("h", [level] * 300).tobytes()
    back = array.array("h", decode(encode(pcm16, audio_format), audio_format))
    assert len(back) == 300
    assert all(abs(level - sample) <= max(8, abs(level) // 32 + 8) for sample in back[60:-60])


@given(st.binary())
def test_pcm_stays_as_it_is_but_for_half_a_sample(data):
    assert decode(data, "audio/pcm") == data[: len(data) // 2 * 2]
