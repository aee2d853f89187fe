"""WAV files of the telephone, as other programs write them."""

from __future__ import annotations

import shutil
import struct
import subprocess

import pytest

from rtcli.errors import BadOption
from rtcli.formats.wav import Sound, WavWriter, read_speech

CODES = bytes(range(256)) + b"\x80"
LAWS = {6: "audio/pcma", 7: "audio/pcmu"}


def chunk(name, data):
    return name + struct.pack("<I", len(data)) + data + bytes(len(data) % 2)


def shape(tag, rate=8000, channels=1, bits=8):
    return struct.pack("<HHIIHH", tag, channels, rate, rate * channels * bits // 8, channels * bits // 8, bits)


def file(path, *chunks):
    body = b"WAVE" + b"".join(chunks)
    path.write_bytes(b"RIFF" + struct.pack("<I", len(body)) + body)
    return path


@pytest.mark.parametrize("tag", LAWS)
def test_the_codes_are_read_as_they_are(tmp_path, tag):
    made = file(tmp_path / "a.wav", chunk(b"fmt ", shape(tag)), chunk(b"data", CODES))
    assert read_speech(made) == Sound(LAWS[tag], CODES)


@pytest.mark.parametrize("tag", LAWS)
def test_what_stands_around_the_codes_is_passed_over(tmp_path, tag):
    layout = chunk(b"fmt ", shape(tag) + b"\0\0")
    made = file(
        tmp_path / "a.wav", chunk(b"LIST", b"odd"), layout, chunk(b"fact", bytes(4)), chunk(b"data", CODES),
        chunk(b"LIST", b"INFO"),
    )  # fmt: skip
    assert read_speech(made) == Sound(LAWS[tag], CODES)


@pytest.mark.parametrize("tag", LAWS)
def test_a_layout_that_names_the_law_in_its_extension_is_understood(tmp_path, tag):
    """Source: Microsoft's WAVEFORMATEXTENSIBLE, whose sub-format begins with the tag."""
    extension = struct.pack("<HHIH", 22, 8, 4, tag) + bytes.fromhex("000000001000800000aa00389b71")
    made = file(tmp_path / "a.wav", chunk(b"fmt ", shape(0xFFFE) + extension), chunk(b"data", CODES))
    assert read_speech(made) == Sound(LAWS[tag], CODES)


@pytest.mark.parametrize("length", [0xFFFFFFFF, 0x7FFFF000, 0])
def test_a_file_from_a_pipe_whose_length_was_never_put_right_is_read_to_its_end(tmp_path, length):
    made = file(tmp_path / "a.wav", chunk(b"fmt ", shape(7)), b"data" + struct.pack("<I", length), CODES)
    whole = made.read_bytes()
    made.write_bytes(whole[:4] + struct.pack("<I", 36 if length == 0 else length) + whole[8:])
    assert read_speech(made).data == CODES


@pytest.mark.parametrize(("tag", "law"), [(6, "a-law"), (7, "u-law")])
def test_a_file_that_sox_writes_is_read(tmp_path, tag, law):
    if shutil.which("sox") is None:
        pytest.skip("sox is not installed")
    raw = ["-t", "raw", "-r", "8000", "-c", "1", "-e", law, "-b", "8"]
    subprocess.run(["sox", "-D", *raw, "-", "-e", law, str(tmp_path / "a.wav")], input=CODES, check=True)
    wanted = subprocess.run(["sox", "-D", *raw, "-", *raw, "-"], input=CODES, capture_output=True, check=True).stdout
    assert read_speech(tmp_path / "a.wav") == Sound(LAWS[tag], wanted)


@pytest.mark.parametrize("law", LAWS.values())
def test_a_file_that_was_written_here_is_read_again(tmp_path, law):
    writer = WavWriter(tmp_path / "a.wav", law)
    writer.write(CODES)
    writer.close()
    assert read_speech(tmp_path / "a.wav") == Sound(law, CODES)


@pytest.mark.parametrize("layout", [shape(7, rate=16_000), shape(6, channels=2), shape(7, rate=0), shape(6, bits=16)])
def test_another_rate_or_more_channels_are_refused_with_a_remedy(tmp_path, layout):
    made = file(tmp_path / "a.wav", chunk(b"fmt ", layout), chunk(b"data", CODES))
    with pytest.raises(BadOption, match=r"8000 Hz mono.*sox"):
        read_speech(made)


@pytest.mark.parametrize("cut", [12, 19, 30, 40])
def test_a_file_that_ends_in_its_layout_is_refused_and_does_not_fail(tmp_path, cut):
    made = file(tmp_path / "a.wav", chunk(b"fmt ", shape(7)), chunk(b"data", CODES))
    made.write_bytes(made.read_bytes()[:cut])
    with pytest.raises(BadOption):
        read_speech(made)
