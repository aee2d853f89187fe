"""A parser of XML reads what is written, and counts what the attributes say."""

from __future__ import annotations

from xml.etree import ElementTree as ET

from hypothesis import given
from reported import finding, reported, runs


def suites(text):
    root = ET.fromstring(text.encode())
    assert root.tag == "testsuites"
    return root.findall("testsuite")


def test_a_file_is_a_suite_and_a_finding_a_case_that_failed():
    (suite,) = suites(reported("junit", [("a.jsonl", [finding(), finding(severity="warning", line=9)])]))
    assert suite.get("name") == "a.jsonl"
    assert [case.get("classname") for case in suite] == ["a.jsonl", "a.jsonl"]
    assert [case.find("failure").get("type") for case in suite] == ["error", "warning"]
    assert suite[1].find("failure").text == "a.jsonl:9: No."


def test_a_remark_is_a_case_that_passed_and_a_clean_file_is_one():
    remarked, clean = suites(reported("junit", [("a", [finding(severity="info")]), ("b", [])]))
    assert remarked[0].find("failure") is None
    assert "No." in remarked[0].find("system-out").text
    assert (len(clean), list(clean[0])) == (1, [])


def test_what_cannot_be_read_is_an_error():
    (suite,) = suites(reported("junit", [], unreadable=("cannot read b",)))
    assert suite.get("errors") == "1"
    assert suite[0].find("error").get("message") == "cannot read b"


def test_a_file_with_very_many_findings_has_several_suites_of_its_name():
    parts = suites(reported("junit", [("a", [finding(line=line) for line in range(2500)]), ("b", [])]))
    assert [suite.get("name") for suite in parts] == ["a", "a", "a", "b"]
    assert [int(suite.get("tests")) for suite in parts] == [1000, 1000, 500, 1]


@given(runs)
def test_the_counts_are_those_of_the_cases_whatever_stands_in_the_findings(run):
    parts = suites(reported("junit", run))
    assert len(parts) == len(run)
    for suite, (_, found) in zip(parts, run, strict=True):
        assert int(suite.get("tests")) == len(suite) == max(len(found), 1)
        assert int(suite.get("failures")) == len(suite.findall("testcase/failure"))
        assert int(suite.get("failures")) == sum(one.severity != "info" for one in found)
