"""Limits: what keeps them, what breaks them, and what cannot be judged and is never taken for kept."""

from __future__ import annotations

import pytest
from counted import BEGIN, HEADER, audio, committed, created, done, session_of, started, stopped
from notation import entries_of

from rtcli.session.gates import Gate, judge
from rtcli.session.measured import connections

NO_TIMES = "the recording has no times"


def turns(*first_audio_ms, begin=BEGIN):
    """One spoken turn every 10 s, whose first audio comes so late; None is a turn that is answered in writing."""
    script = begin
    for number, ms in enumerate(first_audio_ms, 1):
        t, item, answer = 10.0 * number, f"u{number}", f"r{number}"
        script += started(t - 1, item, 0) + stopped(t, item, 900) + committed(t, item) + created(t, answer)
        script += (audio(t + ms / 1000, answer) if ms is not None else "") + done(t + 5, answer)
    return script


def judged(script, limit, share=None, metric="ttfa"):
    gate = Gate("--gate", f"{limit}", limit, metric, share)
    return judge(gate, list(connections(entries_of(script))))


def untimed(script):
    return "\n".join(line.split(maxsplit=1)[1] for line in script.splitlines() if line[0].isdigit())


def test_a_limit_is_kept_by_the_value_that_is_as_long():
    assert judged(turns(100, 300), 300).verdict == "kept"
    broken = judged(turns(100, 300), 299)
    assert (broken.verdict, broken.why) == ("broken", "1 of 2 turns took longer, at worst 300 ms")


def test_a_broken_limit_has_the_lines_of_the_audio_that_came_late():
    script = turns(100, 300, 200, 400)
    late = [
        number
        for number, line in enumerate(script.splitlines(), 1)
        if "output_audio.delta" in line and line.startswith(("20.3 ", "40.4 "))
    ]
    assert judged(script, 250).lines == late
    assert [one.turn for one in judged(script, 250).over] == [2, 4]


def test_a_percentile_is_that_of_the_nearest_rank():
    script = turns(500, 100, 400, 200, 300)
    assert judged(script, 300, 50).value == 300
    assert judged(script, 300, 50).verdict == "kept"
    assert judged(script, 499, 95).value == 500
    assert judged(script, 499, 95).verdict == "broken"


def test_of_fewer_than_five_values_a_percentile_is_kept_if_all_of_them_are_and_cannot_be_judged_otherwise():
    assert judged(turns(100, 200, 300, 400), 400, 95).verdict == "kept"
    few = judged(turns(100, 200, 300, 401), 400, 95)
    assert (few.verdict, few.why) == ("not judged", "4 values make no percentile, and 1 of them took longer")


@pytest.mark.parametrize("share", [None, 95])
def test_without_times_no_time_can_be_judged(share):
    assert (judged(untimed(turns(100)), 1000, share).verdict, judged(untimed(turns(100)), 1000, share).why) == (
        "not judged",
        NO_TIMES,
    )


def test_what_never_happens_cannot_be_judged():
    assert judged(BEGIN, 1000).why == "there are no turns in it"
    assert judged(turns(None), 1000).why == "no turn has such a time"
    assert judge(Gate("--gate", "1s", 1000, "ttfa"), []).verdict == "not judged"


def test_a_turn_without_the_time_is_told_and_the_others_are_judged():
    mixed = judged(turns(100, None, 300), 300)
    assert (mixed.verdict, [one.turn for one in mixed.without]) == ("kept", [2])


def test_voice_to_voice_needs_what_the_client_sent():
    logged = untimed(session_of()) + "\n" + turns(100, begin="")
    assert judged(logged, 1000, metric="voice_to_voice").why == "the client's events are not in the recording"


def test_turns_of_several_connections_are_judged_together():
    both = judged(turns(100) + turns(300, begin=HEADER + session_of(session_id="sess_2")), 200)
    assert [(one.connection, one.turn) for one in both.over] == [(2, 1)]


ERROR = '50.0 < error {"error":{"type":"invalid_request_error","code":"%s","message":"No."}}\n'


def test_errors_count_and_so_do_responses_that_failed_but_not_what_only_came_late():
    failed = done(60.0, "r9", "failed", ',"status_details":{"type":"failed","error":{"code":"server_error"}}')
    script = turns(100) + ERROR % "bad" + ERROR % "response_cancel_not_active" + failed
    lines = [number for number, line in enumerate(script.splitlines(), 1) if '"bad"' in line or "server_error" in line]
    broken = judged(script, 1, metric="errors")
    assert (broken.verdict, broken.value, broken.lines) == ("broken", 2, lines)
    assert judged(script, 2, metric="errors").verdict == "kept"


def test_where_frames_are_missing_no_error_cannot_be_told_from_one_that_was_lost():
    lossy = turns(100, begin=HEADER.replace('"lossless":true', '"lossless":false') + session_of())
    assert judged(lossy, 0, metric="errors").why == "frames are missing in the recording"
    assert judged(lossy + ERROR % "bad", 0, metric="errors").verdict == "broken"


def test_a_gate_is_called_as_it_was_written():
    assert Gate("--max-ttfa", "800ms", 800.0, "ttfa").name == "--max-ttfa 800ms"
