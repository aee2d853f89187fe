"""A plain command line is read without typer, and as typer would have read it."""

from __future__ import annotations

import inspect
import os
import sys
from importlib import import_module
from pathlib import Path

import program
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from rtcli.commands import COMMANDS, plain
from rtcli.commands.declared import as_typer, declaration, hints

CLEAN = Path(__file__).parents[2] / "recordings" / "clean" / "spoken.jsonl"


def function_of(name):
    return getattr(import_module(f"rtcli.commands.{name}"), name)


def twin_of(function):
    """A function that takes what the other takes, and gives it back."""
    names = inspect.signature(function).parameters
    made = {}
    exec(f"def twin({', '.join(names)}): return locals()", made)
    twin = made["twin"]
    twin.__defaults__ = function.__defaults__
    twin.__annotations__ = dict(hints(function))
    return twin


def as_typer_reads(name, words):
    app = typer.Typer(add_completion=False, rich_markup_mode=None)
    app.command(name)(as_typer(twin_of(function_of(name))))
    return typer.main.get_command(app).main(args=list(words), prog_name=name, standalone_mode=False)


def whole(name, read):
    """What was read, and of the rest what the function says itself."""
    parameters = inspect.signature(function_of(name)).parameters
    return {one: read.get(one, parameters[one].default) for one in parameters}


PLAIN = sorted(name for name in COMMANDS if plain.read(function_of(name), ["a"]) is not None)
"""The commands that can be run with the name of a file and nothing else."""


def test_to_validate_a_recording_is_plain():
    assert "validate" in PLAIN


def words_of(name):
    declared = [one for _, one in map(declaration, hints(function_of(name)).values()) if one]
    names = [word for one in declared for word in one.names if word.startswith("-")]
    names += [f"--{key.replace('_', '-')}" for key in hints(function_of(name))]
    values = [
        "a",
        "b.jsonl",
        "-",
        "",
        "json",
        "FULL",
        "full",
        "auto",
        "live",
        "SCH",
        "error",
        "1",
        "--",
        "-x",
        "ä",
        "a=b",
    ]
    word = st.sampled_from([*names, *values])
    return st.lists(
        st.one_of(word, st.tuples(st.sampled_from(names), st.sampled_from(values)).map("=".join)), max_size=6
    )


@pytest.mark.parametrize("name", PLAIN)
@given(data=st.data())
def test_what_is_read_plainly_is_what_typer_reads(name, data):
    words = data.draw(words_of(name))
    read = plain.read(function_of(name), words)
    if read is not None:
        assert whole(name, read) == as_typer_reads(name, words)


@pytest.mark.parametrize(
    "words",
    [
        ["a.jsonl"],
        ["a.jsonl", "b.jsonl", "-"],
        ["--output-format", "json", "a.jsonl"],
        ["a.jsonl", "--output-format=json", "--statistics"],
        ["a.jsonl", "--select", "SCH", "--select", "AUD", "--ignore=SCH01"],
        ["a.jsonl", "--output", "-", "--dialect", "beta", "--from", "har"],
    ],
    ids=" ".join,
)
def test_names_of_files_and_whole_names_of_options_are_plain(words):
    read = plain.read(function_of("validate"), words)
    assert read is not None
    assert whole("validate", read) == as_typer_reads("validate", words)


@pytest.mark.parametrize(
    "words",
    [
        [],
        [""],
        ["--help"],
        ["-h"],
        ["a", "-o", "b"],
        ["a", "--outputformat", "json"],
        ["a", "--output-format"],
        ["a", "--output-format", "xml"],
        ["a", "--output-format", "--statistics"],
        ["a", "--output-format", "json", "--output-format", "full"],
        ["a", "--statistics=yes"],
        ["--", "a"],
    ],
    ids=repr,
)
def test_what_may_be_wrong_or_asks_for_help_is_left_to_typer(words):
    assert plain.read(function_of("validate"), words) is None


def test_a_file_that_may_not_be_read_is_left_to_typer(tmp_path):
    locked = tmp_path / "locked.jsonl"
    locked.write_bytes(CLEAN.read_bytes())
    locked.chmod(0)
    if os.access(locked, os.R_OK):
        pytest.skip("whoever runs this may read everything")
    assert plain.read(function_of("validate"), [str(locked)]) is None


def test_every_variable_that_an_option_reads_begins_as_those_that_have_a_word_in_it():
    for name in COMMANDS:
        function = function_of(name)
        for parameter in typer.main.get_params_from_function(as_typer(function)).values():
            variable = getattr(parameter.default, "envvar", None) or plain.SPEAK_UP[0]
            assert variable.startswith(plain.SPEAK_UP), (name, variable)


@pytest.mark.parametrize(
    ("variables", "configuration", "expected"),
    [
        ({}, "", False),
        ({}, "[show]\ndepth = 2\n", False),
        ({"RTCLI_OUTPUT_FORMAT": "json"}, "", True),
        ({}, '[validate]\noutput-format = "json"\n', True),
    ],
)
def test_the_environment_and_the_configuration_have_their_word(variables, configuration, expected, tmp_path):
    (tmp_path / "rtcli.toml").write_text(configuration)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RTCLI_")}
    done = program.run(
        [sys.executable, "-m", "rtcli", "validate", str(CLEAN)],
        capture_output=True,
        text=True,
        timeout=60,
        cwd=tmp_path,
        env=environment | variables,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("{") is expected
