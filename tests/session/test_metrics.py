"""The numbers of a session: the worked example to the digit, and each family on conversations small enough to count."""

from __future__ import annotations

import base64
import json

import pytest
from examples import entries
from notation import entries_of

from rtcli.events import Listener
from rtcli.session.measured import connections
from rtcli.session.measures import METRICS

KNOWN = {"transport": "websocket", "lossless": True}
OF_RESPONSES = (
    "request_to_created",
    "created_to_first_text",
    "created_to_first_audio",
    "duration",
    "stream_speed",
    "barge_in_to_done",
    "barge_in_to_last_audio",
    "unplayed_ms",
)
OF_TURNS = ("stop_to_created", "stop_to_first_audio", "voice_to_voice")


@pytest.fixture
def protocol(shared):
    return json.loads((shared / "protocol/metrics.json").read_text())


@pytest.fixture
def worked(protocol):
    """The connection of the worked example, and what is to come out."""
    example = protocol["worked_example"]
    (connection,) = connections(entries(example["records"], KNOWN, Listener()))
    return connection, example["expected"]


def test_every_metric_of_the_protocol_is_there_with_its_unit_and_its_needs(protocol):
    defined = {one["id"]: one for one in protocol["metrics"]}
    assert set(METRICS) == set(defined)
    for name, metric in METRICS.items():
        assert (metric.title, metric.unit) == (defined[name]["title"], defined[name]["unit"])
        assert metric.needs == set(defined[name]["needs"])


def test_the_session_of_the_worked_example_has_its_numbers(worked):
    connection, expected = worked
    metrics, kept = connection.metrics, connection.kept
    told = expected["session"]
    assert metrics.of("age_s", kept)[0].value == told["duration_s"]
    assert [value.value for value in metrics.of("update_ms", kept)] == told["update_ms"]
    assert metrics.listening.clock.appended_ms == told["input_audio_s"] * 1000
    assert sum(row.audio_ms for row in metrics.responses) == told["output_audio_s"] * 1000
    assert (len(metrics.turns), len(metrics.responses)) == (told["turns"], told["responses"])


def test_the_responses_of_the_worked_example_have_their_numbers(worked):
    connection, expected = worked
    metrics, kept = connection.metrics, connection.kept
    first_of = {turn.response_ids[0]: turn for turn in metrics.turns}
    for row, told in zip(metrics.responses, expected["responses"], strict=True):
        of_row = {name: metrics.value(name, row, kept) for name in OF_RESPONSES}
        turn = first_of.get(row.id)
        of_turn = {name: metrics.value(name, turn, kept) if turn else None for name in OF_TURNS}
        itself = {"id": row.id, "status": row.status, "reason": row.reason}
        audio = {"audio_ms": row.audio_ms, "dry_ms": row.dry_ms}
        assert itself | of_row | of_turn | audio == told


def test_the_turns_of_the_worked_example_have_their_numbers(worked):
    connection, expected = worked
    metrics, kept = connection.metrics, connection.kept
    for speech, told in zip(metrics.speeches, expected["turns"], strict=True):
        assert speech.item_id == told["item"]
        assert speech.speech_ms == told["speech_ms"]
        assert metrics.value("vad_delay", speech, kept) == told["vad_delay"]
        assert metrics.turns[speech.turn - 1].response_ids[0] == told["answered_by"]


def test_the_tools_and_transcriptions_of_the_worked_example_have_their_numbers(worked):
    connection, expected = worked
    metrics, kept = connection.metrics, connection.kept
    for call, told in zip(metrics.calls, expected["tool_calls"], strict=True):
        assert (call.call_id, call.name) == (told["call_id"], told["name"])
        assert metrics.value("tool_client_ms", call, kept) == told["client_ms"]
        assert metrics.value("tool_server_ms", call, kept) == told["server_ms"]
        assert metrics.value("tool_round_trip", call, kept) == told["round_trip"]
    for text, told in zip(metrics.transcriptions, expected["transcriptions"], strict=True):
        assert text.item_id == told["item"]
        assert metrics.value("transcription_first_delta", text, kept) == told["first_delta"]
        assert metrics.value("transcription_lag", text, kept) == told["lag"]


def test_the_tokens_and_the_cost_of_the_worked_example_are_its_own(worked):
    connection, expected = worked
    metrics, kept = connection.metrics, connection.kept
    tokens = metrics.aggregate("tokens", kept).parts
    assert {name: tokens[name] for name in expected["tokens"]} == expected["tokens"]
    assert [value.value for value in metrics.of("cached_share", kept)] == [expected["cached_share"]]
    cost = metrics.aggregate("cost_usd", kept).parts
    assert {name: cost[name] for name in ("low", "high")} == expected["cost_usd"]


# --- Small conversations -------------------------------------------------------------------------------------------


HEADER = '- {"rtcli":1,"started_at":"2026-11-20T19:00:00Z","transport":"websocket","handshake":true,"lossless":true}\n'
DETECTION = '"turn_detection":{"type":"server_vad","silence_duration_ms":200}'


def session_of(detection=DETECTION, t=0.1, session_id="sess_1", model="gpt-realtime", more=""):
    return (
        f'{t} < session.created {{"session":{{"type":"realtime","id":"{session_id}","model":"{model}",{more}'
        f'"audio":{{"input":{{"format":{{"type":"audio/pcm","rate":24000}},{detection}}},'
        '"output":{"format":{"type":"audio/pcm","rate":24000}}}}}\n'
    )


BEGIN = HEADER + session_of()


def sound(ms, value=0):
    """PCM of that length in base64, each sample the same."""
    return base64.b64encode(value.to_bytes(2, "little") * (24 * ms)).decode()


def append(t, ms=100):
    return f'{t} > input_audio_buffer.append {{"audio":"{sound(ms)}"}}\n'


def started(t, item, ms):
    return f'{t} < input_audio_buffer.speech_started {{"item_id":"{item}","audio_start_ms":{ms}}}\n'


def stopped(t, item, ms):
    return f'{t} < input_audio_buffer.speech_stopped {{"item_id":"{item}","audio_end_ms":{ms}}}\n'


def committed(t, item):
    return f'{t} < input_audio_buffer.committed {{"item_id":"{item}"}}\n'


def created(t, response, more='"conversation_id":"conv_1"'):
    return f'{t} < response.created {{"response":{{"id":"{response}","status":"in_progress",{more}}}}}\n'


def audio(t, response, ms=100, value=0, item="item_a"):
    place = f'"response_id":"{response}","item_id":"{item}","output_index":0,"content_index":0'
    return f'{t} < response.output_audio.delta {{{place},"delta":"{sound(ms, value)}"}}\n'


def text(t, response):
    place = f'"response_id":"{response}","item_id":"item_a","output_index":0,"content_index":0'
    return f'{t} < response.output_text.delta {{{place},"delta":"Hi"}}\n'


def done(t, response, status="completed", more=""):
    told = f'"id":"{response}","status":"{status}","conversation_id":"conv_1"{more}'
    return f'{t} < response.done {{"response":{{{told}}}}}\n'


CUT = ',"status_details":{"type":"cancelled","reason":"turn_detected"}'
SAID = '{"type":"message","role":"user","content":[{"type":"input_text","text":"Hi"}]}'


def measured(script):
    (connection,) = connections(entries_of(script))
    return connection


def values(script, metric):
    connection = measured(script)
    return [value.value for value in connection.metrics.of(metric, connection.kept)]


def parts(script, metric):
    connection = measured(script)
    return connection.metrics.aggregate(metric, connection.kept).parts


def test_percentiles_are_of_the_nearest_rank_and_there_are_none_below_five_values():
    def texts(number):
        return BEGIN + "".join(
            created(10 * n, f"r{n}") + text(10 * n + n / 10, f"r{n}") + done(10 * n + 5, f"r{n}")
            for n in range(1, number + 1)
        )

    few, many = measured(texts(4)), measured(texts(20))
    spread = few.metrics.aggregate("created_to_first_text", few.kept)
    assert (spread.n, spread.p50, spread.p95) == (4, None, None)
    spread = many.metrics.aggregate("created_to_first_text", many.kept)
    assert (spread.n, spread.p50, spread.p95, spread.worst.value) == (20, 1000, 1900, 2000)
    assert spread.worst.line == 61


# Connection and course


def test_connecting_ends_with_the_creation_where_the_recorder_opened_the_connection():
    assert values(BEGIN, "connect_ms") == [100]
    assert values(BEGIN.replace('"handshake":true', '"handshake":false'), "connect_ms") == []


def test_updates_are_paired_in_order_and_a_refused_one_has_no_answer():
    update = '> session.update {"event_id":"%s","session":{"type":"realtime","instructions":"x"}}\n'
    answer = '< session.updated {"session":{"type":"realtime","id":"sess_1"}}\n'
    script = BEGIN + f"1 {update % 'a'}2 {update % 'b'}3 {update % 'c'}"
    refused = '3.1 < error {"error":{"type":"invalid_request_error","message":"No","event_id":"b"}}\n'
    assert values(script + refused + f"3.5 {answer}3.7 {answer}", "update_ms") == [2500, 700]


def test_errors_are_counted_by_code_and_those_that_only_came_too_late_apart():
    def error(code):
        return f'1 < error {{"error":{{"type":"invalid_request_error","code":"{code}","message":"No"}}}}\n'

    failed = ',"status_details":{"type":"failed","error":{"type":"server_error","code":"rate_limit_exceeded"}}'
    script = BEGIN + error("invalid_value") * 2 + error("response_cancel_not_active")
    script += created(2, "r") + done(3, "r", "failed", failed)
    assert values(script, "error_count") == [3]
    assert parts(script, "error_count") == {
        "invalid_value": 2,
        "response_cancel_not_active": 1,
        "rate_limit_exceeded": 1,
        "harmless": 1,
    }


def test_the_lowest_share_of_each_rate_limit_is_kept_and_a_limit_of_nothing_is_no_limit():
    def limits(t, requests, tokens):
        told = f'{{"name":"requests","limit":100,"remaining":{requests}}},'
        told += f'{{"name":"tokens","limit":{1000 if tokens else 0},"remaining":{tokens}}}'
        return f'{t} < rate_limits.updated {{"rate_limits":[{told}]}}\n'

    script = BEGIN + limits(1, 99, 900) + limits(2, 98, 250) + limits(3, 99, 600) + limits(4, 99, 0)
    assert values(script, "rate_limit_low") == [0.25]
    assert parts(script, "rate_limit_low") == {"requests": 0.98, "tokens": 0.25}
    assert values(BEGIN, "rate_limit_low") == []


def test_the_age_ends_with_the_last_record_and_what_is_left_is_told_by_the_wall_clock():
    # 2026-11-20T19:00:00Z is 1795201200 in Unix seconds.
    script = HEADER + session_of(more='"expires_at":1795204800,') + '50.1 - {"note":"click"}\n'
    assert parts(script, "age_s") == {"age_s": 50.0, "left_s": 3549.9}
    assert values(session_of(t="").lstrip() + session_of(t="").lstrip(), "age_s") == []


# Turns


SPOKEN = (
    BEGIN
    + "".join(append(n / 10) for n in range(2, 12))
    + started(0.6, "u", 100)
    + stopped(1.2, "u", 900)
    + committed(1.21, "u")
    + created(1.3, "r")
    + audio(1.5, "r", 200)
    + audio(1.6, "r", 200)
    + done(1.8, "r")
)
"""The user speaks from 100 to 700 ms of the audio, which were sent at 0.8 s: 200 ms of silence end it."""


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


# What the model says


def test_a_response_is_measured_from_its_creation():
    script = BEGIN + created(1, "r") + text(1.25, "r") + audio(1.5, "r") + done(3, "r", more=usage(10, 30))
    assert values(script, "created_to_first_text") == [250]
    assert values(script, "created_to_first_audio") == [500]
    assert values(script, "duration") == [2000]
    assert values(script, "tokens_per_s") == [15]
    assert values(script, "stream_speed") == []


def usage(taken, given):
    return f',"usage":{{"input_tokens":{taken},"output_tokens":{given}}}'


def test_a_response_whose_beginning_is_not_recorded_has_no_times_and_no_length():
    script = BEGIN + audio(1, "r") + done(2, "r")
    for metric in ("created_to_first_audio", "duration", "audio_ms", "dry_ms", "stream_speed", "first_audible_ms"):
        assert values(script, metric) == []
    (row,) = measured(script).metrics.responses
    assert (row.audio_ms, row.dry_ms) == (None, None)


def test_leading_silence_is_counted_in_frames_of_20_ms():
    loud = 3277  # a tenth of full scale: -20 dBFS
    assert values(BEGIN + created(1, "r") + audio(1.1, "r", 60) + audio(1.2, "r", 40, loud), "first_audible_ms") == [60]
    assert values(BEGIN + created(1, "r") + audio(1.1, "r", 20, loud), "first_audible_ms") == [0]
    assert values(BEGIN + created(1, "r") + audio(1.1, "r", 500), "first_audible_ms") == []
    assert values(BEGIN + created(1, "r") + audio(1.1, "r", 90) + audio(1.2, "r", 30, loud), "first_audible_ms") == [80]


def test_a_response_that_stays_silent_is_listened_to_for_a_few_seconds_only():
    loud = audio(9, "r", 20, 3277)
    assert values(BEGIN + created(1, "r") + audio(2, "r", 4980) + loud, "first_audible_ms") == [4980]
    assert values(BEGIN + created(1, "r") + audio(2, "r", 5000) + loud, "first_audible_ms") == []


def test_audio_that_is_no_base64_has_no_loudness():
    broken = audio(1.1, "r", 40).replace("AAAA", "A!AA", 1)
    script = BEGIN + created(1, "r") + broken + audio(1.2, "r", 20, 3277)
    assert values(script, "first_audible_ms") == []


def test_leading_silence_of_g711_is_told_by_its_own_law():
    telephone = BEGIN.replace('{"type":"audio/pcm","rate":24000}}}}', '{"type":"audio/pcmu"}}}}')
    # 0xFF is nothing and 0x80 the loudest of mu-law: 40 ms of the one and 20 ms of the other.
    delta = base64.b64encode(b"\xff" * 320 + b"\x80" * 160).decode()
    place = '"response_id":"r","item_id":"item_a","output_index":0,"content_index":0'
    script = telephone + created(1, "r") + f'1.1 < response.output_audio.delta {{{place},"delta":"{delta}"}}\n'
    assert values(script, "first_audible_ms") == [40]
    assert values(script, "audio_ms") == [60]
    # 0xD5 is nothing and 0xAA the loudest of A-law.
    delta = base64.b64encode(b"\xd5" * 160 + b"\xaa" * 160).decode()
    other = telephone.replace("audio/pcmu", "audio/pcma") + created(1, "r")
    other += f'1.1 < response.output_audio.delta {{{place},"delta":"{delta}"}}\n'
    assert values(other, "first_audible_ms") == [20]


def test_a_player_starves_for_as_long_as_deltas_come_too_late():
    """After 100 ms it waits 50 ms; the second lasts until 250 ms, and the third comes at 400: another 150 ms."""
    script = BEGIN + created(1, "r") + audio(2, "r") + audio(2.15, "r") + audio(2.4, "r")
    assert values(script, "dry_ms") == [200]
    assert values(script, "audio_ms") == [300]
    assert values(script, "stream_speed") == [0.75]


def test_silent_responses_are_no_part_of_how_long_audio_lasts():
    script = BEGIN + created(1, "r") + text(1.2, "r") + done(1.3, "r") + created(2, "s") + audio(2.1, "s")
    assert values(script, "audio_ms") == [100]
    first, second = measured(script).metrics.responses
    assert (first.audio_ms, second.audio_ms) == (0, 100)


def test_audio_that_was_left_out_of_the_recording_is_unknown_and_not_nothing():
    place = '"response_id":"r","item_id":"item_a","output_index":0,"content_index":0'
    ended = f"1.5 < response.output_audio.done {{{place}}}\n"
    by_tokens = ',"usage":{"output_tokens":9,"output_token_details":{"audio_tokens":9}}'
    for end in (ended + done(2, "r"), done(2, "r", more=by_tokens)):
        script = BEGIN + created(1, "r") + end
        (row,) = measured(script).metrics.responses
        assert (row.audio_ms, row.dry_ms, row.speaks) == (None, None, True)
        assert "assistant" not in parts(script, "talk_share")


# Interruptions


INTERRUPTED = (
    SPOKEN.replace(done(1.8, "r"), "")
    + started(1.7, "v", 1500)
    + '1.72 > conversation.item.truncate {"item_id":"item_a","content_index":0,"audio_end_ms":180}\n'
    + audio(1.75, "r", 100)
    + done(1.8, "r", "cancelled", CUT)
)
"""At 1.7 s 400 ms have come, and 200 ms of them can have been played."""


def test_an_interruption_is_measured_from_the_speech_that_interrupts():
    assert values(INTERRUPTED, "barge_in_to_done") == [100]
    assert values(INTERRUPTED, "barge_in_to_last_audio") == [50]
    assert values(INTERRUPTED, "barge_in_to_truncate") == [20]
    assert values(INTERRUPTED, "unplayed_ms") == [200]
    assert values(INTERRUPTED, "interruption_rate") == [1]
    assert [turn.interrupted for turn in measured(INTERRUPTED).metrics.turns] == [True, False]


def test_speech_behind_the_end_of_what_is_heard_interrupts_nothing():
    script = SPOKEN + started(2.0, "v", 1500)
    for metric in ("barge_in_to_done", "barge_in_to_last_audio", "barge_in_to_truncate", "unplayed_ms"):
        assert values(script, metric) == []
    assert values(script, "interruption_rate") == [0]


def test_speech_over_audio_that_still_plays_interrupts_a_response_that_is_done():
    script = SPOKEN + started(1.85, "v", 1500)
    assert values(script, "unplayed_ms") == [50]
    assert values(script, "barge_in_to_done") == []


def test_a_response_that_was_not_let_speak_counts_as_interrupted():
    script = SPOKEN + started(3, "v", 1500) + created(3.1, "s") + done(3.2, "s", "cancelled", CUT)
    assert values(script, "interruption_rate") == [0.5]


def test_where_the_server_plays_the_audio_its_buffer_tells_when():
    webrtc = BEGIN.replace("websocket", "webrtc")

    def buffer(t, kind):
        return f'{t} < output_audio_buffer.{kind} {{"response_id":"r"}}\n'

    script = (
        webrtc
        + started(1, "u", 100)
        + stopped(2, "u", 900)
        + committed(2.01, "u")
        + created(2.1, "r")
        + buffer(2.5, "started")
        + started(3, "v", 1500)
        + done(3.1, "r", "cancelled", CUT)
        + buffer(3.2, "cleared")
    )
    assert values(script, "stop_to_first_audio") == [500]
    assert values(script, "created_to_first_audio") == [400]
    assert values(script, "barge_in_to_cleared") == [200]
    assert values(script, "unplayed_ms") == []
    assert values(script, "voice_to_voice") == []
    assert values(script, "audio_ms") == []


def test_speech_that_is_not_to_interrupt_leaves_the_response_as_it_is():
    kept_on = DETECTION.replace('"silence', '"interrupt_response":false,"silence')
    script = INTERRUPTED.replace(DETECTION, kept_on).split("1.72 > conversation.item.truncate")[0] + done(1.8, "r")
    (row,) = measured(script).metrics.responses
    assert (row.interrupted, row.unplayed_ms, row.speech.t) == (False, None, 1.7)
    assert values(script, "interruption_rate") == [0]


def test_a_player_that_began_late_is_cut_although_all_would_have_been_heard():
    """What was received could have been played by 1.9 s; the client says at 2.1 s that it was not."""
    script = SPOKEN + started(2.0, "v", 1500)
    script += '2.1 > conversation.item.truncate {"item_id":"item_a","content_index":0,"audio_end_ms":180}\n'
    assert values(script, "barge_in_to_truncate") == [100]
    assert [turn.interrupted for turn in measured(script).metrics.turns] == [True, False]


def test_what_the_server_played_is_what_was_heard_of_the_model():
    script = BEGIN.replace("websocket", "webrtc") + created(1, "r")
    script += '2.1 < output_audio_buffer.started {"response_id":"r"}\n' + done(3, "r")
    script += '4.1 < output_audio_buffer.stopped {"response_id":"r"}\n' + '10.1 - {"note":"x"}\n'
    assert parts(script, "talk_share") == {"assistant": 0.2}


# Tools and transcriptions


def call(t, call_id, item="item_f", response="r"):
    place = f'"response_id":"{response}","item_id":"{item}","output_index":0'
    return (
        f'{t} < response.function_call_arguments.done {{{place},"call_id":"{call_id}","name":"f","arguments":"{{}}"}}\n'
    )


def output(t, call_id):
    item = f'{{"type":"function_call_output","call_id":"{call_id}","output":"x"}}'
    return f'{t} > conversation.item.create {{"item":{item}}}\n'


def test_parallel_calls_have_their_own_times_and_one_next_response():
    script = (
        SPOKEN.split("1.5 < response.output_audio.delta")[0]
        + audio(1.4, "r", 300)
        + call(2, "call_a")
        + call(2.1, "call_b", "item_g")
        + done(2.2, "r")
        + output(2.5, "call_b")
        + output(3.0, "call_a")
        + "3.0 > response.create\n"
        + created(3.2, "s")
        + text(3.5, "s")
        + audio(3.7, "s")
        + done(4, "s")
    )
    assert values(script, "tool_client_ms") == [1000, 400]
    assert values(script, "tool_server_ms") == [200, 700]
    assert values(script, "tool_round_trip") == [1500, 1400]
    metrics = measured(script).metrics
    (turn,) = metrics.turns
    assert (turn.response_ids, turn.tool_ms) == (["r", "s"], 1200)
    # The first 300 ms of audio end at 1.7 s.
    assert [one.gap_ms for one in metrics.calls] == [2000, 2000]
    assert [row.began for row in metrics.responses] == ["vad", "tool round"]


def test_a_call_without_an_answer_has_no_time():
    script = BEGIN + created(1, "r") + call(2, "call_a") + done(2.1, "r") + "3 > response.create\n" + created(4, "s")
    for metric in ("tool_client_ms", "tool_server_ms", "tool_round_trip"):
        assert values(script, metric) == []


def test_mcp_tools_listings_and_approvals_are_measured_apart():
    asked = '{"type":"mcp_approval_request","id":"ask","server_label":"s","name":"f","arguments":"{}"}'
    answer = '{"type":"mcp_approval_response","id":"yes","approval_request_id":"ask","approve":true}'
    script = (
        BEGIN
        + '1 < mcp_list_tools.in_progress {"item_id":"list"}\n1.4 < mcp_list_tools.completed {"item_id":"list"}\n'
        + created(2, "r")
        + f'2.1 < response.output_item.done {{"response_id":"r","output_index":0,"item":{asked}}}\n'
        + f'5.1 > conversation.item.create {{"item":{answer}}}\n'
        + '6 < response.mcp_call.in_progress {"item_id":"c","output_index":0}\n'
        + '6.7 < response.mcp_call.failed {"item_id":"c","output_index":0}\n'
        + '7 < response.mcp_call.in_progress {"item_id":"d","output_index":0}\n'
    )
    assert values(script, "mcp_list_ms") == [400]
    assert values(script, "mcp_call_ms") == [700]
    kinds = [(row.kind, row.failed, row.ended is not None) for row in measured(script).metrics.mcp]
    assert kinds == [("list", False, True), ("approval", False, True), ("call", True, True), ("call", False, False)]


def transcribed(t, kind, item="u", more='"transcript":"Hi"'):
    name = "conversation.item.input_audio_transcription"
    return f'{t} < {name}.{kind} {{"item_id":"{item}","content_index":0,{more}}}\n'


def test_a_transcription_is_measured_from_the_commit_even_where_it_comes_before():
    script = (
        BEGIN
        + transcribed(1.7, "delta", more='"delta":"H"')
        + transcribed(1.8, "delta", more='"delta":"i"')
        + committed(2, "u")
        + transcribed(2.4, "completed")
    )
    assert values(script, "transcription_first_delta") == [-300]
    assert values(script, "transcription_lag") == [400]


def test_a_transcription_that_fails_has_no_lag():
    failed = transcribed(3, "failed", more='"error":{"type":"x","code":"audio_unintelligible","message":"No"}')
    script = BEGIN + committed(2, "u") + failed
    assert values(script, "transcription_lag") == []
    (row,) = measured(script).metrics.transcriptions
    assert (row.failed.t, row.completed, row.cost, row.unpriced) == (3, None, None, False)


# The whole session


def test_the_speed_and_the_longest_gap_of_the_input_are_those_of_its_appends():
    script = BEGIN + append(1, 200) + append(1.25, 200) + append(3, 100)
    assert values(script, "append_speed") == [0.25]
    assert values(script, "append_gap_max") == [1750]
    alone = BEGIN + append(1)
    assert (values(alone, "append_speed"), values(alone, "append_gap_max")) == ([], [])


def test_the_user_and_the_model_share_the_session():
    """Of 10 s the user speaks 800 ms and the model 400 ms."""
    assert parts(SPOKEN + '10.1 - {"note":"x"}\n', "talk_share") == {"user": 0.08, "assistant": 0.04}
    # Of the interrupted answer 200 ms are heard; the second speech has no end.
    assert parts(INTERRUPTED + '10.1 - {"note":"x"}\n', "talk_share") == {"assistant": 0.02}


def used(input_details, output_details):
    taken = f'"input_tokens":1000,"input_token_details":{{{input_details}}}'
    return f',"usage":{{{taken},"output_tokens":100,"output_token_details":{{{output_details}}}}}'


WHOLE = used(
    '"text_tokens":600,"audio_tokens":400,"image_tokens":0,"cached_tokens":500,'
    '"cached_tokens_details":{"text_tokens":300,"audio_tokens":200}',
    '"text_tokens":20,"audio_tokens":80,"reasoning_tokens":5',
)


def test_tokens_are_summed_by_modality_and_the_last_input_is_the_context():
    script = BEGIN + created(1, "r") + done(2, "r", more=WHOLE) + created(3, "s") + done(4, "s", more=usage(7, 3))
    told = parts(script, "tokens")
    assert told == {
        "input": 1007,
        "cached": 500,
        "output": 103,
        "text_in": 600,
        "audio_in": 400,
        "image_in": 0,
        "text_cached": 300,
        "audio_cached": 200,
        "text_out": 20,
        "audio_out": 80,
        "reasoning": 5,
        "context": 7,
    }
    assert values(script, "cached_share") == [0.5]


def test_a_cost_is_that_of_fresh_and_cached_input_and_of_output():
    """300 text at 4, 200 audio at 32, 300 and 200 cached at 0.4, 20 text at 16 and 80 audio at 64, a million."""
    script = BEGIN + created(1, "r") + done(2, "r", "cancelled", more=WHOLE) + '60.1 - {"note":"x"}\n'
    dollars = (1200 + 6400 + 200 + 320 + 5120) / 1e6
    assert parts(script, "cost_usd") == {"low": dollars, "high": dollars, "unpriced": 0}
    assert values(script, "cost_per_minute") == [dollars]


def test_an_unknown_model_has_tokens_and_no_cost():
    script = BEGIN.replace('"gpt-realtime"', '"parrot-1"') + created(1, "r") + done(2, "r", more=WHOLE)
    assert parts(script, "tokens")["input"] == 1000
    assert values(script, "cost_usd") == []
    assert values(script, "cost_per_minute") == []
    (row,) = measured(script).metrics.responses
    assert row.cost is None
    assert all(turn.cost is None and turn.unpriced == 1 for turn in measured(script).metrics.turns)


def test_a_session_without_any_usage_has_no_tokens_no_share_and_no_cost():
    for metric in ("tokens", "cached_share", "cost_usd", "cost_per_minute"):
        assert values(SPOKEN, metric) == []


def test_a_transcription_is_priced_by_its_own_model_and_one_without_a_usage_is_not():
    hears = '"transcription":{"model":"gpt-4o-transcribe"},' + DETECTION
    tokens = '"usage":{"type":"tokens","total_tokens":140,"input_tokens":100,"output_tokens":40,'
    tokens += '"input_token_details":{"text_tokens":0,"audio_tokens":100}}'
    script = HEADER + session_of(hears) + committed(1, "u")
    priced = script + transcribed(2, "completed", more=f'"transcript":"Hi",{tokens}')
    dollars = (100 * 2.5 + 40 * 10) / 1e6
    assert parts(priced, "cost_usd") == {"low": dollars, "high": dollars, "unpriced": 0}
    assert values(script + transcribed(2, "completed"), "cost_usd") == []
    (row,) = measured(script + transcribed(2, "completed")).metrics.transcriptions
    assert (row.cost, row.unpriced) == (None, True)


# Other dialects, several connections


TRANSLATED = (
    HEADER + '0 < session.created {"session":{"id":"s","type":"translation","model":"gpt-realtime-translate",'
    '"expires_at":0,"audio":{"output":{"language":"es"}}}}\n'
)


def test_a_translation_lags_behind_the_audio_that_it_translates_and_costs_its_minutes():
    script = TRANSLATED + "".join(
        f'{t} > session.input_audio_buffer.append {{"audio":"{sound(15_000)}"}}\n' for t in (15, 30)
    )
    script += '32.5 < session.output_transcript.delta {"delta":"Hola","elapsed_ms":12000}\n'
    script += '60 < session.output_transcript.delta {"delta":"Que","elapsed_ms":99000}\n'
    assert values(script, "translation_delay") == [17500]
    # Half a minute was sent, and the session lasts a minute.
    assert parts(script, "cost_usd") == {"low": 0.017, "high": 0.034, "unpriced": 0}


def test_a_live_session_is_measured_where_its_events_say_the_same():
    begun = (
        '0 > session.start {"session":{"model":"gpt-live-1"}}\n'
        '0.5 < session.started {"session":{"id":"l","expires_at":1,"model":"gpt-live-1","instructions":"",'
        '"audio":{"format":{"type":"audio/pcm","rate":24000},"output":{"voice":"marin"}},'
        '"delegation":null,"status":"active","input":[]}}\n'
    )
    script = (
        HEADER
        + begun
        + "".join(f'{t} > session.input_audio.append {{"audio":"{sound(100)}"}}\n' for t in (1, 1.5))
        + '2 < error {"error":{"type":"invalid_request_error","code":"no","message":"No"}}\n'
    )
    assert values(script, "connect_ms") == [500]
    assert values(script, "append_speed") == [0.4]
    assert values(script, "error_count") == [1]
    assert values(script, "age_s") == [1.5]
    assert values(script, "voice_to_voice") == []


def test_each_connection_of_a_file_has_its_own_metrics():
    first, second = connections(entries_of(SPOKEN + SPOKEN.replace("sess_1", "sess_2")))
    for connection in (first, second):
        assert len(connection.metrics.turns) == 1
        assert [value.value for value in connection.metrics.of("voice_to_voice", connection.kept)] == [700]


def test_a_log_without_headers_is_parted_by_the_ids_of_its_sessions():
    log = "".join(line + "\n" for line in SPOKEN.splitlines()[1:])
    assert len(list(connections(entries_of(log + log.replace("sess_1", "sess_2"))))) == 2
    assert len(list(connections(entries_of(log + log)))) == 1
    assert list(connections([])) == []
