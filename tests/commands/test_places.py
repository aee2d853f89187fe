"""Where results go: the same is said of the same name by every command that writes."""

from __future__ import annotations

import sys
from pathlib import Path

import program
import pytest
from terminal import Terminal

RECORDING = Path(__file__).parents[2] / "recordings" / "spoken.jsonl"

WRITING = [
    "filter IN -o OUT.jsonl",
    "cut IN --since 0 -o OUT.jsonl",
    "merge IN IN -o OUT.jsonl",
    "redact IN -o OUT.jsonl",
    "recover IN -o OUT.jsonl",
    "mark IN --at 0 note -o OUT.jsonl",
    "convert IN -o OUT.har",
    "report IN -o OUT.html",
    "bundle IN -o OUT.zip",
    "audio IN -o OUT.wav",
    "transcript IN -o OUT.txt",
    "validate IN -o OUT.txt",
]


def rtcli(command: str, out: Path, code: int) -> str:
    words = [word.replace("IN", str(RECORDING)).replace("OUT", str(out)) for word in command.split()]
    done = program.run([sys.executable, "-m", "rtcli", *words], capture_output=True, text=True, timeout=60)
    assert done.returncode == code, (command, done.stdout[-300:], done.stderr)
    return done.stderr


@pytest.mark.parametrize("command", WRITING)
def test_a_folder_that_is_not_there_is_named_in_one_wording(command, tmp_path):
    folder = tmp_path / "none"
    assert rtcli(command, folder / "made", 2) == f"rtcli: --output: there is no folder {folder}; make it first\n"
    assert not folder.exists()


@pytest.mark.parametrize("command", ["show", "cut", "filter", "recover"])
def test_a_folder_is_not_read_and_who_names_one_is_told_what_takes_it(command, tmp_path):
    done = program.run([sys.executable, "-m", "rtcli", command, tmp_path], capture_output=True, text=True, timeout=60)
    assert done.returncode == 2
    assert "`rtcli info` and `rtcli validate` take a folder" in done.stderr


@pytest.mark.parametrize(("command", "thing"), [("report", "a web page"), ("bundle", "an archive"), ("audio", "audio")])
@pytest.mark.parametrize("output", ["-", "/dev/tty"])
def test_what_is_not_written_to_a_terminal_is_called_what_it_is(command, thing, output):
    with Terminal(command, RECORDING, "-o", output) as terminal:
        terminal.shows(f"{thing} is not written to a terminal")
        assert terminal.leaves() == 2


@pytest.mark.parametrize("ending", ["tar", "tar.gz", "tgz", "7z", "html"])
def test_an_archive_is_no_other_one_than_its_name_says(ending, tmp_path):
    told = rtcli(f"bundle IN -o OUT.{ending}", tmp_path / "ticket", 2)
    assert "only ZIP is written" in told
    assert "name it ticket.zip" in told
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("command", "option"),
    [("redact IN --check -o OUT", "--check"), ("report IN -o OUT --no-audio --audio full", "--no-audio")],
)
def test_of_two_options_that_cannot_both_be_meant_none_is_passed_over(command, option, tmp_path):
    assert f"rtcli: {option}: " in rtcli(command, tmp_path / "made", 2)
    assert list(tmp_path.iterdir()) == []


def test_standard_input_is_not_counted_twice():
    done = program.run(
        [sys.executable, "-m", "rtcli", "validate", "-", "-"], input=b"{}", capture_output=True, timeout=60
    )
    assert done.returncode == 2
    assert b"standard input can be read once only" in done.stderr
