"""Calls that went wrong are told by their cause, and the same calls in order are told to be so."""

from __future__ import annotations

import json

import pytest
from incidents.catalogue import INCIDENTS, NEAR_MISSES
from sweeping import by_turns

from rtcli.causes.case import Case
from rtcli.events import Listener
from rtcli.formats.rtcli import read

CALLS = [pytest.param(name, call, id=f"{name}: {told}") for name, told, call in INCIDENTS]


def causes_of(lines):
    """The names of the causes, the worst first."""
    listener = Listener()
    case = Case(listener)
    for entry in read((line.encode() + b"\n" for line in lines), listener):
        case.feed(entry)
    case.finish()
    return [cause.name for cause in case.causes]


@pytest.mark.parametrize(("name", "call"), CALLS)
def test_the_worst_cause_of_an_incident_is_named_first(name, call):
    assert causes_of(call())[0] == name


@pytest.mark.parametrize(("name", "call"), CALLS)
def test_nothing_is_found_in_the_same_call_without_the_fault(name, call):
    assert causes_of(call(healthy=True)) == []


@pytest.mark.parametrize("call", NEAR_MISSES, ids=lambda call: call.__name__)
def test_a_call_that_only_looks_like_an_incident_has_no_cause(call):
    assert causes_of(call()) == []


def without_ids(lines):
    """The recording without the ids of the server's events, as a log that leaves them out has it."""
    for line in lines:
        record = json.loads(line)
        if record.get("from") == "server" and "event" in record:
            record["event"].pop("event_id", None)
        yield json.dumps(record)


@pytest.mark.parametrize(("name", "call"), by_turns(CALLS, 0, 2))
def test_the_worst_cause_is_named_first_where_a_log_has_left_out_the_ids_of_events(name, call):
    causes = causes_of(without_ids(call()))
    assert causes[0] == name
    assert set(causes) <= {name, "SCH05"}


@pytest.mark.parametrize("call", [call for _, _, call in INCIDENTS[:3]] + list(NEAR_MISSES))
def test_nothing_else_is_wrong_with_a_call_in_order_that_lacks_the_ids_of_its_events(call):
    assert causes_of(without_ids(call() if call in NEAR_MISSES else call(healthy=True))) == ["SCH05"]
