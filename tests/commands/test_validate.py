"""``rtcli validate`` as a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import program
import pytest

from rtcli.reports.formats import REPORTS

RECORDINGS = Path(__file__).parents[2] / "recordings"
GOOD = '{"type":"response.create"}\n'
BAD = '{"type":"session.update","session":{"type":"realtime","tool_choice":"atuo"}}\n'
HOSTILE = '{"type":"error","event_id":"\\u001b]0;owned\\u0007","error":{"type":"x","message":3}}\n'


def validate(*arguments, text="", code=0, cwd=None, **environment):
    command = [sys.executable, "-m", "rtcli", "validate", *map(os.fsdecode, arguments)]
    done = program.run(
        command, input=text, capture_output=True, text=True, timeout=60, env=os.environ | environment, cwd=cwd
    )
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
    assert "All good" in validate(*RECORDINGS.glob("*.jsonl"), "--fail-severity", "info").stdout


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


@pytest.mark.parametrize("output_format", ["full", "concise", "grouped"])
def test_statistics_count_by_code(files, output_format):
    done = validate(files, "--statistics", "--output-format", output_format, code=1)
    assert "1  SCH07  A value is not one of those allowed" in done.stdout.splitlines()


def test_statistics_say_which_rules_were_silent_and_why():
    done = validate("-", "--statistics", "--select", "FUN,AUD", text=GOOD)
    assert "  end: the recording does not run to the close: FUN10-11" in done.stdout.splitlines()
    (start,) = [line for line in done.stdout.splitlines() if line.startswith("  start: ")]
    assert "FUN03" in start
    assert "FUN02" not in done.stdout


@pytest.mark.parametrize("output_format", ["json", "json-lines"])
def test_statistics_in_json_have_the_silent_rules_in_the_summary(output_format):
    done = validate("-", "--statistics", "--select", "FUN", "--output-format", output_format, text=GOOD)
    summary = json.loads(done.stdout).get("summary") or json.loads(done.stdout)
    silent = {row["reason"]: row for row in summary["silent"]}
    assert silent["end"]["codes"] == ["FUN10", "FUN11"]
    assert (silent["end"]["files"], silent["end"]["of"]) == (1, 1)


def test_a_recording_in_which_everything_is_kept_has_no_silent_rule_of_its_dialect():
    silent = [
        line
        for line in validate(RECORDINGS / "tool.jsonl", "--statistics").stdout.splitlines()
        if line.startswith("  ")
    ]
    assert [line.split(":")[0].strip() for line in silent] == ["dialect"]


@pytest.mark.parametrize("output_format", ["github", "junit", "sarif"])
def test_statistics_are_refused_where_there_is_no_place_for_them(files, output_format):
    done = validate(files, "--statistics", "--output-format", output_format, code=2)
    assert "--statistics" in done.stderr
    assert done.stdout == ""


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
    assert "SCH09" in validate("-", text=unknown, code=0).stdout
    assert "SCH09" in validate("-", "--fail-severity", "info", text=unknown, code=1).stdout
    found = validate(files, code=1).stdout
    assert validate(files, "--exit-zero", code=0).stdout == found
    assert validate(files, RTCLI_EXIT_ZERO="1", code=0).stdout == found


def test_standard_input_is_read():
    assert "-:1" in validate("-", text=BAD, code=1).stdout


def test_an_unknown_field_is_told_once_with_its_count():
    done = validate("-", "--output-format", "concise", text='{"type":"response.create","tempo":1}\n' * 5)
    assert done.stdout.count("SCH09") == 1
    assert "(5 times)" in done.stdout


@pytest.mark.parametrize("output_format", ["full", *REPORTS])
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


def test_nothing_is_called_good_where_nothing_was_checked(tmp_path):
    empty = tmp_path / "empty.jsonl"
    empty.write_text("")
    done = validate(empty, code=2)
    assert done.stdout == "Nothing was checked: 0 events in 0 files.\n"
    assert "it is empty" in done.stderr
    empty.write_text('{"rtcli":1,"started_at":""}\n')
    assert validate(empty).stdout == "Nothing was checked: 0 events in 1 file.\n"
    assert validate(tmp_path / "nowhere.jsonl", code=2).stdout == "Nothing was checked: 0 events in 0 files.\n"
    both = validate(RECORDINGS / "text.jsonl", tmp_path / "nowhere.jsonl", code=2)
    assert both.stdout == "Nothing found: 24 events in 1 file.\n"


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
        findings = [finding for finding in findings if "info SEQ21" not in finding]  # tool_call ends in a response
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


def test_the_side_and_the_other_lines_are_told():
    lines = [
        {"type": "session.created", "event_id": "e1", "session": {"type": "realtime"}},
        {"type": "session.update", "session": {"modalities": ["text"]}},
    ]
    told = validate("-", "--select", "SCH14", text="\n".join(map(json.dumps, lines)) + "\n", code=1).stdout
    assert {"    = side: client", "    = with line 1"} <= set(told.splitlines())


@pytest.mark.parametrize("output_format", ["full", *REPORTS])
def test_the_report_goes_to_a_file_as_it_would_go_to_standard_output(files, output_format):
    options = ["--output-format", output_format]
    printed = validate(files, *options, code=1).stdout
    done = validate(files, *options, "-o", files / "report", code=1)
    assert (files / "report").read_text() == printed
    assert done.stdout == ""
    assert done.stderr.startswith(f"Found 1 error in 3 events in 2 files.\nrtcli: wrote {files / 'report'}: ")
    assert validate(files, *options, "-o", "-", code=1).stdout == printed


@pytest.mark.parametrize(("content", "code", "colour"), [(GOOD, 0, "32"), (BAD, 1, "31"), ('{"a":1}\n', 2, "31")])
def test_what_could_not_be_read_is_not_painted_as_what_is_good(tmp_path, content, code, colour):
    (tmp_path / "one.jsonl").write_text(content)
    shown = validate(tmp_path / "one.jsonl", code=code, FORCE_COLOR="1").stdout
    assert shown.splitlines()[-1].startswith(f"\x1b[{colour}m")


def test_statistics_go_to_the_file_too(files):
    validate(files, "--statistics", "-o", files / "report", code=1)
    assert "1  SCH07" in (files / "report").read_text()


def test_a_report_replaces_the_last_one_on_demand_but_never_a_recording(files):
    options = ["--output-format", "json-lines", "-o", files / "report.jsonl"]
    validate(files, *options, code=1)
    written = (files / "report.jsonl").read_text()
    assert "exists already; replace it with --overwrite" in validate(files, *options, code=2).stderr
    assert (files / "report.jsonl").read_text() == written
    validate(files, *options, "--overwrite", code=1)
    assert len((files / "report.jsonl").read_text().splitlines()) == 2
    for paths in ([files], [files / "good.jsonl"], [files / "sub", files / "sub/../good.jsonl"]):
        done = validate(*paths, "-o", files / "good.jsonl", "--overwrite", code=2)
        assert "is one of the recordings" in done.stderr
        assert (files / "good.jsonl").read_text() == GOOD


def test_a_file_that_cannot_be_read_stands_in_the_report_of_a_ci_system(files):
    paths = [files / "good.jsonl", files / "missing.jsonl"]
    root = ET.fromstring(validate(*paths, "--output-format", "junit", code=2).stdout)
    assert [suite.get("errors") for suite in root] == ["0", "1"]
    run = json.loads(validate(*paths, "--output-format", "sarif", code=2).stdout)["runs"][0]
    assert run["invocations"][0]["executionSuccessful"] is False
    assert "::error title=rtcli::cannot read" in validate(*paths, "--output-format", "github", code=2).stdout


def test_what_the_baseline_knows_is_hidden_and_what_is_new_is_told(files):
    known = files / "known.json"
    done = validate(files, "--baseline", known, "--write-baseline")
    assert "1 finding hidden by the baseline" in done.stdout
    assert str(known) in done.stderr
    assert json.loads(known.read_text())["schema"] == "rtcli.baseline/1"
    (files / "sub/bad.jsonl").write_text(GOOD * 40 + BAD)
    done = validate("sub", "--baseline", "known.json", "--output-format", "json", cwd=files)
    report = json.loads(done.stdout)
    assert (report["findings"], report["summary"]["hidden"], report["summary"]["by_code"]) == ([], 1, {})
    validate("bad.jsonl", "--baseline", "../known.json", cwd=files / "sub")
    (files / "sub/bad.jsonl").write_text(BAD + BAD)
    done = validate(files, "--baseline", known, code=1)
    assert "bad.jsonl:2" in done.stdout
    assert "Found 1 error in 3 events in 2 files (1 finding hidden by the baseline)." in done.stdout


def test_a_baseline_is_not_written_when_a_file_could_not_be_read(files):
    validate(files, files / "missing.jsonl", "--baseline", files / "known.json", "--write-baseline", code=2)
    assert not (files / "known.json").exists()


@pytest.mark.parametrize(
    ("content", "options", "part"),
    [
        (None, [], "--write-baseline makes it"),
        ("{", [], "is no baseline"),
        ('{"schema":"rtcli.baseline/9"}', [], "rtcli.baseline/9"),
        (BAD, ["--write-baseline"], "is no baseline"),
    ],
)
def test_a_baseline_that_is_none_is_one_line_and_stays_as_it_is(files, content, options, part):
    path = files / "known.json"
    if content is not None:
        path.write_text(content)
    done = validate(files, "--baseline", path, *options, code=2)
    assert len(done.stderr.splitlines()) == 1
    assert part in done.stderr
    assert content is None or path.read_text() == content


def test_a_baseline_is_written_to_a_file_that_is_named():
    assert "add --baseline FILE" in validate("-", "--write-baseline", text=GOOD, code=2).stderr


@pytest.mark.parametrize("output_format", ["full", *REPORTS])
def test_the_words_of_a_file_name_break_no_format(tmp_path, output_format):
    path = os.fsencode(tmp_path) + b'/\x1b]0;owned\x07\n::error::x,y\xff<&".jsonl'
    with open(path, "w") as file:
        file.write(BAD)
    text = validate(tmp_path, "--output-format", output_format, code=1).stdout
    assert "\x1b" not in text
    assert not any(line.startswith("::error::") for line in text.splitlines())
    validate(path, "--output-format", output_format, "-o", tmp_path / "report", code=1)
    assert (tmp_path / "report").read_text() == text


@pytest.mark.parametrize("output_format", [*REPORTS])
def test_what_a_program_reads_does_not_depend_on_the_width_or_on_colour(files, output_format):
    narrow = validate(files, "--output-format", output_format, code=1, COLUMNS="60", FORCE_COLOR="1").stdout
    assert narrow == validate(files, "--output-format", output_format, code=1, COLUMNS="200").stdout


@pytest.mark.parametrize("output_format", ["full", *REPORTS])
def test_every_format_of_a_run_without_findings_is_whole(files, output_format):
    text = validate(files / "good.jsonl", "--output-format", output_format).stdout
    if output_format in {"json", "json-lines", "sarif"}:
        json.loads(text)
    elif output_format == "junit":
        assert len(ET.fromstring(text)) == 1
    else:
        assert text == "All good: 1 event in 1 file.\n"
