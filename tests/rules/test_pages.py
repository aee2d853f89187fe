"""Each rule is tested by the conversations on its own page."""

from __future__ import annotations

import inspect
import json
import re
from collections import defaultdict

import pytest
from examples import grown

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check

LINE = re.compile(r"^\s*(?:(\d+(?:\.\d+)?) )?([<>-]) (\S+)(?: (\{.*?\}))?\s*(?:# (.*))?$")
HEADER = {"rtcli": 1, "transport": "websocket", "lossless": True}


def conversation(rule):
    """The lines of the page's conversations and the codes that each must earn.

    A line is ``[seconds] > type {fields}   # CODE CODE``; ``- close {fields}`` is a close record,
    ``- header {fields}`` begins another recording; ``{"$bytes": n}`` is the base64 of n bytes.
    """
    page = inspect.getdoc(rule.judge)
    conversations = [[]]
    for line in page.splitlines():
        match = LINE.match(line)
        if match:
            t, side, name, body, codes = match.groups()
            fields = grown(json.loads(body or "{}"))
            if side == "-" and name == "header":
                conversations.append([(None, {**HEADER, **fields}, [])])
                continue
            if side == "-":
                record = {name: fields}
            else:
                sender = {"<": "server", ">": "client"}[side]
                event = {"event_id": f"event_{len(conversations[-1])}"} if side == "<" else {}
                record = {"from": sender, "event": {"type": name, **event, **fields}}
            conversations[-1].append((t, record if t is None else {"t": float(t), **record}, (codes or "").split()))
    return [lines for lines in conversations if lines]


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_each_line_of_the_page_earns_exactly_the_codes_beside_it(rule):
    shown = conversation(rule)
    codes = [earned for lines in shown for _, _, earned in lines]
    assert any(rule.code in earned for earned in codes), "the page shows a bad line"
    assert any(not earned for earned in codes), "the page shows a good line"
    for lines in shown:
        records = [record for _, record, _ in lines]
        if "rtcli" not in records[0]:
            records.insert(0, HEADER)
            lines.insert(0, (None, HEADER, []))
        listener = Listener()
        check = Check(RULES, listener)
        earned = defaultdict(list)
        for finding in check.run(read((json.dumps(record).encode() + b"\n" for record in records), listener)):
            earned[finding.line].append(finding.code)
        for number, (_, record, expected) in enumerate(lines, 1):
            assert sorted(earned[number]) == sorted(expected), record


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_page_has_a_title_a_fix_and_a_source(rule):
    page = inspect.getdoc(rule.judge)
    assert page.splitlines()[0].endswith(".")
    assert "Fix: " in page
    assert "Source: " in page


def test_codes_are_unique():
    codes = [rule.code for rule in RULES]
    assert len(codes) == len(set(codes))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_every_page_says_what_it_means_for_a_call_and_what_to_do(rule):
    assert rule.meaning.endswith(".")
    assert "Fix:" not in rule.meaning
    assert rule.fix
    assert "``" not in rule.meaning + rule.fix
