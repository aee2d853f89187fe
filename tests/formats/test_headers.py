"""The header of a recording that was made of another one."""

from __future__ import annotations

import json

import pytest

from rtcli import __version__
from rtcli.formats.headers import changed
from rtcli.recording.record import FORMAT_VERSION

OLD = b'{"rtcli":1,"started_at":"2026-11-20T19:00:00Z","later":{"x":[1]},"lossless":true}\n'


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_fields_are_set_anew_or_taken_away_and_the_others_stay_whoever_knows_them(mark):
    after = changed(mark + OLD, {"lossless": False, "started_at": None, "cut": ["start"]})
    assert after.endswith(b"}\n")
    assert json.loads(after) == {"rtcli": 1, "later": {"x": [1]}, "lossless": False, "cut": ["start"]}


@pytest.mark.parametrize("line", [b"", b'{"type":"session.created"}\n', b'{"rtcli":"1"}\n'])
def test_where_there_is_no_header_a_new_one_promises_nothing(line):
    after = json.loads(changed(line, {"cut": ["end"]}))
    assert (after["cut"], after["handshake"], after["lossless"]) == (["end"], False, False)
    if line == b"":
        assert (after["rtcli"], after["by"]) == (FORMAT_VERSION, f"rtcli {__version__}")
