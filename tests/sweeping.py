"""Every command, run as a user runs it, fast enough to be run hundreds of times: from one process that has loaded all.

A run is a process of its own, forked from one in which everything is imported; it has its own arguments,
environment, folder and streams, which are pipes or a terminal. `LINES` has command lines of every command.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import pickle
import pty
import resource
import select
import signal
import struct
import subprocess
import sys
import tempfile
import termios
import time
from pathlib import Path
from typing import NamedTuple

LINES: dict[str, tuple[str, ...]] = {
    "connect": ("connect URL -x hello --wait 2 -o OUT.jsonl", "connect URL --text --no-record -x hello --wait 2"),
    "proxy": ("proxy URL --listen nowhere", "proxy URL -o IN --listen 127.0.0.1:0"),
    "show": ("show IN", "show IN --timeline", "show IN --timeline --no-fold", "show IN --raw", "show IN --since 0.1"),
    "info": ("info IN", "info IN IN2", "info IN IN2 --json", "info IN --csv"),
    "turns": (
        "turns IN",
        "turns IN --json",
        "turns IN --csv",
        "turns IN --output-format junit --max-ttfa 1ms --max-errors 0",
    ),
    "cost": ("cost IN", "cost IN --json", "cost IN --csv"),
    "transcript": (
        "transcript IN --out-of-band",
        "transcript IN --format md",
        "transcript IN --format srt",
        "transcript IN --format vtt",
        "transcript IN --format json",
    ),
    "audio": ("audio IN -o OUT.wav", "audio IN --per-item OUT.items"),
    "report": ("report IN -o OUT.html",),
    "diff": ("diff IN IN2", "diff IN IN2 --json"),
    "validate": (
        "validate IN",
        "validate IN --output-format concise --fail-severity info",
        "validate IN --output-format grouped",
        "validate IN --output-format json",
        "validate IN --output-format json-lines",
        "validate IN --output-format github",
        "validate IN --output-format junit",
        "validate IN --output-format sarif",
        "validate IN --statistics",
    ),
    "doctor": ("doctor IN", "doctor IN --json"),
    "rule": ("rule", "rule SES01"),
    "schema": ("schema", "schema session.update", "schema session.update --json"),
    "replay": (
        "replay IN --speed 100 --idle-time-limit 0",
        "replay IN --to URL --timing fast --wait 1 -o OUT.jsonl",
        "replay IN --serve 127.0.0.1:0 --fault NOTE",
    ),
    "serve": ("serve --listen nowhere", "serve --fault nothing"),
    "redact": ("redact IN --check", "redact IN -o -", "redact IN -o OUT.jsonl --json"),
    "bundle": ("bundle IN -o OUT.zip --allow-doubts", "bundle IN --issue --allow-doubts"),
    "convert": (
        "convert IN -o - --to rtcli",
        "convert IN -o - --to bare",
        "convert IN -o - --to har",
        "convert IN -o - --to script",
        "convert IN -o - --to otlp --content",
        "convert IN -o OUT.parquet",
    ),
    "cut": ("cut IN --since 0.01", "cut IN --turn 1"),
    "filter": ("filter IN", "filter IN --type response.*", "filter IN --where event.type"),
    "merge": ("merge IN IN2", "merge IN IN2 --as several"),
    "mark": ("mark IN --at 0.1 NOTE -o OUT.jsonl",),
    "recover": ("recover IN",),
    "migrate": ("migrate IN", "migrate IN --diff"),
}
"""By command; IN and IN2 are recordings, OUT… the name of what is written, URL a server, NOTE a text."""


class Run(NamedTuple):
    """A command line to run; with a terminal, what comes out is one stream."""

    arguments: tuple[str, ...]
    folder: str
    environment: dict[str, str]
    terminal: bool = False
    stdin: bytes = b""
    before: str = ""
    """A statement to run in the new process first: what makes trouble."""
    beside: str = ""
    """Statements for another process that goes on beside it, whose `pid` they know: what a peer does."""
    seconds: float = 20


class Done(NamedTuple):
    """What came of it."""

    code: int
    out: bytes
    err: bytes
    peak_kib: int
    seconds: float


def lines_of(names: dict[str, str], but: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The arguments of every command line, with these names put in."""
    return [
        tuple(_named(word, names) for word in line.split())
        for command, lines in LINES.items()
        if command not in but
        for line in lines
    ]


def _named(word: str, names: dict[str, str]) -> str:
    if word in names:
        return names[word]
    return names["OUT"] + word[3:] if word.startswith("OUT") and "OUT" in names else word


def plain(**more: str) -> dict[str, str]:
    """The environment without what decides about this program, and with this."""
    mine = ("RTCLI_", "OPENAI_", "AZURE_", "COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "TERM")
    return {name: value for name, value in os.environ.items() if not name.startswith(mine)} | more


def swept(runs: list[Run]) -> list[Done]:
    """What came of each, in order."""
    done = subprocess.run(
        [sys.executable, __file__], input=pickle.dumps([tuple(run) for run in runs]), stdout=subprocess.PIPE, check=True
    )
    return [Done(*one) for one in pickle.loads(done.stdout)]


def _loaded() -> None:
    import pkgutil
    from importlib import import_module

    import yaml  # noqa: F401

    import rtcli

    for module in pkgutil.walk_packages(rtcli.__path__, "rtcli."):
        if not module.name.endswith("__main__"):
            import_module(module.name)


def _child(run: Run, streams: tuple[int, int, int]) -> None:
    os.setsid()
    if run.terminal:
        fcntl.ioctl(streams[0], termios.TIOCSCTTY, 0)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    os.closerange(3, 64)
    os.chdir(run.folder)
    os.environ.clear()
    os.environ.update(run.environment)
    sys.argv = ["rtcli", *run.arguments]
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        errors = "backslashreplace" if name == "stderr" else "strict"
        number = ("stdin", "stdout", "stderr").index(name)
        buffering = 1 if run.terminal or name == "stderr" else -1
        stream = open(  # noqa: SIM115 - it is the process's own
            number, mode, buffering=buffering, encoding="utf-8", errors=errors, closefd=False
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
    code = 1
    try:
        if run.before:
            exec(run.before, {})
        from rtcli.__main__ import main

        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1 if end.code else 0
    except BaseException:  # noqa: BLE001 - as Python does
        sys.excepthook(*sys.exc_info())
    with contextlib.suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(code)


def _other(statements: str, pid: int) -> int:
    other = os.fork()
    if not other:
        with contextlib.suppress(BaseException):
            exec(statements, {"pid": pid})
        os._exit(0)
    return other


def _one(run: Run) -> Done:
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        given.write(run.stdin)
        given.seek(0)
        main = side = -1
        if run.terminal:
            main, side = pty.openpty()
            fcntl.ioctl(side, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 120, 0, 0))
        streams = (side, side, side) if run.terminal else (given.fileno(), out.fileno(), err.fileno())
        began = time.monotonic()
        pid = os.fork()
        if not pid:
            _child(run, streams)
        other = _other(run.beside, pid) if run.beside else 0
        seen = []
        if run.terminal:
            os.close(side)
            if run.stdin:
                os.write(main, run.stdin)
        while True:
            ready = select.select([main], [], [], 0.02)[0] if run.terminal else None
            if ready:
                try:
                    data = os.read(main, 1 << 16)
                except OSError:
                    data = b""
                seen.append(data)
                if data:
                    continue
            ended, status, used = os.wait4(pid, os.WNOHANG if not ready else 0)
            if ended:
                break
            if time.monotonic() - began > run.seconds:
                os.kill(pid, signal.SIGKILL)
            if not run.terminal:
                time.sleep(0.002)
        if run.terminal:
            with contextlib.suppress(OSError):
                while select.select([main], [], [], 0)[0] and (data := os.read(main, 1 << 16)):
                    seen.append(data)
            os.close(main)
            out.write(b"".join(seen))
        if other:
            with contextlib.suppress(ProcessLookupError):
                os.kill(other, signal.SIGKILL)
            os.waitpid(other, 0)
        out.seek(0)
        err.seek(0)
        return Done(os.waitstatus_to_exitcode(status), out.read(), err.read(), used.ru_maxrss, time.monotonic() - began)


if __name__ == "__main__":
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    work = [Run(*one) for one in pickle.load(sys.stdin.buffer)]
    sys.path.insert(0, str(Path(__file__).parents[1]))
    _loaded()
    told = [tuple(_one(run)) for run in work]
    sys.stdout.buffer.write(pickle.dumps(told))
