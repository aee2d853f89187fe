"""What a session comes to in a row: counted by hand, and the same as what the other commands say."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from counted import BEGIN, HEADER, SPOKEN, WHOLE, created, done, session_of
from notation import entries_of, lines_of
from sweeping import by_turns

from rtcli.causes.case import Case
from rtcli.causes.overview import overviews
from rtcli.events import Listener
from rtcli.formats import read
from rtcli.formats.rtcli import read as read_lines
from rtcli.rules import Check, Codes

RECORDINGS = Path(__file__).parents[2] / "recordings"
ALL = sorted([*RECORDINGS.glob("*.jsonl"), *RECORDINGS.glob("clean/*.jsonl"), *RECORDINGS.glob("broken/*.jsonl")])
CLOSED = '- {"t":4.1,"from":"server","close":{"code":1001,"reason":"going away"}}\n'


def told(script):
    listener = Listener()
    return list(overviews(read_lines(lines_of(script), listener), listener))


def of(path):
    listener = Listener()
    return list(overviews(read(path, listener), listener))


def test_a_spoken_call_is_told_with_its_numbers():
    script = SPOKEN.replace('"output":{', '"output":{"voice":"marin",').replace(
        done(1.8, "r"), done(1.8, "r", more=WHOLE)
    )
    (one,) = told(script + CLOSED)
    assert (one.model, one.dialect, one.voice, one.session_id) == ("gpt-realtime", "realtime", "marin", "sess_1")
    assert (one.input_format, one.output_format, one.turn_detection) == ("audio/pcm", "audio/pcm", "server_vad")
    assert (one.duration_s, one.events) == (pytest.approx(4.0), 18)
    assert (one.turns, one.responses, one.completed, one.unfinished) == (1, 1, 1, 0)
    assert (one.audio_in_ms, one.audio_out_ms) == (1000, 400)
    assert (one.ttfa_worst_ms, one.ttfa_p50_ms) == (300, None)
    assert (one.voice_to_voice_worst_ms, one.voice_to_voice_p50_ms) == (700, None)
    assert (one.longest_silence_ms, one.longest_silence_at_s) == (pytest.approx(2200), pytest.approx(1.9))
    assert (one.input_tokens, one.cached_tokens, one.output_tokens) == (1000, 500, 100)
    assert (one.text_in_tokens, one.audio_in_tokens, one.text_out_tokens, one.audio_out_tokens) == (600, 400, 20, 80)
    assert one.cost_usd == pytest.approx(0.01324)
    assert (one.closed_by, one.close_code, one.close_reason) == ("server", 1001, "going away")


def test_responses_are_counted_by_their_status_and_errors_by_their_code():
    script = BEGIN
    for number, status in enumerate(["completed", "cancelled", "failed", "incomplete", "completed"]):
        more = ',"status_details":{"type":"failed","error":{"code":"server_error"}}' if status == "failed" else ""
        script += created(number + 1.0, f"r{number}") + done(number + 1.5, f"r{number}", status, more)
    script += created(8.0, "open")
    for code in ("bad", "bad", "response_cancel_not_active"):
        script += f'9.0 < error {{"error":{{"type":"invalid_request_error","code":"{code}","message":"No."}}}}\n'
    (one,) = told(script)
    counts = (one.responses, one.completed, one.cancelled, one.failed, one.incomplete, one.unfinished)
    assert counts == (6, 2, 1, 1, 1, 1)
    assert one.error_codes == {"server_error": 1, "bad": 2, "response_cancel_not_active": 1}
    assert one.errors == 3
    assert one.closed_by is None


def test_each_connection_of_a_file_is_told_for_itself(tmp_path):
    bad = '9.0 < error {"error":{"type":"x","code":"bad","message":"No."}}\n'
    both = told(SPOKEN + HEADER + session_of(session_id="sess_2") + bad)
    assert [(one.connection, one.session_id, one.turns, one.errors) for one in both] == [
        (1, "sess_1", 1, 0),
        (2, "sess_2", 0, 1),
    ]
    path = tmp_path / "both.jsonl"
    path.write_text("".join((RECORDINGS / name).read_text() for name in ("clean/spoken.jsonl", "broken/TUR01.jsonl")))
    assert [(one.causes > 0, one.finding_codes) for one in of(path)] == [(False, {}), (True, {"TUR01": 1})]


def test_a_recording_of_nothing_has_one_row_in_which_nothing_is_known():
    for script in ("", HEADER):
        (one,) = told(script)
        assert (one.events, one.turns, one.duration_s, one.cost_usd, one.closed_by) == (0, 0, None, None, None)


@pytest.mark.parametrize("path", by_turns(ALL, 1, 3), ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_findings_are_those_of_validate_and_causes_those_of_the_doctor(path):
    (one,) = of(path)
    listener, codes = Listener(), Codes()
    check = Check(codes.rules, listener)
    found = [finding for finding in check.run(read(path, listener)) if codes.want(finding.code)]
    severities = Counter(finding.severity for finding in found)
    assert (one.error_findings, one.warning_findings, one.info_findings) == (
        severities["error"],
        severities["warning"],
        severities["info"],
    )
    assert one.finding_codes == Counter(finding.code for finding in found)
    listener = Listener()
    case = Case(listener)
    for entry in read(path, listener):
        case.feed(entry)
    case.finish()
    assert one.causes == len(case.causes)
    assert one.worst_cause == (case.causes[0].title if case.causes else None)
    assert one.cost_usd == (case.connections[0].cost_usd.high if case.connections[0].cost_usd else None)
    assert one.duration_s == pytest.approx(case.connections[0].duration_s)


def test_the_worst_call_is_one_that_did_not_do_what_it_was_for():
    unanswered = "turn of the user was never answered"
    worst = sorted((one for path in by_turns(ALL, 0, 3) for one in of(path)), key=lambda one: one.badness, reverse=True)
    assert worst[0].gravity == max(one.gravity for one in worst)
    assert [one.gravity for one in worst] == sorted((one.gravity for one in worst), reverse=True)
    assert worst[-1].causes == 0
    assert any(unanswered in (one.worst_cause or "") for one in worst)


def test_translation_and_live_have_their_model_though_they_have_no_turns(shared):
    (translated,) = of(shared / "traffic/translation/speech_translation.jsonl")
    (live,) = of(shared / "traffic/live/text_only_session.jsonl")
    assert (translated.dialect, translated.model) == ("translation", "gpt-realtime-translate")
    assert (live.dialect, live.model, live.voice) == ("live", "gpt-live-1", "marin")


def test_the_same_entries_give_the_same_row():
    entries = entries_of(SPOKEN)
    assert list(overviews(entries, Listener())) == list(overviews(entries, Listener()))


def test_a_file_with_a_header_is_one_connection_to_info_as_it_is_to_the_doctor():
    """A second session behind the close belongs to another recording: that is a finding, and no second row."""
    again = CLOSED + session_of(t=5.1, session_id="sess_2") + created(5.2, "late") + done(5.3, "late")
    (one,) = told(SPOKEN + again)
    assert one.responses == 2
    listener = Listener()
    case = Case(listener)
    for entry in read_lines(lines_of(SPOKEN + again), listener):
        case.feed(entry)
    case.finish()
    assert len(case.connections) == 1
