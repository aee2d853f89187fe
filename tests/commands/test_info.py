"""``rtcli info`` as a process of its own."""

from __future__ import annotations

import csv
import io
import json
import os
import shutil
import sys
from pathlib import Path

import program
import pytest

RECORDINGS = Path(__file__).parents[2] / "recordings"
NAMES = ("clean/spoken.jsonl", "broken/TUR01.jsonl", "broken/TUR16.jsonl")


@pytest.fixture
def calls(tmp_path):
    """A folder with a call in order and two others."""
    for name in NAMES:
        shutil.copy(RECORDINGS / name, tmp_path)
    return tmp_path


def info(*arguments, code=0, stdin=None, width=None):
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("RTCLI_", "COLUMNS"))}
    surroundings |= {"NO_COLOR": "1"} | ({"COLUMNS": str(width)} if width else {})
    command = [sys.executable, "-m", "rtcli", "info", *map(str, arguments)]
    done = program.run(command, capture_output=True, text=True, timeout=60, env=surroundings, input=stdin)
    assert done.returncode == code, (done.stdout, done.stderr)
    return done


def test_one_recording_has_a_screen_of_its_own():
    told = info(RECORDINGS / "interruption.jsonl").stdout.splitlines()
    rows = {line[:13].strip(): line[13:] for line in told[1:]}
    assert told[0] == str(RECORDINGS / "interruption.jsonl")
    assert rows["model"] == "gpt-realtime · realtime · voice marin"
    assert rows["duration"] == "4.8 s · 152 events · closed by the client (1000)"
    assert rows["turns"] == "2 · 1 interrupted · turn detection server_vad"
    assert rows["responses"] == "2: 1 completed, 1 cancelled"
    assert rows["tokens"] == "89 in (30 text, 59 audio) · 155 out (31 text, 124 audio)"
    assert (rows["errors"], rows["findings"], rows["causes"]) == ("none", "none", "nothing went wrong")


def test_a_typed_call_has_no_audio_and_no_turn_that_detection_found():
    told = info(RECORDINGS / "text.jsonl").stdout
    rows = dict(line.split(maxsplit=1) for line in told.splitlines()[1:])
    assert rows["audio"] == "none"
    assert rows["turns"] == "1 · turn detection server_vad"


def test_a_folder_is_a_table_with_the_worst_call_first_and_a_sum(calls):
    head, *rows, empty, total = info(calls).stdout.splitlines()
    assert head.split()[:3] == ["file", "model", "duration"]
    assert [Path(row.split()[0]).name for row in rows][-1] == "spoken.jsonl"
    assert "was never answered" in next(row for row in rows if "TUR16" in row)
    assert empty == ""
    assert total.startswith("3 sessions in 3 files · ")
    assert "2 in which something went wrong" in total


@pytest.mark.parametrize("width", [60, 80, 140])
def test_the_table_fits_the_screen(calls, width):
    told = info(calls, width=width).stdout.splitlines()
    assert max(map(len, told[1:-1])) <= width
    assert all(Path(name).name in "".join(told) for name in NAMES)


def test_any_field_orders_the_rows(calls):
    def lengths(*arguments):
        return [
            one["duration_s"] for one in json.loads(info(calls, "--json", "duration_s", *arguments).stdout)["sessions"]
        ]

    ordered = lengths("--sort", "duration_s")
    assert ordered == sorted(ordered)
    assert len(set(ordered)) == 3
    assert lengths("--sort", "-duration") == lengths("--sort", "duration", "--reverse") == ordered[::-1]


def test_json_has_the_fields_that_are_asked_for_and_alone_lists_them(calls):
    document = json.loads(info(RECORDINGS / "spoken.jsonl", "--json", "duration_s,model").stdout)
    assert document["schema"] == "rtcli.info/1"
    assert [list(one) for one in document["sessions"]] == [["duration_s", "model"]]
    assert document["sessions"][0]["model"] == "gpt-realtime"
    listed = [line.split()[0] for line in info("--json").stdout.splitlines()]
    assert info(calls, "--json").stdout == info("--json", calls).stdout == info("--json").stdout
    (whole,) = json.loads(info(RECORDINGS / "spoken.jsonl", "--json", "all").stdout)["sessions"]
    assert list(whole) == listed


def test_a_table_for_spreadsheets_says_the_same_as_the_document(calls):
    rows = list(csv.DictReader(io.StringIO(info(calls, "--csv").stdout)))
    told = json.loads(info(calls, "--json", "all").stdout)["sessions"]
    assert [row["file"] for row in rows] == [one["file"] for one in told]
    for row, one in zip(rows, told, strict=True):
        for name in ("duration_s", "turns", "error_findings", "audio_in_ms", "longest_silence_ms"):
            assert row[name] == ("" if one[name] is None else repr(one[name])), name


def test_what_cannot_be_read_is_told_and_the_rest_is_shown(calls):
    (calls / "no.jsonl").write_text("This is a letter.\n")
    done = info(calls, calls / "missing.jsonl", code=2)
    assert "3 sessions in 3 files" in done.stdout
    assert done.stderr.count("rtcli: cannot read") == 2
    empty = calls / "empty"
    empty.mkdir()
    assert f"there is no recording in {empty}" in info(empty, code=2).stderr


def test_a_recording_may_come_from_a_pipe_and_hold_several_connections():
    both = (RECORDINGS / "clean/spoken.jsonl").read_text() + (RECORDINGS / "broken/TUR01.jsonl").read_text()
    told = info("-", stdin=both).stdout
    assert [line for line in told.splitlines() if line.startswith("- ·")] == ["- · connection 1", "- · connection 2"]


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        ([], "rtcli: PATH: there is nothing to sum up"),
        (["-", "-"], "rtcli: PATH: standard input can be read once only; name a file"),
        (["x", "--json", "modle"], "rtcli: --json: there is no field 'modle'; perhaps model"),
        (["x", "--sort", "speed"], "rtcli: --sort: there is no field 'speed'"),
        (["x", "--csv", "--json", "model"], "rtcli: --csv: sessions are written in one format only"),
    ],
)
def test_what_cannot_be_meant_is_told_in_a_line(arguments, why):
    done = info(*arguments, code=2)
    assert done.stderr.startswith(why)
    assert done.stderr.count("\n") == 1
