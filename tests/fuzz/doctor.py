"""The session, the rules and the diagnosis: no sequence of lines raises, and no control character reaches a screen."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator

from fuzz.laws import lines_of
from fuzz.material import pieces, recordings, traffic
from fuzz.target import Target
from rich.console import Console

from rtcli.causes.case import Case
from rtcli.causes.overview import overviews
from rtcli.causes.slow import slow_parts
from rtcli.errors import RtcliError
from rtcli.events import Listener
from rtcli.formats import Entry
from rtcli.formats.rtcli import read
from rtcli.reports.diagnosis import diagnosis
from rtcli.reports.info import FIELDS, info
from rtcli.reports.json import written
from rtcli.rules import RULES, Check
from rtcli.session import Session
from rtcli.session.tree import children_of
from rtcli.views.console import PipeConsole
from rtcli.views.diagnosis import print_diagnosis
from rtcli.views.info import print_session


def check(data: bytes) -> None:
    lines = list(lines_of(data))
    listener = Listener()
    try:
        entries = list(read(lines, listener))
    except RtcliError:
        return
    _fold(entries)
    half = len(entries) // 2
    assert _found(lines[: entries[half].line - 1] if half else [])[:-1] == _found(lines)[:half]
    case = Case(listener)
    for entry in entries:
        case.feed(entry)
    case.finish()
    slow = slow_parts(case)
    json.loads(written(diagnosis("f", case, slow)))
    out = io.StringIO()
    console: Console = PipeConsole(file=out, width=60, force_terminal=False, highlight=False, markup=False, emoji=False)
    print_diagnosis(console, "f", case, slow)
    told = list(overviews(entries, Listener()))
    for one in told:
        print_session(console, one, several=True)
    json.loads(written(info(told, tuple(FIELDS))))
    assert not {character for character in out.getvalue() if _is_unsafe(character)}
    out.getvalue().encode()


def _is_unsafe(character: str) -> bool:
    code = ord(character)
    return (
        (code < 32 and character != "\n")
        or 0x7F <= code < 0xA0
        or character in "\u202e\u2066\u200b"
        or 0xD800 <= code < 0xE000
    )


def _fold(entries: list[Entry]) -> None:
    session = Session()
    for entry in entries:
        session.apply(entry)
    waiting: list[object] = list(session.connections)
    while waiting:
        waiting += children_of(waiting.pop())


def _found(lines: list[bytes]) -> list[list[tuple[object, ...]]]:
    listener = Listener()
    one = Check(RULES, listener)
    found = [[_told(finding) for finding in one.feed(entry)] for entry in read(lines, listener)]
    return [*found, [_told(finding) for finding in one.finish()]]


def _told(finding: object) -> tuple[object, ...]:
    return finding.code, finding.line, finding.path, finding.message, finding.lines  # type: ignore[attr-defined]


def seeds() -> Iterator[bytes]:
    yield from pieces((*recordings(), *traffic("realtime", "beta", "translation", "live", "vendors")), 2500)


TARGET = Target(check, seeds, ("session", "rules", "causes", "reports", "views"), max_bytes=6000)
