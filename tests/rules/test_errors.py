"""An error that does not name its cause is joined to it by what the session shows."""

from __future__ import annotations

import json

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check

HEADER = {"rtcli": 1, "transport": "websocket", "lossless": True}


def error_found(*lines):
    """The finding of the error in the last line; each line is a sender and an event."""
    records = [HEADER, *({"from": sender, "event": {"event_id": str(n), **e}} for n, (sender, e) in enumerate(lines))]
    listener = Listener()
    text = (json.dumps(record).encode() + b"\n" for record in records)
    check = Check([rule for rule in RULES if rule.code == "ERR01"], listener)
    return next(one for one in check.run(read(text, listener)) if one.code == "ERR01")


def refused(code, param=None):
    body = {"type": "invalid_request_error", "code": code, "message": "No.", "param": param, "event_id": None}
    return ("server", {"type": "error", "error": body})


SESSION = ("server", {"type": "session.created", "session": {"type": "realtime", "id": "s"}})
CREATED = {"type": "response.created", "response": {"id": "resp_1", "status": "in_progress", "conversation_id": "c"}}
ASKED = ("client", {"type": "response.create"})


def test_a_lost_request_is_told_with_the_response_that_ran_and_who_asked_for_it():
    found = error_found(SESSION, ASKED, ("server", CREATED), ASKED, refused("conversation_already_has_active_response"))
    assert (
        "response.create in line 5 is lost: resp_1 has been running since line 4, asked for in line 3" in found.message
    )
    assert found.lines == (5, 4, 3)
    assert found.side == "client"


def test_a_response_that_nobody_asked_for_was_begun_by_turn_detection():
    found = error_found(SESSION, ("server", CREATED), ASKED, refused("conversation_already_has_active_response"))
    assert "begun by the server's turn detection" in found.message
    assert found.lines == (4, 3)


def test_a_request_that_turn_detection_was_quicker_than_is_told_with_the_commit_that_began_the_response():
    committed = ("server", {"type": "input_audio_buffer.committed", "item_id": "u"})
    refusal = refused("conversation_already_has_active_response")
    found = error_found(SESSION, committed, ASKED, ("server", CREATED), refusal)
    assert "response.create in line 4 is lost: resp_1 has been running since line 5" in found.message
    assert found.message.endswith("begun by the server's turn detection after the commit in line 3")
    assert found.lines == (4, 5, 3)
    assert found.side == "client"


def test_an_error_about_a_setting_is_joined_to_the_oldest_update():
    update = ("client", {"type": "session.update", "session": {"type": "realtime", "instructions": "x"}})
    found = error_found(SESSION, update, update, refused("unknown_parameter", "session.modalities"))
    assert "it refuses session.update in line 3" in found.message
    assert found.lines == (3,)


def test_what_nothing_shows_the_cause_of_stays_unexplained():
    found = error_found(SESSION, refused("server_trouble"))
    assert found.lines == ()
    assert found.side == "server"
