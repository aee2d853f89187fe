"""What an event says of itself that cannot be: what the pages do not show."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.sequence import RULES

WHOLE = '- {"rtcli": 1, "handshake": true, "lossless": true}'
CREATED = '< response.created {"response": {"id": "r"}}'


def said(*lines):
    return [one for one in Check(RULES).run(entries_of("\n".join(lines))) if one.code == "SEQ14"]


def done(status, **details):
    told = ", ".join(f'"{name}": "{value}"' for name, value in details.items())
    return '< response.done {"response": {"id": "r", "status": "%s", "status_details": {%s}}}' % (status, told)


def test_a_response_that_is_done_is_not_in_progress():
    (one,) = said(WHOLE, CREATED, '< response.done {"response": {"id": "r", "status": "in_progress"}}')
    assert (one.line, one.path) == (3, "$.response.status")


@pytest.mark.parametrize(
    ("status", "details", "paths"),
    [
        ("completed", {"type": "completed"}, []),
        ("cancelled", {"type": "cancelled", "reason": "turn_detected"}, []),
        ("completed", {"type": "failed"}, ["$.response.status_details.type"]),
        ("incomplete", {"reason": "client_cancelled"}, ["$.response.status_details.reason"]),
        (
            "completed",
            {"type": "cancelled", "reason": "turn_detected"},
            ["$.response.status_details.type", "$.response.status_details.reason"],
        ),
    ],
)
def test_the_details_of_a_status_are_those_of_the_same_one(status, details, paths):
    """Source: openai-python 3.52.0, ``realtime_response_status.py``."""
    assert [one.path for one in said(WHOLE, CREATED, done(status, **details))] == paths


def test_a_status_without_details_contradicts_nothing():
    assert said(WHOLE, CREATED, '< response.done {"response": {"id": "r", "status": "failed"}}') == []
    assert said(WHOLE, CREATED, '< response.done {"response": {"id": "r", "status_details": {"type": "failed"}}}') == []
    reason = '{"id": "r", "status_details": {"reason": "turn_detected"}}'
    assert said(WHOLE, CREATED, '< response.done {"response": %s}' % reason) == []
