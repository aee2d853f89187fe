"""Requests at the wrong moment and without an answer: what the pages do not show."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.requests import RULES
from rtcli.session.ledger import REMEMBERED

WHOLE = '- {"rtcli": 1, "lossless": true}'
LOSSY = '- {"rtcli": 1, "lossless": false}'
SESSION = '< session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}}}}'
CREATE = "> response.create {}"
ASIDE = '> response.create {"response": {"conversation": "none"}}'
CREATED = '< response.created {"response": {"id": "r", "conversation_id": "c"}}'
OUTSIDE = '< response.created {"response": {"id": "s", "conversation_id": null}}'
DONE = '< response.done {"response": {"id": "r", "conversation_id": "c"}}'
STARTED = '< input_audio_buffer.speech_started {"item_id": "u", "audio_start_ms": 0}'
STOPPED = '< input_audio_buffer.speech_stopped {"item_id": "u", "audio_end_ms": 500}'
IDLE = '< input_audio_buffer.timeout_triggered {"item_id": "u", "audio_start_ms": 0, "audio_end_ms": 500}'
COMMITTED = '< input_audio_buffer.committed {"item_id": "u"}'
LIMITS = '< rate_limits.updated {"rate_limits": []}'
CLEAR = "> input_audio_buffer.clear {}"


def message(kind, name="a", role="user"):
    sender = ">" if kind == "create" else "<"
    body = '{"type": "message", "id": "%s", "role": "%s", "status": "completed", "content": []}' % (name, role)
    return "%s conversation.item.%s {%s}" % (sender, kind, f'"item": {body}')


def refused(code, event_id="null", param="null"):
    body = '"type": "x", "code": %s, "message": "No.", "event_id": %s, "param": %s' % (code, event_id, param)
    return '< error {"error": {%s}}' % body


OCCUPIED = refused('"conversation_already_has_active_response"')


def said(*lines):
    found = Check(RULES).run(entries_of("\n".join(lines)))
    return [one for one in found if not one.code.startswith("SCH")]


def found(*lines):
    return [(one.code, one.line) for one in said(*lines)]


def at(*lines):
    """The lines with their times in front, as the first word of each pair says."""
    return [f"{t} {line}" for t, line in lines]


@pytest.mark.parametrize("kind", ["added", "created"])
def test_an_item_is_added_by_either_word(kind):
    assert found(WHOLE, SESSION, message(kind), message("done")) == []


def test_what_the_client_sent_is_not_thereby_added():
    assert found(WHOLE, SESSION, message("create"), message("done")) == [("SEQ15", 4)]


def test_an_item_that_was_never_added_is_told_once():
    assert found(WHOLE, SESSION, message("done"), message("done"), message("done", "b")) == [("SEQ15", 3), ("SEQ15", 5)]


def test_an_item_may_have_been_added_before_the_recording_or_so_long_ago_that_it_is_forgotten():
    assert found(WHOLE, message("done")) == []
    assert found(LOSSY, SESSION, message("done")) == []
    many = [message("added", f"i{number}") for number in range(REMEMBERED + 1)]
    assert found(WHOLE, SESSION, *many, message("done", "i0")) == []


def test_an_item_that_is_deleted_before_it_is_done_was_added():
    deleted = '< conversation.item.deleted {"item_id": "a"}'
    assert found(WHOLE, SESSION, message("added"), deleted, message("done")) == []


@pytest.mark.parametrize("ended", ["> response.cancel {}", "> output_audio_buffer.clear {}", STARTED, DONE])
def test_a_response_may_be_asked_for_when_the_last_is_about_to_end(ended):
    assert found(WHOLE, SESSION, CREATED, ended, CREATE) == []
    assert found(WHOLE, SESSION, CREATED, CREATE, ended) == [("SEQ18", 4)]


def test_a_response_may_be_asked_for_beside_one_that_is_outside_of_the_conversation():
    assert found(WHOLE, SESSION, OUTSIDE, CREATE) == []
    assert found(WHOLE, SESSION, CREATED, ASIDE) == []


def test_a_request_that_crosses_the_beginning_of_a_response_is_no_fault():
    assert found(WHOLE, SESSION, CREATE, CREATE, CREATED, DONE) == []


def test_a_response_whose_beginning_is_not_in_the_recording_may_be_over():
    delta = '"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "x"'
    assert found(WHOLE, "< response.output_text.delta {%s}" % delta, CREATE) == []


def test_a_response_in_the_conversation_may_be_another_than_the_one_that_was_asked_for():
    assert found(WHOLE, SESSION, ASIDE, CREATED) == [("SEQ19", 4)]
    assert found(WHOLE, SESSION, ASIDE, CREATE, CREATED) == []
    assert found(WHOLE, SESSION, ASIDE, ASIDE, CREATED) == []
    assert found(WHOLE, ASIDE, CREATED) == []


@pytest.mark.parametrize("spoken", [[STARTED], [STARTED, STOPPED], [STARTED, STOPPED, COMMITTED], [IDLE]])
def test_a_response_in_the_conversation_may_be_the_answer_to_what_is_spoken(spoken):
    assert found(WHOLE, SESSION, *spoken, ASIDE, CREATED) == []
    assert found(WHOLE, SESSION, ASIDE, *spoken, CREATED) == []


def test_the_answer_to_what_was_spoken_does_not_settle_a_request_from_aside():
    lines = [SESSION, STARTED, STOPPED, COMMITTED, ASIDE, CREATED, DONE, OUTSIDE]
    assert found(WHOLE, *lines) == []
    timed = at(*enumerate([*lines[:-1], *[LIMITS] * 10]))
    assert found(WHOLE, *timed) == [("SEQ22", 6)]


def test_a_request_is_told_when_the_server_has_sent_something_else_for_ten_seconds():
    asked = [(0.0, SESSION), (1.0, CLEAR)]
    assert found(WHOLE, *at(*asked, (10.9, LIMITS))) == []
    (one,) = said(WHOLE, *at(*asked, (11.1, LIMITS), (12, LIMITS)))
    assert (one.code, one.line, one.side, one.lines) == ("SEQ22", 3, "server", (4,))
    assert one.message == "input_audio_buffer.clear got neither its answer nor an error within 10.1 s"


def test_a_late_answer_is_an_answer_where_nothing_came_before_it():
    assert found(WHOLE, *at((0.0, SESSION), (1.0, CLEAR), (20, "< input_audio_buffer.cleared {}"), (40, LIMITS))) == []


def test_without_times_fifty_events_are_waited_for():
    assert found(WHOLE, SESSION, CLEAR, *[LIMITS] * 50) == []
    assert found(WHOLE, SESSION, CLEAR, *[LIMITS] * 51) == [("SEQ22", 3)]


def test_the_silence_of_the_server_is_no_refusal():
    assert found(WHOLE, *at((0.0, SESSION), (1.0, CLEAR), (600, CLEAR))) == []


@pytest.mark.parametrize(
    "asked",
    [
        '> input_audio_buffer.append {"audio": ""}',
        "> response.cancel {}",
        "> output_audio_buffer.clear {}",
    ],
)
def test_what_is_never_answered_is_not_waited_for(asked):
    assert found(WHOLE, *at((0.0, SESSION), (1.0, asked), (20, LIMITS))) == []


def test_a_response_that_is_asked_for_beside_another_may_come_to_nothing():
    for create in (CREATE, ASIDE):
        lines = at(
            (0.0, SESSION), (0.1, CREATED), (0.2, "> response.cancel {}"), (0.3, create), (0.4, DONE), (20, LIMITS)
        )
        assert found(WHOLE, *lines) == []
    assert found(WHOLE, *at((0.0, SESSION), (0.1, CREATED), (0.2, DONE), (0.3, CREATE), (20, LIMITS))) == [("SEQ22", 5)]


def test_an_error_that_nobody_can_join_to_its_cause_may_have_been_the_answer():
    strange = refused('"server_trouble"')
    assert found(WHOLE, *at((0.0, SESSION), (1.0, CLEAR), (2, strange), (20, LIMITS))) == []
    named = refused('"server_trouble"', '"mine"')
    assert found(WHOLE, *at((0.0, SESSION), (1.0, CLEAR), (2, named), (20, LIMITS))) == [("SEQ22", 3)]


@pytest.mark.parametrize("role", ["user", "assistant", "system"])
def test_an_item_without_an_id_is_answered_by_one_that_is_like_it(role):
    create = message("create", role=role).replace('"id": "a", ', "")
    assert found(WHOLE, *at((0.0, SESSION), (1.0, create), (1.1, message("added", "x", role)), (20, LIMITS))) == []


def test_what_the_model_writes_is_no_answer_to_an_item_of_the_client():
    create = message("create", role="assistant").replace('"id": "a", ', "")
    written = message("added", "x", "assistant").replace("completed", "in_progress")
    assert found(WHOLE, *at((0.0, SESSION), (1.0, create), (1.1, written), (20, LIMITS))) == [("SEQ22", 3)]


def test_a_request_that_turn_detection_was_quicker_than_is_refused_and_not_forgotten():
    turn = [SESSION, STARTED, STOPPED, COMMITTED, CREATE, CREATED, OCCUPIED, DONE, CREATE, LIMITS]
    times = [0, 1, 2, 2.1, 2.2, 2.3, 2.4, 5, 6, 20]
    assert found(WHOLE, *at(*zip(times, turn, strict=True))) == [("SEQ22", 10)]


@pytest.mark.parametrize("name", ["item_12...", "item_12…", "<id>"])
def test_an_id_that_a_logger_has_shortened_is_no_item_that_was_never_added(name):
    assert found(WHOLE, SESSION, message("done", name)) == []


def test_an_item_whose_beginning_is_faulty_was_added():
    faulty = message("added").replace('"role": "user"', '"role": "nobody"')
    assert found(WHOLE, SESSION, faulty, message("done")) == []


def test_an_item_that_is_new_is_told_also_where_others_are_forgotten():
    many = [message("added", f"i{number}") for number in range(REMEMBERED + 1)]
    created = message("create", "new")
    assert found(WHOLE, SESSION, *many, created, message("done", "new")) == [("SEQ15", 4 + len(many))]


def test_an_id_that_a_logger_has_shortened_names_no_conversation():
    assert found(WHOLE, SESSION, ASIDE, CREATED.replace('"c"', '"conv_..."')) == []


def test_a_record_without_a_time_says_nothing_of_how_long_it_took():
    untimed = '- {"from": "server", "event": {"type": "rate_limits.updated", "event_id": "e%d", "rate_limits": []}}'
    asked = '- {"from": "client", "event": {"type": "input_audio_buffer.clear"}}'
    for lines in (
        [*at((0.0, SESSION), (1.0, CLEAR)), *(untimed % number for number in range(60))],
        [f"0.0 {SESSION}", asked, *[f"9.0 {LIMITS}"] * 60],
    ):
        (one,) = said(WHOLE, *lines)
        assert one.message == "input_audio_buffer.clear got neither its answer nor an error"


def test_an_item_without_an_id_may_be_any_that_was_added():
    for name in ("", '"id": "", '):
        assert found(WHOLE, SESSION, message("done").replace('"id": "a", ', name)) == []


def test_an_item_whose_beginning_the_client_is_said_to_have_sent_was_added():
    faulty = '3.0 > conversation.item.added {"item": {"type": "novelty", "id": "a"}}'
    assert found(WHOLE, f"1.0 {SESSION}", faulty, f"4.0 {message('done')}") == []
    assert found(WHOLE, f"1.0 {SESSION}", f"4.0 {message('done')}") == [("SEQ15", 3)]
