"""Whoever starts the program waits for what it loads: for the version nothing, to validate what judges and no more."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from rtcli.commands import COMMANDS

CLEAN = Path(__file__).parents[2] / "recordings" / "clean" / "spoken.jsonl"
OF_OTHERS = {
    "argparse",
    "asyncio",
    "base64",
    "bz2",
    "concurrent.futures",
    "csv",
    "dataclasses",
    "difflib",
    "email",
    "gettext",
    "gzip",
    "hashlib",
    "html",
    "http",
    "jinja2",
    "jmespath",
    "json",
    "locale",
    "logging",
    "lzma",
    "multiprocessing",
    "numpy",
    "pyarrow",
    "pydantic",
    "random",
    "rich",
    "secrets",
    "select",
    "shutil",
    "soxr",
    "ssl",
    "string",
    "struct",
    "subprocess",
    "tempfile",
    "textual",
    "threading",
    "tomllib",
    "traceback",
    "typer",
    "websockets",
    "yaml",
    "zipfile",
    "zstandard",
}
"""Packages that are large, or that only drawing, sockets, reports, and command lines that are not plain need."""
COMPILERS = {"ast", "dis", "inspect", "tokenize", "typing_extensions"}
"""What msgspec would load by itself where another package has brought ``typing_extensions``."""
OUR_OWN = (
    "rtcli.causes",
    "rtcli.commands.fields",
    "rtcli.commands.line",
    "rtcli.commands.welcome",
    "rtcli.events.beta",
    "rtcli.events.checks",
    "rtcli.events.faults",
    "rtcli.events.learning",
    "rtcli.events.live",
    "rtcli.formats.har",
    "rtcli.links",
    "rtcli.reports",
    "rtcli.script",
    "rtcli.session.fold",
    "rtcli.session.metrics",
    "rtcli.session.tree",
    "rtcli.standin",
    "rtcli.views",
)
"""What a recording in order, of today's dialect, does not need."""
FOR_EYES = {"dataclasses", "difflib", "json", "random", "rich", "select", "struct", "threading", "traceback"}
"""What is loaded to draw a result, or to write it out."""
RUN = """
import sys
sys.argv = ["rtcli", *{arguments}]
from rtcli.__main__ import main
try:
    main()
except SystemExit as end:
    assert not end.code, end.code
print(*sys.modules)
"""


def loaded(*arguments, folder):
    done = subprocess.run(
        [sys.executable, "-c", RUN.format(arguments=arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
        cwd=folder,
    )
    return set(done.stdout.splitlines()[-1].split())


def test_the_version_is_told_before_anything_is_loaded(tmp_path):
    modules = loaded("--version", folder=tmp_path)
    assert {name for name in modules if name.startswith("rtcli")} == {"rtcli", "rtcli.__main__"}
    assert not modules & (OF_OTHERS | {"msgspec", "pathlib", "typing", "re"})


@pytest.mark.parametrize(
    "options", [(), ("--select", "SCH"), ("--output-format", "full"), ("--output", "-", "--exit-zero")], ids=" ".join
)
def test_to_validate_a_recording_in_order_nothing_is_loaded_that_only_others_need(options, tmp_path):
    modules = loaded("validate", str(CLEAN), *options, folder=tmp_path)
    assert {"rtcli.rules", "msgspec"} <= modules
    assert not modules & OF_OTHERS
    assert not {name for name in modules if name.startswith(OUR_OWN)}
    assert not modules & COMPILERS


def test_the_schema_alone_loads_no_rule_and_nothing_that_they_would_ask(tmp_path):
    modules = loaded("validate", str(CLEAN), "--select", "SCH", folder=tmp_path)
    assert "rtcli.rules.alone" in modules
    assert not {
        name for name in modules if name.startswith(("rtcli.rules.table", "rtcli.rules.check", "rtcli.session"))
    }
    assert "pybase64" not in modules


@pytest.mark.parametrize("command", ["validate", "doctor", "connect", "turns", "info"])
def test_who_asks_for_help_waits_for_no_events_and_no_other_command(command, tmp_path):
    modules = loaded(command, "--help", folder=tmp_path)
    assert not modules & {"asyncio", "jinja2", "msgspec", "pydantic", "rich", "websockets", "yaml"}
    assert {name for name in modules if name.removeprefix("rtcli.commands.") in COMMANDS} == {
        f"rtcli.commands.{command}"
    }


@pytest.mark.parametrize("command", ["show", "doctor", "info", "turns", "cost", "transcript"])
def test_what_reads_other_lines_is_not_loaded_for_a_plain_one(command, tmp_path):
    modules = loaded(command, str(CLEAN), folder=tmp_path)
    assert not modules & (OF_OTHERS - FOR_EYES)
    assert not {name for name in modules if name.startswith(("rtcli.commands.line", "rtcli.links", "rtcli.standin"))}
    assert {name for name in modules if name.removeprefix("rtcli.commands.") in COMMANDS} == {
        f"rtcli.commands.{command}"
    }


def test_a_project_that_names_the_program_is_not_read_as_toml(tmp_path):
    (tmp_path / "pyproject.toml").write_text(
        '[project]\nname = "rtcli"\n[tool.other]\nscripts = "rtcli.__main__:main"\n'
    )
    assert "tomllib" not in loaded("validate", str(CLEAN), folder=tmp_path)


WHILE_IT_LOADS = """
class Pressing:
    def find_spec(self, name, path, target=None):
        if name == "rtcli.commands":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Pressing())
"""
WHEN_IT_IS_DONE = "gc.freeze = lambda: os.kill(os.getpid(), signal.SIGINT)"


@pytest.mark.parametrize(
    ("when", "code", "told"),
    [(WHILE_IT_LOADS, 130, False), (WHEN_IT_IS_DONE, -signal.SIGINT, True)],
    ids=["while it loads", "when it is done"],
)
def test_ctrl_c_leaves_no_trace_while_it_loads_nor_when_it_is_done(when, code, told):
    program = f"import gc, os, signal, sys\nfrom rtcli.__main__ import main\n{when}\nsys.argv[1:] = ['schema']\nmain()"
    pressed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert (pressed.returncode, pressed.stderr) == (code, "")
    assert ("response.done" in pressed.stdout) is told
