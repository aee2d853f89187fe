"""What whoever begins to read in the middle has to know."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.session.excerpt import Ground

CREATED = '< session.created {"session":{"type":"realtime","id":"s"}}\n'
FAULTY = '> session.update {"session":7}\n'
ERROR = '< error {"error":{"type":"invalid_request_error","message":"no"}}\n'
BEGUN = '< response.created {"response":{"id":"%s","status":"in_progress","conversation_id":"c"}}\n'
DONE = '< response.done {"response":{"id":"%s","status":"completed","conversation_id":"c"}}\n'
CANCEL = "> response.cancel {%s}\n"
MESSAGE = '"item":{"type":"message","id":"%s","role":"user","content":[]}'
OUTPUT = '> conversation.item.create {"item":{"type":"function_call_output","call_id":"c","output":"x"}}\n'
CALL = '{"type":"function_call","id":"f","call_id":"c","name":"f","arguments":"{}"}'


def ground(script):
    told = Ground()
    for entry in entries_of(script):
        told.feed(entry)
    return told


def needed(script):
    return sorted(ground(script).lines())


def referred(script, then):
    (entry,) = entries_of(then)
    return list(ground(script).referred_by(entry))


def written(step, item):
    return f'< response.output_item.{step} {{"response_id":"r","output_index":0,"item":{item}}}\n'


def test_what_the_client_sent_and_cannot_be_understood_may_be_refused_yet():
    assert needed(CREATED + FAULTY) == [1, 2]
    assert needed(CREATED + FAULTY + ERROR) == [1]


def test_the_end_of_a_response_that_never_began_is_not_needed():
    assert needed(CREATED + DONE % "r") == [1]


@pytest.mark.parametrize(("named", "is_told"), [('"response_id":"r"', True), ("", True), ('"response_id":"q"', False)])
def test_a_wish_to_cancel_goes_with_the_responses_that_it_may_mean(named, is_told):
    """The response with the call is over, and its call is open yet: what else came meanwhile is not needed."""
    both = CREATED + BEGUN % "r" + BEGUN % "q" + written("done", CALL)
    assert needed(both + CANCEL % named + DONE % "r" + DONE % "q") == [1, 2, 4, *[5] * is_told, 6]


def test_a_wish_to_cancel_nothing_is_not_needed():
    assert needed(CREATED + CANCEL % "") == [1]


def test_an_item_without_a_name_is_a_step_of_its_response():
    unnamed = '{"type":"message","role":"assistant","content":[]}'
    assert needed(CREATED + BEGUN % "r" + written("added", unnamed)) == [1, 2, 3]
    assert needed(CREATED + BEGUN % "r" + written("added", unnamed) + DONE % "r") == [1]


def test_a_call_is_open_until_its_output_is_sent():
    script = CREATED + BEGUN % "r" + written("done", CALL) + DONE % "r"
    assert needed(script) == [1, 2, 3, 4]
    assert 2 not in needed(script + OUTPUT)


def test_with_an_item_that_is_named_again_goes_what_tells_of_it():
    added = f"< conversation.item.added {{{MESSAGE % 'a'}}}\n"
    again = '> conversation.item.retrieve {"item_id":"a"}'
    assert referred(CREATED + added, again) == [2]
    assert referred(CREATED + added + '< conversation.item.deleted {"item_id":"a"}\n', again) == []


def test_an_item_that_has_no_name_cannot_be_named_again():
    added = f"< conversation.item.added {{{MESSAGE % ''}}}\n"
    assert referred(CREATED + added, '> conversation.item.retrieve {"item_id":""}') == []


@pytest.mark.parametrize("step", ["added", "done"])
def test_what_comes_of_a_response_whose_beginning_was_not_seen_is_not_needed(step):
    """Half of it would tell what never was: not that it goes on, and not that its call waits for an output."""
    word = '< response.output_text.delta {"response_id":"r","item_id":"a","output_index":0,"content_index":0,%s}\n'
    rest = word % '"delta":"Hi"' + written(step, CALL)
    assert needed(CREATED + rest) == [1]
    assert needed(CREATED + rest + DONE % "r") == [1]
