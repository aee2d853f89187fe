"""``rtcli audio`` as a process of its own."""

from __future__ import annotations

import math
import os
import re
import shutil
import stat
import subprocess
import sys
import wave
from array import array
from pathlib import Path

import program
import pytest
from sounding import RATE, append, began, created, delta, done, said, tone, truncate, write
from terminal import Terminal

RTCLI = [sys.executable, "-m", "rtcli"]
RECORDINGS = Path(__file__).parents[2] / "recordings"
SILENCE = bytes(960)


def audio(*arguments, code=0, given=None):
    done = program.run([*RTCLI, "audio", *map(str, arguments)], input=given, capture_output=True, timeout=60)
    told = done.stderr.decode()
    assert done.returncode == code, told
    assert "Traceback" not in told
    return done.stdout, told


def channels(path):
    """The samples of each channel."""
    with wave.open(str(path)) as file:
        assert (file.getsampwidth(), file.getframerate()) == (2, RATE)
        samples = array("h", file.readframes(file.getnframes()))
        return [samples[number :: file.getnchannels()] for number in range(file.getnchannels())]


def power(samples, hz, since_s, until_s):
    """How much of a tone there is in a stretch, as its amplitude."""
    stretch = samples[round(since_s * RATE) : round(until_s * RATE)]
    turns = [(value, 2 * math.pi * hz * n / RATE) for n, value in enumerate(stretch)]
    return 2 * math.hypot(sum(v * math.cos(a) for v, a in turns), sum(v * math.sin(a) for v, a in turns)) / len(stretch)


def sounding(samples):
    """From when to when there is sound, in samples."""
    loud = [n for n, value in enumerate(samples) if value]
    return loud[0], loud[-1] + 1


def live(since_s, data):
    """The data in chunks of 20 ms, as a microphone sends them."""
    return [append(round(since_s + 0.02 * (n + 1), 6), data[960 * n : 960 * n + 960]) for n in range(len(data) // 960)]


CALL = [
    created(),
    *live(1.0, tone(1000, 500)),
    *[began(1.6), *[delta(1.7 + n / 100, tone(440, 200)) for n in range(10)], truncate(2.4, 750)],
    *live(2.4, tone(2000, 400)),
    done(2.9, status="cancelled"),
    *[began(3.0, "r2"), delta(3.1, tone(700, 600), "k", "r2"), done(3.2, "r2")],
]


def test_each_side_has_its_channel_and_every_tone_its_place(tmp_path):
    audio(write(tmp_path / "call.jsonl", *CALL), "-o", tmp_path / "call.wav")
    user, model = channels(tmp_path / "call.wav")
    assert len(user) == round(3.7 * RATE)
    for samples, hz, since_s, until_s in (
        (user, 1000, 1.0, 1.5),
        (model, 440, 1.7, 2.45),
        (user, 2000, 2.4, 2.8),
        (model, 700, 3.1, 3.7),
    ):
        assert power(samples, hz, since_s + 0.01, until_s - 0.01) == pytest.approx(10_000, rel=0.05)
        other = model if samples is user else user
        assert power(other, hz, since_s, until_s) < 200
    assert not any(user[: RATE - 1])
    assert not any(model[round(2.45 * RATE) : round(3.1 * RATE)])


def test_a_truncated_item_ends_where_it_was_cut_to_the_sample(tmp_path):
    path = write(tmp_path / "call.jsonl", created(), began(1.0), delta(1.0, b"\1\1" * RATE), truncate(1.4, 333))
    _, told = audio(path, "-o", tmp_path / "call.wav", "--per-item", tmp_path / "items")
    _, model = channels(tmp_path / "call.wav")
    assert sounding(model) == (RATE, RATE + 333 * 24)
    (one,) = channels(next((tmp_path / "items").iterdir()))
    assert len(one) == 333 * 24
    assert "0.33 s of 1.00 s heard, truncated" in told


def test_all_that_was_delivered_can_be_had_of_an_item(tmp_path):
    path = write(tmp_path / "call.jsonl", created(), began(1.0), delta(1.0, b"\1\1" * RATE), truncate(1.4, 333))
    audio(path, "--per-item", tmp_path / "items", "--delivered")
    (one,) = channels(next((tmp_path / "items").iterdir()))
    assert len(one) == RATE


@pytest.mark.parametrize(
    ("options", "what", "remedy"),
    [
        (("-o", "call.mp3"), "--output: only WAV is written", "call.wav"),
        (("-o", "call.wav", "--delivered"), "--delivered: ", "--per-item"),
        (("-o", "call.wav", "--since", "1.2", "--until", "1.1"), "--until: 1.1 lies before --since 1.2", "earlier"),
        (("-o", "nowhere/call.wav"), "--output: there is no folder nowhere", "make it first"),
    ],
)
def test_what_cannot_be_meant_is_told_before_anything_is_written(tmp_path, monkeypatch, options, what, remedy):
    monkeypatch.chdir(tmp_path)
    write(tmp_path / "call.jsonl", created(), began(1.0), delta(1.0, tone(440, 500)), done(1.1))
    _, told = audio("call.jsonl", *options, code=2)
    assert what in told
    assert remedy in told
    assert [path.name for path in tmp_path.iterdir()] == ["call.jsonl"]


@pytest.mark.parametrize(("name", "tag"), [("audio/pcmu", 7), ("audio/pcma", 6)])
def test_telephone_audio_is_decoded_for_the_mix_and_kept_for_a_side(tmp_path, name, tag):
    encoded = coded(tone(1000, 500, rate=8000), name)
    path = write(tmp_path / "call.jsonl", created(0.0, name), began(1.0), delta(1.0, encoded), done(1.1))
    audio(path, "-o", tmp_path / "mixed.wav")
    audio(path, "-o", tmp_path / "side.wav", "--side", "model")
    _, model = channels(tmp_path / "mixed.wav")
    assert len(model) == round(1.5 * RATE)
    assert power(model, 1000, 1.01, 1.49) == pytest.approx(10_000, rel=0.05)
    data = (tmp_path / "side.wav").read_bytes()
    assert (int.from_bytes(data[20:22], "little"), int.from_bytes(data[24:28], "little")) == (tag, 8000)
    assert data[44:] == bytes([{7: 0xFF, 6: 0xD5}[tag]]) * 8000 + encoded


def coded(pcm, name):
    """PCM16 at 8 kHz in a law of G.711, by sox."""
    if shutil.which("sox") is None:
        pytest.skip("sox is not installed")
    law = {"audio/pcmu": "u-law", "audio/pcma": "a-law"}[name]
    raw = ["-t", "raw", "-r", "8000", "-c", "1"]
    command = ["sox", *raw, "-e", "signed", "-b", "16", "-", *raw, "-e", law, "-b", "8", "-"]
    return subprocess.run(command, input=pcm, capture_output=True, check=True).stdout


def test_a_spoken_turn_with_the_built_in_server_has_its_length_and_its_sound_where_the_turns_are(tmp_path):
    if shutil.which("sox") is None:
        pytest.skip("sox is not installed")
    call = tmp_path / "call.jsonl"
    connect = [*RTCLI, "connect", "demo", "--audio-in", str(RECORDINGS / "speech/weather.wav"), "-o", str(call)]
    subprocess.run(connect, capture_output=True, timeout=60, check=True, stdin=subprocess.DEVNULL)
    _, told = audio(call, "-o", tmp_path / "call.wav")
    found = re.search(r"call\.wav: [\d.]+ KB, ([\d.]+) s, stereo", told)
    length_s = float(
        subprocess.run(["sox", "--i", "-D", tmp_path / "call.wav"], capture_output=True, check=True).stdout
    )
    assert found
    assert length_s == pytest.approx(float(found[1]), abs=0.01)
    with wave.open(str(RECORDINGS / "speech/weather.wav")) as file:
        spoken_s = file.getnframes() / file.getframerate()
    speaks_s = answer_s(call)
    assert length_s == pytest.approx(speaks_s[1], abs=0.01)
    assert level(tmp_path / "call.wav", 1, 0, spoken_s) > 0.02
    assert level(tmp_path / "call.wav", 1, spoken_s + 0.3, speaks_s[1]) < 0.002
    assert level(tmp_path / "call.wav", 2, *speaks_s) > 0.02
    assert level(tmp_path / "call.wav", 2, 0, speaks_s[0] - 0.05) == 0


def answer_s(path):
    """From when to when the answer sounds, told by the lines of the recording themselves."""
    found = re.findall(rb'\{"t":([\d.]+),.*"response.output_audio.delta".*"delta":"([^"]*)"', path.read_bytes())
    sizes = [len(payload) * 3 // 4 - payload.count(b"=") for _, payload in found]
    began_s = float(found[0][0])
    return began_s, began_s + sum(sizes) / 48_000


def level(path, channel, since_s, until_s):
    command = ["sox", path, "-n", "remix", channel, "trim", f"{since_s:.3f}", f"={until_s:.3f}", "stat"]
    told = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True).stderr
    return float(re.search(r"RMS\s+amplitude:\s+([\d.]+)", told)[1])


def test_a_part_of_a_call_begins_and_ends_where_it_is_asked_to(tmp_path):
    path = write(tmp_path / "call.jsonl", *CALL)
    audio(path, "-o", tmp_path / "all.wav")
    audio(path, "-o", tmp_path / "part.wav", "--since", "2.2", "--until", "-0.2")
    for whole, part in zip(channels(tmp_path / "all.wav"), channels(tmp_path / "part.wav"), strict=True):
        assert part == whole[round(2.2 * RATE) : round(3.5 * RATE)]
    _, told = audio(path, "-o", tmp_path / "none.wav", "--since", "1m", code=2)
    assert "the call lasts from 0.0 s to 3.7 s" in told


def test_it_goes_through_pipes_and_never_to_a_terminal(tmp_path):
    path = write(tmp_path / "call.jsonl", *CALL)
    audio(path, "-o", tmp_path / "call.wav")
    piped, _ = audio("-", "-o", "-", given=path.read_bytes())
    assert piped == (tmp_path / "call.wav").read_bytes()
    for terminal in ("-", "/dev/stdout"):
        with Terminal("audio", path, "-o", terminal) as screen:
            screen.shows("not written to a terminal")


def test_a_reader_may_leave_early(tmp_path):
    path = write(tmp_path / "call.jsonl", *CALL)
    with subprocess.Popen(
        [*RTCLI, "audio", path, "-o", "-"], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout.read(4) == b"RIFF"
        process.stdout.close()
        assert process.wait(timeout=60) == 0
        assert process.stderr.read() == b""


def test_a_file_is_private_and_never_replaced_unless_told(tmp_path):
    path, out = write(tmp_path / "call.jsonl", *CALL), tmp_path / "call.wav"
    out.write_bytes(b"mine")
    _, told = audio(path, "-o", out, code=2)
    assert "--overwrite" in told
    assert out.read_bytes() == b"mine"
    audio(path, "-o", out, "--overwrite")
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert sorted(one.name for one in tmp_path.iterdir()) == ["call.jsonl", "call.wav"]


def test_an_item_becomes_a_file_whose_name_no_peer_can_choose(tmp_path):
    ids = ["../../etc/x", "a\0b", "ä" * 5000, "x" * 10_000, "fine-1"]
    lines = [line for n, name in enumerate(ids) for line in (delta(1.0 + 2 * n, tone(440, 100), name),)]
    path = write(tmp_path / "call.jsonl", created(), began(0.5), *lines)
    audio(path, "--per-item", tmp_path / "items")
    names = sorted(os.listdir(tmp_path / "items"))
    assert len(names) == 5
    assert all(re.fullmatch(r"00\d-model(-[A-Za-z0-9_-]{1,60})?\.wav", name) for name in names)
    assert names[4] == "005-model-fine-1.wav"
    _, told = audio(path, "--per-item", tmp_path / "items", code=2)
    assert "exists already" in told


def test_an_answer_outside_the_conversation_is_not_in_the_call_but_has_its_file(tmp_path):
    lines = [created(), *live(1.0, tone(1000, 100)), began(2.0, "o", None), delta(2.0, tone(440, 300), "x", "o")]
    path = write(tmp_path / "call.jsonl", *lines)
    audio(path, "-o", tmp_path / "call.wav", "--per-item", tmp_path / "items")
    user, model = channels(tmp_path / "call.wav")
    assert len(user) == round(1.1 * RATE)
    assert not any(model)
    assert "002-model-x.wav" in os.listdir(tmp_path / "items")


def test_two_connections_of_a_file_follow_each_other(tmp_path):
    header = '- {"rtcli": 1}'
    first = [header, created(), began(0.5), delta(1.0, tone(440, 500)), done(1.1)]
    second = [header, created(), began(0.5), delta(1.0, tone(880, 500)), done(1.1)]
    audio(write(tmp_path / "call.jsonl", *first, *second), "-o", tmp_path / "call.wav")
    _, model = channels(tmp_path / "call.wav")
    assert power(model, 440, 1.01, 1.49) == pytest.approx(10_000, rel=0.05)
    assert power(model, 880, 2.51, 2.99) == pytest.approx(10_000, rel=0.05)


def test_what_was_cut_on_a_later_connection_is_told_by_its_place_in_the_file(tmp_path):
    header = '- {"rtcli": 1}'
    first = [header, created(), began(0.5), delta(1.0, tone(440, 500)), done(1.1)]
    second = [header, created(), began(0.5), delta(1.0, tone(880, 500), "j"), truncate(1.2, 200, "j")]
    _, told = audio(write(tmp_path / "call.jsonl", *first, *second), "-o", tmp_path / "call.wav")
    assert "j at 2.50 s: 0.20 s of 0.50 s heard" in told


def test_a_part_of_a_recording_begins_with_its_first_sound(tmp_path):
    header = '- {"rtcli": 1, "cut": ["start"]}'
    path = write(tmp_path / "part.jsonl", header, created(), *live(300.0, tone(1000, 100)))
    _, told = audio(path, "-o", tmp_path / "part.wav")
    user, _ = channels(tmp_path / "part.wav")
    assert len(user) == round(0.1 * RATE)
    assert "it begins at 300.00 s of the recording" in told


def test_a_recording_without_audio_says_so_and_writes_nothing(tmp_path):
    out = tmp_path / "call.wav"
    _, told = audio(RECORDINGS / "text.jsonl", "-o", out, code=2)
    assert "it holds no audio" in told
    path = write(tmp_path / "bad.jsonl", created(), said(1.0, "client", "input_audio_buffer.append", audio="[Object]"))
    _, told = audio(path, "-o", out, code=2)
    assert "none of its audio can be decoded: no base64" in told
    assert not out.exists()


def test_what_a_logger_shortened_is_left_out_and_told(shared, tmp_path):
    _, told = audio(shared / "traffic/realtime/audio_in_server_vad_turn.jsonl", "-o", tmp_path / "call.wav", code=3)
    assert "the audio of the model is left out: it was shortened by whoever made the log" in told
    user, model = channels(tmp_path / "call.wav")
    assert len(user) == round(5.488 * RATE)
    assert not any(model)
    _, told = audio(shared / "traffic/realtime/text_in_audio_out.jsonl", "-o", tmp_path / "none.wav", code=2)
    assert "its audio was shortened" in told


def test_some_audio_that_cannot_be_decoded_is_told_and_the_rest_is_written(tmp_path):
    bad = said(1.1, "client", "input_audio_buffer.append", audio="===")
    path = write(tmp_path / "call.jsonl", created(), *live(1.0, tone(1000, 100)), bad)
    _, told = audio(path, "-o", tmp_path / "call.wav", code=3)
    assert "1 line with audio left out: no base64" in told


def test_what_cannot_be_meant_is_said(tmp_path):
    path = write(tmp_path / "call.jsonl", *CALL)
    assert "-o call.wav" in audio(path, code=2)[1]
    assert "is a folder" in audio(path, "-o", tmp_path, code=2)[1]
    assert "there is no folder" in audio(path, "-o", tmp_path / "none/call.wav", code=2)[1]
    assert "--since" in audio(path, "--per-item", tmp_path / "x", "--since", "1", code=2)[1]
    late = write(tmp_path / "late.jsonl", created(), append(1.0, SILENCE), append(90_000.0, SILENCE))
    assert "more than a WAV file holds" in audio(late, "-o", tmp_path / "late.wav", code=2)[1]
    assert not list(tmp_path.glob("*.wav"))
