"""Where the money went, counted by hand with the prices of gpt-realtime: 4, 32 in; 0.4 cached; 16, 64 out."""

from __future__ import annotations

import math
from pathlib import Path

import pytest
from counted import (
    BEGIN,
    CUT,
    WHOLE,
    audio,
    committed,
    created,
    done,
    measured,
    session_of,
    started,
    stopped,
    transcribed,
)

from rtcli.causes.case import Case
from rtcli.events import Listener
from rtcli.formats import read
from rtcli.session.measured import connections
from rtcli.session.prices import Cost
from rtcli.session.spending import Cell, bill_of, by_turn_of, cost_of, dollars_in, tokens_in

RECORDINGS = Path(__file__).parents[2] / "recordings"
MILLIONTH = 1e-6


def usage(text_in, audio_in, cached=(0, 0), out=(0, 0)):
    return (
        f',"usage":{{"input_tokens":{text_in + audio_in},"output_tokens":{sum(out)},"input_token_details":'
        f'{{"text_tokens":{text_in},"audio_tokens":{audio_in},"cached_tokens":{sum(cached)},'
        f'"cached_tokens_details":{{"text_tokens":{cached[0]},"audio_tokens":{cached[1]}}}}},'
        f'"output_token_details":{{"text_tokens":{out[0]},"audio_tokens":{out[1]}}}}}'
    )


def answer(t, name, used, status="completed", more="", begin='"conversation_id":"conv_1"'):
    return created(t, name, begin) + done(t + 0.5, name, status, more + used)


def bill(script):
    connection = measured(script)
    return bill_of(connection.metrics, connection.kept)


def cells(script, number=0):
    return bill(script).spendings[number].cells


def test_without_the_beginning_of_the_call_all_input_of_the_first_response_may_have_been_there_before():
    part = BEGIN.replace('"rtcli":1,', '"rtcli":1,"cut":["start"],"begins_s":1.0,', 1)
    script = part + answer(1.0, "r", usage(300, 200)) + answer(2.0, "s", usage(320, 210))
    assert {(cell.what, cell.modality, cell.tokens) for cell in cells(script)} == {
        ("re-sent", "text", 300),
        ("re-sent", "audio", 200),
    }
    assert tokens_in(cells(script, 1), what="new") == 30
    assert tokens_in(cells(script.replace("start", "end")), what="new") == 500


def test_all_input_of_the_first_response_is_new_even_what_was_cached_before_the_call():
    assert cells(BEGIN + answer(1.0, "r", WHOLE)) == [
        Cell("new", True, "text", 300, pytest.approx(300 * 0.4 * MILLIONTH)),
        Cell("new", False, "text", 300, pytest.approx(300 * 4 * MILLIONTH)),
        Cell("new", True, "audio", 200, pytest.approx(200 * 0.4 * MILLIONTH)),
        Cell("new", False, "audio", 200, pytest.approx(200 * 32 * MILLIONTH)),
        Cell("output", False, "text", 20, pytest.approx(20 * 16 * MILLIONTH)),
        Cell("output", False, "audio", 80, pytest.approx(80 * 64 * MILLIONTH)),
    ]


def test_what_the_response_before_took_in_or_put_out_is_sent_again_by_modality():
    script = BEGIN + answer(1.0, "a", usage(100, 50, out=(10, 40))) + answer(2.0, "b", usage(130, 95, (64, 20)))
    second = cells(script, 1)
    assert tokens_in(second, what="re-sent", modality="text") == 110
    assert tokens_in(second, what="re-sent", modality="audio") == 90
    assert (tokens_in(second, what="new", modality="text"), tokens_in(second, what="new", modality="audio")) == (20, 5)
    assert tokens_in(second, what="re-sent", cached=True) == 84
    again_usd = ((110 - 64) * 4 + (90 - 20) * 32 + 84 * 0.4) * MILLIONTH
    assert dollars_in(second, what="re-sent") == pytest.approx(again_usd)


def test_a_response_beside_the_conversation_has_sent_again_what_was_cached_and_moves_no_context():
    beside = answer(2.0, "b", usage(500, 0, (200, 0)), begin='"conversation_id":null')
    script = BEGIN + answer(1.0, "a", usage(100, 0)) + beside + answer(3.0, "c", usage(150, 0))
    assert tokens_in(cells(script, 1), what="re-sent") == 200
    assert tokens_in(cells(script, 2), what="re-sent") == 100


def test_of_an_answer_that_was_truncated_only_what_was_heard_can_be_sent_again():
    """400 ms come and 100 of them are heard: of 40 tokens of audio 10 stay."""
    interrupted = (
        created(1.0, "a")
        + audio(1.1, "a", 400)
        + started(1.2, "v", 900)
        + '1.21 > conversation.item.truncate {"item_id":"item_a","content_index":0,"audio_end_ms":100}\n'
        + done(1.3, "a", "cancelled", CUT + usage(100, 20, out=(4, 40)))
    )
    script = BEGIN + interrupted + answer(2.0, "b", usage(110, 60))
    assert tokens_in(cells(script, 1), what="re-sent", modality="audio") == 30
    first = bill(script).spendings[0]
    assert first.ended_early
    assert first.unheard_tokens == 33
    assert first.unheard_usd == pytest.approx((4 * 16 + 40 * 64) * 0.75 * MILLIONTH)


def test_a_response_that_was_cancelled_before_it_said_anything_was_not_heard_at_all():
    script = BEGIN + answer(1.0, "a", usage(100, 0, out=(7, 0)), "cancelled", CUT)
    (one,) = bill(script).spendings
    assert (one.unheard_tokens, one.unheard_usd) == (7, pytest.approx(7 * 16 * MILLIONTH))


def test_a_model_without_a_price_has_tokens_only():
    script = BEGIN.replace("gpt-realtime", "parrot") + answer(1.0, "a", usage(100, 50, out=(1, 2)))
    (one,) = bill(script).spendings
    assert (one.cost, {cell.usd for cell in one.cells}) == (None, {None})
    assert tokens_in(one.cells) == 153
    assert bill(script).total == {}


def test_what_is_not_told_by_modality_fits_whatever_was_there_before():
    plain = ',"usage":{"input_tokens":%d,"output_tokens":%d}'
    script = BEGIN.replace("gpt-realtime", "parrot") + answer(1.0, "a", plain % (100, 20))
    script += answer(2.0, "b", plain % (150, 0)) + answer(3.0, "c", usage(160, 0))
    assert tokens_in(cells(script, 1), what="re-sent") == 120
    assert tokens_in(cells(script, 2), what="re-sent") == 150


def test_a_transcription_stands_with_the_turn_of_its_audio_and_what_belongs_to_no_turn_apart():
    seconds = '"transcript":"Hi","usage":{"type":"duration","seconds":30}'
    begin = session_of(more='"tools":[],').replace(
        '"turn_detection"', '"transcription":{"model":"whisper-1"},"turn_detection"'
    )
    script = begin + started(0.5, "u", 0) + stopped(1.0, "u", 900) + committed(1.1, "u")
    script += transcribed(1.5, "completed", more=seconds) + transcribed(1.6, "completed", "lost", seconds)
    parted = by_turn_of(bill(script))
    assert {turn: [one.item_id for one in paid[1]] for turn, paid in parted.items()} == {1: ["u"], 0: ["lost"]}
    assert bill(script).total["high"] == pytest.approx(2 * 0.003)


def sums_of(path):
    """What all parts come to, and what the doctor says, connection by connection."""
    listener = Listener()
    case = Case(listener)
    for entry in read(path, listener):
        case.feed(entry)
    case.finish()
    for connection, its in zip(connections(read(path)), case.connections, strict=True):
        told = bill_of(connection.metrics, connection.kept)
        parts = [cell.usd for cell in told.cells if cell.usd is not None]
        parts += [one.cost.high for one in told.transcriptions if one.cost is not None]
        parts += [told.translation.high] if told.translation is not None else []
        yield round(math.fsum(parts), 9), its.cost_usd.high if its.cost_usd is not None else 0


def test_the_parts_add_up_to_what_the_doctor_says_to_the_last_digit():
    paths = [*RECORDINGS.glob("*.jsonl"), *RECORDINGS.glob("clean/*.jsonl")]
    sums = [pair for path in paths for pair in sums_of(path)]
    assert sum(total > 0 for _, total in sums) > 10
    assert all(parts == total for parts, total in sums)


def test_the_parts_of_real_traffic_add_up(shared):
    paths = sorted((shared / "traffic").glob("*/*.jsonl"))
    sums = [pair for path in paths if path.parent.name != "wrapped" for pair in sums_of(path)]
    assert sum(total > 0 for _, total in sums) >= 7
    assert all(parts == total for parts, total in sums)


def test_responses_stand_with_the_turn_that_they_answer():
    script = BEGIN + answer(1.0, "r", usage(300, 200)) + answer(2.0, "s", usage(320, 210))
    told = by_turn_of(bill(script + answer(3.0, "t", usage(10, 10), begin='"conversation_id":null')))
    assert {turn: len(spendings) for turn, (spendings, _) in told.items()} == {1: 1, 2: 1, 0: 1}


def test_what_has_no_price_is_no_part_of_a_sum():
    assert cost_of([Cost(1.0, 2.0), None, Cost(0.5, 0.5)]) == Cost(1.5, 2.5)
    assert cost_of([None]) is None
