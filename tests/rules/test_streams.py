"""What the rules about parts and streams tell once, leave to other rules, or cannot judge."""

from __future__ import annotations

import pytest
from notation import lines_of

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import Check
from rtcli.rules.streams import RULES
from rtcli.session.written import PARTS_AT_MOST

PLACE = '"response_id": "r", "item_id": "%s", "output_index": 0'
PART = PLACE + ', "content_index": %d'
MESSAGE = '"item": {"type": "message", "id": "%s", "role": "assistant", "content": []}'
CREATED = '< response.created {"response": {"id": "r"}}'
DONE = '< response.done {"response": {"id": "r"}}'
XAI = '- {"rtcli":1,"transport":"websocket","lossless":true,"url":"wss://api.x.ai/v1/realtime"}'
LOSSY = '- {"rtcli":1,"transport":"websocket","lossless":false}'


def opened(item="i"):
    return '< response.output_item.added {"response_id": "r", "output_index": 0, %s}' % (MESSAGE % item)


def closed(item="i"):
    return opened(item).replace("added", "done")


def part(step, item="i", index=0):
    return "< response.content_part.%s {%s, " % (step, PART % (item, index)) + '"part": {"type": "text"}}'


def text(item="i", index=0):
    return "< response.output_text.delta {%s, " % (PART % (item, index)) + '"delta": "x"}'


def ended(item="i", index=0):
    return "< response.output_text.done {%s, " % (PART % (item, index)) + '"text": "x"}'


def spoken(item="i", index=0):
    return "< response.output_audio_transcript.delta {%s, " % (PART % (item, index)) + '"delta": "x"}'


def found(*lines):
    listener = Listener()
    entries = read(lines_of("\n".join(lines)), listener)
    return [one for one in Check(RULES, listener).run(entries) if not one.code.startswith("SCH")]


def codes(*lines):
    return [(one.code, one.line) for one in found(*lines)]


WHOLE = [CREATED, opened(), part("added"), text(), ended(), part("done"), closed(), DONE]


def test_an_item_in_order_is_in_order():
    assert codes(*WHOLE) == []


def test_a_part_that_was_not_announced_is_told_once_for_all_of_its_streams():
    lines = [CREATED, opened(), text(), text(), spoken(), ended(), text(index=1)]
    assert codes(*lines) == [("SEQ07", 3), ("SEQ07", 7)]


def test_the_end_of_an_unannounced_stream_is_told_if_it_comes_first():
    assert codes(CREATED, opened(), ended()) == [("SEQ07", 3)]


def test_a_part_that_was_not_announced_is_not_told_again_when_it_is_closed():
    assert codes(CREATED, opened(), text(), ended(), part("done"), closed(), DONE) == [("SEQ07", 3)]


@pytest.mark.parametrize("cut", range(1, 5))
def test_a_recording_that_begins_within_a_response_does_not_say_what_was_announced(cut):
    assert codes(*WHOLE[cut:]) == []


def test_what_other_servers_do_not_announce_is_not_missed():
    lines = [CREATED, opened(), text(), ended(), closed(), DONE]
    assert [code for code, _ in codes(*lines)] == ["SEQ07"]
    assert codes(XAI, *lines) == []
    assert codes(XAI, CREATED, opened(), part("added"), closed()) == []


def test_nothing_is_judged_where_frames_are_missing():
    assert codes(LOSSY, CREATED, opened(), text(), closed(), text()) == []


def test_an_item_that_was_never_announced_is_another_rules():
    assert codes(CREATED, text(), ended()) == []


def test_streams_of_one_part_end_by_themselves():
    transcript = spoken().replace("delta", "done", 1).replace("delta", "transcript")
    audio = "< response.output_audio.done {%s}" % (PART % ("i", 0))
    lines = [CREATED, opened(), part("added"), spoken(), audio, spoken(), transcript, part("done"), closed(), DONE]
    assert codes(*lines) == []


def test_deltas_behind_their_end_are_told_once_for_each_stream():
    lines = [CREATED, opened(), part("added"), text(), ended(), text(), text(), spoken()]
    assert codes(*lines) == [("SEQ08", 6)]
    (late,) = found(*lines)
    assert late.lines == (5,)


def test_deltas_behind_their_part_are_told_once_for_each_stream():
    lines = [CREATED, opened(), part("added"), part("done"), text(), text(), spoken(), closed()]
    assert codes(*lines) == [("SEQ09", 5), ("SEQ09", 7), ("SEQ11", 8), ("SEQ11", 8)]


def test_a_delta_behind_its_item_names_the_line_of_what_was_closed():
    (late,) = found(CREATED, opened(), part("added"), part("done"), closed(), text())
    assert (late.code, late.line, late.lines) == ("SEQ09", 6, (4,))
    call = '< response.output_item.done {"response_id": "r", "output_index": 0, "item": {"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}}'
    delta = "< response.function_call_arguments.delta {%s, " % (PLACE % "i") + '"call_id": "c", "delta": "{}"}'
    (late,) = found(CREATED, call, delta)
    assert (late.code, late.line, late.lines) == ("SEQ09", 3, (2,))


def test_what_comes_behind_the_response_is_another_rules():
    assert codes(*WHOLE, text(), ended(), part("done"), part("done", index=1), closed()) == []


def test_a_part_that_is_open_is_told_when_its_item_is_done_and_only_then():
    lines = [CREATED, opened(), part("added"), part("added", index=1), part("done", index=1), closed(), closed()]
    assert codes(*lines) == [("SEQ10", 6)]
    (alone,) = found(*lines)
    assert alone.lines == (3,)
    failed = '< response.done {"response": {"id": "r", "status": "failed"}}'
    assert codes(CREATED, opened(), part("added"), text(), failed) == []


def test_each_stream_that_is_open_is_told_when_its_item_is_done():
    lines = [CREATED, opened(), part("added"), text(), text(), spoken(), part("done"), closed(), closed()]
    assert codes(*lines) == [("SEQ11", 8), ("SEQ11", 8)]
    assert [one.lines for one in found(*lines)] == [(4,), (6,)]


def test_a_stream_without_deltas_needs_no_end():
    assert codes(CREATED, opened(), part("added"), part("done"), closed(), DONE) == []


def test_a_stream_that_ends_behind_its_part_is_told_once():
    lines = [CREATED, opened(), part("added"), text(), part("done"), ended(), ended(), closed()]
    assert codes(*lines) == [("SEQ23", 6)]


@pytest.mark.parametrize(
    "faulty",
    [
        '< response.content_part.added {%s, "part": "?"}' % (PART % ("i", 0)),
        '< response.output_text.done {%s, "text": 1}' % (PART % ("i", 0)),
        '< response.content_part.done {"response_id": "r"}',
    ],
)
def test_what_may_have_been_in_an_event_that_cannot_be_read_is_not_missed(faulty):
    assert codes(CREATED, opened(), faulty, text(), closed()) == []


def test_the_client_cannot_excuse_what_the_server_does():
    lines = [CREATED, opened(), '> response.create {"response": 1}', text(), closed()]
    assert codes(*lines) == [("SEQ07", 4), ("SEQ11", 5)]


def test_of_what_was_not_seen_to_begin_no_end_is_missed():
    assert [one.code for one in found(CREATED, text(), closed(), DONE)] == ["SEQ11"]
    assert found(CREATED, part("done", index=1), closed(), DONE) == []


def test_of_an_item_that_was_not_seen_to_begin_any_part_may_have_been_announced():
    assert codes(CREATED, text(), text(index=1), ended(index=2), part("done", index=3)) == []


def test_a_delta_behind_its_item_is_told_also_where_its_part_is_open():
    lines = [CREATED, opened(), part("added"), closed(), text()]
    assert codes(*lines) == [("SEQ10", 4), ("SEQ09", 5)]
    assert found(*lines)[1].lines == (4,)


def test_of_an_item_with_more_parts_than_are_kept_none_is_missed():
    parts = [part("added", index=number) for number in range(PARTS_AT_MOST + 1)]
    last = PARTS_AT_MOST
    assert codes(CREATED, opened(), *parts[:-1], text(index=last)) == [("SEQ07", last + 3)]
    assert codes(CREATED, opened(), *parts, text(index=last)) == []


def test_what_is_closed_outside_of_a_response_that_goes_on_says_nothing_of_its_parts():
    assert codes(closed()) == []
    assert codes(CREATED, opened(), DONE, part("added"), text(), closed()) == []


def test_an_item_without_an_id_is_closed_like_any_other():
    lines = [line.replace('"id": "", ', "") for line in (CREATED, opened(""), part("added", ""), closed(""))]
    assert codes(*lines) == [("SEQ10", 4)]
