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
    assert found.message == (
        "conversation_already_has_active_response: No; the response.create in line 5 is lost: "
        "resp_1 has been running since line 4, asked for in line 3"
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


def all_found(*lines):
    """Every finding about errors, in each line."""
    records = [HEADER, *({"from": sender, "event": {"event_id": str(n), **e}} for n, (sender, e) in enumerate(lines))]
    check = Check([rule for rule in RULES if rule.code.startswith("ERR")])
    found = check.run(read(json.dumps(record).encode() + b"\n" for record in records))
    return [one for one in found if one.code.startswith("ERR")]


def error(code=None, event_id=None):
    return (
        "server",
        {"type": "error", "error": {"type": "server_error", "code": code, "message": "No.", "event_id": event_id}},
    )


def done(status, **details):
    return (
        "server",
        {"type": "response.done", "response": {"id": "resp_1", "status": status, "status_details": details}},
    )


def test_an_error_is_told_with_its_code_its_place_and_its_words():
    update = ("client", {"type": "session.update", "session": {"type": "realtime", "instructions": "x"}})
    message = error_found(SESSION, update, refused("unknown_parameter", "session.modalities")).message
    assert message.startswith("unknown_parameter at session.modalities: No; ")
    assert error_found(SESSION, error()).message == "server_error: No."
    assert error_found(SESSION, error("overloaded")).message == "overloaded: No."


def test_an_error_that_names_its_cause_has_the_line_of_it_and_need_not_say_it_again():
    named = ("client", {**ASKED[1], "event_id": "mine"})
    found = error_found(SESSION, named, error("x", "mine"))
    assert (found.lines, found.side, found.message) == ((3,), "client", "x: No.")
    other = ("client", {"type": "conversation.item.delete", "event_id": "mine", "item_id": "i"})
    assert error_found(SESSION, other, error("x", "mine")).lines == (3,)


def test_a_request_that_is_refused_for_a_response_that_nobody_sees_is_lost_all_the_same():
    found = error_found(SESSION, ASKED, refused("conversation_already_has_active_response"))
    assert found.message.endswith("; the response.create in line 3 is lost")
    assert found.lines == (3,)
    begun = error_found(SESSION, ("server", CREATED), ASKED, refused("conversation_already_has_active_response"))
    assert begun.message.endswith("begun by the server's turn detection"), "of no commit is anything told"


def test_a_race_is_told_with_the_line_that_came_too_late_where_it_is_named():
    named = ("client", {"type": "response.cancel", "event_id": "mine"})
    (race,) = all_found(SESSION, named, error("response_cancel_not_active", "mine"))
    assert (race.code, race.lines) == ("ERR02", (3,))
    (race,) = all_found(SESSION, named, error("response_cancel_not_active"))
    assert (race.code, race.lines) == ("ERR02", ())


def test_a_response_that_failed_or_stopped_is_told_with_the_servers_reason():
    (failed,) = all_found(("server", CREATED), done("failed", type="failed", error={"type": "t", "code": "rate_limit"}))
    assert (failed.code, failed.message) == ("ERR03", "the response failed: rate_limit")
    (failed,) = all_found(("server", CREATED), done("failed"))
    assert failed.message == "the response failed: no reason is given"
    (stopped,) = all_found(("server", CREATED), done("incomplete", reason="content_filter"))
    assert (stopped.code, stopped.message) == ("ERR04", "the response is incomplete: content_filter")
    (stopped,) = all_found(("server", CREATED), done("incomplete"))
    assert stopped.message == "the response is incomplete: no reason is given"
    assert all_found(("server", CREATED), done("completed")) == []


def test_an_error_comes_again_with_the_third_time_and_only_then():
    found = all_found(SESSION, *[error("x")] * 2, error("y"), *[error("x")] * 2)
    assert [(one.line, one.lines) for one in found if one.code == "ERR06"] == [(6, (3, 4))]


def test_a_cause_is_unknown_only_where_one_is_named():
    assert [one.code for one in all_found(SESSION, error("x"))] == ["ERR01"]
    assert sorted(one.code for one in all_found(SESSION, error("x", "theirs"))) == ["ERR01", "ERR05"]


def test_a_limit_is_almost_used_up_at_two_of_a_hundred():
    def limits(*told):
        rows = [{"name": "tokens", "limit": limit, "remaining": left, "reset_seconds": 1.5} for limit, left in told]
        return all_found(("server", {"type": "rate_limits.updated", "rate_limits": rows}))

    (one,) = limits((100, 3), (100, 2))
    assert (one.code, one.path) == ("ERR07", "$.rate_limits[1].remaining")
    assert "2 of 100 tokens are left" in one.message
    assert "1.5 s" in one.remedy
    assert limits((0, 0)) == []


def test_an_error_names_any_event_of_the_client_and_none_where_neither_side_has_an_id():
    append = ("client", {"type": "input_audio_buffer.append", "event_id": "mine", "audio": "AAAA"})
    assert error_found(SESSION, append, error("x", "mine")).lines == (3,), "nobody waits for an answer to an append"
    nameless = ("client", {**append[1], "event_id": ""})
    found = error_found(SESSION, nameless, error("x"))
    assert (found.lines, found.side) == ((), "server")
    (race,) = all_found(SESSION, nameless, error("response_cancel_not_active"))
    assert race.lines == ()


def test_of_a_response_that_was_not_seen_to_begin_nobody_can_say_what_began_it():
    item = {"id": "i", "type": "message", "role": "assistant", "content": []}
    written = ("server", {"type": "response.output_item.added", "response_id": "r", "output_index": 0, "item": item})
    found = error_found(written, ASKED, refused("conversation_already_has_active_response"))
    assert found.message.endswith("; the response.create in line 3 is lost")
    assert found.lines == (3,)


def test_a_refusal_of_a_request_that_is_not_in_the_recording_is_told_as_it_stands():
    found = error_found(SESSION, refused("conversation_already_has_active_response"))
    assert (found.message, found.lines) == ("conversation_already_has_active_response: No.", ())


def test_ids_are_shown_as_far_as_a_line_holds_them():
    long = "x" * 100
    created = ("server", {**CREATED, "response": {**CREATED["response"], "id": long}})
    running = error_found(SESSION, created, ASKED, refused("conversation_already_has_active_response"))
    unknown = all_found(SESSION, error("x", long))[-1]
    assert unknown.code == "ERR05"
    for one in (running, unknown):
        assert "x" * 60 in one.message
        assert "x" * 61 not in one.message


def test_errors_without_a_code_are_the_same_error_too():
    repeated = all_found(SESSION, *[error()] * 3)[-1]
    assert (repeated.code, repeated.lines) == ("ERR06", (3, 4))
    assert repeated.message == "the error without a code comes for the third time"
    assert all_found(SESSION, *[error("x")] * 3)[-1].message == "the error x comes for the third time"


def test_of_a_limit_only_what_the_server_says_is_told():
    def limit(**told):
        return all_found(("server", {"type": "rate_limits.updated", "rate_limits": [{"limit": 100, **told}]}))

    assert limit(name="tokens", reset_seconds=1.5) == []
    (one,) = limit(remaining=2)
    assert (one.message, one.remedy) == ("2 of 100 are left", "wait until it is reset")
    (one,) = limit(remaining=0, name="requests", reset_seconds=0)
    assert (one.message, one.remedy) == ("0 of 100 requests are left", "it is reset in 0 s")
