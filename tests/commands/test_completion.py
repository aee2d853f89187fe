"""Completion by the shell that is asked for, whichever this runs in."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import program
import pytest

RTCLI = [sys.executable, "-m", "rtcli"]
SIGNS = {
    "bash": "complete -o default -F _rtcli_completion rtcli",
    "zsh": "#compdef rtcli",
    "fish": "complete --command",
}
"""What only a script for this shell has in it."""
PLACES = {"bash": ".bash_completions/rtcli.sh", "zsh": ".zfunc/_rtcli", "fish": ".config/fish/completions/rtcli.fish"}


def rtcli(*arguments, code=0, **environment):
    done = program.run([*RTCLI, *arguments], capture_output=True, text=True, env=os.environ | environment)
    assert done.returncode == code, done.stderr
    return done.stdout if code == 0 else done.stderr


@pytest.mark.parametrize("shell", SIGNS)
def test_the_shell_that_is_named_is_obeyed(tmp_path, shell):
    script = rtcli("--show-completion", shell)
    assert [name for name, sign in SIGNS.items() if sign in script] == [shell]
    assert rtcli(f"--show-completion={shell}") == script
    assert f"{shell} completion installed" in rtcli("--install-completion", shell, HOME=str(tmp_path))
    assert (tmp_path / PLACES[shell]).read_text().strip() == script.strip()
    assert [name for name, place in PLACES.items() if (tmp_path / place).exists()] == [shell]


@pytest.mark.parametrize("option", ["--show-completion", "--install-completion"])
@pytest.mark.parametrize("words", [["tcsh"], ["show"], [""], ["zsh", "show"], ["bash", "zsh"]])
def test_what_is_no_shell_changes_nothing(tmp_path, option, words):
    assert rtcli(option, *words, code=2, HOME=str(tmp_path)).startswith(f"rtcli: {option}: ")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_shell_takes_what_is_printed(tmp_path, shell):
    if shutil.which(shell) is None:
        pytest.skip(f"{shell} is not installed")
    script = tmp_path / "script"
    script.write_text(rtcli("--show-completion", shell))
    read = subprocess.run([shell, "-n", script], capture_output=True, timeout=60)
    assert (read.returncode, read.stderr) == (0, b"")


def test_the_help_says_that_a_shell_may_be_named():
    words = " ".join(rtcli("--help", COLUMNS="100").split())
    assert "for the one that is named: bash, zsh, fish, powershell, pwsh." in words
