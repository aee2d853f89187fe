"""The end of a large recording, which is shown as it is when all of it is read."""

from __future__ import annotations

import base64
import json
import os
import random
import shutil
import sys
from pathlib import Path

import program
import pytest

from rtcli.errors import UnreadableRecording
from rtcli.formats.ending import LEAST_BYTES, ending
from rtcli.formats.sweep import last_line_with, lines_in

HEADER = {"rtcli": 1, "url": "ws://127.0.0.1:1/v1/realtime", "transport": "websocket", "handshake": True}
TURN_S = 5.0
TURN_BYTES = 400_000


def event(t, sender, kind, **fields):
    return {"t": round(t, 6), "from": sender, "event": {"type": kind, "event_id": f"e{t:.3f}{kind}", **fields}}


def session(name="audio/pcm"):
    audio = {"input": {"format": {"type": name} | ({"rate": 24000} if name == "audio/pcm" else {})}}
    return {"type": "realtime", "id": "sess_1", "object": "realtime.session", "model": "gpt-realtime", "audio": audio}


def turn(number, at_s):
    """The user's words, as speech, and an answer in text."""
    sound = base64.b64encode(random.Random(number).randbytes(TURN_BYTES // 40 * 3 // 4)).decode()
    response = {"id": f"resp_{number}", "conversation_id": "conv_1", "status": "in_progress", "output": []}
    return [
        *(event(at_s + piece / 10, "client", "input_audio_buffer.append", audio=sound) for piece in range(40)),
        event(at_s + 4, "client", "response.create"),
        event(at_s + 4.1, "server", "response.created", response=response),
        event(at_s + 4.5, "server", "response.done", response=response | {"status": "completed"}),
    ]


def call(turns, since_s=0.0):
    """A recording of so many turns."""
    return [
        HEADER,
        event(since_s, "server", "session.created", session=session()),
        *(record for number in range(turns) for record in turn(number, since_s + number * TURN_S)),
        {"t": since_s + turns * TURN_S, "from": "client", "close": {"code": 1000, "reason": ""}},
    ]


def lines_of(records):
    return [json.dumps(record, separators=(",", ":")) + "\n" for record in records]


def large():
    return lines_of(call(LEAST_BYTES // TURN_BYTES + 8))


def shown(path, *options, given=None):
    command = [sys.executable, "-m", "rtcli", "show", str(path), *options]
    return program.run(command, input=given, capture_output=True, text=True)


def shown_whole(path, *options):
    """What is shown where nothing can be skipped, as in a pipe."""
    return shown("-", *options, given=path.read_bytes())


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    path = tmp_path_factory.mktemp("large") / "call.jsonl"
    path.write_text("".join(large()))
    return path


@pytest.fixture
def recording(made, tmp_path):
    """A recording that a test may change."""
    return Path(shutil.copy(made, tmp_path))


@pytest.mark.parametrize(
    "options",
    [
        ["--since", "-10s"],
        ["--since", "-12s", "--until", "-6s", "--no-fold"],
        ["--since", "-7s", "--type", "response.*"],
        ["--since", "-7s", "--raw", "--from", "client"],
        ["--since", "1m", "--until", "-2m30s"],
    ],
)
def test_the_end_is_shown_as_where_all_is_read(made, options):
    end, whole = shown(made, *options), shown_whole(made, *options)
    assert end.stdout.count("\n") > 2
    assert (end.stdout, end.returncode) == (whole.stdout, whole.returncode)


def test_it_is_said_what_findings_rest_on(made):
    assert "findings are told of what was read" in shown(made, "--since", "-10s").stderr
    assert shown(made, "--since", "-10s", "--no-findings").stderr == ""
    assert shown(made, "--since", "-10s", "--raw").stderr == ""


def test_a_finding_in_the_end_names_its_line(recording):
    lines = recording.read_text().splitlines(keepends=True)
    wrong = json.loads(lines[-3])
    wrong["event"]["response"] = 7
    lines[-3] = json.dumps(wrong, separators=(",", ":")) + "\n"
    recording.write_text("".join(lines))
    end = shown(recording, "--since", "-3s").stdout
    assert f"line {len(lines) - 2}" in end
    assert end == shown_whole(recording, "--since", "-3s").stdout


def test_a_format_that_was_changed_where_nothing_is_read_is_in_force(recording):
    lines = recording.read_text().splitlines(keepends=True)
    place = len(lines) // 2
    at_s = json.loads(lines[place])["t"]
    changed = event(at_s, "server", "session.updated", session=session("audio/pcmu"))
    misled = {"t": at_s, "note": 'nothing was said of "session.updated"'}
    lines[place:place] = lines_of([changed, misled])
    recording.write_text("".join(lines))
    end = shown(recording, "--since", "-10s", "--no-findings").stdout
    assert end == shown_whole(recording, "--since", "-10s", "--no-findings").stdout
    sound_bytes = 40 * (TURN_BYTES // 40 * 3 // 4)
    assert f"40× {sound_bytes / 8000:.2f} s" in end


def test_a_line_without_an_end_is_told_as_ever(recording):
    with recording.open("a") as file:
        file.write('{"t":300.5,"from":"server","event":{"type":"response.cre')
    end, whole = shown(recording, "--since", "-3s"), shown_whole(recording, "--since", "-3s")
    assert (end.stdout, end.returncode) == (whole.stdout, 3)
    lines = recording.read_bytes().count(b"\n")
    assert f"{lines + 1}: the line has no end" in end.stderr


def with_a_clock_that_goes_back(lines):
    place = len(lines) * 2 // 3
    return lines[:place] + [line.replace('{"t":', '{"t":0.', 1) for line in lines[place:]]


def with_an_end_that_goes_back(lines):
    return [*lines, '{"t":1.0,"note":"much earlier"}\n']


@pytest.mark.parametrize(
    "spoiled",
    [
        with_a_clock_that_goes_back,
        with_an_end_that_goes_back,
        lambda lines: lines + lines[: len(lines) // 3],
        lambda lines: lines_of(call(3, since_s=1000.0)) + lines,
        lambda lines: [line.replace('{"t":', '{ "t": ') for line in lines],
        lambda lines: lines[1:],
        lambda lines: [*lines[:-40], "\n", "{}\n", *lines[-40:]],
    ],
)
def test_where_the_order_is_not_sure_all_is_read(recording, spoiled):
    recording.write_text("".join(spoiled(recording.read_text().splitlines(keepends=True))))
    end, whole = shown(recording, "--since", "-10s"), shown_whole(recording, "--since", "-10s")
    assert end.stdout
    assert (end.stdout, end.returncode) == (whole.stdout, whole.returncode)
    assert "findings are told" not in end.stderr


def test_what_lies_before_is_not_read(made):
    end = ending(made, 10.0)
    assert end is not None
    begins, ends = end.gap
    assert ends - begins > LEAST_BYTES // 2
    text = made.read_bytes()
    assert text[ends:] == b"".join(end.lines)
    assert end.first() == text[:ends].count(b"\n") + 1


@pytest.mark.parametrize("size", [0, 1, 1 << 20, (1 << 25) + 12345])
def test_lines_are_counted_and_found_by_all_processors(tmp_path, size):
    path = tmp_path / "lines"
    line = b"." * 99_999 + b"\n"
    text = (line * (size // len(line) + 1))[:size]
    place = size * 2 // 3 // len(line) * len(line)
    path.write_bytes(text[:place] + b"a word\n" + text[place:] + b"no word")
    span = (0, path.stat().st_size)
    assert lines_in(path, span) == text.count(b"\n") + 1
    assert last_line_with(path, span, b"word", lambda line: line.endswith(b"\n")) == b"a word\n"
    assert last_line_with(path, span, b"words", bool) == b""


def test_a_file_that_goes_meanwhile_is_told_in_one_sentence(recording):
    end = ending(recording, 10.0)
    recording.unlink()
    for ask in (end.first, end.set_up_later):
        with pytest.raises(UnreadableRecording, match="No such file"):
            ask()


def test_without_other_processes_one_does_it_all(tmp_path, monkeypatch):
    path = tmp_path / "lines"
    path.write_bytes((b"." * 99_999 + b"\n") * 400)
    span = (0, path.stat().st_size)

    def refused():
        raise BlockingIOError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(os, "fork", refused)
    assert lines_in(path, span) == 400
