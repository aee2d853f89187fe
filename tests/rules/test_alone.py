"""What is read quickly is judged as what is read slowly: on every recording there is, and on damaged copies of them."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
from damaging import damaged
from sweeping import by_turns

from rtcli.errors import UnreadableRecording
from rtcli.events import Listener
from rtcli.formats.rtcli import InOrder, Taking, read
from rtcli.rules import DEFAULT, Check
from rtcli.rules.alone import SchemaCheck

RECORDINGS = sorted((Path(__file__).parents[2] / "recordings").rglob("*.jsonl"))
COPIES = 2


class Careful(Listener):
    """One who never decodes at once: every text is looked at closely."""

    vocabulary = None

    def decode(self, text, line, sender=None):
        return self.look_closer(text, line, sender)


def outcome(
    lines: list[bytes], check: Any, listener: Listener, taking: InOrder | Taking | None = None
) -> tuple[Any, ...]:
    """Everything that is told of a recording: the findings, the events, the line without an end, what is spoken."""
    torn: list[int] = []
    found: list[Any] = []
    refusal = ""
    try:
        found.extend(check.run(read(lines, listener, torn.append, taking)))
    except UnreadableRecording as refused:
        refusal = str(refused)
    detector = listener.detector
    spoken = (detector.dialect.name, detector.disagree, detector.vendor)
    return found, check.events, torn, spoken, refusal


def by_the_schema_alone(lines: list[bytes], dialect: Any = None) -> tuple[Any, ...]:
    listener = Listener(dialect)
    check = SchemaCheck(listener)
    return outcome(lines, check, listener, check.taking)


def slowly(lines: list[bytes], rules: Any = (), dialect: Any = None) -> tuple[Any, ...]:
    listener = Careful(dialect)
    return outcome(lines, Check(rules, listener), listener)


def quickly(lines: list[bytes], rules: Any = (), dialect: Any = None) -> tuple[Any, ...]:
    listener = Listener(dialect)
    check = Check(rules, listener)
    return outcome(lines, check, listener, check.taking)


def lines_of(path: Path) -> list[bytes]:
    return path.read_bytes().splitlines(keepends=True)


def assert_both_ways_tell_the_same(lines: list[bytes], dialect: Any = None) -> None:
    told = slowly(lines, (), dialect)
    assert by_the_schema_alone(lines, dialect) == told
    assert quickly(lines, (), dialect) == told
    assert quickly(lines, DEFAULT, dialect) == slowly(lines, DEFAULT, dialect)


@pytest.mark.parametrize("path", by_turns(RECORDINGS, 0, 3), ids=lambda path: path.stem)
def test_a_recording_and_damaged_copies_of_it_are_judged_alike_quickly_and_slowly(path):
    lines = lines_of(path)[:400]
    assert_both_ways_tell_the_same(lines)
    chance = random.Random(path.name)
    for _ in by_turns(range(COPIES), 0, COPIES):
        assert_both_ways_tell_the_same(damaged(lines, chance))


def test_so_is_captured_traffic_and_damaged_copies_of_it(shared):
    chance = random.Random(7)
    for path in by_turns(sorted((shared / "traffic").rglob("*.jsonl")), 0, 2):
        lines = lines_of(path)[:400]
        assert_both_ways_tell_the_same(lines)
        for _ in by_turns(range(COPIES), 0, COPIES):
            assert_both_ways_tell_the_same(damaged(lines, chance))


LEARNED = (
    b'{"t":%d,"from":"server","event":{"type":"rate_limits.updated","event_id":"e%d","rate_limits":[],"mood":1}}\n'
)
PLAIN = b'{"t":99,"from":"client","event":{"type":"response.create"}}\n'


@pytest.mark.parametrize("last", [LEARNED % (99, 99), PLAIN, b""])
@pytest.mark.parametrize("torn", [False, True])
def test_the_end_of_a_file_is_judged_alike_where_a_field_was_learned(last, torn):
    created = (
        b'{"t":0,"from":"server","event":{"type":"session.created","session":{"type":"realtime"},"event_id":"e"}}\n'
    )
    lines = [created, *(LEARNED % (line, line) for line in range(1, 40)), PLAIN, *([last] if last else [])]
    assert_both_ways_tell_the_same([*lines[:-1], lines[-1].rstrip(b"\n") if torn else lines[-1]])


def record(event: dict[str, Any], sender: str = "server") -> bytes:
    return json.dumps({"t": 1.0, "from": sender, "event": event}).encode() + b"\n"


def says(role: str, kind: str, **more: Any) -> dict[str, Any]:
    return {"item": {"type": "message", "role": role, "content": [{"type": kind, "text": "x"}]} | more}


SPOKEN = [
    record({"type": "conversation.item.create"} | says("assistant", "output_text"), "client"),
    record({"type": "conversation.item.created", "event_id": "e"} | says("user", "input_text", id="i")),
]
ODD = record({"type": "input_audio_buffer.cleared", "event_id": "e", "mood": 1}) + record({"type": "x.y"})
WRONG = record({"type": "response.created", "event_id": 7})


def test_the_schema_alone_tells_once_that_two_languages_are_spoken():
    lines = [*SPOKEN, *SPOKEN]
    assert [one.code for one in by_the_schema_alone(lines)[0]].count("SCH14") == 1
    assert by_the_schema_alone(lines) == slowly(lines)


@pytest.mark.parametrize("spoken", [SPOKEN, []])
def test_later_lines_are_judged_apart_as_if_they_were_judged_in_one_go(spoken):
    before, later = [*spoken, *ODD.splitlines(keepends=True), WRONG], [WRONG, *ODD.splitlines(keepends=True), WRONG]
    listener = Listener()
    check = SchemaCheck(listener)
    found = [*check.judged(read(before, listener, taking=check.taking))]
    events, apart = check.events, check.apart()
    found += apart.judged(read(later, listener, taking=apart.taking))
    assert (check.events, apart.events) == (events, 4)
    check.merge(apart.events, apart.oddities.findings())
    found += check.oddities.findings()
    whole, events, *_ = slowly([*before, *later])
    assert check.events == events
    assert [(one.code, one.path, one.count) for one in found] == [(one.code, one.path, one.count) for one in whole]
