"""Speech sent with ``rtcli connect`` in the formats of the telephone: the same words, and as long as the file."""

from __future__ import annotations

import array
import base64
import json
import math
import shutil
import subprocess
import sys
import wave
from pathlib import Path

import program
import pytest

from rtcli.formats import read
from rtcli.recording.silence import CODES

RTCLI = [sys.executable, "-m", "rtcli"]
WEATHER = Path(__file__).parents[2] / "recordings/speech/weather.wav"
LAWS = {"audio/pcmu": "u-law", "audio/pcma": "a-law"}
BYTES_A_SECOND = {"audio/pcm": 48_000, "audio/pcmu": 8_000, "audio/pcma": 8_000}
CHUNK_S = 0.1
BEHIND_S = 0.9
"""The silence that ends a turn: 0.5 s, which the session waits for, and 0.4 s to be certain."""


@pytest.fixture(autouse=True)
def no_keys(monkeypatch, tmp_path):
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "RTCLI_URL", "AZURE_OPENAI_API_KEY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def session(audio_format):
    named = {"type": audio_format, **({"rate": 24_000} if audio_format == "audio/pcm" else {})}
    return {"audio": {"input": {"format": named, "transcription": {"model": "gpt-4o-transcribe"}}}}


def connect(*arguments, text=""):
    command = [*RTCLI, "connect", "demo", "--pace", "fast", "--wait", "10", "-o", "call.jsonl", *map(str, arguments)]
    done = program.run(command, input=text, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return [entry.event for entry in read(Path("call.jsonl"))]


def call(audio_format, file):
    Path("session.json").write_text(json.dumps(session(audio_format)))
    return connect("--session", "@session.json", "--audio-in", file)


def appended(events):
    return [base64.b64decode(one.audio) for one in events if getattr(one, "type", "") == "input_audio_buffer.append"]


def transcripts(events):
    kinds = ("conversation.item.input_audio_transcription.completed", "response.output_audio_transcript.done")
    return [one.transcript for one in events if getattr(one, "type", "") in kinds]


def seconds(path):
    with wave.open(str(path)) as file:
        return file.getnframes() / file.getframerate()


def by_sox(path, *options):
    if shutil.which("sox") is None:
        pytest.skip("sox is not installed")
    subprocess.run(["sox", "-D", str(WEATHER), *options, str(path)], check=True)
    return path


@pytest.fixture(scope="module")
def heard_in_pcm(tmp_path_factory):
    """What is understood and answered where nothing is converted."""
    folder = tmp_path_factory.mktemp("pcm")
    command = [*RTCLI, "connect", "demo", "--pace", "fast", "--session", json.dumps(session("audio/pcm"))]
    command += ["--audio-in", str(WEATHER), "-o", str(folder / "pcm.jsonl")]
    program.run(command, check=True, capture_output=True, timeout=60)
    said = transcripts([entry.event for entry in read(folder / "pcm.jsonl")])
    assert len(said) == 2
    return said


@pytest.mark.parametrize("law", LAWS)
def test_speech_is_understood_as_in_pcm_and_lasts_as_long_as_the_file(law, heard_in_pcm):
    events = call(law, WEATHER)
    chunks = appended(events)
    assert transcripts(events) == heard_in_pcm
    assert abs(sum(map(len, chunks)) / 8_000 - seconds(WEATHER) - BEHIND_S) <= CHUNK_S
    assert {len(chunk) for chunk in chunks[:-1]} == {800}, "0.1 s of 8000 samples a second"
    assert set(b"".join(chunks[-8:])) == set(CODES[law]), "the silence behind it is silence of that format"


@pytest.mark.parametrize("law", LAWS)
@pytest.mark.parametrize("wanted", ["audio/pcm", "audio/pcmu", "audio/pcma"])
def test_a_file_of_the_telephone_is_heard_in_every_format(law, wanted, heard_in_pcm):
    file = by_sox("in.wav", "-r", "8000", "-e", LAWS[law])
    events = call(wanted, file)
    assert transcripts(events) == heard_in_pcm
    sent_s = sum(map(len, appended(events))) / BYTES_A_SECOND[wanted]
    assert abs(sent_s - seconds(WEATHER) - BEHIND_S) <= CHUNK_S


@pytest.mark.parametrize("law", LAWS)
def test_a_file_in_the_format_of_the_session_is_sent_byte_for_byte(law):
    by_sox("in.wav", "-r", "8000", "-e", LAWS[law])
    by_sox("in.raw", "-r", "8000", "-e", LAWS[law], "-t", "raw")
    codes = Path("in.raw").read_bytes()
    assert b"".join(appended(call(law, "in.wav")))[: len(codes)] == codes


def test_speech_of_a_typed_line_is_sent_in_the_format_that_was_typed_before(heard_in_pcm):
    by_sox("law.wav", "-r", "8000", "-e", "a-law")
    lines = [
        f"/event {json.dumps({'type': 'session.update', 'session': {'type': 'realtime', **session('audio/pcmu')}})}",
        f"/audio {WEATHER}",
        f"/update {json.dumps(session('audio/pcm'))}",
        "/audio law.wav",
    ]
    events = connect(text="\n".join([*lines, "/close\n"]))
    sizes = [len(chunk) for chunk in appended(events)]
    assert transcripts(events) == heard_in_pcm * 2
    assert set(sizes) >= {800, 4800}
    assert sizes.index(4800) == math.ceil((seconds(WEATHER) + BEHIND_S) / CHUNK_S), "all of the first is µ-law"


def test_a_tone_that_the_telephone_cannot_carry_is_not_sent_as_another():
    """A tone of 6 kHz would be folded down to 2 kHz, where speech is."""
    full = 8_000 / math.sqrt(2)
    assert loudness_of_a_tone(1_000) == pytest.approx(full, rel=0.02)
    assert loudness_of_a_tone(6_000) < full / 100


def loudness_of_a_tone(hz):
    """What another program hears of it in what was sent; nobody detects turns, so that it is nothing but the tone."""
    if shutil.which("sox") is None:
        pytest.skip("sox is not installed")
    tone = array.array("h", (round(8_000 * math.sin(2 * math.pi * hz * n / 24_000)) for n in range(12_000)))
    with wave.open("tone.wav", "wb") as file:
        file.setparams((1, 2, 24_000, 0, "NONE", ""))
        file.writeframes(tone.tobytes())
    wanted = session("audio/pcmu")
    wanted["audio"]["input"]["turn_detection"] = None
    sent = b"".join(appended(connect("--session", json.dumps(wanted), "--audio-in", "tone.wav", "--overwrite")))
    raw = ["-t", "raw", "-r", "8000", "-c", "1"]
    command = ["sox", "-D", *raw, "-e", "u-law", "-b", "8", "-", *raw, "-e", "signed", "-b", "16", "-"]
    heard = array.array("h", subprocess.run(command, input=sent, capture_output=True, check=True).stdout)[100:-100]
    return math.sqrt(sum(sample * sample for sample in heard) / len(heard))
