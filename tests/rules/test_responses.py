"""Responses in and out of order: told once, of the right side, and not where nobody can know."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.responses import RULES
from rtcli.session.ledger import REMEMBERED

WHOLE = '- {"rtcli": 1, "lossless": true}'
LOSSY = '- {"rtcli": 1, "lossless": false}'
SESSION = '< session.created {"session": {"type": "realtime"}}'


def created(name, conversation='"c"'):
    return '< response.created {"response": {"id": "%s", "conversation_id": %s}}' % (name, conversation)


def done(name, status="completed"):
    return '< response.done {"response": {"id": "%s", "status": "%s"}}' % (name, status)


def item(kind, response="r", name="i", index=0):
    body = '{"type": "message", "id": "%s", "role": "assistant", "content": []}' % name
    fields = '"response_id": "%s", "output_index": %d, "item": %s' % (response, index, body)
    return "< response.output_item.%s {%s}" % (kind, fields)


def delta(response="r", name="i"):
    place = '"response_id": "%s", "item_id": "%s", "output_index": 0, "content_index": 0' % (response, name)
    return '< response.output_text.delta {%s, "delta": "x"}' % place


def said(*lines):
    found = Check(RULES).run(entries_of("\n".join(lines)))
    return [one for one in found if not one.code.startswith("SCH")]


def found(*lines):
    return [(one.code, one.line) for one in said(*lines)]


def test_a_response_that_was_never_created_is_told_by_the_first_that_it_writes():
    lines = [delta(), delta(), delta(name="j"), done("r")]
    assert found(WHOLE, SESSION, *lines) == [("SEQ03", 3)]
    assert found(WHOLE, SESSION, created("r"), *lines) == []
    assert found(WHOLE, SESSION, done("r")) == [("SEQ03", 3)]


@pytest.mark.parametrize("kind", ["started", "stopped", "cleared"])
def test_the_playing_of_a_response_names_it_too(kind):
    played = '< output_audio_buffer.%s {"response_id": "r"}' % kind
    assert found(WHOLE, SESSION, played) == [("SEQ03", 3)]
    assert found(WHOLE, SESSION, created("r"), done("r"), played) == []


def test_a_response_may_have_been_created_where_the_recording_lacks_frames_or_its_beginning():
    assert found(LOSSY, SESSION, delta(), done("r")) == []
    assert found(WHOLE, delta(), done("r")) == []


def test_a_response_may_have_been_created_so_long_ago_that_it_is_forgotten():
    many = [line for number in range(REMEMBERED) for line in (created(f"r{number}"), done(f"r{number}"))]
    assert found(WHOLE, SESSION, *many, done("x")) == [("SEQ03", 3 + len(many))]
    assert found(WHOLE, SESSION, *many, created("y"), done("y"), done("x")) == []


def test_an_id_that_a_logger_has_shortened_names_no_response():
    lines = [done("resp_..."), done("resp_..."), delta("resp_...")]
    assert found(WHOLE, SESSION, *lines) == []


def test_what_is_written_down_twice_is_the_recorders():
    once = done("r").replace('{"response"', '{"event_id": "e", "response"')
    again = once.replace('"e"', '"f"')
    (one,) = said(WHOLE, created("r"), once, once)
    assert (one.code, one.line, one.side, one.lines) == ("SEQ04", 4, "recorder", (3,))
    (one,) = said(WHOLE, created("r"), once, again)
    assert one.side == "server"


def test_a_response_is_done_twice_wherever_the_recording_begins():
    assert found(LOSSY, done("r"), done("r"), done("r")) == [("SEQ04", 3), ("SEQ04", 4)]
    assert found(LOSSY, done("r"), done("s")) == []


def test_what_goes_on_after_the_end_is_told_once_for_each_response():
    lines = [created("r"), done("r"), delta(), item("added"), delta(), item("done")]
    assert found(WHOLE, *lines) == [("SEQ05", 4)]
    assert found(WHOLE, *lines, created("s"), done("s"), delta("s")) == [("SEQ05", 4), ("SEQ05", 10)]


def test_an_end_that_repeats_an_id_says_nothing_of_what_is_open():
    assert found(WHOLE, created("r"), item("added"), done("r"), done("r")) == [("SEQ06", 4), ("SEQ04", 5)]


@pytest.mark.parametrize("status", ["completed", "cancelled", "incomplete"])
def test_an_item_is_to_be_closed_however_the_response_ends(status):
    (one,) = said(WHOLE, created("r"), item("added"), done("r", status))
    assert (one.code, one.line, one.lines) == ("SEQ06", 4, (3,))


def test_of_a_response_that_failed_no_closing_is_promised():
    assert found(WHOLE, created("r"), item("added"), done("r", "failed")) == []


def test_an_item_whose_beginning_is_not_in_the_recording_may_have_been_closed():
    assert found(WHOLE, created("r"), delta(), done("r")) == []
    assert found(LOSSY, created("r"), item("added"), done("r")) == []


def test_each_item_that_is_left_open_is_told():
    left = [item("added"), item("added", name="j", index=1), item("done", name="j", index=1)]
    more = [item("added", name="k", index=2)]
    assert [one.lines for one in said(WHOLE, created("r"), *left, *more, done("r"))] == [(3,), (6,)]


def test_the_same_item_may_be_added_again_at_its_place():
    lines = [created("r"), item("added"), item("added"), item("done"), done("r")]
    assert found(WHOLE, *lines) == []


def test_each_response_counts_the_places_of_its_items_by_itself():
    one = [created("r"), item("added"), item("done"), done("r")]
    other = [created("s"), item("added", "s", "j"), item("done", "s", "j"), done("s")]
    assert found(WHOLE, *one, *other) == []


def test_audio_that_is_cleared_may_stop_before_the_end():
    for kind, codes in (("cleared", []), ("stopped", [("SEQ16", 3)])):
        played = '< output_audio_buffer.%s {"response_id": "r"}' % kind
        assert found(WHOLE, created("r"), played, done("r")) == codes


@pytest.mark.parametrize("conversation", ["null", '"d"'])
def test_responses_in_different_places_run_side_by_side(conversation):
    lines = [created("r"), created("s", conversation), done("r"), done("s")]
    assert found(WHOLE, *lines) == []
    assert found(WHOLE, created("s", conversation), created("r"), done("r"), done("s")) == []


def test_responses_that_do_not_say_where_they_are_may_be_side_by_side():
    unsaid = ['< response.created {"response": {"id": "%s"}}' % name for name in "rs"]
    assert found(WHOLE, *unsaid, done("r"), done("s")) == []


def test_a_response_created_again_is_not_its_own_rival():
    assert found(WHOLE, created("r"), created("r"), done("r")) == []


def test_each_response_that_is_open_at_the_end_is_told_where_it_began():
    lines = [created("r"), created("s", "null"), created("t", '"d"'), done("s")]
    assert found(WHOLE, *lines) == [("SEQ21", 2), ("SEQ21", 4)]
    assert found(LOSSY, *lines) == []
    assert found(WHOLE, delta(), SESSION) == [("SEQ21", 3)]


def test_a_response_that_is_open_when_the_next_connection_begins_is_told_too():
    assert found(WHOLE, SESSION, created("r"), WHOLE, SESSION) == [("SEQ21", 3)]


SHORT = "resp_12..."


def test_an_id_that_a_logger_has_shortened_tells_no_two_things_apart():
    assert found(WHOLE, SESSION, created(SHORT), done(SHORT), done(SHORT)) == []
    assert found(WHOLE, SESSION, created("r"), item("added", name="item_1..."), done("r")) == []
    first = [created("r"), item("added"), item("done")]
    assert (
        found(WHOLE, SESSION, *first, item("added", name="item_1..."), item("done", name="item_1..."), done("r")) == []
    )
    assert [
        code for code, _ in found(WHOLE, SESSION, *first, item("added", name="j"), item("done", name="j"), done("r"))
    ] == ["SEQ12"]


def test_two_responses_are_at_once_only_where_both_and_their_conversation_can_be_told():
    assert found(WHOLE, SESSION, created("r"), created("s"), done("s"), done("r")) == [("SEQ17", 4)]
    for one, other, conversation in (("r", SHORT, '"c"'), ("r", "s", '"conv_..."')):
        lines = [created(one, conversation), created(other, conversation), done(other), done(one)]
        assert found(WHOLE, SESSION, *lines) == []


def test_a_response_that_was_never_created_is_not_at_once_with_another():
    assert found(LOSSY, SESSION, delta(), created("s"), done("s")) == []


def test_what_was_played_too_early_is_told_with_the_line_where_the_response_began():
    played = '< output_audio_buffer.stopped {"response_id": "r"}'
    (one,) = said(WHOLE, SESSION, created("r"), played, done("r"))
    assert (one.code, one.lines) == ("SEQ16", (3,))


def test_an_item_of_which_only_the_text_was_heard_of_does_not_stay_open():
    assert found(LOSSY, SESSION, created("r"), delta(), done("r")) == []


def nameless(line):
    return line.replace('{"id": "", ', "{").replace('"id": "", ', "")


@pytest.mark.parametrize("write", [nameless, str], ids=["none", "empty"])
def test_things_without_an_id_may_be_different_things(write):
    end = write(done(""))
    assert found(WHOLE, SESSION, end, end) == []
    other = write(created(""))
    assert found(WHOLE, SESSION, created("r"), other, end, done("r")) == []
    begun = [created("r"), item("added"), item("done")]
    assert found(WHOLE, SESSION, *begun, write(item("added", name="")), done("r")) == []


def test_a_response_without_an_id_closes_its_items_too():
    lines = [nameless(created("")), item("added", response=""), nameless(done(""))]
    assert found(WHOLE, SESSION, *lines) == [("SEQ06", 5)]


def test_an_item_of_which_only_the_end_was_seen_does_not_say_where_it_began():
    assert found(WHOLE, SESSION, created("r"), item("done", name="j"), item("added"), item("done"), done("r")) == []


def test_what_was_played_too_early_is_told_without_a_line_where_its_beginning_was_not_seen():
    (one,) = (one for one in said(WHOLE, delta(), '< output_audio_buffer.stopped {"response_id": "r"}', done("r")))
    assert (one.code, one.line, one.lines) == ("SEQ16", 3, ())


def test_of_an_id_that_a_logger_has_shortened_no_end_is_missed():
    assert found(WHOLE, SESSION, created(SHORT)) == []
    assert found(WHOLE, SESSION, created("r")) == [("SEQ21", 3)]
