"""What holds for every format, whatever stands in a finding."""

from __future__ import annotations

import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from reported import finding, reported, runs

import rtcli.reports
from rtcli.commands.validate import Format
from rtcli.reports.formats import REPORTS
from rtcli.rules.summary import Summary


def test_every_format_that_can_be_asked_for_is_in_the_table_and_has_a_module():
    assert {one.value for one in Format} == {"full", *REPORTS}
    modules = {path.stem for path in Path(rtcli.reports.__file__).parent.glob("[a-z]*.py")}
    assert modules >= {name.replace("-", "_") for name in REPORTS}


@pytest.mark.parametrize("output_format", REPORTS)
@given(run=runs)
def test_nothing_that_is_no_printable_character_reaches_the_output_and_all_of_it_is_utf_8(output_format, run):
    text = reported(output_format, run, unreadable=("cannot read \x1b[2J\n::error::x",))
    text.encode()
    assert [c for c in text if not c.isprintable() and c != "\n"] == []


@pytest.mark.parametrize("output_format", REPORTS)
def test_memory_does_not_grow_with_the_findings(output_format):
    class Nowhere(io.StringIO):
        def write(self, text: str) -> int:
            return len(text)

    def peak_bytes(count: int) -> int:
        report = REPORTS[output_format](Nowhere())
        tracemalloc.start()
        for line in range(count):
            report.finding("a.jsonl", finding(line=line, message=f"{line} is wrong"))
        report.done("a.jsonl")
        report.finish(Summary())
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return peak

    few, many = peak_bytes(500), peak_bytes(5_000)
    assert many < 2 * few + 100_000
