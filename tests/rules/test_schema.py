"""What is told once with a count: how many are told apart, and what is counted where there are too many."""

from __future__ import annotations

import json

from rtcli.events import REALTIME, Listener, Unknown, decode
from rtcli.events.vendors import XAI
from rtcli.formats import Entry
from rtcli.rules.schema import Oddities, findings


def entry(event, line=1):
    return Entry(line, None, "server", event)


def full():
    oddities = Oddities()
    for number in range(Oddities.LIMIT):
        oddities.note(entry(Unknown(f"x.{number}", {})))
    assert oddities.is_full
    return oddities


def counts(oddities):
    return {(one.code, one.type, one.path): one.count for one in oddities.findings()}


def learned(**fields):
    """An event of a class that has learned these fields."""
    listener = Listener(REALTIME)
    text = json.dumps({"type": "rate_limits.updated", "event_id": "e", "rate_limits": [], **fields})
    event = [listener.decode(text, line) for line in range(30)][-1]
    assert len(type(event).learned_fields) == len(fields)
    return event


def test_a_learned_field_is_counted_where_it_is_known_and_told_where_it_is_not():
    event, oddities, many = learned(mood=1), Oddities(), full()
    for _ in range(3):
        oddities.note(entry(event))
        many.note(entry(event))
    assert counts(oddities) == {("SCH09", "rate_limits.updated", "$.mood"): 3}
    assert len(many.findings()) == Oddities.LIMIT


def test_an_event_with_learned_fields_is_taken_in_when_all_of_them_are_known():
    event, oddities = learned(mood=1, pace=2), Oddities()
    takes = oddities.taking(type(event))
    assert not takes(event)
    oddities.note(entry(event))
    assert takes(event)
    assert set(counts(oddities).values()) == {2}


def test_what_was_told_of_later_lines_is_added_as_long_as_there_is_room():
    later = Oddities()
    for name in ("x.7", "y.1"):
        later.note(entry(Unknown(name, {}), 5))
    for oddities, is_new in ((full(), False), (Oddities(), True)):
        known = counts(oddities).get(("SCH04", "x.7", ""), 0)
        oddities.merge(later.findings())
        assert counts(oddities)["SCH04", "x.7", ""] == known + 1
        assert (("SCH04", "y.1", "") in counts(oddities)) is is_new


def test_a_vendors_way_is_no_error_even_where_no_more_can_be_told_apart():
    way = next(one for one in XAI.known if not one.adds and "*" not in one.types + one.path)
    faulty = decode(json.dumps({"type": way.types, "event_id": "e"}), REALTIME)
    found = findings(entry(faulty))[0]
    found.path = way.path
    for oddities, told in ((full(), Oddities.LIMIT), (Oddities(), 1)):
        assert oddities.known(found, XAI)
        assert len(oddities.findings()) == told
