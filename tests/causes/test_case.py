"""What a case tells of a recording: its causes and their proof, and what is still waited for."""

from __future__ import annotations

import pytest
from notation import lines_of

from rtcli.causes.case import Case
from rtcli.events import Listener
from rtcli.formats.rtcli import read

HEADER = '- {"rtcli":1,"transport":"websocket","handshake":true,"lossless":true,"started_at":"2026-11-20T19:00:00Z"}'
CREATED = '0.10 < session.created {"session":{"type":"realtime","id":"s","model":"gpt-realtime","tools":[{"type":"function","name":"get_order"}],"audio":{"input":{"transcription":{"model":"w"},"turn_detection":{"type":"server_vad"}}}}}'
CLOSED = '- {"t":%s,"from":"%s","close":{"code":%s,"reason":"%s"}}'
CALL = '{"type":"function_call","id":"i","call_id":"c","name":"get_order","arguments":"{}"}'
CALLED = f"""
1.00 > response.create {{}}
1.01 < response.created {{"response":{{"id":"r","conversation_id":"v"}}}}
1.02 < response.output_item.added {{"response_id":"r","output_index":0,"item":{CALL}}}
1.03 < response.output_item.done {{"response_id":"r","output_index":0,"item":{CALL}}}
1.04 < response.done {{"response":{{"id":"r","conversation_id":"v","status":"completed","output":[{CALL}],"usage":{{"total_tokens":0}}}}}}
"""
ERROR = '{"error":{"type":"invalid_request_error","code":%s,"message":"%s","param":%s,"event_id":null}}'

BEGAN_BY_CLIENT = (
    "1.0 > response.create {}",
    '1.1 < response.created {"response":{"id":"r","conversation_id":"v"}}',
)


def case_of(*scripts):
    listener = Listener()
    case = Case(listener)
    for entry in read(lines_of("\n".join(scripts)), listener):
        case.feed(entry)
    case.finish()
    return case


def names(*scripts):
    return [cause.name for cause in case_of(*scripts).causes]


def waits(*scripts):
    return [wait.what for connection in case_of(*scripts).connections for wait in connection.waits]


def closed(at_s, by="client", code=1000, reason=""):
    return CLOSED % (at_s, by, code, reason)


def test_what_has_begun_and_is_not_over_is_waited_for():
    begun = '1.0 < response.created {"response":{"id":"r","conversation_id":"v"}}'
    assert waits(HEADER, CREATED, begun) == ["the end of the response r"]


def test_nothing_is_said_to_be_waited_for_where_an_event_could_not_be_understood_that_may_have_ended_it():
    begun = '1.0 < response.created {"response":{"id":"r","conversation_id":"v"}}'
    ended = '2.0 < response.done {"response":{"id":"r","conversation_id":"v","status":"completed","output":["cut"]}}'
    assert waits(HEADER, CREATED, begun, ended) == []


def test_nothing_is_said_to_be_waited_for_where_frames_are_missing():
    begun = '1.0 < response.created {"response":{"id":"r","conversation_id":"v"}}'
    assert waits(HEADER.replace('"lossless":true', '"lossless":false'), CREATED, begun) == []


def test_a_fault_of_one_event_is_told_with_the_event_and_the_place_in_it():
    (cause,) = case_of(HEADER, CREATED, '1.0 < response.done {"response":{"id":"r","output":["cut"]}}').causes
    assert (cause.name, cause.evidence) == (
        "SCH06",
        "response.done, $.response.output[0]: expected an object, found a string",
    )


def test_a_call_that_the_connection_ended_without_was_never_answered():
    assert names(HEADER, CREATED, CALLED, closed(19.0)) == ["call-unanswered"]


def test_a_call_that_was_not_answered_for_long_needs_no_close_to_be_told():
    spoke = '%s < input_audio_buffer.speech_started {"item_id":"u","audio_start_ms":0}'
    assert names(HEADER, CREATED, CALLED, spoke % "3.0") == []
    (cause,) = case_of(HEADER, CREATED, CALLED, spoke % "20.0").causes
    assert (cause.name, cause.lines) == ("call-unanswered", (5,))
    assert "in the 19.0 s until the end" in cause.effect


def test_a_tools_output_that_no_response_was_asked_for_was_never_spoken():
    output = '2.0 > conversation.item.create {"item":{"type":"function_call_output","call_id":"c","output":"{}"}}'
    (cause,) = case_of(HEADER, CREATED, CALLED, output, closed(12.0)).causes
    assert (cause.name, cause.title) == ("output-unspoken", "The answer of get_order was never spoken")
    assert cause.effect == "no response came in the 10.0 s until the end"
    assert names(HEADER, CREATED, CALLED, output, closed(2.2)) == []
    assert names(HEADER, CREATED, CALLED, output, "2.1 > response.create {}", closed(9.0)) == []


def test_a_transcription_is_missing_at_the_close_or_when_it_was_waited_for_for_long():
    committed = '1.0 < input_audio_buffer.committed {"item_id":"u"}'
    added = '1.1 < conversation.item.added {"item":{"type":"message","role":"user","id":"u","content":[]}}'
    assert names(HEADER, CREATED, committed, added, closed(40.0)) == ["transcription-missing"]
    assert names(HEADER, CREATED, committed, added, "40.0 < input_audio_buffer.cleared {}") == ["transcription-missing"]
    assert names(HEADER, CREATED, committed, added, "9.0 < input_audio_buffer.cleared {}") == []


def test_a_connection_that_broke_off_is_a_cause():
    (cause,) = case_of(HEADER, CREATED, closed(5.0, "server", 1011, "internal error")).causes
    assert (cause.name, cause.side, cause.lines) == ("connection-lost", "server", (3,))
    assert "1011 internal error" in cause.evidence


def test_a_connection_that_broke_off_in_the_middle_of_an_answer_says_so():
    begun = '1.0 < response.created {"response":{"id":"r","conversation_id":"v"}}'
    (cause,) = case_of(HEADER, CREATED, begun, closed(5.0, "server", 1006)).causes
    assert cause.side == "network"
    assert cause.effect == "the call ended in the middle of r"


def test_a_connection_that_was_closed_in_order_is_no_cause():
    for by, code in (("client", 1000), ("server", 1000), ("client", 1001), ("server", 1001), ("client", 4001)):
        assert names(HEADER, CREATED, closed(5.0, by, code)) == []
    assert names(HEADER, CREATED, closed(5.0, "client", "null")) == []


def test_a_session_at_its_time_limit_is_told_by_the_reason_of_the_close_alone():
    reason = "Your session hit the maximum duration of 60 minutes."
    (cause,) = case_of(HEADER, CREATED, closed(3600.2, "server", 1001, reason)).causes
    assert (cause.name, cause.title) == ("session-expired", "The session came to its time limit after 60 minutes")


def test_a_session_that_the_server_closes_when_it_expires_is_told_by_the_clocks():
    created = CREATED.replace('"id":"s"', '"id":"s","expires_at":1795204800')
    assert names(HEADER, created, closed(3600.3, "server", 1001)) == ["session-expired"]
    assert names(HEADER, created, closed(1800.0, "server", 1001)) == []
    assert "session-expired" not in names(HEADER, created, closed(3600.3, "server", 4000, "beta"))


def test_a_client_of_the_beta_is_told_where_the_server_refuses_what_it_asks_without_saying_why():
    update = '1.0 > session.update {"session":{"modalities":["text"],"voice":"alloy","input_audio_format":"pcm16"}}'
    refused = "1.1 < error " + ERROR % (
        '"missing_required_parameter"',
        "Missing required parameter: session.type",
        '"session.type"',
    )
    (cause,) = case_of(HEADER, CREATED, update, refused).causes
    assert cause.name == "beta-refused"
    assert set(cause.lines) >= {3, 4}
    assert "Missing required parameter" in cause.evidence


def test_a_truncation_that_was_refused_is_told_where_the_audio_is_not_in_the_recording():
    cut = '5.0 > conversation.item.truncate {"item_id":"i","content_index":0,"audio_end_ms":4937}'
    refused = "5.1 < error " + ERROR % (
        "null",
        "Audio content of 2050ms is already shorter than 4937ms",
        '"audio_end_ms"',
    )
    (cause,) = case_of(CREATED, cut, refused).causes
    assert (cause.name, cause.lines) == ("truncated-beyond-audio", (2, 3))
    assert waits(CREATED, cut, refused) == []


def test_a_rate_limit_is_told_where_only_an_error_says_so():
    limited = "5.0 < error " + ERROR % ('"rate_limit_exceeded"', "Rate limit reached", "null")
    (cause,) = case_of(HEADER, CREATED, limited).causes
    assert (cause.name, cause.lines) == ("rate-limited", (3,))


def test_what_is_kept_of_thousands_of_faults_is_little():
    calls = "\n".join(CALLED.replace('"c"', f'"c{number}"') for number in range(300))
    errors = "\n".join(f"{number + 2}.0 < error " + ERROR % ("null", f"No. {number}", "null") for number in range(2000))
    case = case_of(HEADER, CREATED, calls, errors, closed(9999.0))
    assert max(len(cause.lines) for cause in case.causes) <= 100
    assert sum(len(cause.consequences) for cause in case.causes) <= 500
    assert case.by_code["ERR01"] == 2000


def test_of_thousands_of_connections_the_first_are_kept_and_the_others_counted():
    refused = "1.1 < error " + ERROR % ('"rate_limit_exceeded"', "No.", "null")
    case = case_of(*([HEADER, CREATED, refused] * 300))
    assert (len(case.connections), case.more_connections) == (100, 200)
    (cause,) = case.causes
    assert (cause.name, cause.count) == ("rate-limited", 300)
    assert len(cause.lines) <= 100


def test_of_thousands_of_waits_the_oldest_are_kept_and_the_others_counted():
    begun = (f'1.0 < response.created {{"response":{{"id":"r{one}","conversation_id":null}}}}' for one in range(300))
    (connection,) = case_of(HEADER, CREATED, *begun).connections
    assert (len(connection.waits), connection.more_waits) == (100, 200)
    assert connection.waits[0].what == "the end of the response r0"


def occupied(number):
    ask = f"{number}.1 > response.create {{}}"
    return ask, f"{number}.2 < error " + ERROR % ('"conversation_already_has_active_response"', "No.", "null")


def emptied(number):
    ask = f"{number}.1 > input_audio_buffer.commit {{}}"
    return ask, f"{number}.2 < error " + ERROR % ('"input_audio_buffer_commit_empty"', "No.", "null")


def refused(number):
    ask = f'{number}.1 > session.update {{"session":{{"type":"realtime","instructions":"{number}"}}}}'
    return ask, f"{number}.2 < error " + ERROR % ('"x"', "No.", '"session.instructions"')


@pytest.mark.parametrize(
    ("name", "fault"),
    [("response-refused", occupied), ("empty-commit", emptied), ("update-refused", refused)],
)
def test_what_happens_often_is_counted_to_the_end(name, fault):
    before = BEGAN_BY_CLIENT if fault is occupied else ()
    case = case_of(HEADER, CREATED, *before, *(line for number in range(2, 42) for line in fault(number)))
    counts = {cause.name: cause.count for cause in case.causes}
    assert counts.get(name) == 40, counts


def test_a_log_of_nothing_but_damaged_events_says_which_model_it_was():
    created = (
        '- {"from":"server","event":{"type":"session.created","session":{"type":"realtime","id":"s","model":"m"}}}'
    )
    (connection,) = case_of(created).connections
    assert (connection.model, connection.session_id, connection.events) == ("m", "s", 1)
    assert names(created) == ["SCH05"]


def test_what_rules_would_find_in_an_event_is_shown_to_no_watcher_where_more_than_its_id_is_wrong():
    call = '{"type":"function_call","id":"i%s","call_id":"c%s","name":"f","arguments":"{}"}'
    done = '- {"t":%s,"from":"server","event":{"type":"response.output_item.done","response_id":"r","output_index":%s,"item":%s}}'
    began = '1.0 < response.created {"response":{"id":"r","conversation_id":"v"}}'
    lines = [done % (number, number, call % (number, number)) for number in range(2, 6)]
    assert "call-loop" in names(HEADER, CREATED, began, *lines)
    worse = [line.replace('"type":"function_call"', '"type":"function_call","status":7') for line in lines]
    assert "call-loop" not in names(HEADER, CREATED, began, *worse)


def test_every_event_of_a_connection_is_counted_known_or_not_and_damaged_or_whole():
    odd = ['1.0 < vendor.ping {"n":1}', '1.1 < response.done {"response":7}', "1.2 > response.create {}"]
    case = case_of(HEADER, CREATED, *odd)
    assert [connection.events for connection in case.connections] == [case.check.events] == [4]
