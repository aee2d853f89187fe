"""Captured traffic is read whole, and nothing of it is lost."""

from __future__ import annotations

import json
from collections import Counter

import pytest

from rtcli.events import BETA, LIVE, REALTIME, TRANSLATION, Event, Malformed, Unknown, decode, encode

FOLDERS = ["beta", "live", "realtime", "translation", "vendors", "wrapped"]


def lines(folder):
    for path in sorted(folder.iterdir()):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            if line.strip():
                yield f"{path.name}:{number}", line


def kept(result):
    """What is left of a JSON object when it has gone through us."""
    return json.loads(encode(result)) if isinstance(result, Event) else result.body


def test_every_captured_event_of_the_dialect_is_an_event_without_unknown_fields(shared):
    kinds = Counter()
    for place, line in lines(shared / "traffic/realtime"):
        event = decode(line)
        assert isinstance(event, Event), (place, event)
        assert event.extra == (), place
        assert event.type == json.loads(line)["type"], place
        kinds[event.sender] += 1
    assert kinds.total() == 24 + 50 + 34 + 18 + 124 + 50 + 134, "the numbers of events in the traffic's README"


@pytest.mark.parametrize("folder", FOLDERS)
def test_nothing_of_any_captured_line_is_lost(shared, folder):
    seen = 0
    for place, line in lines(shared / "traffic" / folder):
        result = decode(line)
        assert result == decode(line.encode()), place
        if isinstance(result, Malformed) and result.body is None:
            with pytest.raises(ValueError, match=r".*"):
                json.loads(line)
            continue
        assert kept(result) == json.loads(line), place
        seen += 1
    assert seen > 10


@pytest.mark.parametrize(
    ("folder", "dialect"), [("beta", BETA), ("realtime", REALTIME), ("translation", TRANSLATION), ("live", LIVE)]
)
def test_captured_traffic_of_a_dialect_has_no_unknown_type_and_no_unknown_field(shared, folder, dialect):
    for place, line in lines(shared / "traffic" / folder):
        result = decode(line, dialect)
        if "[Object]" in line:
            assert isinstance(result, Malformed), place
            assert {fault.found for fault in result.faults} == {'"[Object]"'}, place
            continue
        assert isinstance(result, Event), (place, result)
        assert result.extra == (), place
        assert result.foreign == "", place


def test_a_type_is_unknown_exactly_where_no_dialect_has_it(shared):
    catalogue = json.loads((shared / "protocol/events.json").read_text())["events"]
    known = {event["name"] for event in catalogue}
    unknown = Counter()
    for folder in FOLDERS[:-1]:
        for place, line in lines(shared / "traffic" / folder):
            name = json.loads(line)["type"]
            result = decode(line)
            assert isinstance(result, Unknown) == (name not in known), place
            unknown[name] += isinstance(result, Unknown)
    assert {name for name, count in unknown.items() if count} == {
        "ping",
        "conversation.item.input_audio_transcription.updated",
    }
