"""What stands twice: whose fault it is, and what may stand twice."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.duplicates import RULES

ITEM = '"item": {"type": "message", "id": "a", "role": "assistant", "content": []}'
CREATE = "> conversation.item.create {%s}" % ITEM
PLACE = '"response_id": "r", "item_id": "a", "output_index": 0'
PART = PLACE + ', "content_index": 0'
BEGUN = [
    '< response.created {"response": {"id": "r"}}',
    '< response.output_item.added {"response_id": "r", "output_index": 0, %s}' % ITEM,
    '< response.content_part.added {%s, "part": {"type": "text"}}' % PART,
]
ONCE = [
    *BEGUN,
    '< response.output_text.done {%s, "text": ""}' % PART,
    "< response.output_audio.done {%s}" % PART,
    '< response.output_audio_transcript.done {%s, "transcript": ""}' % PART,
    '< response.function_call_arguments.done {%s, "call_id": "c", "name": "f", "arguments": ""}' % PLACE,
    '< response.mcp_call_arguments.done {%s, "arguments": ""}' % PLACE,
    '< response.content_part.done {%s, "part": {"type": "text"}}' % PART,
    '< response.output_item.done {"response_id": "r", "output_index": 0, %s}' % ITEM,
    "< conversation.item.added {%s}" % ITEM,
    "< conversation.item.created {%s}" % ITEM,
    "< conversation.item.done {%s}" % ITEM,
    '< input_audio_buffer.committed {"item_id": "a"}',
]


def found(*lines):
    check = Check(RULES)
    return [one for one in check.run(entries_of("\n".join(lines))) if not one.code.startswith("SCH")]


def codes(*lines):
    return [(one.code, one.line) for one in found(*lines)]


@pytest.mark.parametrize("event", ONCE, ids=lambda event: event.split()[1])
def test_what_comes_once_is_told_when_it_comes_twice(event):
    before = [] if event in BEGUN[:1] else [line for line in BEGUN if line != event]
    (twice,) = found(*before, event, event)
    assert (twice.code, twice.line, twice.lines) == ("DUP03", len(before) + 2, (len(before) + 1,))
    assert twice.side == "server"
    assert event.split()[1] in twice.message
    assert codes(*ONCE) == []


def test_the_end_of_a_response_is_left_to_the_rule_about_it():
    done = '< response.done {"response": {"id": "r"}}'
    assert codes(BEGUN[0], done, done) == []


def test_an_item_that_is_done_again_behind_the_end_of_its_response_is_done_twice():
    done = ONCE[9]
    assert codes(*BEGUN, done, '< response.done {"response": {"id": "r"}}', done) == [("DUP03", 6)]


def test_an_item_may_be_added_again_when_it_is_deleted():
    added, deleted = ONCE[10], '< conversation.item.deleted {"item_id": "a"}'
    assert codes(added, deleted, added, deleted, added) == []


def test_the_same_event_in_a_row_is_the_recorders_fault_and_another_of_its_id_the_servers():
    cleared = '< input_audio_buffer.cleared {"event_id": "e"}'
    (twice,) = found(cleared, cleared)
    assert (twice.code, twice.side, twice.lines) == ("DUP01", "recorder", (1,))
    (other,) = found(cleared, '< rate_limits.updated {"event_id": "e", "rate_limits": []}')
    assert (other.code, other.side, other.lines) == ("DUP01", "server", (1,))
    later = found(cleared, '< rate_limits.updated {"rate_limits": []}', cleared)
    assert [one.side for one in later] == ["server"]


def test_both_findings_about_one_event_written_twice_blame_the_recorder():
    added = ONCE[10].replace("{", '{"event_id": "e", ', 1)
    assert [(one.code, one.side) for one in found(added, added)] == [("DUP01", "recorder"), ("DUP03", "recorder")]


def test_a_delta_with_a_used_id_is_told_though_it_continues_a_stream():
    delta = '< response.output_text.delta {"event_id": "%%s", %s, "delta": "x"}' % PART
    lines = [*BEGUN, *(delta % name for name in ("d", "e", "f", "e"))]
    assert codes(*lines) == [("DUP01", 7)]


def test_ids_that_a_logger_has_shortened_say_nothing():
    elided = '"event_id": "event_…"'
    assert codes(*["< input_audio_buffer.cleared {%s}" % elided] * 2) == []
    assert codes(*["> input_audio_buffer.clear {%s}" % elided] * 2) == []
    assert codes(*[CREATE.replace('"a"', '"item_…"')] * 2) == []
    assert codes(*[ONCE[10].replace('"a"', '"item_…"')] * 2) == []


def test_the_client_may_leave_ids_out():
    assert codes(*["> response.cancel"] * 2, *['> response.cancel {"event_id": null}'] * 2) == []


def test_an_id_is_taken_from_the_creation_of_an_item_to_its_deletion():
    deleted = '< conversation.item.deleted {"item_id": "a"}'
    assert codes(CREATE, CREATE) == [("DUP04", 2)]
    assert codes(ONCE[10], CREATE) == [("DUP04", 2)]
    assert codes(CREATE, deleted, CREATE) == []


def test_an_item_may_be_replaced_without_waiting_for_the_deletion():
    assert codes(CREATE, '> conversation.item.delete {"item_id": "a"}', CREATE) == []


def test_an_item_may_be_created_again_when_it_was_refused():
    refusal = '< error {"error": {"type": "invalid_request_error", "message": "no", "param": "item"}}'
    assert codes(CREATE, refusal, CREATE) == []


@pytest.mark.parametrize("event", ONCE[1:], ids=lambda event: event.split()[1])
def test_what_comes_once_says_nothing_where_its_beginning_is_missing(event):
    assert codes(event) == []


def test_what_came_twice_is_called_by_its_name():
    created, added, part = BEGUN
    assert "for the response r in line 1" in found(created, created)[0].message
    assert "for the item a in line 2" in found(created, added, added)[0].message
    assert "for the part 0 of the item a in line 3" in found(*BEGUN, part)[0].message
    item = ONCE[10]
    assert "for the item a in line 1" in found(item, item)[0].message


@pytest.mark.parametrize("name", ['"id": "", ', ""])
def test_things_without_an_id_may_be_different_things(name):
    created = BEGUN[0].replace('{"id": "r"}', '{%s"status": "in_progress"}' % name)
    assert codes(created, created) == []
    for event in (BEGUN[1], ONCE[9], ONCE[10], ONCE[12], CREATE):
        nameless = event.replace('"id": "a", ', name)
        assert codes(BEGUN[0], nameless, nameless) == [], event
    assert codes(*['> response.cancel {"event_id": ""}'] * 2) == []
