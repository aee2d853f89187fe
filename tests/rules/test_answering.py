"""Who asks, who commits and who answers: what the pages do not show."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.answering import RULES

WHOLE = '- {"rtcli": 1, "transport": "websocket", "lossless": true}'
SESSION = '< session.created {"session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcm"}, "turn_detection": %s}}}}'
VAD = SESSION % '{"type": "server_vad"}'
STAYING = SESSION % '{"type": "server_vad", "interrupt_response": false}'
OFF = SESSION % "null"
CREATE = "> response.create {}"
STARTED = '< input_audio_buffer.speech_started {"item_id": "a", "audio_start_ms": 0}'
STOPPED = '< input_audio_buffer.speech_stopped {"item_id": "a", "audio_end_ms": 500}'
COMMITTED = '< input_audio_buffer.committed {"item_id": "a"}'
ADDED = '< conversation.item.added {"item": {"type": "message", "role": "user", "id": "a", "content": []}}'
CLOSE = '- {"close": {"code": 1000}}'


def append(audio_bytes):
    """PCM16 at 24 kHz: 48 bytes a millisecond."""
    assert audio_bytes % 3 == 0
    return '> input_audio_buffer.append {"audio": "%s"}' % ("AAAA" * (audio_bytes // 3))


def said(*lines):
    return [one for one in Check(RULES).run(entries_of("\n".join(lines))) if one.code.startswith("TUR")]


def found(*lines):
    return [(one.code, one.line) for one in said(*lines)]


def test_who_asks_while_a_response_is_being_given_is_not_told_that_turn_detection_answers():
    """It is told that a response is in progress, which is what the server refuses it for."""
    turn = (append(96000), STARTED, STOPPED, COMMITTED, ADDED)
    given = '< response.created {"response": {"id": "r", "conversation_id": "c"}}'
    assert found(WHOLE, STAYING, *turn, CREATE) == [("TUR08", 8)]
    assert found(WHOLE, STAYING, CREATE, given, *turn, CREATE) == []


def test_a_response_that_is_asked_for_without_saying_how_is_one_in_the_conversation():
    turn = (VAD, append(96000), STARTED, STOPPED, COMMITTED, ADDED)
    assert found(WHOLE, *turn, '> response.create {"response": null}') == [("TUR08", 8)]
    assert found(WHOLE, *turn, '> response.create {"response": {"conversation": "none"}}') == []


@pytest.mark.parametrize(("audio_bytes", "codes"), [(4797, []), (4800, [("TUR10", 4)])])
def test_audio_waits_for_a_commit_from_what_a_commit_takes_on(audio_bytes, codes):
    """A commit takes 100 ms, which is 4,800 bytes."""
    assert found(WHOLE, OFF, append(audio_bytes), CREATE) == codes


def test_audio_does_not_wait_where_turn_detection_commits_it_or_the_input_is_told():
    asked = '> response.create {"response": {"input": [{"type": "message", "role": "user", "content": []}]}}'
    assert found(WHOLE, VAD, append(48000), CREATE) == []
    assert found(WHOLE, OFF, append(48000), asked) == []
    assert found(WHOLE, OFF, append(48000), '> response.create {"response": null}') == [("TUR10", 4)]


@pytest.mark.parametrize(("audio_bytes", "codes"), [(24000, []), (24003, [("TUR15", 4)])])
def test_what_is_left_behind_is_told_past_half_a_second(audio_bytes, codes):
    assert found(WHOLE, OFF, append(audio_bytes), CLOSE) == codes
    assert found(WHOLE, VAD, append(audio_bytes), CLOSE) == []


def turn_at(seconds, last="< input_audio_buffer.speech_started"):
    lines = [VAD, append(96000), STARTED, STOPPED, COMMITTED, ADDED]
    timed = [f"{t} {line}" for t, line in zip((0.0, 0.1, 1.0, 1.5, 1.5, 1.5), lines, strict=True)]
    again = STARTED.replace('"a"', '"b"').replace(": 0}", ": 900}")
    return [WHOLE, *timed, f"{seconds} {again}"]


def test_how_long_a_turn_has_waited_is_told_with_its_lines():
    (one,) = said(*turn_at(13.0))
    assert (one.code, one.line) == ("TUR16", 6)
    assert "11.5 s" in one.message
    assert set(one.lines) == {4, 8}
    assert found(*turn_at(11.0)) == []


def test_a_turn_whose_end_has_no_time_has_not_waited_for_any():
    *before, last = turn_at(13.0)
    untimed = '- {"from": "server", "event": %s}'
    started = '{"type": "input_audio_buffer.speech_started", "event_id": "e", "item_id": "b", "audio_start_ms": 900}'
    committed = '{"type": "input_audio_buffer.committed", "event_id": "e", "item_id": "a"}'
    assert found(*before, untimed % started) == []
    assert found(*before[:5], untimed % committed, *before[6:], last) == []


def test_a_turn_has_waited_too_long_past_ten_seconds():
    """It was committed at 1.5 s."""
    assert found(*turn_at(11.5)) == []
    assert found(*turn_at(11.6)) == [("TUR16", 6)]


def test_a_response_that_was_not_seen_to_begin_may_be_the_answer():
    turn = (append(96000), STARTED, STOPPED, COMMITTED, ADDED)
    place = '"response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0'
    delta = '< response.output_text.delta {%s, "delta": "x"}' % place
    assert found(WHOLE, VAD, *turn, delta, CREATE) == []
