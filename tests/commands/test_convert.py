"""``rtcli convert`` as a process of its own."""

from __future__ import annotations

import gzip
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import program
import pytest

from rtcli.commands import run

RECORDINGS = Path(__file__).parents[2] / "recordings"
TOOL = RECORDINGS / "tool.jsonl"
EVENT = '{"type":"response.create"}'
MIXED = (
    '{"rtcli":1,"started_at":"2026-11-20T19:00:00.000000Z","url":"","by":"","transport":"websocket",'
    '"handshake":false,"lossless":true}\n'
    '{"t":1.000000,"from":"client","event":{"type":"response.create"}}\n'
    '{"t":2.000000,"from":"server","binary":"AAEC"}\n'
    '{"t":3.000000,"from":"client","text":"hello"}\n'
    '{"t":4.000000,"note":"a click"}\n'
)


def convert(*arguments, code=0, stdin=None, **environment):
    command = [sys.executable, "-m", "rtcli", "convert", *map(str, arguments)]
    done = program.run(command, capture_output=True, input=stdin, timeout=60, env=os.environ | environment)
    assert done.returncode == code, (done.stdout[:500], done.stderr)
    assert b"Traceback" not in done.stderr
    return done


def written(*arguments, code=0):
    """The same without a process of its own, for those who look at the file only."""
    assert run(["convert", *map(str, arguments)]) == code


def mixed(folder):
    path = folder / "mixed.jsonl"
    path.write_text(MIXED)
    return path


@pytest.mark.parametrize("ending", ["har.gz", "script.zst", "jsonl.gz"])
def test_a_recording_that_goes_into_another_file_and_back_is_the_same_to_the_byte(ending, tmp_path):
    there, back = tmp_path / f"call.{ending}", tmp_path / "back.jsonl"
    written(TOOL, "-o", there)
    written(there, "-o", back)
    assert back.read_bytes() == TOOL.read_bytes()


def test_all_forms_go_through_pipes():
    script = convert(TOOL, "-o", "-", "--to", "script").stdout
    har = convert("-", "--from", "script", "-o", "-", "--to", "har", stdin=script).stdout
    assert convert("-", "-o", "-", stdin=har).stdout == TOOL.read_bytes()


def test_files_are_for_their_owner_only(tmp_path):
    for name in ("call.har", "call.parquet"):
        written(TOOL, "-o", tmp_path / name)
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600, name


def test_what_was_taken_for_what_is_said(tmp_path):
    har = tmp_path / "x"
    written(TOOL, "-o", har, "--to", "har")
    done = convert(har, "-o", tmp_path / "call.jsonl")
    assert b"read as a HAR archive" in done.stderr
    assert done.stdout == b""
    assert convert(har, "--from", "har", "-o", tmp_path / "again.jsonl").stderr.count(b"\n") == 1


def test_a_file_is_replaced_only_by_those_who_ask_for_it(tmp_path):
    out = tmp_path / "call.har"
    out.write_text("mine")
    done = convert(TOOL, "-o", out, code=2)
    assert b"exists already; replace it with --overwrite" in done.stderr
    assert out.read_text() == "mine"
    written(TOOL, "-o", out, "--overwrite")
    assert json.loads(out.read_bytes())["log"]["version"] == "1.2"


def test_a_recording_may_be_replaced_by_itself_in_another_shape(tmp_path):
    path = tmp_path / "call.jsonl"
    path.write_text(EVENT + "\n")
    written(path, "-o", path, "--overwrite")
    assert path.read_text() == '{"from":"client","event":' + EVENT + "}\n"


def test_what_fails_leaves_what_was_there(tmp_path):
    out = tmp_path / "call.jsonl"
    out.write_text("mine")
    convert(tmp_path / "missing.jsonl", "-o", out, "--overwrite", code=2)
    assert out.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == ["call.jsonl"]


def test_what_bare_events_cannot_hold_is_counted_and_what_nobody_asked_for_is_not(tmp_path):
    done = convert(mixed(tmp_path), "-o", tmp_path / "call.events.jsonl", code=3)
    assert (tmp_path / "call.events.jsonl").read_text() == EVENT + "\n"
    wrote, *said = done.stderr.decode().splitlines()
    assert "call.events.jsonl: " in wrote
    assert len(said) == 2
    assert "left out: binary frames (1), which bare events cannot hold" in said[0]
    assert "left out: text frames that are no events (1)" in said[1]


@pytest.mark.parametrize("to", ["har", "script", "rtcli"])
def test_the_others_hold_all_of_it(to, tmp_path):
    there, back = tmp_path / "there", tmp_path / "back.jsonl"
    written(mixed(tmp_path), "-o", there, "--to", to)
    written(there, "-o", back)
    assert back.read_text() == MIXED


def test_what_was_left_out_on_the_way_in_is_said_too(tmp_path):
    script = b'1 > response.create\nwhat?\n2 - {"note":"x"}\n3 > response.create\n4 > response.cancel\n'
    done = convert("-", "--from", "script", "-o", "-", stdin=script, code=3)
    assert b"-:2: left out: this is no line of a script" in done.stderr
    assert done.stdout.count(b'"event":') == 3
    assert b'"note":"x"' in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "call.xyz"], "call.xyz does not say what to write"),
        (["-o", "call.json"], "or say --to"),
        (["-o", "call"], "does not say what to write"),
        (["-o", "call.har", "--to", "wav"], "'wav'"),
        (["-o", "call.har", "--from", "wav"], "there is no form 'wav'"),
        ([], "--output"),
        (["-o", "."], "does not say"),
        (["-o", ".", "--to", "har"], "is a folder"),
        (["-o", "missing/call.har"], "there is no folder missing"),
    ],
)
def test_what_cannot_be_meant_is_said(arguments, said, tmp_path):
    command = [sys.executable, "-m", "rtcli", "convert", str(TOOL), *arguments]
    done = program.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=60)
    assert done.returncode == 2
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert list(tmp_path.iterdir()) == []


def test_who_does_not_say_where_to_write_is_told_how():
    told = convert(TOOL, code=2).stderr.decode()
    assert told.startswith("rtcli: --output: say where to write; ")
    assert "call.har" in told


def test_spans_need_times_and_say_so(tmp_path, shared):
    done = convert(shared / "traffic/realtime/tool_call_round.jsonl", "-o", tmp_path / "x.otlp.json", code=2)
    assert b"nothing in this recording has a time" in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_words_are_in_spans_only_if_they_are_asked_for(tmp_path):
    silent, told = tmp_path / "silent.otlp.json", tmp_path / "told.otlp.json"
    written(TOOL, "-o", silent)
    written(TOOL, "-o", told, "--content")
    assert "gen_ai.output.messages" not in silent.read_text()
    assert "gen_ai.output.messages" in told.read_text()
    assert json.loads(silent.read_bytes())["resourceSpans"]


@pytest.mark.parametrize("content", [EVENT.encode(), EVENT.encode() + b"\n"])
@pytest.mark.parametrize("to", ["rtcli", "bare", "script"])
def test_a_file_of_a_single_line_is_no_trouble(content, to, tmp_path):
    path, there = tmp_path / "call.jsonl", tmp_path / "there"
    path.write_bytes(content)
    written(path, "-o", there, "--to", to)
    assert there.read_bytes().count(b"\n") == 1


def test_a_pipe_that_is_closed_early_is_no_trouble():
    command = f"{sys.executable} -m rtcli convert {RECORDINGS / 'interruption.jsonl'} -o - --to script | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert done.stdout.startswith('- {"rtcli":1')


def test_a_packed_file_is_packed_in_one_piece(tmp_path):
    written(TOOL, "-o", tmp_path / "call.jsonl.gz")
    assert gzip.decompress((tmp_path / "call.jsonl.gz").read_bytes()) == TOOL.read_bytes()


def test_options_may_come_from_the_environment(tmp_path):
    convert(TOOL, RTCLI_OUTPUT=str(tmp_path / "call.x"), RTCLI_TO="bare")
    assert (tmp_path / "call.x").read_bytes().startswith(b'{"type":"session.created"')


MEASURED = """
import re, sys
from pathlib import Path
from rtcli.commands import run
code = run(sys.argv[1:])
print(re.search(r"VmHWM:\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1])
sys.exit(code)
"""


def peak_bytes(path, out):
    """The most memory that converting a file took."""
    command = [sys.executable, "-c", MEASURED, "convert", path, "-o", out]
    done = program.run(command, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return int(done.stdout) * 1024


@pytest.mark.parametrize("ending", ["jsonl", "har"])
def test_memory_does_not_grow_with_the_file(ending, tmp_path):
    header, *lines = (RECORDINGS / "interruption.jsonl").read_bytes().splitlines(keepends=True)
    call = header + b"".join(line for line in lines if b".append" in line)
    (tmp_path / "short.jsonl").write_bytes(call * 10)
    (tmp_path / "long.jsonl").write_bytes(call * 100)
    size = (tmp_path / "long.jsonl").stat().st_size
    assert size > 25_000_000
    short, long = (
        peak_bytes(tmp_path / f"{name}.jsonl", tmp_path / f"{name}-out.{ending}") for name in ("short", "long")
    )
    assert long - short < size / 10
