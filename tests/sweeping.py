"""Every command, run as a user runs it; `LINES` has command lines of all of them."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

import program

T = TypeVar("T")
ALL = os.environ.get("SWEEP") == "all"
"""Whether everything is tried on everything, which takes minutes; else one line of each command where lines are alike."""


def examples(count: int) -> int:
    """So many examples of a property where everything is tried, else an eighth."""
    return count if ALL else max(10, count // 8)


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
    "mark": ("mark IN --at 0.1 NOTE -o OUT.marked.jsonl",),
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
    beside: Callable[[int], None] | None = None
    """What goes on beside it, and knows the number of its process: what a peer does."""
    seconds: float = 20


def by_turns(choices: Sequence[T], turn: int, each: int) -> list[T]:
    """Every second, third, ... of the choices, at each turn other ones; or all of them."""
    return list(choices if ALL else choices[turn % max(1, min(each, len(choices))) :: each])


def lines_of(names: dict[str, str], but: tuple[str, ...] = ()) -> list[tuple[str, ...]]:
    """The arguments of every command line, with these names put in."""
    return [
        tuple(_named(word, names) for word in line.split())
        for command, lines in LINES.items()
        if command not in but
        for line in lines
    ]


def one_each(lines: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """The first line of each command; or all of them."""
    return lines if ALL else list({line[0]: line for line in reversed(lines)}.values())[::-1]


def _named(word: str, names: dict[str, str]) -> str:
    if word in names:
        return names[word]
    return names["OUT"] + word[3:] if word.startswith("OUT") and "OUT" in names else word


def plain(**more: str) -> dict[str, str]:
    """The environment without what decides about this program, and with this."""
    mine = ("RTCLI_", "OPENAI_", "AZURE_", "COLUMNS", "LINES", "FORCE_COLOR", "NO_COLOR", "TERM")
    return {name: value for name, value in os.environ.items() if not name.startswith(mine)} | more


def swept(runs: list[Run]) -> list[program.Done]:
    """What came of each, in order."""
    return [_done(run) for run in runs]


def _done(run: Run) -> program.Done:
    how = {"terminal": run.terminal, "before": run.before, "beside": run.beside}
    try:
        return program.forked(run.arguments, run.stdin, run.environment, run.folder, run.seconds, **how)
    except subprocess.TimeoutExpired as late:
        return program.Done(-9, late.stdout, late.stderr, 0, run.seconds)
