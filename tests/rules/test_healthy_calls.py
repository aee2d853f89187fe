"""Whole voice calls in order, against every rule: what may stand in them is a remark."""

from __future__ import annotations

import pytest
from incidents.catalogue import INCIDENTS, NEAR_MISSES

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check

TWINS = [pytest.param(call, id=f"{name}: {told}") for name, told, call in INCIDENTS]


def found(lines):
    """What is more than a remark."""
    listener = Listener()
    findings = Check(RULES, listener).run(read((f"{line}\n".encode() for line in lines), listener))
    return [(one.code, one.line, one.message) for one in findings if one.severity != "info"]


@pytest.mark.parametrize("call", TWINS)
def test_no_rule_finds_fault_with_an_incident_without_its_fault(call):
    assert found(call(healthy=True)) == []


@pytest.mark.parametrize("call", NEAR_MISSES, ids=lambda call: call.__name__)
def test_no_rule_finds_fault_with_a_call_that_only_looks_like_an_incident(call):
    assert found(call()) == []
