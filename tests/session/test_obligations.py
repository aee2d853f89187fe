"""Requests are settled by what answers them, the oldest first, and given back where the answer was another's."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import entries_of
from sweeping import examples

from rtcli.events.event import ClientEvent, ServerEvent
from rtcli.session.ledgers import Ledgers
from rtcli.session.obligations import is_delta
from rtcli.session.request import ANSWER_OF

SESSION = '< session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": %s}}}}'
DETECTS = SESSION % '{"type": "server_vad"}'
CREATE = "> response.create {}"
ASIDE = '> response.create {"response": {"conversation": "none"}}'
CREATED = '< response.created {"response": {"id": "r", "conversation_id": "c"}}'
OUTSIDE = '< response.created {"response": {"id": "s", "conversation_id": null}}'
DONE = '< response.done {"response": {"id": "r", "conversation_id": "c"}}'
COMMIT = "> input_audio_buffer.commit {}"
COMMITTED = '< input_audio_buffer.committed {"item_id": "u"}'
LIMITS = '< rate_limits.updated {"rate_limits": []}'
ITEM = '{"type": "message", "id": "a", "role": "user", "content": []}'
ASKED = {
    '> session.update {"session": {"type": "realtime"}}': '< session.updated {"session": {"type": "realtime"}}',
    '> conversation.item.create {"item": %s}' % ITEM: '< conversation.item.added {"item": %s}' % ITEM,
    '> conversation.item.delete {"item_id": "a"}': '< conversation.item.deleted {"item_id": "a"}',
    '> conversation.item.retrieve {"item_id": "a"}': '< conversation.item.retrieved {"item": %s}' % ITEM,
    '> conversation.item.truncate {"item_id": "a", "content_index": 0, "audio_end_ms": 0}': '< conversation.item.truncated {"item_id": "a", "content_index": 0, "audio_end_ms": 0}',
    COMMIT: COMMITTED,
    "> input_audio_buffer.clear {}": "< input_audio_buffer.cleared {}",
    CREATE: CREATED,
}
"""A request of each kind, and its answer."""


def refused(code="null", event_id="null", param="null"):
    body = '"type": "x", "code": %s, "message": "No.", "event_id": %s, "param": %s' % (code, event_id, param)
    return '< error {"error": {%s}}' % body


OCCUPIED = refused('"conversation_already_has_active_response"')


def ledger(*lines):
    ledgers = Ledgers()
    for entry in entries_of("\n".join(lines)):
        ledgers.apply(entry)
    return ledgers.obligations


def starter(*lines):
    return ledger(*lines).beginnings.starter_of("r")


def test_every_kind_of_request_is_tested_here():
    assert len(ASKED) == len(ANSWER_OF)


@pytest.mark.parametrize(("asked", "answer"), ASKED.items())
def test_a_request_waits_until_it_is_answered(asked, answer):
    assert list(ledger(asked).pending) == [1]
    assert list(ledger(asked, LIMITS).pending) == [1]
    answered = ledger(asked, answer)
    assert (answered.pending, answered.settled.line) == ({}, 1)


@pytest.mark.parametrize(("asked", "answer"), ASKED.items())
def test_an_answer_settles_the_oldest_request_and_only_that(asked, answer):
    answered = ledger(asked, asked, answer)
    assert (list(answered.pending), answered.settled.line) == ([2], 1)


def test_the_update_of_a_session_of_beta_that_only_transcribes_is_answered_by_its_own_name():
    asked, answer = "> transcription_session.update", "< transcription_session.updated"
    assert ledger(f'{asked} {{"session": {{}}}}', f'{answer} {{"session": {{}}}}').pending == {}
    assert ledger(f'{asked} {{"session": {{}}}}', SESSION % "null").pending.keys() == {1}


def test_an_answer_about_another_item_settles_nothing():
    asked, answer = list(ASKED.items())[2]
    assert list(ledger(asked, answer.replace('"a"', '"b"')).pending) == [1]


@pytest.mark.parametrize(
    ("error", "line"),
    [
        (refused(event_id='"mine"'), 2),
        (refused(event_id='"theirs"'), 0),
        (refused('"input_audio_buffer_commit_empty"'), 1),
        (refused(param='"session.audio.input"'), 2),
        (refused(param='"response.tools"'), 3),
        (OCCUPIED, 3),
        (refused('"unheard_of"'), 0),
    ],
)
def test_an_error_refuses_what_its_cause_its_code_or_its_param_names(error, line):
    update = '> session.update {"event_id": "mine", "session": {"type": "realtime"}}'
    settled = ledger(COMMIT, update, CREATE, error).settled
    assert (settled.line if settled else 0) == line


def test_only_an_error_that_nothing_explains_leaves_everything_in_doubt():
    assert ledger(refused('"unheard_of"')).unexplained
    for explained in (
        refused(event_id='"theirs"'),
        refused('"response_cancel_not_active"'),
        refused('"item_delete_invalid_item_id"'),
    ):
        assert not ledger(explained).unexplained
    assert ledger(refused('"unheard_of"'), LIMITS).unexplained


def test_a_response_outside_the_conversation_settles_the_request_for_one():
    assert list(ledger(CREATE, ASIDE, OUTSIDE).pending) == [1]
    assert list(ledger(CREATE, ASIDE, CREATED).pending) == [2]


def test_a_response_with_metadata_settles_the_request_that_gave_them():
    tagged = '> response.create {"response": {"metadata": {"k": "v"}}}'
    created = CREATED.replace('"c"', '"c", "metadata": {"k": "v"}')
    assert list(ledger(CREATE, tagged, created).pending) == [1]


def test_a_response_settles_no_request_from_aside_when_a_turn_waits_for_it():
    assert list(ledger(ASIDE, CREATED).pending) == []
    assert list(ledger(DETECTS, COMMITTED, ASIDE, CREATED).pending) == [3]


def test_what_began_a_response_is_the_request_or_the_commit_that_no_response_had_followed():
    assert starter(CREATE, CREATED) == (1, 0)
    assert starter(DETECTS, COMMITTED, CREATED) == (0, 2)
    assert starter(DETECTS, COMMITTED, CREATE, CREATED) == (3, 0)
    assert starter(DETECTS, CREATED) == (0, 0)
    assert starter(DETECTS, COMMITTED, CREATED.replace('"r"', '"q"'), CREATED) == (0, 0)


def test_a_commit_that_turn_detection_does_not_answer_begins_nothing():
    assert starter(DETECTS, COMMIT, COMMITTED, CREATED) == (0, 0)
    assert starter(SESSION % '{"type": "server_vad", "create_response": false}', COMMITTED, CREATED) == (0, 0)
    assert starter(DETECTS, COMMITTED, OUTSIDE, CREATED) == (0, 2)


RACE = (DETECTS, COMMITTED, CREATE, CREATED)


def test_a_request_that_is_refused_was_not_what_began_the_response():
    refusal = ledger(*RACE, OCCUPIED)
    assert refusal.settled.line == 3
    assert refusal.beginnings.starter_of("r") == (0, 2)
    assert not refusal.unexplained


def test_a_request_is_given_back_once():
    assert ledger(*RACE, OCCUPIED, OCCUPIED).settled is None


def test_an_error_that_names_another_request_gives_none_back():
    named = CREATE.replace("{}", '{"event_id": "mine"}')
    for cause, line in (('"mine"', 3), ('"theirs"', 0)):
        error = refused('"conversation_already_has_active_response"', cause)
        settled = ledger(DETECTS, COMMITTED, named, CREATED, error).settled
        assert (settled.line if settled else 0) == line


def test_the_request_that_still_waits_is_refused_first():
    assert ledger(*RACE, CREATE, OCCUPIED).settled.line == 5
    assert ledger(*RACE, CREATE, OCCUPIED, OCCUPIED).settled.line == 3
    assert ledger(*RACE, ASIDE, OCCUPIED).settled.line == 3


@pytest.mark.parametrize(
    "lines", [(DETECTS, CREATE, CREATED), (*RACE, DONE), (DETECTS, COMMITTED, CREATED), (DETECTS, COMMITTED)]
)
def test_nothing_is_given_back_where_only_one_can_have_begun_a_response(lines):
    assert ledger(*lines, OCCUPIED).settled is None


def test_a_request_is_not_given_back_by_another_error():
    assert ledger(*RACE, refused('"unheard_of"')).settled is None


def test_requests_that_nobody_answers_do_not_pile_up():
    assert len(ledger(*[COMMIT] * 1000).pending) <= 256


def test_a_request_that_has_waited_too_long_is_shown_once_and_then_forgotten():
    lines = ["0.0 " + COMMIT, "5.0 " + COMMIT]
    assert [one.line for one in ledger(*lines).overdue(10.1)] == [1]
    assert [one.line for one in ledger(*lines, "10.1 " + LIMITS).pending.values()] == [2]
    assert ledger(*lines, "10.1 " + LIMITS).overdue(10.2) == []


POOL = [*ASKED, *ASKED.values(), ASIDE, OUTSIDE, DONE, OCCUPIED, refused(param='"session.tools"'), DETECTS, LIMITS]


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(st.sampled_from(POOL), max_size=30))
def test_a_request_is_settled_at_most_once_by_its_answer_and_once_by_its_refusal(lines):
    ledgers, answered, refusals = Ledgers(), [], []
    for entry in entries_of("\n".join(lines)):
        waiting = set(ledgers.obligations.pending)
        ledgers.apply(entry)
        kept, settled = ledgers.obligations, ledgers.obligations.settled
        if isinstance(entry.event, ClientEvent):
            assert set(kept.pending) - waiting <= {entry.line}
        elif isinstance(entry.event, ServerEvent) and settled is not None:
            (refusals if entry.event.type == "error" else answered).append(settled.line)
            assert settled.line in waiting or settled.line in answered
            assert settled.line not in kept.pending
    assert len(set(answered)) == len(answered)
    assert len(set(refusals)) == len(refusals)


def test_a_delta_is_no_event_that_a_request_has_waited_for():
    delta = '< response.output_text.delta {"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "x"}'
    (entry,) = entries_of(delta)
    assert is_delta(entry.event)
    assert ledger(delta, delta, LIMITS).served == 1
