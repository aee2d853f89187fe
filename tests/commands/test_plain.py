"""A plain command line is read without typer, and as typer would have read it."""

from __future__ import annotations

import inspect
import os
import sys
from pathlib import Path

import program
import pytest
import typer
from hypothesis import given
from hypothesis import strategies as st

from rtcli.commands import COMMANDS, function_of, plain
from rtcli.commands.declared import Option, as_typer, completed, declaration, hints
from rtcli.commands.line import command_of
from rtcli.commands.replay import replay

CLEAN = Path(__file__).parents[2] / "recordings" / "clean" / "spoken.jsonl"


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
    command = command_of(name, twin_of(function_of(name)))
    return command.main(args=list(words), prog_name=name, standalone_mode=False)


def whole(name, read):
    """What was read, and of the rest what the function says itself."""
    parameters = inspect.signature(function_of(name)).parameters
    return {one: read.get(one, parameters[one].default) for one in parameters}


ASK_TYPER = {"replay"}
"""Commands that ask typer which options stand on the command line."""
PLAIN = sorted(COMMANDS.keys() - ASK_TYPER)


@pytest.mark.parametrize("name", PLAIN)
def test_every_command_can_be_run_with_no_more_than_it_must_be_given(name):
    parameters = inspect.signature(function_of(name)).parameters
    required = {one: hints(function_of(name))[one] for one in parameters if parameters[one].default is inspect._empty}
    words = [
        word
        for one, hint in required.items()
        for word in ([f"--{one}", "a"] if isinstance(declaration(hint)[1], Option) else ["a"])
    ]
    read = plain.read(function_of(name), words)
    assert read is not None
    assert whole(name, read) == as_typer_reads(name, words)


@pytest.mark.parametrize("name", sorted(ASK_TYPER))
def test_a_command_that_asks_how_its_line_was_read_is_left_to_typer(name):
    assert plain.read(function_of(name), ["a"]) is None


def words_of(name):
    declared = [one for _, one in map(declaration, hints(function_of(name)).values()) if one]
    names = [word for one in declared for written in one.names for word in written.split("/") if word.startswith("-")]
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
        "-1",
        "3..5",
        "demo",
        "127.0.0.1:0",
        str(CLEAN),
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


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("show", ["a", "--timeline", "--no-findings", "--type", "error", "--type", "*", "--since", "1s"]),
        ("show", ["a", "--findings"]),
        ("info", ["a", "b", "--sort", "cost", "--csv"]),
        ("info", ["--json", "model,voice", str(CLEAN)]),
        ("mark", ["a", "what was heard", "--at=1m30s"]),
        ("turns", ["a", "--max-ttfa=900ms"]),
        ("rule", []),
        ("schema", ["response.done", "--json-schema"]),
    ],
    ids=str,
)
def test_of_every_command(name, words):
    read = plain.read(function_of(name), words)
    assert read is not None
    assert whole(name, read) == as_typer_reads(name, words)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("info", ["--json"]),
        ("info", ["--json", str(CLEAN)]),
        ("turns", ["a", "--max-errors", "-1"]),
        ("diff", ["a", "b", "--tolerance", "nan"]),
        ("show", ["a", "--findings", "--no-findings"]),
        ("show", ["a", "-F"]),
    ],
    ids=str,
)
def test_what_only_typer_understands_is_left_to_it(name, words):
    assert plain.read(function_of(name), words) is None


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["--serve"], ["--serve", "127.0.0.1:8767"]),
        (["--serve", "a.jsonl"], ["--serve", "127.0.0.1:8767", "a.jsonl"]),
        (["--serve", "--once", "a.jsonl"], ["--serve", "127.0.0.1:8767", "--once", "a.jsonl"]),
        (["a.jsonl", "--serve", "--serve"], ["a.jsonl", "--serve", "127.0.0.1:8767", "--serve", "127.0.0.1:8767"]),
        (["--serve", ":0", "a.jsonl"], ["--serve", ":0", "a.jsonl"]),
        (["--serve", "[::1]:8767"], ["--serve", "[::1]:8767"]),
        (["--serve=:1", "a b:1"], ["--serve=:1", "a b:1"]),
    ],
)
def test_where_no_address_stands_it_is_the_usual_one(words, meant):
    assert completed(replay, words) == meant


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
