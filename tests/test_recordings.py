"""The recordings that come with the project: the clean ones are clean, and each broken one shows its own fault."""

from __future__ import annotations

import gzip
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from rtcli.events import Listener
from rtcli.formats import read
from rtcli.formats.stream import read_lines
from rtcli.rules import DEFAULT, RULES, TITLES, Check, Codes, titles

RECORDINGS = Path(__file__).parents[1] / "recordings"
MAKE = RECORDINGS / "broken" / "make.py"
AGAIN = f"run: python {MAKE.relative_to(RECORDINGS.parent)}"
CLEAN = sorted((RECORDINGS / "clean").glob("*.jsonl"))
BROKEN = {path.name.partition(".")[0]: path for path in sorted((RECORDINGS / "broken").glob("*.jsonl*"))}
WITH_RULE = [rule for rule in RULES if rule.code in BROKEN]
CODES = titles()
"""Every code that there is, of rules and of the schema; a recording may wait for its rule."""


class Row(NamedTuple):
    code: str
    title: str
    made_from: str
    done: str
    also: set[str]


@cache
def table() -> dict[str, Row]:
    page = (RECORDINGS / "broken" / "README.md").read_text()
    cells = [[cell.strip() for cell in line.strip("| ").split(" |")] for line in page.splitlines() if line[:1] == "|"]
    rows = [Row(*cell[:4], set("".join(cell[4:]).replace(",", " ").split())) for cell in cells[2:]]
    return {row.code: row for row in rows}


def found(path: Path, rules) -> set[str]:
    listener = Listener()
    return {finding.code for finding in Check(rules, listener).run(read(path, listener))}


def named(rules):
    return pytest.mark.parametrize("rule", rules, ids=lambda rule: rule.code)


def test_each_code_has_a_recording_that_shows_it_and_a_row_that_says_how():
    for code in CODES:
        assert code in BROKEN, f"add a row for {code} beside {MAKE.name} and {AGAIN}"
        assert table()[code].done, code


@named(WITH_RULE)
def test_the_rule_alone_finds_the_fault(rule):
    assert rule.code in found(BROKEN[rule.code], Codes(select=[rule.code]).rules)


@named(WITH_RULE)
def test_the_usual_rules_find_the_fault_with_it(rule):
    usual = dict.fromkeys((*DEFAULT, rule))
    also = {code for code in table()[rule.code].also if code in TITLES or code in {rule.code for rule in usual}}
    assert found(BROKEN[rule.code], usual) == {rule.code, *also}


@pytest.mark.parametrize("code", sorted(CODES.keys() & BROKEN.keys()))
def test_all_rules_find_nothing_but_the_fault_and_what_follows_of_it(code):
    assert found(BROKEN[code], RULES) == {code, *(table()[code].also & CODES.keys())}


@pytest.mark.parametrize("path", CLEAN, ids=lambda path: path.stem)
def test_there_is_nothing_to_find_in_a_clean_recording(path):
    listener = Listener()
    assert list(Check(RULES, listener).run(read(path, listener))) == []


def test_the_clean_recordings_speak_of_much():
    assert len(CLEAN) > 15
    heard = " ".join(path.read_text() for path in CLEAN)
    for kind in ("speech_started", "conversation.item.truncated", "function_call_output", "mcp_call.completed"):
        assert kind in heard


def test_the_table_has_a_row_for_each_file_and_a_file_for_each_row():
    assert set(table()) == set(BROKEN)


def test_what_a_row_is_made_from_is_there():
    for row in table().values():
        name = row.made_from.strip("`")
        assert row.made_from == "the built-in server" or RECORDINGS / "clean" / f"{name}.jsonl" in CLEAN


def test_the_table_calls_each_fault_as_the_program_does():
    assert {code: table()[code].title for code in CODES} == dict(CODES), AGAIN


def test_a_recording_is_small_and_its_times_go_on():
    for path in (*CLEAN, *BROKEN.values()):
        lines = list(read_lines(path))
        assert len(lines) < 80, path.name
        assert path.stat().st_size < 40_000, path.name
        times = [float(time) for line in lines for time in re.findall(rb'^\{"t":([\d.]+)', line)]
        assert len(times) == len(lines) - (2 if path.stem == "SCH10" else 1), path.name
        assert (times == sorted(times)) is (path.stem != "TIM01"), path.name


def test_made_anew_they_are_the_same(tmp_path):
    subprocess.run([sys.executable, str(MAKE), str(tmp_path)], check=True)
    for folder in ("clean", "broken"):
        for path in (tmp_path / folder).glob("*.jsonl*"):
            assert plain(path) == plain(RECORDINGS / folder / path.name), path.name
        names = [{path.name for path in home.glob("*.jsonl*")} for home in (tmp_path / folder, RECORDINGS / folder)]
        assert names[0] == names[1]


def plain(path: Path) -> bytes:
    content = path.read_bytes()
    return gzip.decompress(content) if path.suffix == ".gz" else content
