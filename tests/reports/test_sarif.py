"""SARIF 2.1.0, looked at by a schema of the part of it that code scanning reads."""

from __future__ import annotations

import json
from urllib.parse import unquote_to_bytes

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator
from reported import finding, reported, runs

from rtcli.rules import RULES


def an_object(required, **properties):
    return {"type": "object", "required": required.split(), "properties": properties}


def a_list(entries, **more):
    return {"type": "array", "items": entries, **more}


MESSAGE = an_object("text", text={"type": "string"})
URI = {"type": "string", "pattern": r"^(file:///)?([A-Za-z0-9_.~/-]|%[0-9A-F]{2})*$"}
LEVEL = {"enum": ["none", "note", "warning", "error"]}
LOCATION = an_object(
    "physicalLocation",
    physicalLocation=an_object(
        "artifactLocation region",
        artifactLocation=an_object("uri", uri=URI),
        region=an_object("startLine", startLine={"type": "integer", "minimum": 1}),
    ),
    logicalLocations=a_list(an_object("fullyQualifiedName", fullyQualifiedName={"type": "string"})),
    message=MESSAGE,
)
RULE = an_object(
    "id shortDescription fullDescription help defaultConfiguration",
    id={"type": "string", "pattern": "^[A-Z]{3}[0-9]{2}$"},
    shortDescription=MESSAGE,
    fullDescription=MESSAGE,
    help=MESSAGE,
    defaultConfiguration=an_object("level", level=LEVEL),
)
RESULT = an_object(
    "ruleId ruleIndex level message locations partialFingerprints",
    ruleIndex={"type": "integer", "minimum": 0},
    level=LEVEL,
    message=MESSAGE,
    locations=a_list(LOCATION, minItems=1),
    relatedLocations=a_list(LOCATION),
    partialFingerprints={"type": "object", "additionalProperties": {"type": "string"}},
)
RUN = an_object(
    "tool results invocations",
    tool=an_object("driver", driver=an_object("name version rules", rules=a_list(RULE, uniqueItems=True))),
    results=a_list(RESULT),
    invocations=a_list(an_object("executionSuccessful", executionSuccessful={"type": "boolean"})),
)
LOG = an_object("$schema version runs", version={"const": "2.1.0"}, runs=a_list(RUN, minItems=1, maxItems=1))
"""Source: OASIS SARIF 2.1.0, sections 3.13 to 3.59, and what docs.github.com asks for beyond it."""


def run_of(text):
    log = json.loads(text)
    Draft202012Validator(LOG).validate(log)
    return log["runs"][0]


@given(runs)
def test_what_is_written_is_sarif_whatever_stands_in_the_findings(run):
    written = run_of(reported("sarif", run))
    rules = written["tool"]["driver"]["rules"]
    found = [one for _, findings in run for one in findings]
    assert [result["ruleId"] for result in written["results"]] == [one.code for one in found]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in written["results"])
    assert len(rules) == len({one.code for one in found})


def test_a_rule_brings_its_page():
    (rule,) = [rule for rule in RULES if rule.code == "FUN10"]
    (described,) = run_of(reported("sarif", [("a", [finding(code="FUN10", severity="warning")])]))["tool"]["driver"][
        "rules"
    ]
    assert described["shortDescription"]["text"] == f"{rule.title}."
    assert "Fix: " in described["help"]["text"]
    assert described["defaultConfiguration"] == {"level": "warning"}


def test_the_other_lines_are_related_locations_and_a_remark_is_a_note():
    (result,) = run_of(reported("sarif", [("a", [finding(severity="info", lines=(4, 9))])]))["results"]
    assert result["level"] == "note"
    assert [place["physicalLocation"]["region"]["startLine"] for place in result["relatedLocations"]] == [4, 9]


@pytest.mark.parametrize("name", ["a b/ü%.jsonl", "/x/y.jsonl", "a\udcff.jsonl", "-"])
def test_a_file_name_survives_as_uri_byte_by_byte(name):
    (result,) = run_of(reported("sarif", [(name, [finding()])]))["results"]
    uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
    assert unquote_to_bytes(uri.removeprefix("file://")) == name.encode("utf-8", "surrogateescape")


def test_the_fingerprint_is_the_same_on_another_line_and_another_elsewhere():
    run = [("a", [finding(), finding(line=99, message="Otherwise."), finding(path="$.x")])]
    first, moved, elsewhere = (result["partialFingerprints"] for result in run_of(reported("sarif", run))["results"])
    assert first == moved != elsewhere


def test_a_file_that_cannot_be_read_makes_the_run_unsuccessful():
    (invocation,) = run_of(reported("sarif", [], unreadable=("cannot read b",)))["invocations"]
    assert invocation["executionSuccessful"] is False
    assert invocation["toolExecutionNotifications"][0]["message"]["text"] == "cannot read b"
