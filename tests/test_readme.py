"""README says what the program says: its generated parts are current, and its commands work as printed.

Run as a program, this writes the generated parts anew.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import program
import pytest
from sweeping import ALL

from rtcli.commands import COMMANDS, EXIT_CODES
from rtcli.rules import RULES
from rtcli.rules.schema import TITLES

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
BLOCK = re.compile(r"(<!-- generated: ([\w-]+) -->\n)(.*?)(<!-- end -->)", re.DOTALL)
RTCLI = [sys.executable, "-m", "rtcli"]


def help_text() -> str:
    """What ``--help`` says, of the program and of every command."""
    environment = os.environ | {"COLUMNS": "100", "NO_COLOR": "1"}
    parts = []
    for name in ("", *COMMANDS):
        command = [*RTCLI, *([name] if name else []), "--help"]
        text = program.run(command, capture_output=True, text=True, check=True, env=environment).stdout
        parts.append(
            f"<details><summary><code>rtcli {name}</code></summary>\n\n```text\n{text.strip()}\n```\n\n</details>\n".replace(
                "rtcli </code>", "rtcli</code>"
            )
        )
    return "\n".join(parts)


def exit_codes() -> str:
    """The table of exit codes."""
    rows = [f"| {code} | {meaning} |" for code, meaning in EXIT_CODES.items()]
    return "\n".join(["| code | meaning |", "|---|---|", *rows, ""])


def rule_table() -> str:
    """The table of everything that is checked."""
    rows = [f"| {code} | {severity} | {title} |" for code, (severity, title) in TITLES.items()]
    rows += [
        f"| {rule.code} | {rule.severity} | {rule.title}{' (extended)' * (rule.tier == 'extended')} |" for rule in RULES
    ]
    return "\n".join(["| code | severity | what it means |", "|---|---|---|", *rows, ""])


def diagnosis() -> str:
    """What ``rtcli doctor`` says of a call that went wrong."""
    command = [*RTCLI, "doctor", "recordings/broken/SEQ18.jsonl"]
    environment = os.environ | {"COLUMNS": "100", "NO_COLOR": "1"}
    text = program.run(command, capture_output=True, text=True, check=False, env=environment, cwd=ROOT).stdout
    rows = "\n".join(line.rstrip() for line in text.strip().splitlines())
    return f"```text\n{rows}\n```\n"


GENERATED = {"help": help_text, "exit-codes": exit_codes, "rules": rule_table, "doctor": diagnosis}


def renewed(text: str) -> str:
    """The page with its generated parts made anew."""
    return BLOCK.sub(lambda match: match[1] + GENERATED[match[2]]() + match[4], text)


def test_the_generated_parts_are_what_the_program_says():
    text = README.read_text()
    assert {match[2] for match in BLOCK.finditer(text)} == set(GENERATED)
    assert renewed(text) == text, "run: make readme"


LISTENING = ("serve", "proxy")
"""Commands that listen at a fixed port as they are printed, which somebody else may have."""


def printed_commands() -> dict[str, list[str]]:
    """The commands of each task: those of one may build on each other."""
    commands = {}
    for section in re.split(r"^(?:#+ |\*\*)", README.read_text(), flags=re.MULTILINE):
        lines = "".join(re.findall(r"```console\n(.*?)```", section, re.DOTALL)).splitlines()
        tried = [line for line in lines if "rtcli " in line and not any(one in line for one in ("needs", *LISTENING))]
        if tried:
            commands[re.split(r"[.,*\n]", section)[0]] = tried
    return commands


PRINTED = printed_commands()

BEGINNING = list(PRINTED)[:2]


def test_commands_are_printed_to_be_tried():
    assert sum(map(len, PRINTED.values())) > 40


def tried(command, folder, environment):
    """Run it by a shell; one that asks nothing of a shell is run without, where not everything is tried."""
    bare = re.sub(r"'[^']*'|\"[^\"]*\"| #.*", "", command)
    how = {"capture_output": True, "text": True, "cwd": folder, "env": environment, "timeout": 60}
    if ALL or not bare.startswith("rtcli ") or set(bare) & set("|<>;*$&"):
        return subprocess.run(command, shell=True, **how)
    return program.run([*RTCLI, *shlex.split(command, comments=True)[1:]], **how)


def assert_they_work(task, folder):
    """Do what is printed for a task: the commands say something, make the files they name, and end as they should."""
    environment = {
        name: value for name, value in os.environ.items() if not name.startswith(("RTCLI_", "OPENAI_", "AZURE_"))
    }
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    for command in PRINTED[task]:
        done = tried(command, folder, environment)
        code = re.search(r"# exit code (\d)", command)
        assert done.returncode == (int(code[1]) if code else 0), (command, done.stderr)
        written = [
            name for name in re.findall(r"(?:-o|--per-item|>) ([^\s;]+)", command.partition(" #")[0]) if name != "-"
        ]
        assert done.stdout or done.stderr or written, command
        assert all((folder / name).exists() for name in written), command


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A folder in which somebody has done the first tasks, whose recording is looked at in the others."""
    folder = tmp_path_factory.mktemp("begun")
    shutil.copytree(ROOT / "recordings", folder / "recordings")
    for task in BEGINNING:
        assert_they_work(task, folder)
    return folder


@pytest.mark.parametrize("task", [task for task in PRINTED if task not in BEGINNING])
def test_the_commands_work_as_printed(task, begun, tmp_path):
    shutil.copytree(begun, tmp_path / "folder")
    assert_they_work(task, tmp_path / "folder")


@pytest.mark.parametrize("path", [*ROOT.glob("*.md"), *ROOT.glob("recordings/*.md")], ids=lambda path: path.name)
def test_the_files_that_a_page_links_to_exist(path):
    for target in re.findall(r"\]\((?!https?:)([^)#]+)", path.read_text()):
        assert (path.parent / target).exists(), target


if __name__ == "__main__":
    README.write_text(renewed(README.read_text()))
