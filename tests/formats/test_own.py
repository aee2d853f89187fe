"""What of the lines of a file says that they are a recording's of our own."""

from __future__ import annotations

import json

import pytest

from rtcli.formats.overlong import VALUES_AT_MOST
from rtcli.formats.own import _is_own, looks_own


@pytest.mark.parametrize(
    ("value", "it_is"),
    [
        ({"rtcli": 1}, True),
        ({"rtcli": True}, False),
        ({"t": 1.0, "from": "server", "event": {}}, True),
        ({"t": 1.0, "from": "me", "event": {}}, False),
        ({"t": 1.0, "note": "x"}, True),
        ({"t": 1.0, "note": "x", "level": "info"}, False),
        ({"t": 1763750000.0, "note": "x"}, False),
        ({"type": "response.create", "response": {}}, True),
        ({"type": "response.create", "payload": {}}, True),
        ({"type": "my.own", "payload": {}}, False),
        ({"type": "response.create", "payload": {}, "direction": "sent"}, False),
        ({"type": "error", "error": {}}, True),
        ({"type": "message"}, False),
    ],
    ids=json.dumps,
)
def test_a_record_or_an_event_is_told_from_what_a_log_puts_around_one(value, it_is):
    assert _is_own(value) is it_is


def test_a_line_of_very_many_values_is_not_taken_apart_to_tell_whose_it_is():
    line = b'{"type":"response.create","x":[%s0]}\n'
    assert looks_own([line % (b"0," * 1000)])
    assert not looks_own([line % (b"0," * VALUES_AT_MOST)])
    assert looks_own([line % (b"0," * VALUES_AT_MOST), line % b""])
