"""What a run of checks came to, in counts and in one line."""

from __future__ import annotations

import pytest
from reported import finding

from rtcli.rules import SEVERITIES
from rtcli.rules.summary import Summary


def summary(*found, events=0, files=1, hidden=0, unreadable=()):
    made = Summary()
    made.events, made.files, made.hidden = events, files, hidden
    made.unreadable += unreadable
    for severity, code in found:
        made.add(finding(severity=severity, code=code))
    return made


ERROR, WARNING, REMARK = ("error", "SCH05"), ("warning", "SEQ01"), ("info", "SCH09")


def test_findings_are_counted_by_severity_and_by_code_in_the_order_of_first_sight():
    made = summary(REMARK, ERROR, ERROR, ("info", "SCH05"), WARNING)
    assert list(made.by_severity.items()) == [("info", 2), ("error", 2), ("warning", 1)]
    assert list(made.by_code.items()) == [("SCH09", 1), ("SCH05", 3), ("SEQ01", 1)]


@pytest.mark.parametrize("found", SEVERITIES)
@pytest.mark.parametrize("threshold", SEVERITIES)
def test_a_run_reaches_a_threshold_with_anything_as_grave(found, threshold):
    grave = {"info": 1, "warning": 2, "error": 3}
    assert summary(REMARK, (found, "SEQ01")).reaches(threshold) is (grave[found] >= grave[threshold])
    assert not summary().reaches(threshold)


@pytest.mark.parametrize(
    ("made", "told"),
    [
        (summary(events=1), "All good: 1 event in 1 file."),
        (summary(events=1234, files=2), "All good: 1,234 events in 2 files."),
        (summary(REMARK, events=2), "All good: 2 events in 1 file, 1 remark."),
        (summary(REMARK, REMARK, events=2, hidden=1), "All good: 2 events in 1 file, 2 remarks (1 finding hidden by the baseline)."),
        (summary(events=2, unreadable=["a: no"]), "Nothing found: 2 events in 1 file."),
        (summary(files=0), "Nothing was checked: 0 events in 0 files."),
        (summary(ERROR, events=2), "Found 1 error in 2 events in 1 file."),
        (summary(WARNING, ERROR, WARNING, events=2), "Found 1 error, 2 warnings in 2 events in 1 file."),
        (summary(WARNING, REMARK, events=2, hidden=2), "Found 1 warning, 1 remark in 2 events in 1 file (2 findings hidden by the baseline)."),
        (summary(ERROR), "Found 1 error in 0 events in 1 file."),
    ],
)  # fmt: skip
def test_the_outcome_is_told_in_one_line(made, told):
    assert made.outcome() == told
    assert made.sentence() == told


def test_what_is_spoken_is_told_below_the_outcome_a_line_for_each_file():
    made = summary(events=2)
    made.spoken = {"a.jsonl": "beta", "b.jsonl": "translation"}
    assert made.sentence() == "All good: 2 events in 1 file.\na.jsonl: beta\nb.jsonl: translation"


def test_where_nothing_was_added_nothing_was_checked_found_or_hidden():
    made = Summary()
    assert made.outcome() == "Nothing was checked: 0 events in 0 files."
    assert (made.hidden, made.by_severity, made.by_code, made.silence) == (0, {}, {}, None)
