"""The rules beside the protocol's own catalogue of them: each example fires what it says, and nothing else."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from examples import found

from rtcli.rules import RULES

PROTOCOL = Path(__file__).parents[3] / "shared/protocol"
CODES = {rule.code for rule in RULES}


@cache
def catalogue():
    return {page["id"]: page for page in json.loads((PROTOCOL / "rules.json").read_text())["rules"]}


def codes_of(findings):
    return {finding.code for finding in findings}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_rule_is_as_grave_and_asks_for_as_much_as_the_catalogue_says(shared, rule):
    page = catalogue()[rule.code]
    assert rule.severity == page["severity"]
    assert set(rule.needs) == set(page["needs"])
    assert rule.tier == page["tier"]
    assert rule.dialects == {{"ga": "realtime"}.get(name, name) for name in page["applies_to"].split(",")}
    assert rule.openai_only == (page["profile"] != "all")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_failing_example_fires_its_rule_at_its_line_and_nothing_that_is_not_listed(shared, rule):
    page = catalogue()[rule.code]
    hits = found(page["failing_example"], page["examples_context"], RULES)
    assert (rule.code, page["failing_example_at"] + 1) in {(hit.code, hit.line) for hit in hits}
    assert codes_of(hits) <= set(page["failing_example_hits"]) | {rule.code}
    assert codes_of(hits) >= set(page["failing_example_hits"]) & CODES


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_the_passing_example_fires_nothing_that_is_not_listed(shared, rule):
    page = catalogue()[rule.code]
    assert codes_of(found(page["passing_example"], page["examples_context"], RULES)) <= set(
        page["passing_example_may_also_hit"]
    )


def test_the_legal_sessions_fire_only_what_they_list(shared):
    sessions = json.loads((PROTOCOL / "legal.json").read_text())["sessions"]
    for session in sessions:
        hits = found(session["records"], session["context"], RULES)
        assert codes_of(hits) <= set(session["expected_findings"]), session["name"]
    assert len(sessions) > 20


def test_every_cut_of_every_example_fires_no_rule_that_the_whole_does_not_fire(shared):
    for page in catalogue().values():
        records, context = page["passing_example"], page["examples_context"]
        allowed = set(page["passing_example_may_also_hit"]) | {"SEQ21"}
        for cut in range(1, len(records)):
            hits = codes_of(found(records[cut:], context | ({"handshake": False} if context else {}), RULES))
            assert hits <= allowed, (page["id"], cut)
            assert codes_of(found(records[:cut], context, RULES)) <= allowed, (page["id"], -cut)
