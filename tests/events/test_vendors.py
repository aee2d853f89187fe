"""What vendors are known to do otherwise is a remark; everything else is judged as ever."""

from __future__ import annotations

import json

import pytest

from rtcli.events import Listener
from rtcli.events.vendors import AZURE_OPENAI, AZURE_VOICE_LIVE, VENDORS, XAI, by_address, by_session
from rtcli.formats import read
from rtcli.formats.rtcli import read as read_lines
from rtcli.rules import RULES, Check


@pytest.mark.parametrize(
    ("url", "vendor"),
    [
        ("wss://my.openai.azure.com/openai/v1/realtime?model=gpt-realtime", AZURE_OPENAI),
        ("wss://my.services.ai.azure.com/voice-live/realtime?api-version=x", AZURE_VOICE_LIVE),
        ("wss://my.cognitiveservices.azure.com/voice-live/realtime", AZURE_VOICE_LIVE),
        ("wss://my.cognitiveservices.azure.com/openai/realtime", None),
        ("wss://api.x.ai/v1/realtime", XAI),
        ("wss://api.openai.com/v1/realtime", None),
        ("wss://openai.azure.com.evil.example/", None),
        ("", None),
    ],
)
def test_an_address_tells_the_vendor(url, vendor):
    assert by_address(url) is vendor


def test_a_session_tells_the_vendor():
    assert by_session({"model": "grok-voice-latest"}) is XAI
    assert by_session({"keep_context": False}) is XAI
    assert by_session({"avatar": None}) is AZURE_VOICE_LIVE
    assert by_session({"model": "gpt-realtime"}) is None
    assert by_session({"model": 5}) is None


def test_captured_sessions_of_vendors_have_nothing_that_their_profile_does_not_know(shared):
    told = {}
    for path in sorted((shared / "traffic/vendors").glob("*.jsonl")):
        listener = Listener()
        found = list(Check(RULES, listener).run(read(path, listener)))
        schema = [finding for finding in found if finding.code.startswith("SCH")]
        assert {finding.severity for finding in schema} == {"info"}, path.name
        told[path.name] = listener.detector.vendor
        assert all(told[path.name].name in finding.remedy for finding in schema), path.name
    assert set(told.values()) == {XAI, AZURE_VOICE_LIVE}


@pytest.mark.parametrize("vendor", VENDORS, ids=lambda vendor: vendor.name)
def test_every_row_of_a_profile_is_shown_by_a_captured_session(shared, vendor):
    paths = sorted((shared / "traffic/vendors").glob("*.jsonl"))
    remarks = set()
    for path in paths:
        listener = Listener()
        found = list(Check(RULES, listener).run(read(path, listener)))
        if listener.detector.vendor is vendor:
            remarks |= {finding.remedy.partition(": ")[2] for finding in found}
    assert {deviation.what for deviation in vendor.known} <= remarks


def check(*events):
    listener = Listener()
    lines = [json.dumps(event).encode() + b"\n" for event in events]
    return [(one.code, one.severity, one.path) for one in Check(RULES, listener).run(read_lines(lines, listener))]


GROK = {"type": "session.created", "event_id": "e1", "session": {"model": "grok-voice-latest", "modalities": ["audio"]}}
DONE = {"type": "response.content_part.done", "event_id": "e2", "response_id": "r", "item_id": "i", "content_index": 0}


def test_a_fault_that_a_profile_does_not_know_is_an_error_at_that_vendor_too():
    faults = check(GROK, DONE)
    assert ("SCH05", "info", "$.part") in faults
    assert ("SCH05", "error", "$.output_index") in faults


def test_what_is_a_vendors_way_is_told_once_with_a_count():
    listener = Listener()
    lines = [json.dumps(event).encode() + b"\n" for event in [GROK, *[DONE | {"output_index": 0}] * 5]]
    found = [one for one in Check((), listener).run(read_lines(lines, listener)) if one.path == "$.part"]
    assert [(one.line, one.count) for one in found] == [(2, 5)]


def test_the_same_fault_is_an_error_where_no_vendor_is_known():
    session = {"type": "session.created", "event_id": "e1", "session": {"model": "x", "modalities": ["audio"]}}
    assert ("SCH05", "error", "$.part") in check(session, DONE)
