"""Options from ``rtcli.toml`` and ``pyproject.toml``, by processes of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import program
import pytest

RECORDING = "".join(
    json.dumps(event) + "\n"
    for event in (
        {"type": "session.update", "session": {"type": "realtime", "tool_choice": "atuo"}},
        {"type": "response.create", "event_id": 7},
    )
)


def rtcli(folder, *arguments, code=0, **environment):
    clean = {name: value for name, value in os.environ.items() if not name.startswith("RTCLI_")}
    command = [sys.executable, "-m", "rtcli", *map(str, arguments)]
    done = program.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, env=clean | {"NO_COLOR": "1"} | environment
    )
    assert done.returncode == code, (done.stdout, done.stderr)
    assert "Traceback" not in done.stderr
    return done


@pytest.fixture
def folder(tmp_path):
    inner = tmp_path / "a" / "b"
    inner.mkdir(parents=True)
    (inner / "call.jsonl").write_text(RECORDING)
    return inner


def codes(done):
    return [finding["code"] for finding in json.loads(done.stdout)["findings"]]


def test_the_table_of_a_command_has_its_options(folder):
    (folder / "rtcli.toml").write_text('[validate]\noutput-format = "json"\nselect = ["SCH07"]\nexit-zero = true\n')
    assert codes(rtcli(folder, "validate", "call.jsonl")) == ["SCH07"]


def test_the_environment_goes_before_the_file_and_the_command_line_before_both(folder):
    (folder / "rtcli.toml").write_text('[validate]\noutput-format = "json"\nselect = "SCH07"\n')
    assert codes(rtcli(folder, "validate", "call.jsonl", RTCLI_SELECT="SCH06", code=1)) == ["SCH06"]
    done = rtcli(folder, "validate", "call.jsonl", "--select", "SCH0", RTCLI_SELECT="SCH06", code=1)
    assert codes(done) == ["SCH07", "SCH06"]


def test_a_file_above_counts_the_nearest_folder_wins_and_there_rtcli_toml(folder):
    (folder.parent.parent / "rtcli.toml").write_text('[validate]\noutput-format = "json"\n')
    assert codes(rtcli(folder, "validate", "call.jsonl", code=1)) == ["SCH07", "SCH06"]
    (folder.parent / "pyproject.toml").write_text('[tool.rtcli.validate]\noutput-format = "concise"\n')
    (folder / "pyproject.toml").write_text('[project]\nname = "rtcli-user"\n')
    assert rtcli(folder, "validate", "call.jsonl", code=1).stdout.startswith("call.jsonl:1: error")
    (folder.parent / "rtcli.toml").write_text('[validate]\noutput-format = "grouped"\n')
    assert rtcli(folder, "validate", "call.jsonl", code=1).stdout.startswith("call.jsonl:\n")


def test_other_commands_have_tables_of_their_own(folder):
    (folder / "rtcli.toml").write_text("[show]\ntimeline = true\n")
    plain = rtcli(folder.parent, "show", folder / "call.jsonl").stdout
    assert rtcli(folder, "show", "call.jsonl").stdout == rtcli(folder, "show", "call.jsonl", "--timeline").stdout
    assert rtcli(folder, "show", "call.jsonl").stdout != plain


def test_a_path_is_relative_to_the_file_it_stands_in(folder):
    (folder.parent / "rtcli.toml").write_text('[validate]\noutput = "report.txt"\n')
    rtcli(folder, "validate", "call.jsonl", code=1)
    assert (folder.parent / "report.txt").read_text().startswith("SCH07")


@pytest.mark.parametrize(
    ("content", "parts"),
    [
        ('[validate]\noutput-fromat = "json"', ["'output-fromat'", "did you mean output-format?"]),
        ("[validate]\noutput_format = 3", ["'output_format'", "did you mean output-format?"]),
        ('[validate]\noutput-format = "jsno"', ["[validate] output-format", '"jsno"', "did you mean json?"]),
        ('[validate]\nfail-severity = "grave"', ["[validate] fail-severity", "it can be error, warning, info"]),
        ('[validate]\nselect = "FUM"', ["[validate] select", "did you mean FUN?"]),
        ("[validate]\nselect = [7]", ["[validate] select", "[7] is not a list of texts"]),
        ('[validate]\nexit-zero = "no"', ["[validate] exit-zero", '"no" is not true or false']),
        ("[validate]\nbaseline = []", ["[validate] baseline", "[] is not one value"]),
        ('[validate]\nbaseline = "none.json"', ["[validate] baseline", "none.json"]),
        ("[validat]\nselect = []", ["'validat'", "did you mean validate?"]),
        ('output-format = "json"', ["'output-format'", "validate"]),
        ("validate = 1", ["validate is no table", "[validate]"]),
        ("[validate", ["TOML"]),
        ("\udcff", ["TOML"]),
        ("[validate]\nselect = " + "[" * 20_000, ["TOML"]),
        ('[validate]\n"\\u001b]0;x\\u0007" = 1', ["validate has no option"]),
    ],
)
def test_what_cannot_be_meant_is_one_line_that_names_the_file(folder, content, parts):
    (folder / "rtcli.toml").write_bytes(content.encode("utf-8", "surrogateescape"))
    done = rtcli(folder, "validate", "call.jsonl", code=2)
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 1
    assert "\x1b" not in done.stderr
    for part in (str(folder / "rtcli.toml"), *parts):
        assert part in done.stderr


def test_the_same_in_pyproject_names_its_table(folder):
    (folder / "pyproject.toml").write_text('[tool.rtcli.validate]\nfail-severity = "eror"\n')
    assert "[tool.rtcli.validate] fail-severity" in rtcli(folder, "validate", "call.jsonl", code=2).stderr
    (folder / "pyproject.toml").write_text("[tool]\nrtcli = 3\n")
    assert "tool.rtcli is no table" in rtcli(folder, "validate", "call.jsonl", code=2).stderr


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["validate", "--help"], ["rule", "-h"]])
def test_who_asks_for_help_or_the_version_is_not_kept_by_a_file_in_disorder(folder, arguments):
    (folder / "rtcli.toml").write_text("[validate")
    assert "rtcli" in rtcli(folder, *arguments).stdout


@pytest.mark.parametrize("arguments", [["--version"], ["--help"], ["validate", "--help"], ["rule", "FUN10"]])
def test_nothing_that_reads_configuration_is_loaded_for_nothing(folder, arguments):
    code = f"import sys; sys.argv = ['rtcli', *{arguments!r}]; from rtcli.__main__ import main\ntry: main()\nfinally: "
    code += "assert 'tomllib' not in sys.modules"
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    "shared",
    [
        '[tool.rtcli.validate]\noutput-format = "json"\n',
        '[tool]\nname = 1\nrtcli.validate.output-format = "json"\n',
        'tool.rtcli.validate.output-format = "json"\n',
        'tool = {rtcli = {validate = {output-format = "json"}}}\n',
        '[ "tool" . \'rtcli\' ]\nvalidate = {output-format = "json"}\n',
        '["to\\u006fl".rtcli.validate]\noutput-format = "json"\n',
    ],
)
def test_a_shared_file_is_heeded_however_its_table_is_spelt(shared, folder):
    (folder / "pyproject.toml").write_text(shared)
    done = rtcli(folder, "validate", "call.jsonl", code=1)
    assert json.loads(done.stdout)["schema"] == "rtcli.findings/1"


def test_a_shared_file_that_only_names_the_program_is_not_even_read_as_toml(folder):
    (folder / "pyproject.toml").write_text('[project]\ndependencies = ["rtcli"]\n[tool.other\n')
    done = rtcli(folder, "validate", "call.jsonl", "--output-format", "concise", code=1)
    assert not done.stderr
