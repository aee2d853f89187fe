"""Silence in place of audio."""

from __future__ import annotations

import base64
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rtcli.recording.silence import PCM_CLICK, dropped, silent

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
        b"QQ==QUJD",
        b"QQ=",
        b"Q=UJ",
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


@pytest.mark.parametrize("length", range(2, 20))
def test_without_its_padding_it_is_as_long_and_silent_too(length):
    if length % 4 == 1:
        return
    quiet = silent((b"QUJDREVG" * 3)[:length], "audio/pcmu")
    assert len(quiet) == length
    assert not base64.b64decode(quiet + b"=" * (-length % 4)).strip(b"\xff")


def test_a_file_of_mp4_is_told_by_its_second_word_and_silence_that_begins_a_sound_is_no_file():
    mp4 = base64.b64encode(b"\x00\x00\x00\x18ftypmp42" + b"\x01\x02" * 50)
    quiet = base64.b64decode(silent(mp4, None))
    assert quiet.startswith(b"\x00\x00\x00\x18ftypmp42")
    assert not quiet[12:].strip(b"\x00")
    for sound in (b"\x00\x00\x00\x18noise, no file", b"\x01\x00\x00\x18ftypmp42"):
        assert not base64.b64decode(silent(base64.b64encode(sound), None)).strip(b"\x00")


def test_what_a_logger_wrote_stays_and_the_audio_beside_it_is_silent_as_its_format_is():
    assert silent(b"[audio 12]", None) == b"[audio 12]"
    assert silent(b"QUJD<audio>QUJD", None) == b"AAAA<audio>AAAA"
    assert silent(b"QUJD$QUJD...", "audio/pcmu") == b"////$////..."


@pytest.mark.parametrize("audio_format", ["audio/pcm", "audio/pcmu", "audio/pcma", None])
@pytest.mark.parametrize("audio_bytes", [1, 2, 3, 4, 5, 100])
def test_silence_is_base64_as_an_encoder_writes_it(audio_bytes, audio_format):
    made = silent(base64.b64encode(b"x" * audio_bytes), audio_format)
    assert base64.b64encode(base64.b64decode(made)) == made
    assert set(base64.b64decode(made)) == {FORMATS[audio_format]}


def test_a_sign_of_padding_that_stands_in_the_middle_stays_there():
    for payload in (b"AB=CDEFG", b"AB==CDEF"):
        made = silent(payload, "audio/pcmu")
        assert [place for place, one in enumerate(made) if one == ord("=")] == [
            place for place, one in enumerate(payload) if one == ord("=")
        ]


def test_a_click_is_a_quarter_of_full_scale():
    """Source: 16 bits with a sign, the lower byte first."""
    assert struct.unpack("<h", PCM_CLICK) == (2**15 // 4,)
