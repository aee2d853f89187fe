"""What the rules about turns, lengths and times pass over: exceptions that their pages do not show."""

from __future__ import annotations

import base64
import json

import pytest
from notation import lines_of

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check

WHOLE = '- {"rtcli":1,"transport":"websocket","handshake":true,"lossless":true}\n'
MINE = ("AUD06", "AUD07", "AUD08", "AUD09", "AUD10", "AUD11", "AUD12", "TIM", "TUR")


def codes(script, header=WHOLE):
    listener = Listener()
    check = Check([rule for rule in RULES if rule.code.startswith(MINE)], listener)
    return [(one.code, one.line) for one in check.run(read(lines_of(header + script), listener))]


def session(detection='{"type":"server_vad"}', speed="1.0", kind="created", more=""):
    form = '"format":{"type":"audio/pcm"}'
    return (
        f'< session.{kind} {{"session":{{"type":"realtime","id":"s"{more},"audio":{{"input":{{{form},"turn_detection":{detection}}},'
        f'"output":{{{form},"speed":{speed}}}}}}}}}\n'
    )


def sound(ms):
    return base64.b64encode(bytes(ms * 48)).decode()


def append(ms):
    return f'> input_audio_buffer.append {{"audio":"{sound(ms)}"}}\n'


def event(name, **fields):
    return f"< input_audio_buffer.{name} {json.dumps(fields, separators=(',', ':'))}\n"


def switch(detection):
    return (
        f'> session.update {{"session":{{"type":"realtime","audio":{{"input":{{"turn_detection":{detection}}}}}}}}}\n'
    )


STARTED = event("speech_started", item_id="a", audio_start_ms=0)
STOPPED = event("speech_stopped", item_id="a", audio_end_ms=500)
COMMITTED = event("committed", item_id="a")
ADDED = '< conversation.item.added {"item":{"type":"message","role":"user","id":"a","content":[]}}\n'
COMMIT = "> input_audio_buffer.commit {}\n"
CLEAR = "> input_audio_buffer.clear {}\n"
CLOSE = '- {"close":{"code":1000}}\n'
AGAIN = event("speech_started", item_id="b", audio_start_ms=900)
PLACE = '"response_id":"r","item_id":"i","output_index":0,"content_index":0'


def answer(received_ms=1000, status="completed", **more):
    item = '{"type":"message","role":"assistant","id":"i","content":[]}'
    done = json.dumps({"id": "r", "conversation_id": "c", "status": status, **more}, separators=(",", ":"))
    return (
        '< response.created {"response":{"id":"r","conversation_id":"c"}}\n'
        f'< response.output_item.added {{"response_id":"r","output_index":0,"item":{item}}}\n'
        f'< response.output_audio.delta {{{PLACE},"delta":"{sound(received_ms)}"}}\n'
        f"< response.output_audio.done {{{PLACE}}}\n"
        f'< response.output_item.done {{"response_id":"r","output_index":0,"item":{item}}}\n'
        f'< response.done {{"response":{done}}}\n'
    )


def truncate(ms):
    return f'> conversation.item.truncate {{"item_id":"i","content_index":0,"audio_end_ms":{ms}}}\n'


def test_a_second_commit_right_behind_the_first_takes_nothing():
    assert codes(session("null") + append(300) + COMMIT + COMMIT) == [("AUD06", 5)]
    assert codes(session("null") + append(300) + COMMIT + append(100) + COMMIT) == []


def test_a_commit_beside_a_call_is_not_judged_by_audio_that_goes_another_way():
    call = WHOLE.replace("websocket", "webrtc")
    assert codes(session("null") + COMMIT, call) == []
    assert codes(session("null") + COMMIT) == [("AUD06", 3)]


def test_a_truncation_is_judged_when_the_audio_is_complete_and_spoken_at_its_own_speed():
    assert ("AUD07", 9) in codes(session() + answer() + truncate(1002))
    assert codes(session() + answer() + truncate(1001)) == []
    assert codes(session(speed="1.5") + answer() + truncate(1500)) == []
    streaming = "".join(line + "\n" for line in answer().splitlines()[:3])
    assert codes(session() + streaming + truncate(1500)) == []
    assert codes(session() + answer() + truncate(1500), WHOLE.replace("websocket", "webrtc")) == []


def test_an_output_buffer_is_cleared_where_there_is_one():
    buffered = '< output_audio_buffer.started {"response_id":"r"}\n'
    assert codes(session() + "> output_audio_buffer.clear {}\n") == [("AUD09", 3)]
    assert codes(session() + buffered + "> output_audio_buffer.clear {}\n") == []
    assert codes("> output_audio_buffer.clear {}\n") == []


def test_the_length_of_audio_is_compared_with_its_tokens_at_the_speed_of_the_session():
    def usage(tokens):
        return {"usage": {"output_token_details": {"audio_tokens": tokens}}}

    assert codes(session() + answer(1000, **usage(20))) == []
    assert codes(session() + answer(400, **usage(20))) == [("AUD12", 8)]
    assert codes(session(speed="0.5") + answer(2000, **usage(20))) == []
    assert codes(session() + answer(100, **usage(9))) == []
    assert codes(session() + answer(400, status="incomplete", **usage(20))) == []


@pytest.mark.parametrize("ends", [COMMIT, CLEAR, session("null", kind="updated") + session(kind="updated")])
def test_a_speech_that_was_ended_early_may_start_again_and_stop_late(ends):
    assert ("TUR01", 5) in codes(session() + append(2000) + STARTED + AGAIN)
    found = codes(session() + append(2000) + STARTED + ends + AGAIN)
    assert "TUR01" not in {code for code, _ in found}
    found = codes(session() + append(2000) + STARTED + ends + STOPPED)
    assert "TUR02" not in {code for code, _ in found}


def test_a_manual_commit_and_an_idle_timeout_name_items_of_their_own():
    other = event("committed", item_id="b")
    idle = event("timeout_triggered", item_id="b", audio_start_ms=0, audio_end_ms=500)
    spoken = session('{"type":"server_vad","idle_timeout_ms":5000}') + append(2000) + STARTED + STOPPED

    def told(script):
        return [code for code, _ in codes(script) if code == "TUR03"]

    assert told(spoken + other) == ["TUR03"]
    assert told(spoken + COMMIT + other) == []
    assert told(spoken + idle + other) == []
    assert told(session() + append(2000) + STARTED + other) == []


def test_a_turn_that_was_cleared_or_committed_by_hand_is_not_missed():
    spoken = session() + append(2000) + STARTED + STOPPED
    assert ("TUR04", 5) in codes(spoken + AGAIN)
    assert "TUR04" not in {code for code, _ in codes(spoken + CLEAR + AGAIN)}
    assert "TUR04" not in {code for code, _ in codes(spoken)}


def test_the_padding_may_reach_back_behind_the_end_of_the_last_speech():
    early = event("speech_started", item_id="b", audio_start_ms=400)
    assert codes(session() + append(2000) + STARTED + STOPPED + COMMITTED + ADDED + early) == []


def test_an_update_on_its_way_excuses_what_the_session_does_not_say_yet():
    idle = event("timeout_triggered", item_id="a", audio_start_ms=0, audio_end_ms=500)
    assert codes(session("null") + append(600) + STARTED) == [("TUR07", 4)]
    assert codes(session("null") + switch('{"type":"server_vad"}') + append(600) + STARTED) == []
    assert codes(session() + append(600) + idle) == [("TUR06", 4)]
    assert codes(session() + switch('{"type":"server_vad","idle_timeout_ms":5000}') + append(600) + idle) == []
    assert codes(session() + append(600) + COMMIT) == [("TUR09", 4)]
    assert codes(session() + switch("null") + append(600) + COMMIT) == []


def test_a_timeout_whose_silence_is_never_committed_is_told_when_its_response_is_done():
    idle = event("timeout_triggered", item_id="a", audio_start_ms=0, audio_end_ms=500)
    detection = '{"type":"server_vad","idle_timeout_ms":5000}'
    answered = '< response.created {"response":{"id":"r"}}\n< response.done {"response":{"id":"r"}}\n'
    assert codes(session(detection) + append(600) + idle + answered) == [("TUR06", 4)]
    assert codes(session(detection) + append(600) + idle + COMMITTED + ADDED + answered) == []


TURN = append(2000) + STARTED + STOPPED + COMMITTED + ADDED


@pytest.mark.parametrize(
    ("between", "asked", "is_told"),
    [
        ("", "{}", True),
        ("", '{"response":{"conversation":"none"}}', False),
        ('> conversation.item.create {"item":{"type":"message","role":"user","content":[]}}\n', "{}", False),
        (
            '> conversation.item.create {"item":{"type":"function_call_output","call_id":"c","output":""}}\n',
            "{}",
            False,
        ),
        ('< response.created {"response":{"id":"r","conversation_id":"c"}}\n', "{}", False),
        (switch('{"type":"server_vad","create_response":false}'), "{}", False),
    ],
)
def test_who_else_may_ask_for_an_answer(between, asked, is_told):
    found = codes(session() + TURN + between + f"> response.create {asked}\n")
    assert ("TUR08" in {code for code, _ in found}) is is_told


def test_what_waits_in_the_buffer_is_not_meant_for_an_answer_outside_the_conversation():
    assert codes(session("null") + append(500) + "> response.create {}\n") == [("TUR10", 4)]
    assert codes(session("null") + append(99) + "> response.create {}\n") == []
    outside = '> response.create {"response":{"conversation":"none"}}\n'
    assert codes(session("null") + append(500) + outside) == []


def test_speech_that_was_open_when_the_response_began_may_break_it_off():
    created = '< response.created {"response":{"id":"r"}}\n'
    reason = '"status":"cancelled","status_details":{"type":"cancelled","reason":"turn_detected"}'
    done = f'< response.done {{"response":{{"id":"r",{reason}}}}}\n'
    assert codes(session() + created + done) == [("TUR11", 4)]
    assert codes(session() + append(2000) + STARTED + created + done) == []
    assert "TUR11" not in {code for code, _ in codes(session() + append(2000) + STARTED + created + STOPPED + done)}
    before = append(2000) + STARTED + STOPPED + COMMITTED + ADDED
    assert codes(session() + before + created + done) == [("TUR11", 9)]
    assert codes(created + done) == []


def test_a_cancel_that_crossed_the_beginning_of_the_response_counts():
    created = '< response.created {"response":{"id":"r"}}\n'
    reason = '"status":"cancelled","status_details":{"type":"cancelled","reason":"client_cancelled"}'
    done = f'< response.done {{"response":{{"id":"r",{reason}}}}}\n'
    ask, cancel = "> response.create {}\n", "> response.cancel {}\n"
    assert codes(session() + ask + created + done) == [("TUR12", 5)]
    assert codes(session() + ask + cancel + created + done) == []
    assert codes(session() + cancel + ask + created + done) == [("TUR12", 6)]
    assert codes(session() + ask + created + done, WHOLE.replace("websocket", "webrtc")) == []


def test_an_item_may_be_announced_before_its_commit_and_a_cut_recording_ends_before_it():
    assert codes(session() + ADDED + COMMITTED + CLOSE) == []
    assert codes(session() + COMMITTED) == []
    assert codes(session() + COMMITTED + CLOSE) == [("TUR14", 3)]


def test_ten_events_without_the_item_are_too_many():
    filler = '< rate_limits.updated {"rate_limits":[]}\n'
    created = '< response.created {"response":{"id":"r"}}\n'
    assert codes(session() + COMMITTED + filler * 8 + created) == []
    assert codes(session() + COMMITTED + filler * 9 + created) == [("TUR14", 3)]
    assert codes(session() + COMMITTED + filler * 9 + ADDED) == []
    assert codes(session() + COMMITTED + filler * 10 + created + created.replace('"r"', '"q"')) == [("TUR14", 3)]


def test_audio_that_was_cleared_is_not_left_behind():
    assert codes(session("null") + append(600) + CLOSE) == [("TUR15", 4)]
    assert codes(session("null") + append(600) + CLEAR + CLOSE) == []
    assert codes(session() + append(600) + CLOSE) == []
    assert codes(session("null") + append(600)) == []


def timed(script, *times):
    return "".join(f"{t} {line}\n" for t, line in zip(times, script.splitlines(), strict=True))


@pytest.mark.parametrize(
    ("between", "is_told"),
    [
        ("", True),
        ('< response.created {"response":{"id":"r","conversation_id":"c"}}\n', False),
        ('< response.created {"response":{"id":"r","conversation_id":null}}\n', True),
        ('< error {"error":{"type":"rate_limit_error","message":"slow down","event_id":null}}\n', False),
    ],
)
def test_a_turn_is_unanswered_after_ten_seconds_unless_an_error_says_why(between, is_told):
    script = session() + TURN + between
    early = [0.1, 0.2, 1.0, 1.5, 1.5, 1.5, *([2.0] if between else [])]
    found = codes(timed(script, *early) + "12.0 " + event("speech_started", item_id="b", audio_start_ms=1900))
    assert (("TUR16", 6) in found) is is_told
    assert "TUR16" not in {code for code, _ in codes(timed(script, *early))}


def test_hidden_reasoning_and_mcp_tools_are_no_stall():
    def item(kind, number):
        rest = {
            "message": '"role":"assistant","content":[]',
            "mcp_call": '"server_label":"s","name":"f","arguments":"{}"',
        }
        return f'{{"response_id":"r","output_index":{number},"item":{{"type":"{kind}","id":"i{number}",{rest[kind]}}}}}'

    def told(before_pause):
        created = '0.2 < response.created {"response":{"id":"r"}}\n'
        after = f"9.0 < response.output_item.added {item('message', 1)}\n"
        return [code for code, _ in codes("0.1 " + session() + created + before_pause + after) if code == "TIM03"]

    begins = f"0.3 < response.output_item.added {item('message', 0)}\n"
    ends = f"0.4 < response.output_item.done {item('message', 0)}\n"
    assert told(begins) == ["TIM03"]
    assert told(begins + ends) == []
    assert told(f"0.3 < response.output_item.added {item('mcp_call', 0)}\n") == []


def test_a_pause_between_two_spoken_items_starves_no_player():
    def said(t, item, ms=200):
        place = PLACE.replace('"i"', f'"{item}"')
        return f'{t} < response.output_audio.delta {{{place},"delta":"{sound(ms)}"}}\n'

    begins = "0.1 " + session() + '0.2 < response.created {"response":{"id":"r"}}\n'
    assert ("TIM04", 5) in codes(begins + said(1.0, "i") + said(1.5, "i"))
    assert codes(begins + said(1.0, "i") + said(1.44, "i")) == []
    assert codes(begins + said(1.0, "i") + said(4.0, "j") + said(4.1, "j")) == []
    assert codes(begins + said(1.0, "i") + said(4.0, "j") + said(4.5, "j")) == [("TIM04", 6)]


def test_starving_is_told_once_in_a_response():
    begins = "0.1 " + session() + '0.2 < response.created {"response":{"id":"r"}}\n'
    deltas = "".join(f'{t} < response.output_audio.delta {{{PLACE},"delta":"{sound(100)}"}}\n' for t in range(1, 9))
    assert codes(begins + deltas) == [("TIM04", 5)]


def test_a_session_ends_when_the_server_said_where_both_clocks_are_known():
    header = '- {"rtcli":1,"started_at":"2026-11-20T12:00:00.000000Z","lossless":true}\n'
    expires = ',"expires_at":1795177800'
    late = "1600.0 < input_audio_buffer.cleared {}\n"
    assert codes("1.0 " + session(more=expires) + late, header) == [("TIM05", 3)]
    assert codes("1.0 " + session() + late, header) == []
    assert codes("1.0 " + session(more=',"expires_at":1') + late, header) == []
    assert codes("1.0 " + session() + late.replace("1600", "3400"), header) == [("TIM05", 3)]


def told_of(code, script):
    listener = Listener()
    check = Check([rule for rule in RULES if rule.code == code], listener)
    return [one for one in check.run(read(lines_of(WHOLE + script), listener)) if one.code == code]


def test_a_speech_that_was_committed_by_hand_when_it_had_stopped_became_a_turn():
    spoken = session() + append(2000) + STARTED + STOPPED
    assert [one.line for one in told_of("TUR04", spoken + AGAIN)] == [5]
    assert told_of("TUR04", spoken + COMMIT + AGAIN) == []


def test_another_id_is_told_with_the_line_that_gave_the_first():
    begun = session() + append(2000) + STARTED
    (stop,) = told_of("TUR03", begun + STOPPED.replace('"a"', '"b"'))
    assert stop.message == "the speech is a in line 4, not b"
    (commit,) = told_of("TUR03", begun + STOPPED + COMMITTED.replace('"a"', '"b"'))
    assert commit.message == "the speech is a in line 5, not b"


def test_the_end_of_another_speech_says_nothing_of_when_this_one_began():
    begun = session() + append(2000) + event("speech_started", item_id="a", audio_start_ms=600)
    assert [one.path for one in told_of("TUR05", begun + STOPPED)] == ["$.audio_end_ms"]
    assert told_of("TUR05", begun + STOPPED.replace('"a"', '"b"')) == []


def test_a_speech_may_end_in_the_millisecond_in_which_it_began():
    begun = session() + append(2000) + event("speech_started", item_id="a", audio_start_ms=500)
    assert told_of("TUR05", begun + STOPPED) == []


IDLE = event("timeout_triggered", item_id="a", audio_start_ms=0, audio_end_ms=500)


def test_a_timeout_fits_where_it_is_set_or_nobody_knows():
    assert [one.line for one in told_of("TUR06", session("null") + append(600) + IDLE)] == [4]
    assert told_of("TUR06", append(600) + IDLE) == []


@pytest.mark.parametrize("other", ['"id": "s", "conversation_id": null', '"conversation_id": null', '"id": null'])
def test_another_response_may_end_before_the_silence_is_committed(other):
    """Of an answer to the silence nothing was seen to begin, or it still goes on."""
    detection = '{"type":"server_vad","idle_timeout_ms":5000}'
    begun = session(detection) + append(600) + IDLE
    ends = '< response.done {"response": {%s}}\n' % other
    assert told_of("TUR06", begun + ends) == []
    assert told_of("TUR06", begun + '< response.created {"response":{"id":"r"}}\n' + ends) == []


def test_an_item_that_is_committed_twice_is_still_awaited_and_one_that_is_missing_is_told_once():
    assert told_of("TUR14", session() + COMMITTED + COMMITTED + ADDED) == []
    late = event("speech_stopped", item_id="b", audio_end_ms=900)
    assert [one.line for one in told_of("TUR14", session() + COMMITTED + CLOSE + late)] == [3]
