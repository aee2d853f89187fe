"""WAV files in and out."""

from __future__ import annotations

import sys
import wave

import pytest

from rtcli.errors import BadOption, RecordingExists, RecordingFailed
from rtcli.formats.wav import Sound, WavWriter, read_speech


def make(path, rate=24000, channels=1, width=2, frames=b"\x01\x00\x02\x00"):
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(width)
        file.setframerate(rate)
        file.writeframes(frames)
    return path


def test_samples_are_read_as_they_are(tmp_path):
    assert read_speech(make(tmp_path / "a.wav")) == Sound("audio/pcm", b"\x01\x00\x02\x00")


def test_what_is_no_wav_or_has_other_samples_is_refused_with_a_remedy(tmp_path):
    (tmp_path / "b.wav").write_bytes(b"not a wav")
    for path in (tmp_path / "missing.wav", tmp_path / "b.wav", make(tmp_path / "c.wav", width=1)):
        with pytest.raises(BadOption):
            read_speech(path)


@pytest.mark.parametrize("rate", [0, 1, 2**32 - 1])
def test_a_rate_that_no_speech_has_is_refused_and_not_resampled(tmp_path, rate):
    path = make(tmp_path / "a.wav")
    content = path.read_bytes()
    path.write_bytes(content[:24] + rate.to_bytes(4, "little") + content[28:])
    with pytest.raises(BadOption, match=f"said to be {rate} Hz"):
        read_speech(path)


def test_a_chunk_that_is_longer_than_the_file_is_refused(tmp_path):
    path = make(tmp_path / "a.wav")
    content = path.read_bytes()
    path.write_bytes(content[:12] + b"LIST" + (2**31).to_bytes(4, "little") + content[12:])
    with pytest.raises(BadOption, match="no WAV file"):
        read_speech(path)


def test_a_file_that_ends_in_the_middle_of_a_sample_has_all_samples_before_it(tmp_path):
    path = make(tmp_path / "a.wav", frames=b"\x01\x00\x02\x00\x03\x00")
    path.write_bytes(path.read_bytes()[:-1])
    assert read_speech(path).data == b"\x01\x00\x02\x00"


@pytest.mark.parametrize(
    ("audio_format", "tag", "rate"),
    [("audio/pcm", 1, 24000), ("audio/pcma", 6, 8000), ("audio/pcmu", 7, 8000), (None, 1, 24000)],
)
def test_a_written_file_says_its_format_and_its_length(tmp_path, audio_format, tag, rate):
    writer = WavWriter(tmp_path / "out.wav", audio_format)
    writer.write(b"\x00" * 100)
    writer.write(b"\x01" * 60)
    writer.close()
    data = (tmp_path / "out.wav").read_bytes()
    assert (data[:4], data[8:16], int.from_bytes(data[4:8], "little")) == (b"RIFF", b"WAVEfmt ", len(data) - 8)
    assert (int.from_bytes(data[20:22], "little"), int.from_bytes(data[24:28], "little")) == (tag, rate)
    assert int.from_bytes(data[40:44], "little") == 160
    assert data[44:] == b"\x00" * 100 + b"\x01" * 60


def test_without_the_extra_a_file_of_another_rate_is_refused_with_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "soxr", None)
    path = make(tmp_path / "a.wav", rate=16_000, channels=2)
    with pytest.raises(BadOption, match=r"16000 Hz with 2 channels.*rtcli\[audio\].*sox a\.wav"):
        read_speech(path)


def test_a_file_that_may_not_be_made_is_told_by_its_name(tmp_path):
    (tmp_path / "link.wav").symlink_to(tmp_path / "a.wav")
    for path in (tmp_path / "link.wav", tmp_path / "gone" / "a.wav"):
        with pytest.raises(RecordingFailed, match=path.name):
            WavWriter(path, None)
    path = make(tmp_path / "there.wav")
    with pytest.raises(RecordingExists, match=r"there\.wav"):
        WavWriter(path, None, new=True)
    assert read_speech(path).data == b"\x01\x00\x02\x00"


def test_a_file_whose_layout_is_cut_short_is_refused(tmp_path):
    path = tmp_path / "a.wav"
    path.write_bytes(
        b"RIFF\x24\x00\x00\x00WAVEfmt \x04\x00\x00\x00\x01\x00\x01\x00data\x04\x00\x00\x00\x01\x00\x02\x00"
    )
    with pytest.raises(BadOption, match="no WAV file"):
        read_speech(path)
