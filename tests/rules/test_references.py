"""References: told once, told of the right thing, and not told where nobody can know."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.mismatches import RULES as MISMATCHES
from rtcli.rules.references import RULES as REFERENCES
from rtcli.session.ledger import REMEMBERED

WHOLE = '- {"rtcli": 1, "lossless": true}'
LOSSY = '- {"rtcli": 1, "lossless": false}'
SESSION = '< session.created {"session": {"type": "realtime"}}'
BEGUN = '< response.created {"response": {"id": "r", "conversation_id": "c"}}'
OUTSIDE = '< response.created {"response": {"id": "s", "conversation_id": null}}'
PLACE = '"response_id": "r", "item_id": "%s", "output_index": %d, "content_index": 0'
MESSAGE = '"item": {"type": "message", "id": "%s", "role": "%s", "status": "%s", "content": []}'
OPENED = '< response.output_item.added {"response_id": "r", "output_index": 0, %s}' % (
    MESSAGE % ("i", "assistant", "in_progress")
)
USER = "< conversation.item.added {%s}" % MESSAGE % ("u", "user", "completed")


def said(*lines):
    check = Check((*REFERENCES, *MISMATCHES))
    return [one for one in check.run(entries_of("\n".join(lines))) if not one.code.startswith("SCH")]


def found(*lines):
    return [(one.code, one.line) for one in said(*lines)]


def delta(item, index):
    return "< response.output_text.delta {%s, " % PLACE % (item, index) + '"delta": "x"}'


def test_an_item_that_was_not_announced_is_told_once():
    assert found(WHOLE, SESSION, BEGUN, delta("i", 0), delta("i", 0), delta("j", 0)) == [("REF01", 4), ("REF01", 6)]


def test_a_recording_that_begins_within_a_response_does_not_say_what_was_announced():
    assert found(WHOLE, delta("i", 0)) == []


def test_an_item_that_a_faulty_event_announced_was_announced():
    faulty = (
        '< response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "novelty", "id": "i"}}'
    )
    assert found(WHOLE, SESSION, BEGUN, faulty, delta("i", 0)) == []


def test_so_it_was_where_the_log_says_that_the_client_had_sent_it():
    faulty = (
        '3.0 > response.output_item.added {"response_id": "r", "output_index": 0, '
        '"item": {"type": "novelty", "id": "i"}}'
    )
    begun = (WHOLE, "1.0 " + SESSION, "2.0 " + BEGUN)
    assert found(*begun, faulty, "4.0 " + delta("i", 0)) == []
    assert found(*begun, "4.0 " + delta("i", 0)) == [("REF01", 4)]


def test_an_unknown_predecessor_is_told_once_for_each_item():
    committed = '< input_audio_buffer.committed {"item_id": "u", "previous_item_id": "x"}'
    added = USER.replace('{"item"', '{"previous_item_id": "x", "item"')
    assert found(WHOLE, SESSION, committed, added) == [("REF02", 3)]
    assert found(WHOLE, SESSION, committed, added.replace('"x"', '"y"')) == [("REF02", 3), ("REF02", 4)]


def test_an_item_that_was_committed_and_never_added_is_no_predecessor():
    first = '< input_audio_buffer.committed {"item_id": "a", "previous_item_id": null}'
    second = '< input_audio_buffer.committed {"item_id": "u", "previous_item_id": "a"}'
    behind = USER.replace('{"item"', '{"previous_item_id": "a", "item"')
    lines = [WHOLE, SESSION, first, second]
    assert found(*lines) == []
    assert found(*lines, USER.replace('"u"', '"a"'), behind) == []
    assert found(*lines, behind) == [("REF02", 5)]
    assert found(*lines, behind, behind.replace("item.added", "item.created")) == [("REF02", 5)]


def test_the_server_may_name_an_item_that_was_deleted():
    deleted = '< conversation.item.deleted {"item_id": "u"}'
    late = '< input_audio_buffer.committed {"item_id": "v", "previous_item_id": "u"}'
    assert found(WHOLE, SESSION, USER, deleted, late) == []


@pytest.mark.parametrize(
    "event",
    [
        '> conversation.item.create {"previous_item_id": "x", "item": {"type": "message", "role": "user", "content": []}}',
        '> conversation.item.delete {"item_id": "x"}',
        '< conversation.item.truncated {"item_id": "x", "content_index": 0, "audio_end_ms": 0}',
        '> response.create {"response": {"input": [{"type": "item_reference", "id": "x"}]}}',
    ],
)
def test_an_item_is_missed_only_where_all_items_are_known(event):
    assert [line for _, line in found(WHOLE, SESSION, event)] == [3]
    assert found(LOSSY, SESSION, event) == []
    assert found(WHOLE, event) == []
    many = [USER.replace('"id": "u"', f'"id": "u{number}"') for number in range(REMEMBERED + 1)]
    assert found(WHOLE, SESSION, *many, event) == []


def test_a_finding_says_what_became_of_the_item():
    named = '> conversation.item.retrieve {"item_id": "u"}'
    (deleted,) = said(WHOLE, SESSION, USER, '< conversation.item.deleted {"item_id": "u"}', named)
    assert deleted.message == "the item u was deleted in line 4"
    assert deleted.lines == (4,)
    create = "> conversation.item.create {%s}" % MESSAGE % ("u", "user", "completed")
    refusal = '< error {"error": {"type": "invalid_request_error", "message": "no", "param": "item"}}'
    (refused,) = said(WHOLE, SESSION, create, refusal, named)
    assert refused.message == "the item u was refused in line 4"
    assert refused.lines == (3, 4)


def test_a_cancel_without_an_id_may_meet_a_response_that_is_asked_for():
    assert found(WHOLE, SESSION, "> response.create", "> response.cancel") == []
    assert found(WHOLE, SESSION, "> response.cancel") == [("REF08", 3)]


def test_a_cancel_without_an_id_does_not_meet_a_response_outside_the_conversation():
    (one,) = said(WHOLE, SESSION, OUTSIDE, "> response.cancel")
    assert one.severity == "info"
    assert "s, which is outside the conversation" in one.message
    assert one.lines == (3,)
    assert found(WHOLE, SESSION, OUTSIDE, BEGUN, "> response.cancel") == []
    assert found(WHOLE, SESSION, OUTSIDE, '> response.cancel {"response_id": "s"}') == []


def test_a_cancel_that_names_a_response_that_is_over_is_told_where_it_ended():
    named, done = '> response.cancel {"response_id": "r"}', '< response.done {"response": {"id": "r"}}'
    assert found(WHOLE, SESSION, BEGUN, named, done) == []
    (one,) = said(WHOLE, SESSION, BEGUN, done, named)
    assert (one.code, one.line, one.lines) == ("REF08", 5, (4,))
    assert one.message == "the response r was done in line 4"


def test_a_cancel_that_names_a_response_that_nobody_knows_has_nothing_to_cancel():
    assert found(WHOLE, SESSION, BEGUN, '> response.cancel {"response_id": "x"}') == [("REF08", 4)]


def test_another_place_of_an_item_is_told_at_most_twice():
    part = "< response.content_part.added {%s, " % PLACE % ("i", 1) + '"part": {"type": "text"}}'
    done = "< response.output_text.done {%s, " % PLACE % ("i", 1) + '"text": "xx"}'
    lines = [WHOLE, SESSION, BEGUN, OPENED, part, delta("i", 1), delta("i", 1), done]
    assert found(*lines) == [("REF10", 5), ("REF10", 6)]
    assert found(*lines[:4], delta("i", 0), delta("i", 0), delta("i", 1)) == [("REF10", 7)]


TRUNCATE = '> conversation.item.truncate {"item_id": "%s", "content_index": 0, "audio_end_ms": 0}'


@pytest.mark.parametrize(
    ("role", "status", "content", "is_found"),
    [
        ("user", "in_progress", "[]", True),
        ("assistant", "in_progress", "[]", False),
        ("assistant", "incomplete", "[]", False),
        ("assistant", "completed", '[{"type": "output_text", "text": "x"}]', True),
        ("assistant", "completed", '[{"type": "output_audio", "transcript": "x"}]', False),
    ],
)
def test_only_what_the_assistant_has_said_can_be_truncated(role, status, content, is_found):
    item = (MESSAGE % ("a", role, status)).replace("[]", content)
    lines = [WHOLE, "< conversation.item.done {%s}" % item, TRUNCATE % "a"]
    assert found(*lines) == ([("REF06", 3)] if is_found else [])


def test_of_an_item_that_was_only_named_nobody_knows_whether_it_can_be_truncated():
    assert found(WHOLE, '< input_audio_buffer.committed {"item_id": "u"}', TRUNCATE % "u") == []


def test_an_item_that_a_user_said_is_not_thereby_announced_by_a_response():
    assert found(WHOLE, SESSION, BEGUN, USER, delta("u", 0)) == [("REF01", 5)]


def test_the_path_of_an_item_is_where_its_id_stands():
    done = '< response.output_item.done {"response_id": "r", "output_index": 0, %s}'
    (written,) = said(WHOLE, SESSION, BEGUN, delta("i", 0))
    (ended,) = said(WHOLE, SESSION, BEGUN, done % (MESSAGE % ("i", "assistant", "completed")))
    assert (written.path, ended.path) == ("$.item_id", "$.item.id")
    assert written.lines == ended.lines == (3,)


def test_the_place_before_the_first_item_is_no_item():
    assert found(WHOLE, SESSION, USER.replace('{"item"', '{"previous_item_id": "root", "item"')) == []


def test_an_item_that_is_sent_along_with_a_request_need_not_be_in_the_conversation():
    asked = '> response.create {"response": {"input": [{"type": "message", "id": "x", "role": "user", "content": []}]}}'
    assert found(WHOLE, SESSION, asked) == []


def test_a_cancel_may_name_a_response_that_is_forgotten():
    many = [
        line.replace('"r"', f'"r{number}"')
        for number in range(REMEMBERED + 1)
        for line in (BEGUN, '< response.done {"response": {"id": "r", "conversation_id": "c"}}')
    ]
    assert found(WHOLE, SESSION, *many, '> response.cancel {"response_id": "r0"}') == []
    assert [code for code, _ in found(WHOLE, SESSION, *many, "> response.cancel")] == ["REF08"]


def test_a_recording_that_begins_within_a_response_never_says_what_was_announced():
    assert found(WHOLE, delta("i", 0), delta("i", 0), delta("j", 0)) == []


@pytest.mark.parametrize(("role", "told"), [('"assistant"', ["REF01"]), ("7", [])])
def test_an_item_whose_announcement_was_faulty_is_not_told_to_be_announced_by_nobody(role, told):
    added = '< conversation.item.added {"item": {"type": "message", "id": "x", "role": %s, "content": []}}' % role
    part = "< response.content_part.added {%s, %s}" % (PLACE % ("x", 1), '"part": {"type": "text", "text": ""}')
    assert [one.code for one in said(WHOLE, SESSION, BEGUN, OPENED, added, part) if one.code == "REF01"] == told


def test_an_item_without_an_id_is_not_one_that_was_not_announced():
    done = '< response.output_item.done {"response_id": "r", "output_index": 0, %s}' % MESSAGE
    done = done % ("", "assistant", "completed")
    assert found(WHOLE, SESSION, BEGUN, done) == []
    assert found(WHOLE, SESSION, BEGUN, done.replace('"id": "", ', "")) == []


def test_an_item_that_takes_its_place_behind_one_that_was_never_added_is_told_once():
    first = '< input_audio_buffer.committed {"item_id": "a", "previous_item_id": null}'
    behind = USER.replace('{"item"', '{"previous_item_id": "a", "item"')
    created = behind.replace("item.added", "item.created")
    assert found(WHOLE, SESSION, first, behind) == [("REF02", 4)]
    assert found(WHOLE, SESSION, first, behind, created) == [("REF02", 4)]
    assert found(WHOLE, SESSION, first, created, behind) == [("REF02", 4)]


def test_a_predecessor_that_a_logger_has_shortened_may_have_been_added():
    assert found(WHOLE, SESSION, USER.replace('{"item"', '{"previous_item_id": "item_1...", "item"')) == []
