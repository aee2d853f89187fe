"""The programs to compare with, in environments of their own; which of them could not be had is said.

Python packages are the newest that the package index has, packages of Node are the exact versions of
``node/package.json``; what is there stays as it is. `make clean` removes it all.
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path

from benchmarks.corpus import DATA
from benchmarks.rounds import Progress

HERE = Path(__file__).parent
ROOT = HERE.parent
NODE = HERE / "node"
VERSION = "import importlib.metadata as m, sys; print(m.version(sys.argv[1]))"


class Peers:
    """Gets what is asked for when it is asked for; ``missing`` says why something is None."""

    def __init__(self, progress: Progress) -> None:
        self.missing: dict[str, str] = {}
        self.versions: dict[str, str] = {}
        self._progress = progress

    @cached_property
    def python(self) -> Path:
        """The interpreter of the environment that rtcli and its peers are in."""
        python = self._environment(".venv")
        if not self._has(python, "rtcli", "--editable", str(ROOT)):
            sys.exit("benchmarks: rtcli could not be installed; is there a package index?")
        self.versions["Python"] = platform.python_version()
        return python

    @cached_property
    def rtcli(self) -> Path:
        """The program itself, as it is installed for a user."""
        return self.python.with_name("rtcli")

    def package(self, name: str) -> bool:
        """Whether a Python package is beside rtcli."""
        return self._has(self.python, name, name)

    @cached_property
    def mitmproxy(self) -> Path | None:
        """Its program without a screen. Its requirements do not agree with those of others."""
        python = self._environment(".venv-mitmproxy")
        return python.with_name("mitmdump") if self._has(python, "mitmproxy", "mitmproxy") else None

    @cached_property
    def jq(self) -> str | None:
        """The system's."""
        found = shutil.which("jq")
        if found is None:
            self.missing["jq"] = "it is not installed on this system"
        else:
            self.versions["jq"] = _said([found, "--version"]).removeprefix("jq-")
        return found

    @cached_property
    def sourcemeta(self) -> Path | None:
        """Its program itself; the script that npm installs only starts it."""
        arch = {"x86_64": "x86_64", "aarch64": "arm64"}.get(platform.machine(), platform.machine())
        name = f"@sourcemeta/jsonschema/build/github-releases/jsonschema-{sys.platform}-{arch}"
        return self._of_node("@sourcemeta/jsonschema", name)

    @cached_property
    def wscat(self) -> Path | None:
        """The script that its users start."""
        return self._of_node("wscat", ".bin/wscat")

    @cached_property
    def relay(self) -> Path | None:
        """The relay in C, compiled here."""
        compiler = shutil.which("gcc") or shutil.which("cc")
        if compiler is None:
            self.missing["C relay"] = "there is no C compiler"
            return None
        source, made = HERE / "relay.c", DATA / "relay"
        DATA.mkdir(exist_ok=True)
        done = subprocess.run(
            [compiler, "-O2", "-Wall", "-o", made, source], capture_output=True, text=True, check=False
        )
        if done.returncode:
            self.missing["C relay"] = "it could not be compiled"
            return None
        return made

    def _environment(self, name: str) -> Path:
        """The interpreter of an environment, made where it is not there."""
        python = HERE / name / "bin/python"
        if not python.exists():
            self._progress(f"making benchmarks/{name}")
            subprocess.run([sys.executable, "-m", "venv", HERE / name], check=True)
            _pip(python, "--upgrade", "pip>=25.1")
        return python

    def _has(self, python: Path, name: str, *requirement: str) -> bool:
        """Whether a package is in an environment, after an attempt to install it."""
        if not (version := _said([python, "-c", VERSION, name])):
            self._progress(f"installing {name}")
            _pip(python, *requirement)
            version = _said([python, "-c", VERSION, name])
        if version:
            self.versions[name] = version
        else:
            self.missing[name] = "pip could not install it"
        return bool(version)

    @cached_property
    def _node(self) -> str:
        """Why there are no packages of Node, if there are none."""
        npm = shutil.which("npm")
        if npm is None:
            return "there is no npm"
        stamp = NODE / "node_modules/.installed"
        if stamp.exists() and stamp.stat().st_mtime > (NODE / "package.json").stat().st_mtime:
            return ""
        self._progress("installing packages of Node")
        options = ["--no-package-lock", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"]
        done = subprocess.run([npm, "install", "--prefix", NODE, *options], capture_output=True, check=False)
        if done.returncode:
            return "npm could not install it"
        stamp.touch()
        return ""

    def _of_node(self, name: str, program: str) -> Path | None:
        path = NODE / "node_modules" / program
        if self._node or not path.exists():
            self.missing[name] = self._node or "it has no program for this machine"
            return None
        self.versions[name] = json.loads((NODE / "node_modules" / name / "package.json").read_text())["version"]
        return path


def _pip(python: Path, *requirement: str) -> None:
    command: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *requirement]
    subprocess.run(command, capture_output=True, check=False)


def _said(command: Sequence[str | Path]) -> str:
    """What a program prints, or nothing where it fails."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return "" if done.returncode else done.stdout.strip()
