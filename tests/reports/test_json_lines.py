"""Each line says what it is, and the last one is the summary."""

from __future__ import annotations

import json

from hypothesis import given
from reported import finding, reported, runs


@given(runs)
def test_every_line_is_an_object_that_names_its_schema_and_the_last_is_the_summary(run):
    *found, summary = map(json.loads, reported("json-lines", run).split("\n")[:-1])
    assert [one["schema"] for one in found] == ["rtcli.finding/1"] * sum(len(findings) for _, findings in run)
    assert summary["schema"] == "rtcli.summary/1"
    assert summary["files"] == len(run)


def test_a_finding_has_its_file_and_all_its_fields():
    line = json.loads(reported("json-lines", [("a.jsonl", [finding(lines=(1, 7), path="$.a")])]).splitlines()[0])
    assert (line["file"], line["code"], line["line"], line["lines"], line["path"]) == (
        "a.jsonl",
        "SCH07",
        2,
        [1, 7],
        "$.a",
    )
