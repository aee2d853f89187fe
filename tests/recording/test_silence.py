"""Silence in place of audio."""

from __future__ import annotations

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.recording.silence import dropped, silent

FORMATS = {"audio/pcm": 0, "pcm16": 0, "audio/pcmu": 0xFF, "g711_ulaw": 0xFF, "audio/pcma": 0xD5, None: 0}


@pytest.mark.parametrize("audio_format", FORMATS)
@given(sound=st.binary(min_size=1, max_size=300))
def test_silence_is_as_long_and_all_of_it_is_the_formats_own(audio_format, sound):
    payload = base64.b64encode(sound)
    if payload.startswith((b"UklGR", b"T2dn", b"ZkxhQ", b"SUQz", b"GkXfo")) or payload[6:10] == b"Z0eX":
        return
    quiet = base64.b64decode(silent(payload, audio_format), validate=True)
    assert quiet == bytes([FORMATS[audio_format]]) * len(sound)


def test_the_first_bytes_of_a_file_stay_and_its_sound_goes():
    payload = base64.b64encode(b"RIFF\x24\x08\x00\x00WAVEfmt " + b"\x01\x02" * 200)
    quiet = base64.b64decode(silent(payload, "audio/pcm"))
    assert quiet.startswith(b"RIFF\x24\x08\x00\x00WAVE")
    assert not quiet[16:].strip(b"\x00")


@pytest.mark.parametrize(
    "broken",
    [
        b"abc$",
        b"AAA",
        b"data:audio/wav;base64,UUUU",
        b"QUJD\\nREVG",
        b"QUJDREVG...",
        b"QUJD\xe2\x80\xa6",
        b"[audio 12]",
        b"QQ==QQ==",
    ],
)
def test_what_is_no_base64_is_as_broken_as_before(broken):
    quiet = silent(broken, "audio/pcm")
    alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    assert len(quiet) == len(broken)
    assert quiet.translate(None, alphabet) == broken.translate(None, alphabet)


def test_in_place_of_dropped_audio_stands_how_much_it_was():
    assert dropped(b"QUJD" * 10) == b"<audio: 40 characters of base64>"
    assert dropped(dropped(b"QUJD" * 10)) == dropped(b"QUJD" * 10)
