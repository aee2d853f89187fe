"""Each rule is tested by the conversations on its own page."""

from __future__ import annotations

import inspect
import json
import re

import pytest

from rtcli.events import decode
from rtcli.formats import Entry
from rtcli.recording import Header
from rtcli.rules import RULES, Check

LINE = re.compile(r"^\s*([<>]) (\S+) (\{.*?\})?\s*(?:# (.*))?$")
OPENING = '{"type":"session.update","session":{"type":"realtime","audio":{"input":{"format":{"type":"audio/pcm"}}}}}'


def conversation(rule):
    """The lines of the page's conversation and the codes that each must earn."""
    page = inspect.getdoc(rule.judge)
    found = [match.groups() for line in page.splitlines() if (match := LINE.match(line))]
    return [
        (side, {"type": name} | json.loads(body or "{}"), (codes or "").split()) for side, name, body, codes in found
    ]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_each_line_of_the_page_earns_exactly_the_codes_beside_it(rule):
    lines = conversation(rule)
    assert any(codes for _, _, codes in lines), "the page shows a bad line"
    assert any(not codes for _, _, codes in lines), "the page shows a good line"
    check = Check(RULES)
    check.feed(Entry(1, 0.0, None, Header(rtcli=1, lossless=True)))
    check.feed(Entry(2, 0.0, "client", decode(OPENING)))
    for number, (side, body, codes) in enumerate(lines, 3):
        sender = "client" if side == ">" else "server"
        found = check.feed(Entry(number, 1.0, sender, decode(json.dumps(body))))
        assert [finding.code for finding in found] == codes, body


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_page_has_a_title_a_fix_and_a_source(rule):
    page = inspect.getdoc(rule.judge)
    assert page.splitlines()[0].endswith(".")
    assert "Fix: " in page
    assert "Source: " in page


def test_codes_are_unique():
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))


def test_the_protocols_examples_fire_their_rule_and_nothing_else(shared):
    pages = json.loads((shared / "protocol/rules.json").read_text())["rules"]
    by_code = {page["id"]: page for page in pages}
    for rule in RULES:
        page = by_code[rule.code]
        assert rule.severity == page["severity"]
        assert set(rule.needs) == set(page["needs"])
        assert hits(page["failing_example"]) == [(page["failing_example_at"], rule.code)]
        assert hits(page["passing_example"]) == []


def hits(records):
    check = Check(RULES)
    check.feed(Entry(1, 0.0, None, Header(rtcli=1, lossless=True)))
    return [
        (index, finding.code)
        for index, record in enumerate(records)
        for finding in check.feed(Entry(index, 0.0, record["dir"], decode(json.dumps(grown(record["event"])))))
    ]


def grown(value):
    """The value with the macros of the examples written out."""
    import base64

    if isinstance(value, dict):
        for macro, per_unit in (("$pcm16_ms", 48), ("$pcmu_ms", 8), ("$bytes", 1)):
            if macro in value:
                return base64.b64encode(bytes(value[macro] * per_unit)).decode()
        return {key: grown(entry) for key, entry in value.items()}
    return [grown(entry) for entry in value] if isinstance(value, list) else value
