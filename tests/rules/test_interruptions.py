"""Who breaks off a response: what the pages do not show."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.interruptions import RULES

WHOLE = '- {"rtcli": 1, "transport": "websocket", "lossless": true}'
SESSION = '< session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": %s}}}}'
VAD = SESSION % '{"type": "server_vad"}'
CREATED = '< response.created {"response": {"id": "r", "conversation_id": "c"}}'
STARTED = '< input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}'
STOPPED = '< input_audio_buffer.speech_stopped {"item_id": "a", "audio_end_ms": 500}'
CREATE, CANCEL, CLEAR = "> response.create {}", "> response.cancel {}", "> output_audio_buffer.clear {}"


def done(status="cancelled", reason="turn_detected"):
    details = '{"type": "%s", "reason": "%s"}' % (status, reason) if reason else "null"
    return '< response.done {"response": {"id": "r", "conversation_id": "c", "status": "%s", "status_details": %s}}' % (
        status,
        details,
    )


def said(*lines):
    return [one for one in Check(RULES).run(entries_of("\n".join(lines))) if one.code.startswith("TUR")]


def found(*lines):
    return [one.code for one in said(*lines)]


def test_speech_breaks_off_a_response_wherever_in_it_it_begins_or_ends():
    assert found(WHOLE, VAD, CREATED, STARTED, done()) == []
    assert found(WHOLE, VAD, CREATED, STARTED, STOPPED, done()) == []
    assert found(WHOLE, VAD, STARTED, CREATED, STOPPED, done()) == []
    assert found(WHOLE, VAD, STARTED, CREATED, done()) == []
    (one,) = said(WHOLE, VAD, STARTED, STOPPED, CREATED, done())
    assert (one.code, one.lines) == ("TUR11", (5,))


def test_speech_may_have_begun_before_the_recording():
    assert found(WHOLE, VAD, CREATED, done()) == ["TUR11"]
    assert found(WHOLE, CREATED, done()) == []
    assert found(WHOLE, STARTED, STOPPED, CREATED, done()) == ["TUR11"], "the last speech is over"


def test_a_response_that_was_not_seen_to_begin_was_broken_off_by_whoever_it_was():
    assert found(WHOLE, VAD, done()) == []
    assert found(WHOLE, VAD, done(reason="client_cancelled")) == []
    assert found(WHOLE, VAD, done("completed", None)) == []
    assert found(WHOLE, VAD, ITEM, done()) == []
    assert found(WHOLE, VAD, ITEM, done(reason="client_cancelled")) == []


def test_a_response_without_an_id_is_judged_like_any_other():
    def nameless(*lines):
        return [line.replace('"id": "r", ', "").replace('"r"', '""') for line in lines]

    assert found(*nameless(WHOLE, VAD, CREATED, done())) == ["TUR11"]
    assert found(*nameless(WHOLE, VAD, CREATE, CREATED, done(reason="client_cancelled"))) == ["TUR12"]
    assert found(*nameless(*spoken_over(30))) == ["TUR13"]


@pytest.mark.parametrize("told", [CANCEL, CLEAR])
def test_a_client_cancels_from_its_request_on(told):
    other = done(reason="client_cancelled")
    assert found(WHOLE, VAD, CREATE, CREATED, told, other) == []
    assert found(WHOLE, VAD, CREATE, told, CREATED, other) == []
    assert found(WHOLE, VAD, told, CREATE, CREATED, other) == ["TUR12"]
    assert found(WHOLE, VAD, told, CREATED, other) == ["TUR12"]


def test_a_cancel_is_missed_where_all_that_the_client_sent_is_recorded():
    """Beside a call that goes another way there may be a cancel that goes there too."""
    lines = [VAD, CREATE, CREATED, done(reason="client_cancelled")]
    assert found(*lines) == found(WHOLE, *lines) == ["TUR12"]
    assert found(WHOLE.replace("websocket", "webrtc"), *lines) == []


@pytest.mark.parametrize("ended", [done("completed", None), done("failed", "turn_detected"), done(reason=None)])
def test_what_ends_in_another_way_was_cancelled_by_nobody(ended):
    assert found(WHOLE, VAD, CREATE, CREATED, ended) == []


def spoken_over(deltas, detection='{"type": "server_vad"}', status="completed", conversation='"c"', times=("", "", "")):
    place = '"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0'
    delta = '< response.output_text.delta {%s, "delta": "a"}' % place
    first, speech, last = times
    created = CREATED.replace('"c"', conversation)
    end = done(status, None).replace('"c"', conversation)
    return [
        WHOLE,
        first + SESSION % detection,
        first + created,
        first + delta,
        speech + STARTED,
        *[last + delta] * deltas,
        last + end,
    ]


@pytest.mark.parametrize(("deltas", "codes"), [(20, []), (21, ["TUR13"])])
def test_a_response_goes_on_when_more_than_twenty_deltas_come_after_the_speech(deltas, codes):
    assert found(*spoken_over(deltas)) == codes


def test_a_response_may_go_on_where_it_is_not_to_be_interrupted():
    assert found(*spoken_over(30, '{"type": "server_vad", "interrupt_response": false}')) == []
    assert found(*spoken_over(30, '{"type": "server_vad", "interrupt_response": true}')) == ["TUR13"]
    assert found(*spoken_over(30, "null")) == []
    assert found(*spoken_over(30, status="incomplete")) == []
    assert found(*spoken_over(30, conversation="null")) == []


def test_what_was_sent_at_once_may_still_arrive():
    (one,) = said(*spoken_over(30, times=("1.0 ", "2.0 ", "9.0 ")))
    assert one.lines == (5,)
    assert "30 deltas" in one.message
    assert found(*spoken_over(30, times=("1.0 ", "2.0 ", "2.01 "))) == []
    assert found(*spoken_over(30, times=("1.0 ", "2.0 ", "2.5 "))) == ["TUR13"], "half a second is no moment"


@pytest.mark.parametrize("times", [("1.0 ", "", "2.01 "), ("1.0 ", "2.0 ", "")])
def test_where_a_time_is_missing_nobody_knows_what_was_sent_at_once(times):
    assert found(*spoken_over(30, times=times)) == ["TUR13"]


PLACE = '"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0'
PCM = '< session.created {"session": {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "server_vad"}}, "output": {"format": {"type": "audio/pcm"}}}}}'
ITEM = '< response.output_item.added {"response_id": "r", "output_index": 0, "item": {"type": "message", "role": "assistant", "id": "i", "content": []}}'
SPOKEN = '< response.output_audio.delta {%s, "delta": "%s"}' % (PLACE, "AAAA" * 48_000)
"""Three seconds of sound."""
NEXT = '< response.created {"response": {"id": "s", "conversation_id": %s}}'
CLOSE = '- {"close": {"code": 1000}}'
TRUNCATE = '> conversation.item.truncate {"item_id": "i", "content_index": 0, "audio_end_ms": 800}'


def barge_in(*after):
    lines = [
        f"0.0 {PCM}",
        f"1.0 {CREATED}",
        f"1.1 {ITEM}",
        f"1.2 {SPOKEN}",
        f"1.3 {done('completed', None)}",
        f"2.0 {STARTED}",
    ]
    return said("0.0 " + WHOLE, *lines, *after)


def test_what_cannot_have_been_heard_is_told_when_the_next_answer_begins():
    (one,) = barge_in("3.1 " + NEXT % '"c"')
    assert (one.code, one.line, one.lines) == ("TUR17", 7, (8,))
    assert one.message.startswith("2200 ms of r "), "three seconds, of which 800 ms can have been played since 1.2 s"


def test_a_client_that_truncates_in_time_has_told_what_was_heard():
    assert barge_in(f"2.1 {TRUNCATE}", "3.1 " + NEXT % '"c"') == []


def test_a_client_may_take_a_second_to_say_what_was_heard():
    assert barge_in("2.9 " + NEXT % '"c"') == []
    assert [one.code for one in barge_in("3.0 " + NEXT % '"c"')] == ["TUR17"]


def test_a_response_outside_of_the_conversation_knows_nothing_of_what_was_heard():
    assert barge_in("3.1 " + NEXT % "null") == []


def test_a_recording_that_merely_ends_may_have_ended_before_the_truncation():
    assert barge_in() == []
    assert [one.code for one in barge_in(f"9.0 {CLOSE}")] == ["TUR17"]
