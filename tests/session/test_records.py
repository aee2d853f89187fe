from __future__ import annotations

from notation import told

from rtcli.session.state import REMEMBERED_EVENTS
from rtcli.session.tree import Ended, Failure, Odd, Remark, Setup


def children(script):
    return told(script).connections[0].children


def test_each_configuration_knows_the_one_before_it():
    created, updated = children(
        '< session.created {"session":{"type":"realtime","model":"a"}}\n< session.updated {"session":{"type":"realtime","model":"b"}}'
    )
    assert isinstance(created, Setup)
    assert created.before is None
    assert (updated.before.model, updated.session.model) == ("a", "b")


def test_an_error_names_the_event_that_caused_it():
    script = '> response.cancel {"event_id":"e"}\n< error {"error":{"type":"invalid_request_error","message":"no","event_id":"e"}}'
    (failure,) = children(script)
    assert isinstance(failure, Failure)
    assert failure.cause == "response.cancel"


def test_an_error_that_comes_twice_is_one():
    error = '< error {"event_id":"x","error":{"type":"server_error","message":"no"}}\n'
    assert len(children(error + error)) == 1


def test_unknown_deltas_of_a_kind_are_one_node():
    script = '< beep.delta {"delta":"a"}\n< boop.delta {"delta":"1"}\n< beep.delta {"delta":"b"}'
    beep, boop = children(script)
    assert isinstance(beep, Odd)
    assert (beep.count, beep.words.text, boop.count) == (2, "ab", 1)


def test_unknown_events_around_a_known_one_are_two_nodes():
    script = '< beep {}\n< error {"error":{"type":"server_error","message":"no"}}\n< beep {}'
    assert [type(child).__name__ for child in children(script)] == ["Odd", "Failure", "Odd"]


def test_a_damaged_event_is_kept_with_its_faults():
    session = told('< response.output_text.delta {"delta":5}')
    (odd,) = session.connections[0].children
    assert (odd.damaged, odd.type, odd.line) == (True, "response.output_text.delta", 1)
    assert "$.delta" in [fault.path for fault in odd.faults]
    assert (session.connections[0].malformed, session.connections[0].events) == (1, 1)


def test_audio_of_an_unknown_type_is_not_taken_for_words():
    (odd,) = children('< session.output_audio.delta {"delta":"AAAA"}')
    assert odd.words.text == ""


def test_a_note_stands_where_it_was_made():
    (turn,) = children('1.0 < response.created {"response":{"id":"r","conversation_id":"c"}}\n1.5 - {"note":"a click"}')
    assert isinstance(turn.children[1], Remark)
    assert turn.children[1].text == "a click"


def test_a_close_ends_the_connection():
    (ended,) = children('9.0 - {"from":"server","close":{"code":1011,"reason":"oops"}}')
    assert isinstance(ended, Ended)
    assert (ended.sender, ended.code, ended.reason) == ("server", 1011, "oops")


def test_the_last_limits_are_kept():
    session = told('< rate_limits.updated {"rate_limits":[{"name":"tokens","limit":9,"remaining":4}]}')
    assert session.connections[0].rate_limits[0].remaining == 4


def test_a_binary_frame_and_a_record_of_a_later_version_stand_where_they_came():
    assert [
        (one.kind, one.text) for one in children('0.5 - {"from":"server","binary":"AAEC"}\n0.6 - {"weather":"fog"}')
    ] == [
        ("binary frame", "3 bytes"),
        ("record", "of a kind that this version does not know"),
    ]


def test_an_error_names_no_event_from_long_before():
    sent = "".join(f'> response.cancel {{"event_id":"e{number}"}}\n' for number in range(REMEMBERED_EVENTS + 1))
    error = '< error {{"error":{{"type":"invalid_request_error","message":"no","event_id":"e{0}"}}}}\n'
    causes = [one.cause for one in children(sent + error.format(0) + error.format(1)) if isinstance(one, Failure)]
    assert causes == ["", "response.cancel"]
