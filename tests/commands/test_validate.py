"""``rtcli validate`` as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

GOOD = '{"type":"response.create"}\n'
BAD = '{"type":"session.update","session":{"type":"realtime","tool_choice":"atuo"}}\n'
HOSTILE = '{"type":"error","event_id":"\\u001b]0;owned\\u0007","error":{"type":"x","message":3}}\n'


def validate(*arguments, text="", code=0, **environment):
    command = [sys.executable, "-m", "rtcli", "validate", *map(str, arguments)]
    done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=60, env=os.environ | environment)
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def files(tmp_path):
    (tmp_path / "good.jsonl").write_text(GOOD)
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub/bad.jsonl").write_text(GOOD + BAD)
    (tmp_path / "other.txt").write_text("not looked at")
    return tmp_path


def test_every_recording_of_the_real_server_has_no_finding(shared):
    done = validate(shared / "traffic/realtime")
    assert "in 7 files" in done.stdout
    assert done.stdout.startswith("All good")


def test_the_projects_own_recordings_have_no_finding():
    folder = Path(__file__).parents[2] / "recordings"
    assert "All good" in validate(folder, "--fail-severity", "info").stdout


def test_a_finding_has_line_path_message_expectation_and_nearest_word(files):
    done = validate(files, code=1)
    for part in (
        "SCH07",
        "bad.jsonl:2",
        "$.session.tool_choice",
        "atuo",
        '"auto" or "none" or "required"',
        'did you mean "auto"?',
    ):
        assert part in done.stdout


def test_concise_is_one_line_a_finding(files):
    lines = validate(files, "--output-format", "concise", code=1).stdout.splitlines()
    assert len(lines) == 2
    assert ":2: error SCH07 session.update $.session.tool_choice: " in lines[0]


def test_json_names_its_schema_and_parses(files):
    report = json.loads(validate(files, "--output-format", "json", code=1).stdout)
    assert report["schema"] == "rtcli.findings/1"
    (finding,) = report["findings"]
    assert (finding["code"], finding["line"], finding["path"]) == ("SCH07", 2, "$.session.tool_choice")
    assert report["summary"]["files"] == 2
    assert json.loads(validate(files / "good.jsonl", "--output-format", "json").stdout)["findings"] == []


def test_statistics_count_by_code(files):
    assert "1  SCH07" in validate(files, "--statistics", code=1).stdout


CLASHING = """\
{"rtcli":1,"transport":"websocket","lossless":true}
{"t":1.0,"from":"server","event":{"type":"error","event_id":"e","error":{"type":"x","code":"x","message":"No."}}}
{"t":2.0,"from":"client","event":{"type":"input_audio_buffer.append","audio":""}}
{"t":3.0,"from":"client","event":{"type":"response.create","event_id":7}}
"""


@pytest.mark.parametrize(
    ("options", "codes"),
    [
        ([], {"ERR01", "SCH06"}),
        (["--select", "AUD"], {"AUD04"}),
        (["--select", "aud,SCH06"], {"AUD04", "SCH06"}),
        (["--select", "AUD", "--select", "ERR"], {"AUD04", "ERR01"}),
        (["--ignore", "ERR"], {"SCH06"}),
        (["--select", "ERR,SCH", "--ignore", "SCH06"], {"ERR01"}),
    ],
)
def test_findings_are_chosen_by_code_or_family_and_extended_ones_only_by_name(options, codes):
    report = json.loads(validate("-", "--output-format", "json", *options, text=CLASHING, code=1).stdout)
    assert {finding["code"] for finding in report["findings"]} == codes
    assert set(report["summary"]["by_code"]) == codes


def test_a_code_that_there_is_not_is_refused_with_the_nearest():
    done = validate("-", "--select", "FUM", text="{}", code=2)
    assert "--select" in done.stderr
    assert "FUM" in done.stderr


def test_the_exit_code_follows_the_severity_that_matters(files):
    unknown = '{"type":"response.create","tempo":1}\n'
    validate("-", text=unknown)
    validate("-", "--fail-severity", "info", text=unknown, code=1)
    validate(files, "--exit-zero")
    validate(files, RTCLI_EXIT_ZERO="1")


def test_standard_input_is_read():
    assert "-:1" in validate("-", text=BAD, code=1).stdout


def test_an_unknown_field_is_told_once_with_its_count():
    done = validate("-", "--output-format", "concise", text='{"type":"response.create","tempo":1}\n' * 5)
    assert done.stdout.count("SCH09") == 1
    assert "(5 times)" in done.stdout


@pytest.mark.parametrize("output_format", ["full", "concise", "json"])
def test_nothing_of_a_peer_drives_the_terminal(output_format):
    done = validate("-", "--output-format", output_format, text=HOSTILE, code=1, FORCE_COLOR="")
    assert "\x1b]0" not in done.stdout
    assert "\x07" not in done.stdout


def test_a_torn_last_record_is_a_warning_and_the_rest_is_checked(tmp_path):
    path = tmp_path / "torn.jsonl"
    path.write_text(
        '{"rtcli":1,"started_at":"","lossless":true}\n{"t":1.0,"from":"client","event":'
        + GOOD.strip()
        + '}\n{"t":2.0,"fr'
    )
    done = validate(path, code=1)
    assert "SCH11" in done.stdout
    assert "1 warning" in done.stdout


def test_half_a_sample_is_found_in_a_lossless_recording_only(tmp_path):
    append = '{"type":"input_audio_buffer.append","audio":"AAAA"}'
    update = '{"type":"session.update","session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcm"}}}}}'
    for lossless, code in ((True, 1), (False, 0)):
        path = tmp_path / f"{lossless}.jsonl"
        records = "".join(f'{{"t":1.0,"from":"client","event":{event}}}\n' for event in (update, append))
        path.write_text(json.dumps({"rtcli": 1, "lossless": lossless}) + "\n" + records)
        assert ("AUD02" in validate(path, code=code).stdout) is lossless


@pytest.mark.parametrize("name", ["missing.jsonl", "empty", "picture.jsonl"])
def test_what_cannot_be_read_is_one_line_and_exit_code_2(tmp_path, name):
    (tmp_path / "empty").mkdir()
    (tmp_path / "picture.jsonl").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(100))
    done = validate(tmp_path / name, code=2)
    assert len(done.stderr.splitlines()) == 1
    assert done.stderr.startswith("rtcli: ")


def test_a_reader_that_goes_away_is_no_error(tmp_path):
    path = tmp_path / "many.jsonl"
    path.write_text(BAD * 20_000)
    command = f"{sys.executable} -m rtcli validate {path} | head -1"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    assert len(done.stdout.splitlines()) == 1


@pytest.mark.parametrize("folder", ["beta", "translation", "live"])
def test_the_dialect_is_told_by_the_events_and_said_with_its_reason(shared, folder):
    for path in (shared / "traffic" / folder).glob("*.jsonl"):
        elided = path.name == "text_responses.jsonl"
        lines = path.read_text().splitlines()
        *findings, _, verdict = validate(path, "--output-format", "concise", code=int(elided)).stdout.splitlines()
        assert verdict.startswith(f"{path}: ")
        assert f"server speaks {folder} (line " in verdict
        assert all("[Object]" in lines[int(finding.split(":")[1]) - 1] for finding in findings)
        assert bool(findings) == elided


def test_the_dialect_can_be_insisted_on(shared):
    path = shared / "traffic/beta/tool_call.jsonl"
    assert "$.session.type" in validate(path, "--dialect", "realtime", code=1).stdout


def test_a_beta_client_at_a_realtime_server_is_named_with_the_spelling_of_today():
    lines = [
        {"type": "session.created", "event_id": "e1", "session": {"type": "realtime"}},
        {"type": "session.update", "session": {"modalities": ["text"], "instrucions": "x"}},
        {"type": "response.audio.delta", "event_id": "e2", "response_id": "r", "item_id": "i", "output_index": 0}
        | {"content_index": 0, "delta": "AAAA"},
    ]
    told = validate("-", "--output-format", "concise", text="\n".join(map(json.dumps, lines)) + "\n", code=1).stdout
    assert "error SCH14" in told
    assert "client speaks beta (line 2: session.update has session.modalities), server speaks realtime (line 1" in told
    assert 'realtime says "session.output_modalities"' in told
    assert 'did you mean "instructions"?' in told
    assert "error SCH13 response.audio.delta" in told
    assert "realtime says response.output_audio.delta" in told
