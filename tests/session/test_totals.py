"""What is measured of a connection as a whole, in every dialect."""

from __future__ import annotations

from counted import (
    BEGIN,
    DETECTION,
    HEADER,
    INTERRUPTED,
    SPOKEN,
    WHOLE,
    append,
    committed,
    created,
    done,
    measured,
    parts,
    session_of,
    sound,
    transcribed,
    usage,
    values,
)
from notation import entries_of

from rtcli.session.measured import connections


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


def test_an_error_that_was_logged_twice_is_one():
    error = '1 < error {"event_id":"%s","error":{"type":"invalid_request_error","code":"%s","message":"No"}}\n'
    failed = done(3, "r", "failed", ',"status_details":{"type":"failed","error":{"type":"server_error","code":"boom"}}')
    script = BEGIN + error % ("e", "invalid_value") * 2 + created(2, "r") + failed * 2
    assert parts(script, "error_count") == {"invalid_value": 1, "boom": 1}
    again = error % ("f", "invalid_value") + error % ("e", "invalid_type")
    again += created(4, "s") + failed.replace('"r"', '"s"')
    assert parts(script + again, "error_count") == {"invalid_value": 2, "invalid_type": 1, "boom": 2}


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


def test_the_speed_and_the_longest_gap_of_the_input_are_those_of_its_appends():
    script = BEGIN + append(1, 200) + append(1.25, 200) + append(3, 100)
    assert values(script, "append_speed") == [0.25]
    assert values(script, "append_gap_max") == [1750]
    alone = BEGIN + append(1)
    assert (values(alone, "append_speed"), values(alone, "append_gap_max")) == ([], [])


def test_the_user_and_the_model_share_the_session():
    """Of 10 s the user speaks 800 ms and the model 400 ms."""
    assert parts(SPOKEN + '10.1 - {"note":"x"}\n', "talk_share") == {"user": 0.08, "assistant": 0.04}
    # Of the interrupted answer 180 ms were heard, as the client says; the second speech has no end.
    assert parts(INTERRUPTED + '10.1 - {"note":"x"}\n', "talk_share") == {"assistant": 0.018}


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


def test_an_update_of_a_live_session_that_is_refused_takes_no_time():
    update = '{} > session.update {{"event_id":"{}","session":{{"instructions":"x"}}}}\n'
    begun = (
        '0.5 < session.started {"session":{"id":"l","expires_at":1,"model":"gpt-live-1","instructions":"",'
        '"audio":{"format":{"type":"audio/pcm","rate":24000},"output":{"voice":"marin"}},'
        '"delegation":null,"status":"active","input":[]}}\n'
    )
    refused = (
        '1.2 < error {"error":{"type":"invalid_request_error","code":"no","message":"No","client_event_id":"one"}}\n'
    )
    updated = begun.replace("0.5 < session.started", "2.5 < session.updated")
    script = HEADER + begun + update.format(1, "one") + refused + update.format(2, "two") + updated
    assert values(script, "update_ms") == [500]
