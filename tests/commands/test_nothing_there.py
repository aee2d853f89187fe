"""Every command that reads says the same of a file that is empty, is no recording, or ends in the middle of a line."""

from __future__ import annotations

import sys
from pathlib import Path

import program
import pytest

RECORDING = Path(__file__).parents[2] / "recordings" / "spoken.jsonl"

READING = [
    "show IN",
    "show IN --raw",
    "info IN",
    "turns IN",
    "cost IN",
    "transcript IN",
    "doctor IN",
    "validate IN",
    "migrate IN",
    "diff IN WHOLE",
    "report IN -o OUT",
    "bundle IN -o OUT.zip",
    "redact IN -o OUT",
    "redact IN --check",
    "convert IN -o OUT --to rtcli",
    "convert IN -o OUT --to parquet",
    "filter IN -o OUT",
    "filter IN --not-type *.delta -o OUT",
    "cut IN -o OUT",
    "cut IN --since 0 -o OUT",
    "merge IN WHOLE -o OUT",
    "audio IN -o OUT.wav",
]
"""Those that tell of the file, or make another of it."""


def rtcli(command: str, path: object, folder: Path, code: int, stdin: bytes = b"") -> str:
    names = {
        "IN": str(path),
        "WHOLE": str(RECORDING),
        "OUT": str(folder / "out"),
        "OUT.zip": str(folder / "out.zip"),
        "OUT.wav": str(folder / "out.wav"),
    }
    words = [names.get(word, word) for word in command.split()]
    done = program.run([sys.executable, "-m", "rtcli", *words], input=stdin, capture_output=True, timeout=60)
    assert done.returncode == code, (command, done.stdout[-300:], done.stderr)
    return done.stderr.decode()


@pytest.mark.parametrize("command", [*READING, "recover IN -o OUT", "mark IN --at 0 note -o OUT"])
def test_an_empty_file_is_refused_in_one_sentence_and_leaves_no_other(command, tmp_path):
    path = tmp_path / "empty.jsonl"
    path.write_bytes(b"")
    why = "it is empty; a recording has one event or record on each line"
    assert rtcli(command, path, tmp_path, 2) == f"rtcli: cannot read {path}: {why}\n"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "command", ["show IN", "cut IN --since 0 -o OUT", "convert IN -o OUT --to har", "report IN -o OUT"]
)
def test_nothing_on_standard_input_is_called_so_by_its_name(command, tmp_path):
    assert rtcli(command, "-", tmp_path, 2).startswith("rtcli: cannot read -: it is empty;")


def test_empty_lines_are_nothing_either_however_many_there_are(tmp_path):
    path = tmp_path / "blank.jsonl"
    for lines in (1, 100_000):
        path.write_bytes(b"\n" * lines)
        assert "it is empty" in rtcli("info IN", path, tmp_path, 2)
    path.write_bytes(b"\n" * 100_000 + b'{"type":"response.create"}\n')
    assert rtcli("info IN", path, tmp_path, 0) == ""


@pytest.mark.parametrize(
    "content", [b"Dear diary,\n\ntoday I went out.\n", b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 8, b"a,b\n1,2\n"]
)
@pytest.mark.parametrize(
    "command", ["filter IN -o OUT", "cut IN -o OUT", "merge IN WHOLE -o OUT", "convert IN -o OUT --to rtcli"]
)
def test_what_is_no_recording_is_not_copied_as_one(command, content, tmp_path):
    path = tmp_path / "thing.jsonl"
    path.write_bytes(content)
    told = rtcli(command, path, tmp_path, 2)
    if content.startswith(b"\x89PNG"):
        assert "it is a PNG picture, which holds no events" in told
    else:
        assert "is a JSON object" in told or "no JSON object" in told
        assert "--from script, har," in told
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize(
    "command", ["show IN", "convert IN -o OUT --to rtcli", "recover IN -o OUT", "filter IN -o OUT", "cut IN -o OUT"]
)
@pytest.mark.parametrize(
    ("ending", "why"), [(".otlp.json", "spans"), (".parquet", "Parquet"), (".html", "web page"), (".wav", "WAV")]
)
def test_what_was_made_of_a_recording_is_not_read_back_as_one(command, ending, why, tmp_path):
    made = tmp_path / f"made{ending}"
    by = {".wav": "audio", ".html": "report"}.get(ending, "convert")
    program.run([sys.executable, "-m", "rtcli", by, RECORDING, "-o", made], check=True, capture_output=True)
    assert why in rtcli(command, made, tmp_path, 2)
    assert list(tmp_path.iterdir()) == [made]


@pytest.mark.parametrize("command", READING)
def test_a_line_without_an_end_is_data_that_was_lost_and_told_once(command, tmp_path):
    path = tmp_path / "torn.jsonl"
    whole = RECORDING.read_bytes()
    path.write_bytes(whole + b'{"t":999.0,"from":"server","event":{"type":"resp')
    if command == "validate IN":
        rtcli(command, path, tmp_path, 1)  # a finding of its own says it, and may be ignored
        return
    told = rtcli(command, path, tmp_path, 3)
    line = whole.count(b"\n") + 1
    assert told.count("has no end") == 1, told
    assert f"rtcli: {path}:{line}: the line has no end: whoever wrote the recording was interrupted" in told
    assert "left out: torn" not in told
