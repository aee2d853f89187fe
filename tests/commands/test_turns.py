"""``rtcli turns`` as a process of its own: the rows, the limits and their exit codes."""

from __future__ import annotations

import csv
import io
import json
import os
import sys
import xml.etree.ElementTree as ET
from pathlib import Path

import program
import pytest
from counted import HEADER, SPOKEN, append, committed, created, done, session_of
from notation import lines_of

CALL = Path(__file__).parents[2] / "recordings" / "interruption.jsonl"


@pytest.fixture
def spoken(tmp_path):
    """One turn whose first audio comes 300 ms behind its end, and 700 ms behind that of the speech."""
    path = tmp_path / "call.jsonl"
    path.write_bytes(b"".join(lines_of(SPOKEN)))
    return path


def turns(*arguments, code=0, width=100):
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith("RTCLI_")}
    surroundings |= {"NO_COLOR": "1", "COLUMNS": str(width)}
    command = [sys.executable, "-m", "rtcli", "turns", *map(str, arguments)]
    done = program.run(command, capture_output=True, text=True, timeout=60, env=surroundings)
    assert done.returncode == code, (done.stdout, done.stderr)
    return done


def other(command, *arguments):
    """What another command says of the same file."""
    surroundings = {name: value for name, value in os.environ.items() if not name.startswith(("RTCLI_", "COLUMNS"))}
    line = [sys.executable, "-m", "rtcli", command, *map(str, arguments)]
    return program.run(line, capture_output=True, text=True, timeout=60, env=surroundings | {"NO_COLOR": "1"}).stdout


def test_a_turn_is_a_row_with_its_stages_and_its_words_below():
    told = turns(CALL).stdout.splitlines()
    place = next(number for number, line in enumerate(told) if line.split()[:2] == ["turn", "line"])
    first, words, second, _ = told[place + 1 : place + 5]
    assert first.split()[:2] == ["1", "9"]
    assert first.endswith("interrupted")
    assert words.split("  ")[-2:] == ["user Please tell me a story.", words.split("  ")[-1]]
    assert "model Once upon a time" in words
    assert second.split()[:2] == ["2", "80"]


@pytest.mark.parametrize("width", [60, 80, 140])
def test_the_rows_fit_the_screen(width):
    told = turns(CALL, width=width).stdout.splitlines()
    assert max(len(line) for line in told[2:]) <= width


def test_a_limit_that_is_kept_passes_and_one_that_is_broken_is_told_with_its_lines(spoken):
    assert "kept        --max-ttfa 300ms: at most 300 ms in 1 turn" in turns(spoken, "--max-ttfa", "300ms").stdout
    done = turns(spoken, "--max-ttfa", "0.299s", "--max-voice-to-voice", "700ms", "--max-errors", "0", code=1)
    assert "broken      --max-ttfa 0.299s: 1 of 1 turn took longer, at worst 300 ms (line 17)" in done.stdout
    assert "kept        --max-voice-to-voice 700ms" in done.stdout
    assert "kept        --max-errors 0: 0 errors" in done.stdout


def test_what_cannot_be_judged_does_not_pass(shared):
    bare = shared / "traffic/realtime/azure_spoken_turn_drives_a_tool.jsonl"
    done = turns(bare, "--max-ttfa", "1h", code=1)
    assert "not judged  --max-ttfa 1h: the recording has no times" in done.stdout


def test_the_document_has_the_times_of_each_stage_with_their_lines(spoken):
    document = json.loads(turns(spoken, "--json", "--p95-ttfa", "1s").stdout)
    assert document["schema"] == "rtcli.turns/1"
    (turn,) = document["connections"][0]["turns"]
    assert turn["measured_from"] == "stopped"
    assert turn["stages"]["speech_end"] == {"ms": -400, "at_s": 0.8, "line": 9}
    assert turn["stages"]["first_audio"] == {"ms": 300, "at_s": 1.5, "line": 17}
    assert turn["stages"]["first_text"] is None
    assert (turn["ttfa_ms"], turn["voice_to_voice_ms"], turn["speech_ms"]) == (300, 700, 800)
    by_metric = {one["metric"]: one for one in document["spread"]}
    assert by_metric["ttfa"]["n"] == 1
    assert by_metric["ttfa"]["p50"] is None
    assert by_metric["ttfa"]["worst"] == {"value": 300, "line": 17}
    assert [(one["gate"], one["verdict"]) for one in document["gates"]] == [("--p95-ttfa 1s", "kept")]


def test_all_words_are_in_the_document():
    document = json.loads(turns(CALL, "--json").stdout)
    first, second = document["connections"][0]["turns"]
    assert first["user"] == ["Please tell me a story."]
    assert second["model"] == ["I understand. What would you like to do next?"]


def test_a_table_for_spreadsheets_has_a_row_a_turn_and_the_limits_go_to_standard_error(spoken):
    done = turns(spoken, "--csv", "--max-ttfa", "1ms", code=1)
    (row,) = csv.DictReader(io.StringIO(done.stdout))
    assert (row["turn"], row["measured_from"], row["first_audio_ms"], row["ttfa_ms"]) == (
        "1",
        "stopped",
        "300.0",
        "300.0",
    )
    assert done.stderr.startswith("rtcli: broken      --max-ttfa 1ms: ")


def test_what_programs_read_is_utf_8_whatever_the_terminal_takes(tmp_path):
    path = tmp_path / "call.jsonl"
    item = '{"type":"message","role":"user","content":[{"type":"input_text","text":"Grüße, 日本"}]}'
    path.write_bytes(b"".join(lines_of(f'0.2 > conversation.item.create {{"item":{item}}}')))
    for form in ("--csv", "--json"):
        command = [sys.executable, "-m", "rtcli", "turns", str(path), form]
        done = program.run(command, env=os.environ | {"PYTHONIOENCODING": "ascii"}, capture_output=True, timeout=60)
        assert done.returncode == 0
        assert "Grüße, 日本" in done.stdout.decode()


def test_ci_reads_the_limits_as_junit(spoken):
    done = turns(spoken, "--output-format", "junit", "--max-ttfa", "1ms", "--max-errors", "0", code=1)
    (suite,) = ET.fromstring(done.stdout)
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("2", "1", "0")


def test_limits_may_stand_in_the_environment(spoken, monkeypatch):
    command = [sys.executable, "-m", "rtcli", "turns", str(spoken)]
    done = program.run(command, env=os.environ | {"RTCLI_MAX_TTFA": "1ms"}, capture_output=True, timeout=60)
    assert done.returncode == 1


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--max-ttfa", "1200"], "rtcli: --max-ttfa: '1200' has no unit; write 1200ms or 1200s"),
        (["--p95-ttfa", "soon"], "rtcli: --p95-ttfa: 'soon' is no time"),
        (["--max-ttfa", "-1s"], "rtcli: --max-ttfa: '-1s' lies before the turn"),
        (["--output-format", "junit"], "rtcli: --output-format: junit reports limits, and none was given"),
        (["--json", "--csv"], "rtcli: --output-format: the turns are written in one format only"),
    ],
)
def test_what_cannot_be_meant_is_told_in_a_line(spoken, arguments, why):
    done = turns(spoken, *arguments, code=2)
    assert done.stderr.startswith(why)
    assert done.stderr.count("\n") == 1


def test_the_two_times_to_the_first_audio_have_one_name_and_one_value_each_wherever_they_are_told(spoken, tmp_path):
    """300 ms from turn detection's word on, 700 ms from the end of the speech on."""
    (turn,) = json.loads(turns(spoken, "--json").stdout)["connections"][0]["turns"]
    assert (turn["ttfa_ms"], turn["voice_to_voice_ms"]) == (300, 700)
    told = turns(spoken).stdout
    assert ["(TTFA)", "1", "–", "–", "300", "ms"] in [line.split()[4:10] for line in told.splitlines()]
    assert "Voice to voice (end of speech)  1    –    –  700 ms" in told
    (one,) = json.loads(other("info", spoken, "--json", "all"))["sessions"]
    assert (one["ttfa_worst_ms"], one["voice_to_voice_worst_ms"]) == (300, 700)
    assert "at worst 300 ms after the user's turn · at worst 700 ms after the end of speech" in other("info", spoken)
    spans = json.loads(other("convert", spoken, "--to", "otlp", "-o", "-"))["resourceSpans"][0]["scopeSpans"][0][
        "spans"
    ]
    values = {one["key"]: one["value"] for span in spans for one in span["attributes"]}
    assert values["rtcli.ttfa_ms"] == values["rtcli.ttfa_ms.worst"] == {"doubleValue": 300.0}
    assert values["rtcli.voice_to_voice_ms"] == values["rtcli.voice_to_voice_ms.worst"] == {"doubleValue": 700.0}


def test_the_doctor_says_from_where_on_the_first_audio_is_slow(tmp_path):
    """The answer comes 3.3 s behind turn detection's word, which came 400 ms behind the end of the speech."""
    late = "".join(
        f"{float(line.split()[0]) + 3} {line.split(maxsplit=1)[1]}" if "response." in line else line
        for line in SPOKEN.splitlines(keepends=True)
    )
    path = tmp_path / "late.jsonl"
    path.write_bytes(b"".join(lines_of(late)))
    assert "first audio after the end of the user's speech: 3.7 s" in other("doctor", path)
    unheard = late.replace('"lossless":true', '"lossless":false')
    path.write_bytes(b"".join(lines_of(unheard)))
    assert "first audio after the user's turn: 3.3 s" in other("doctor", path)


def test_no_stage_is_told_from_which_a_time_follows_that_cannot_be_known(tmp_path):
    """Where audio is missing, positions in it cannot be told in times of the recording."""
    path = tmp_path / "call.jsonl"
    path.write_bytes(b"".join(lines_of(SPOKEN.replace('"lossless":true', '"lossless":false'))))
    (turn,) = json.loads(turns(path, "--json").stdout)["connections"][0]["turns"]
    assert (turn["stages"]["speech_end"], turn["voice_to_voice_ms"], turn["ttfa_ms"]) == (None, None, 300)
    (row,) = csv.DictReader(io.StringIO(turns(path, "--csv").stdout))
    assert (row["speech_end_ms"], row["voice_to_voice_ms"], row["ttfa_ms"]) == ("", "", "300.0")
    assert "-400" not in turns(path).stdout


def test_semantic_turn_detection_is_said_to_keep_its_wait_to_itself(tmp_path):
    """Its speech ends where it says, at 900 ms of the audio, sent at 1 s: 500 ms before the first audio."""
    path = tmp_path / "call.jsonl"
    semantic = SPOKEN.replace('{"type":"server_vad","silence_duration_ms":200}', '{"type":"semantic_vad"}')
    path.write_bytes(b"".join(lines_of(semantic)))
    (turn,) = json.loads(turns(path, "--json").stdout)["connections"][0]["turns"]
    assert (turn["semantic"], turn["voice_to_voice_ms"]) == (True, 500)
    assert "semantic_vad does not tell how long it waited" in turns(path).stdout
    assert "semantic_vad" not in turns(CALL).stdout


def test_a_turn_by_push_to_talk_is_as_long_as_from_its_commit_to_its_end(tmp_path):
    """The button is let go at 2 s, asked for at 2.05 s, and all is said at 3 s."""
    script = (
        HEADER
        + session_of('"turn_detection":null')
        + append(1.0)
        + "2.0 > input_audio_buffer.commit {}\n2.05 > response.create {}\n"
        + committed(2.1, "u")
        + created(2.2, "r")
        + done(3.0, "r")
    )
    path = tmp_path / "call.jsonl"
    path.write_bytes(b"".join(lines_of(script)))
    (turn,) = json.loads(turns(path, "--json").stdout)["connections"][0]["turns"]
    assert (turn["measured_from"], turn["whole_ms"]) == ("commit", 1000)
