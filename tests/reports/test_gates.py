"""Limits as JUnit XML: a parser reads them, and counts what the head says."""

from __future__ import annotations

import io
import xml.etree.ElementTree as ET

from rtcli.reports.gates import write_gates
from rtcli.session.gates import Gate, Judged, Sample

EACH = Gate("--max-ttfa", "1s", 1000, "ttfa")
SHARE = Gate("--p95-ttfa", "900ms", 900, "ttfa", 95)
ERRORS = Gate("--max-errors", "0", 0, "errors")


def suite(*judged, name="call.jsonl"):
    out = io.StringIO()
    write_gates(out, name, judged)
    (only,) = ET.fromstring(out.getvalue())
    return only


def test_a_limit_on_each_turn_has_a_case_for_each_turn():
    samples = [Sample(1, 1, 20, 800.0), Sample(1, 2, 40, 1200.0), Sample(1, 3, 60, None), Sample(2, 1, 80, 1000.0)]
    told = suite(Judged(EACH, "broken", "", samples, lines=[40]))
    assert {name: told.get(name) for name in ("tests", "failures", "errors", "skipped")} == {
        "tests": "4",
        "failures": "1",
        "errors": "0",
        "skipped": "1",
    }
    assert [case.get("name").removeprefix("--max-ttfa 1s ") for case in told] == [
        "turn 1",
        "turn 2",
        "turn 3",
        "connection 2 turn 1",
    ]
    assert [[child.tag for child in case] for case in told] == [[], ["failure"], ["skipped"], []]
    assert told[1][0].text == "call.jsonl:40"


def test_a_percentile_and_a_count_have_one_case_each():
    told = suite(
        Judged(SHARE, "broken", "p95 is 950 ms", [Sample(1, 1, 20, 950.0)], lines=[20]),
        Judged(ERRORS, "kept", "0 errors", value=0),
    )
    assert (told.get("tests"), told.get("failures")) == ("2", "1")


def test_what_cannot_be_judged_is_an_error():
    told = suite(Judged(EACH, "not judged", "the recording has no times", [Sample(1, 1, 2, None)]))
    assert (told.get("errors"), told[0][0].get("message")) == ("1", "the recording has no times")


def test_a_name_that_is_no_xml_is_written_out():
    told = suite(Judged(ERRORS, "broken", 'a "<&>" \x00', value=1, lines=[3]), name='a"<b>&\x1b.jsonl')
    assert told.get("name") == 'a"<b>&\\x1b.jsonl'
    assert told[0][0].get("message") == 'a "<&>" \\x00'
