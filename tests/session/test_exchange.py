"""Who answers whom, and how long the user waits for it."""

from __future__ import annotations

import pytest
from counted import (
    BEGIN,
    HEADER,
    SAID,
    SPOKEN,
    append,
    audio,
    call,
    committed,
    created,
    done,
    measured,
    output,
    session_of,
    started,
    stopped,
    text,
    transcribed,
    values,
)

from rtcli.session.measures import METRICS


def test_a_spoken_turn_is_measured_from_the_true_end_of_speech_and_from_its_detection():
    assert values(SPOKEN, "voice_to_voice") == [700]
    assert values(SPOKEN, "vad_delay") == [400]
    assert values(SPOKEN, "stop_to_created") == [100]
    assert values(SPOKEN, "stop_to_first_audio") == [300]
    assert values(SPOKEN, "commit_to_first_audio") == []
    assert values(SPOKEN, "request_to_created") == []


def test_audio_before_the_session_is_configured_counts_on_the_clock_of_the_input():
    early = HEADER + append(0.05) + session_of() + SPOKEN.removeprefix(BEGIN).removeprefix(append(0.2))
    assert values(early, "voice_to_voice") == [700]


def test_the_wait_of_semantic_detection_is_a_part_of_the_speech():
    script = SPOKEN.replace('{"type":"server_vad","silence_duration_ms":200}', '{"type":"semantic_vad"}')
    assert values(script, "voice_to_voice") == [500]
    (turn,) = measured(script).metrics.turns
    assert turn.semantic


def test_a_recording_that_begins_in_the_middle_does_not_know_when_the_audio_was_sent():
    """Its clock of the input is behind the server's, by how much nobody knows."""
    script = HEADER + "0.1 < session.updated " + SPOKEN.split("< session.created ")[1]
    for metric in ("voice_to_voice", "vad_delay"):
        assert values(script, metric) == []
    assert values(script, "stop_to_first_audio") == [300]
    assert values(script, "age_s") == []


def test_a_recording_without_times_has_no_spans_but_its_counts():
    script = "\n".join(line.split(maxsplit=1)[1] for line in SPOKEN.splitlines()[1:]) + "\n"
    connection = measured(script)
    assert connection.kept == {"lossless", "start", "client"}
    told = {name for name in METRICS if connection.metrics.of(name, connection.kept)}
    assert told == {"interruption_rate", "error_count"}
    (row,) = connection.metrics.responses
    assert (row.audio_ms, row.dry_ms) == (400, None)


def test_shortened_audio_is_not_measured():
    script = SPOKEN.replace('"lossless":true', '"lossless":false')
    for metric in ("voice_to_voice", "vad_delay", "audio_ms", "stream_speed", "dry_ms", "append_speed", "talk_share"):
        assert values(script, metric) == []
    assert values(script, "created_to_first_audio") == [200]


def test_push_to_talk_is_measured_from_the_commit_of_the_client():
    script = (
        HEADER
        + session_of('"turn_detection":null')
        + append(0.2)
        + "1.0 > input_audio_buffer.commit\n1.01 > response.create\n"
        + committed(1.1, "u")
        + created(1.2, "r")
        + audio(1.5, "r")
        + done(1.6, "r")
    )
    assert values(script, "commit_to_first_audio") == [500]
    assert values(script, "request_to_created") == [190]
    for metric in ("stop_to_created", "stop_to_first_audio", "voice_to_voice", "vad_delay"):
        assert values(script, metric) == []


def test_a_refused_commit_does_not_stand_for_the_next_one():
    empty = '"code":"input_audio_buffer_commit_empty"'
    script = (
        HEADER
        + session_of('"turn_detection":null')
        + "1.0 > input_audio_buffer.commit\n"
        + f'1.1 < error {{"error":{{"type":"invalid_request_error",{empty},"message":"No"}}}}\n'
        + append(1.5)
        + "2.0 > input_audio_buffer.commit\n"
        + committed(2.1, "u")
        + created(2.2, "r")
        + audio(2.3, "r")
    )
    assert values(script, "commit_to_first_audio") == [300]


def test_a_response_outside_the_conversation_answers_no_turn_and_takes_no_request_of_one_inside():
    aside = '{"response":{"conversation":"none","metadata":{"topic":"x"}}}'
    script = (
        BEGIN
        + f'1 > conversation.item.create {{"item":{SAID}}}\n1.0 > response.create\n1.1 > response.create {aside}\n'
        + created(1.5, "out", '"conversation_id":null,"metadata":{"topic":"x"}')
        + created(1.7, "in")
        + text(2.0, "out")
        + text(2.2, "in")
    )
    metrics = measured(script).metrics
    assert [(row.id, row.turn, row.out_of_band) for row in metrics.responses] == [("out", 0, True), ("in", 1, False)]
    assert values(script, "request_to_created") == [400, 700]
    (turn,) = metrics.turns
    assert (turn.response_ids, turn.first_text.t) == (["in"], 2.2)


def test_the_responses_of_a_parallel_pair_keep_their_own_numbers():
    script = (
        BEGIN
        + "1 > response.create\n"
        + created(1.1, "a")
        + '1.15 > response.create {"response":{"conversation":"none"}}\n'
        + created(1.2, "b", '"conversation_id":null')
        + audio(1.3, "a", 100)
        + audio(1.4, "b", 300)
        + audio(1.5, "a", 100)
        + done(1.6, "b")
        + done(1.9, "a")
    )
    assert values(script, "created_to_first_audio") == [200, 200]
    assert values(script, "audio_ms") == [200, 300]
    assert values(script, "duration") == [800, 400]


def test_a_request_that_is_refused_because_the_server_has_begun_by_itself_is_not_what_was_answered():
    busy = '"code":"conversation_already_has_active_response"'
    script = (
        SPOKEN.split("1.3 < response.created")[0]
        + "1.25 > response.create\n"
        + created(1.3, "r")
        + f'1.35 < error {{"error":{{"type":"invalid_request_error",{busy},"message":"No"}}}}\n'
    )
    assert values(script, "request_to_created") == []
    assert values(script, "stop_to_created") == [100]


def test_a_turn_that_nobody_began_follows_a_long_silence():
    script = (
        BEGIN
        + '5 < input_audio_buffer.timeout_triggered {"item_id":"u","audio_start_ms":0,"audio_end_ms":4000}\n'
        + committed(5.1, "u")
        + created(5.2, "r")
        + audio(5.5, "r")
    )
    (turn,) = measured(script).metrics.turns
    assert (turn.began, turn.item_ids, turn.response_ids, turn.speech_ms) == ("timeout", ["u"], ["r"], None)
    for metric in ("voice_to_voice", "stop_to_first_audio", "vad_delay", "commit_to_first_audio"):
        assert values(script, metric) == []


def test_speech_that_goes_on_while_what_was_said_before_is_answered_begins_the_next_turn():
    script = (
        BEGIN
        + "".join(append(n / 10) for n in range(2, 40))
        + started(1, "u", 100)
        + stopped(2, "u", 900)
        + committed(2.01, "u")
        + started(2.1, "v", 1000)
        + created(2.2, "r")
        + audio(2.6, "r")
        + stopped(3, "v", 2000)
        + committed(3.01, "v")
        + created(3.1, "s")
        + audio(3.4, "s")
    )
    first, second = measured(script).metrics.turns
    assert (first.item_ids, first.response_ids, first.speech_ms) == (["u"], ["r"], 800)
    assert (second.item_ids, second.response_ids, second.speech_ms) == (["v"], ["s"], 1000)
    assert values(script, "stop_to_first_audio") == [600, 400]


def test_where_the_client_is_not_recorded_its_messages_and_answers_show_in_what_the_server_adds():
    added = '< conversation.item.added {"item":{"id":"%s",%s}}\n'
    told = '"type":"function_call_output","call_id":"call_a","output":"x"'
    script = (
        session_of()
        + f"1 {added % ('m', SAID[1:-1])}"
        + created(1.5, "r")
        + call(2, "call_a")
        + done(2.1, "r")
        + f"3 {added % ('o', told)}"
        + created(3.5, "s")
        + done(4, "s")
    )
    connection = measured(script)
    assert "client" not in connection.kept
    (turn,) = connection.metrics.turns
    assert (turn.item_ids, turn.response_ids, turn.started.t) == (["m"], ["r", "s"], 1)
    for metric in ("tool_client_ms", "tool_server_ms", "request_to_created"):
        assert values(script, metric) == []


def test_a_greeting_is_a_turn_of_its_own_and_a_message_begins_the_next():
    script = (
        BEGIN
        + "1 > response.create\n"
        + created(1.2, "hello")
        + done(2, "hello")
        + f'3 > conversation.item.create {{"item":{SAID}}}\n3 > response.create\n'
        + created(3.3, "r")
    )
    assert [turn.response_ids for turn in measured(script).metrics.turns] == [["hello"], ["r"]]
    assert values(script, "request_to_created") == [200, 300]


@pytest.mark.parametrize("why", ['"param":"response.voice"', '"event_id":"ask"'])
def test_a_refused_request_has_no_response(why):
    """The response behind it is that of the user's speech."""
    ask, spoken = '0.3 > response.create {"event_id":"ask"}\n', SPOKEN.removeprefix(BEGIN)
    refused = f'0.4 < error {{"error":{{"type":"invalid_request_error","message":"No",{why}}}}}\n'
    assert values(BEGIN + ask + refused + spoken, "request_to_created") == []
    assert values(BEGIN + ask + refused + spoken, "stop_to_created") == [100]
    assert values(BEGIN + ask + spoken, "request_to_created") == [1000]


def test_speech_that_stops_twice_has_stopped_once():
    script = BEGIN + append(0.2) + started(0.6, "u", 100) + stopped(1.2, "u", 900) + stopped(1.4, "u", 1500)
    (speech,) = measured(script).metrics.exchange.speeches
    assert (speech.stopped.t, speech.end_ms) == (1.2, 900)


def test_a_silence_that_is_told_twice_is_one_turn():
    silence = '{} < input_audio_buffer.timeout_triggered {{"item_id":"u","audio_start_ms":0,"audio_end_ms":600}}\n'
    (turn,) = measured(BEGIN + silence.format(1) + silence.format(2)).metrics.turns
    assert (turn.began, turn.item_ids) == ("timeout", ["u"])


def test_a_message_that_was_answered_before_the_server_shows_it_begins_no_turn():
    message = SAID.replace('"type":"message"', '"type":"message","id":"m"')
    script = (
        BEGIN
        + f'1 > conversation.item.create {{"item":{SAID}}}\n'
        + created(1.2, "r")
        + f'1.3 < conversation.item.added {{"item":{message}}}\n'
    )
    (turn,) = measured(script).metrics.turns
    assert turn.response_ids == ["r"]


def test_a_commit_of_nothing_that_nobody_recorded_is_no_turn():
    empty = '{"type":"invalid_request_error","code":"input_audio_buffer_commit_empty","message":"no"}'
    script = BEGIN + f'1 < error {{"error":{empty}}}\n2 > input_audio_buffer.commit {{}}\n' + committed(2.1, "u")
    (turn,) = measured(script).metrics.turns
    assert turn.commit.t == 2


def test_a_turn_that_goes_on_keeps_when_it_was_asked_for_though_the_later_request_was_refused():
    occupied = '"code":"conversation_already_has_active_response","message":"no","event_id":"e"'
    tool = call(1.5, "c") + done(1.6, "r") + '1.7 > conversation.item.create {"item":' + OUTPUT + "}\n"
    script = (
        BEGIN
        + "0.9 > response.create {}\n"
        + created(1, "r")
        + tool
        + '1.8 > response.create {"event_id":"e"}\n'
        + created(1.9, "s")
        + f'2 < error {{"error":{{"type":"invalid_request_error",{occupied}}}}}\n'
    )
    metrics = measured(script).metrics
    (turn,) = metrics.turns
    assert (turn.response_ids, turn.asked.t) == (["r", "s"], 0.9)
    assert [row.asked and row.asked.t for row in metrics.responses] == [0.9, None]


OUTPUT = '{"type":"function_call_output","call_id":"c","output":"x"}'


def unseen(script):
    """The conversation, and its log without the events that begin a response."""
    return script, "".join(line for line in script.splitlines(keepends=True) if "response.created" not in line)


def test_a_response_whose_creation_was_not_logged_answers_whom_it_would_have_answered():
    said = started(1, "u", 100) + stopped(2, "u", 900) + committed(2, "u")
    script = BEGIN + said + created(2.1, "r") + text(2.2, "r") + done(3, "r")
    script += started(4, "v", 1100) + stopped(5, "v", 1900) + committed(5, "v") + created(5.1, "s") + done(6, "s")
    whole, lossy = (measured(one).metrics.turns for one in unseen(script))
    assert [turn.response_ids for turn in whole] == [turn.response_ids for turn in lossy] == [["r"], ["s"]]
    assert [turn.done.t for turn in lossy] == [3, 6]


def test_a_response_whose_creation_was_not_logged_takes_its_request_and_leaves_none_for_a_later_one():
    """The second answer is begun by turn detection: nobody asked for it 19 s ago."""
    asked = f'1 > conversation.item.create {{"item":{SAID}}}\n1.1 > response.create {{}}\n'
    lossy = BEGIN + asked + text(1.2, "r") + done(2, "r")
    later = started(19, "v", 100) + stopped(20, "v", 900) + committed(20, "v") + created(20.1, "s") + done(21, "s")
    turns = measured(lossy + later).metrics.turns
    assert values(lossy + later, "request_to_created") == []
    assert [turn.response_ids for turn in turns] == [["r"], ["s"]]
    assert values(lossy + later, "stop_to_created") == [100]


def test_a_turn_has_no_times_of_an_answer_whose_beginning_is_not_there():
    said = started(1, "u", 100) + stopped(2, "u", 900) + committed(2, "u")
    first = text(2.2, "r") + call(2.3, "call_1") + done(2.4, "r")
    again = output(3, "call_1") + created(3.1, "s") + text(3.2, "s") + audio(3.2, "s") + done(4, "s")
    (turn,) = measured(BEGIN + said + first + again).metrics.turns
    assert (turn.response_ids, turn.created, turn.first_text, turn.first_audio) == (["r", "s"], None, None, None)


def test_the_answer_of_a_tool_is_not_taken_by_the_response_after_the_one_that_was_not_logged():
    asked = BEGIN + created(1, "r") + call(1.1, "call_1") + done(1.2, "r") + output(1.5, "call_1")
    script = asked + text(2, "s") + done(2.5, "s") + created(9, "x") + text(9.1, "x") + done(9.5, "x")
    assert values(script, "tool_server_ms") == []
    assert [turn.response_ids for turn in measured(script).metrics.turns] == [["r", "s"], ["x"]]


def test_a_response_that_is_created_late_is_one_response_without_times():
    said = started(1, "u", 100) + stopped(2, "u", 900) + committed(2, "u")
    script = BEGIN + said + text(2.1, "r") + created(2.2, "r") + done(3, "r")
    (turn,) = measured(script).metrics.turns
    assert (turn.response_ids, turn.created) == (["r"], None)
    assert values(script, "created_to_first_text") == values(script, "duration") == []


@pytest.mark.parametrize("told", [created(2.2, "r", '"conversation_id":null'), ""])
def test_a_response_that_turns_out_to_be_outside_the_conversation_leaves_the_turn_to_its_answer(told):
    said = started(1, "u", 100) + stopped(2, "u", 900) + committed(2, "u")
    aside = text(2.1, "r") + told + done(2.5, "r").replace('"conv_1"', "null")
    metrics = measured(BEGIN + said + aside + created(2.6, "s") + done(3, "s")).metrics
    assert [turn.response_ids for turn in metrics.turns] == [["s"]]
    assert [(row.out_of_band, row.turn) for row in metrics.responses] == [(True, 0), (False, 1)]
    assert metrics.turns[0].created.t == 2.6


def test_in_a_log_of_what_is_said_only_each_input_has_the_answer_behind_it():
    lines = "".join(
        transcribed(t, "completed", f"u{t}") + text(t + 0.5, f"r{t}") + done(t + 0.6, f"r{t}") for t in (1, 2, 3)
    )
    for script in (lines, BEGIN + lines):
        turns = measured(script).metrics.turns
        assert [(turn.item_ids, turn.response_ids) for turn in turns] == [([f"u{t}"], [f"r{t}"]) for t in (1, 2, 3)]


def test_what_is_heard_late_of_an_input_that_was_not_recorded_is_of_the_answer_that_is_given():
    script = BEGIN + text(1, "r") + transcribed(1.5, "completed") + done(2, "r")
    (turn,) = measured(script).metrics.turns
    assert (turn.item_ids, turn.response_ids) == (["u"], ["r"])


@pytest.mark.parametrize("kind", ["output_text.done", "output_audio_transcript.done", "content_part.done"])
def test_whatever_names_a_response_is_a_sign_of_it(kind):
    told = '"text":"Hi","transcript":"Hi","part":{"type":"text","text":"Hi"}'
    place = '"response_id":"r","item_id":"item_a","output_index":0,"content_index":0'
    metrics = measured(BEGIN + f"1 < response.{kind} {{{place},{told}}}\n").metrics
    assert [row.id for row in metrics.responses] == ["r"]
    assert [turn.response_ids for turn in metrics.turns] == [["r"]]


@pytest.mark.parametrize("kept", ["conv_1", None])
def test_what_goes_on_beside_an_answer_is_of_a_turn_only_if_its_end_says_that_it_is_in_the_conversation(kept):
    """Two responses of one conversation are not given at once, so that the other is most likely outside it."""
    said = started(1, "u", 100) + stopped(2, "u", 900) + committed(2, "u")
    beside = text(2.2, "s") + done(2.5, "s").replace('"conv_1"', f'"{kept}"' if kept else "null")
    metrics = measured(BEGIN + said + created(2.1, "r") + beside + done(3, "r")).metrics
    assert [turn.response_ids for turn in metrics.turns] == ([["r"], ["s"]] if kept else [["r"]])
    assert [row.out_of_band for row in metrics.responses] == [False, not kept]


def test_a_turn_that_has_an_answer_does_not_wait_on_when_another_turns_out_to_be_outside_the_conversation():
    """What follows the output of a tool is taken for what goes on with the turn, until its end tells better."""
    said = started(1, "u", 100) + stopped(2, "u", 900) + committed(2, "u")
    answer = created(2.1, "r") + call(2.2, "call_1") + done(2.3, "r") + output(2.5, "call_1")
    aside = text(3, "s") + done(3.5, "s").replace('"conv_1"', "null")
    later = started(4, "v", 1100) + stopped(5, "v", 1900) + committed(5, "v") + created(5.1, "x") + done(6, "x")
    metrics = measured(BEGIN + said + answer + aside + later).metrics
    assert [(turn.item_ids, turn.response_ids) for turn in metrics.turns] == [(["u"], ["r"]), (["v"], ["x"])]
    assert [(row.out_of_band, row.turn) for row in metrics.responses] == [(False, 1), (True, 0), (False, 2)]


def test_the_answer_after_a_tool_goes_on_with_its_turn_though_something_outside_the_conversation_came_between():
    said = started(1, "u", 100) + stopped(2, "u", 900) + committed(2, "u")
    answer = created(2.1, "r") + call(2.2, "call_1") + done(2.3, "r") + output(2.5, "call_1")
    aside = text(3, "s") + done(3.5, "s").replace('"conv_1"', "null")
    spoken = created(4, "x") + text(4.1, "x") + done(5, "x")
    (turn,) = measured(BEGIN + said + answer + aside + spoken).metrics.turns
    assert turn.response_ids == ["r", "x"]
    assert (turn.unopened, turn.first_text.t) == (False, 4.1)


def test_a_turn_keeps_the_answer_after_a_tool_though_the_first_turns_out_late_to_be_outside_the_conversation():
    said = started(1, "u", 100) + stopped(2, "u", 900) + committed(2, "u")
    first = text(2.1, "r") + call(2.2, "call_1") + output(2.5, "call_1")
    spoken = created(4, "x") + done(4.2, "r").replace('"conv_1"', "null") + text(4.3, "x") + done(5, "x")
    later = started(6, "v", 1100) + stopped(7, "v", 1900) + committed(7, "v") + created(7.1, "y") + done(8, "y")
    metrics = measured(BEGIN + said + first + spoken + later).metrics
    assert [(turn.item_ids, turn.response_ids) for turn in metrics.turns] == [(["u"], ["x"]), (["v"], ["y"])]
    assert [(row.out_of_band, row.turn) for row in metrics.responses] == [(True, 0), (False, 1), (False, 2)]
