"""Which items there are, by what the server and the client say of them."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from notation import entries_of
from sweeping import examples

from rtcli.session.ledger import REMEMBERED
from rtcli.session.ledgers import Ledgers

ITEM = '"item": {"type": "message", "id": "a", "role": "user", "content": []}'
SPOKEN = '"item": {"type": "message", "id": "a", "role": "assistant", "content": []}'
CREATE = f"> conversation.item.create {{{ITEM}}}"
ADDED = f"< conversation.item.added {{{ITEM}}}"
DONE = f"< conversation.item.done {{{ITEM}}}"
DELETE = '> conversation.item.delete {"item_id": "a"}'
DELETED = '< conversation.item.deleted {"item_id": "a"}'
REFUSED = '< error {"error": {"type": "invalid_request_error", "message": "no", "param": "item"}}'
WRITTEN = f'< response.output_item.done {{"response_id": "r", "output_index": 0, {SPOKEN}}}'
ANNOUNCING = [
    CREATE,
    ADDED,
    f"< conversation.item.created {{{ITEM}}}",
    '< input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}',
    '< input_audio_buffer.timeout_triggered {"item_id": "a", "audio_start_ms": 0, "audio_end_ms": 1}',
    '< input_audio_buffer.committed {"item_id": "a"}',
    f'< response.output_item.added {{"response_id": "r", "output_index": 0, {SPOKEN}}}',
    WRITTEN,
]


def conversation(*lines):
    ledgers = Ledgers()
    for entry in entries_of("\n".join(lines)):
        ledgers.apply(entry)
    return ledgers.conversation


@pytest.mark.parametrize("event", ANNOUNCING, ids=lambda event: event.split()[1])
def test_an_item_is_known_from_the_first_event_that_names_it(event):
    known = conversation('< conversation.created {"conversation": {"id": "c"}}', event)
    assert known.has("a")
    assert known.items["a"].line == 2
    assert not known.has("b")


def test_a_faulty_event_makes_its_item_known_too():
    known = conversation('< conversation.item.added {"item": {"type": "novelty", "id": "a"}}')
    assert known.has("a")
    assert known.items["a"].faulty


@pytest.mark.parametrize("body", ['{"item": 1}', '{"item": {"id": 1}}', '{"item_id": []}', "{}"])
def test_a_faulty_event_without_an_id_makes_nothing_known(body):
    assert not conversation(f"< conversation.item.added {body}").items


def test_an_item_is_there_until_it_is_deleted():
    known = conversation(ADDED, DONE, DELETE)
    assert known.has("a")
    known = conversation(ADDED, DONE, DELETE, DELETED)
    assert not known.has("a")
    assert known.had("a")
    assert known.items["a"].deleted_line == 4


@pytest.mark.parametrize("event", [CREATE, ADDED, ANNOUNCING[5]], ids=lambda event: event.split()[1])
def test_the_id_of_a_deleted_item_is_free_for_another(event):
    known = conversation(ADDED, DONE, DELETED, event)
    assert known.has("a")
    assert known.items["a"].line == 4
    assert known.items["a"].done_line == 0


def test_what_a_response_says_late_of_a_deleted_item_does_not_bring_it_back():
    assert not conversation(ADDED, DELETED, WRITTEN).has("a")


def test_an_item_that_replaces_one_that_is_being_deleted_outlives_the_deletion():
    known = conversation(ADDED, DELETE, CREATE, DELETED)
    assert known.has("a")
    assert known.items["a"].line == 3
    assert not conversation(ADDED, DELETE, CREATE, DELETED, DELETED).has("a")


def test_a_deletion_that_is_refused_is_not_waited_for():
    refused = (
        '< error {"error": {"type": "invalid_request_error", "message": "no", "code": "item_delete_invalid_item_id"}}'
    )
    assert conversation(ADDED, DELETE, refused).items["a"].deleting_line == 0


def test_an_item_that_is_refused_is_not_there_and_its_id_is_free():
    known = conversation(CREATE, REFUSED)
    assert not known.has("a")
    assert known.items["a"].refused_line == 2
    assert conversation(CREATE, REFUSED, CREATE).has("a")


def test_an_item_stays_when_a_second_one_of_its_id_is_refused():
    assert conversation(CREATE, ADDED, CREATE, REFUSED).has("a")
    assert conversation(CREATE, CREATE, ADDED, REFUSED).has("a")


def test_an_id_that_a_logger_has_shortened_cannot_be_denied():
    known = conversation(ADDED)
    assert known.has("item_…")
    assert known.had("<id>")
    assert not known.had("item_1")


def test_both_words_for_a_new_item_have_their_own_line():
    known = conversation(ADDED, ANNOUNCING[2]).items["a"]
    assert (known.added_line, known.created_line) == (1, 2)


@pytest.mark.parametrize(
    ("content", "has_audio"),
    [("[]", False), ('[{"type": "output_text"}]', False), ('[{"type": "output_audio"}]', True)],
)
def test_an_item_is_described_by_the_last_event_that_has_it_whole(content, has_audio):
    item = f'{{"type": "message", "id": "a", "role": "assistant", "status": "completed", "content": {content}}}'
    known = conversation(ANNOUNCING[3], f'< conversation.item.done {{"item": {item}}}').items["a"]
    assert (known.type, known.role, known.status, known.has_audio) == ("message", "assistant", "completed", has_audio)


def test_a_response_in_the_conversation_tells_its_id():
    known = conversation(
        '< response.created {"response": {"id": "r", "conversation_id": "c"}}',
        '< response.done {"response": {"id": "r", "conversation_id": "c"}}',
        '< response.created {"response": {"id": "s", "conversation_id": null}}',
    )
    assert (known.id, known.id_line) == ("c", 1)


def test_when_items_are_forgotten_none_can_be_denied():
    added = ADDED.replace('"id": "a"', '"id": "i%d"')
    few = conversation(*(added % number for number in range(REMEMBERED)))
    assert not few.has("x")
    many = conversation(*(added % number for number in range(REMEMBERED + 1)))
    assert len(many.items) == REMEMBERED
    assert many.has("i0")
    assert many.had("x")


@settings(max_examples=examples(100), deadline=None)
@given(st.lists(st.sampled_from([*ANNOUNCING, DONE, DELETE, DELETED, REFUSED]), max_size=12))
def test_a_deletion_that_replaces_nothing_always_frees_the_id(events):
    before = conversation(*events).items.get("a")
    known = conversation(*events, DELETED)
    assert known.had("a")
    assert known.has("a") == bool(before and before.is_there and before.replaces)
    assert not conversation(*events, DELETED, DELETED).has("a")


def test_an_item_that_only_the_end_of_its_response_tells_is_there():
    ended = '< response.done {"response": {"id": "r", "conversation_id": "c", "output": [%s]}}'
    known = conversation(ended % SPOKEN.removeprefix('"item": '))
    assert (known.id, known.has("a"), known.had("b")) == ("c", True, False)
    assert not conversation(WRITTEN, DELETED, ended % SPOKEN.removeprefix('"item": ')).has("a")
