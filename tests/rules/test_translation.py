"""Sessions of translation: what the pages do not show."""

from __future__ import annotations

import base64
import json

import pytest
from notation import lines_of

from rtcli.events import Listener
from rtcli.formats.rtcli import read
from rtcli.rules import Check
from rtcli.rules.translation import RULES

WHOLE = '- {"rtcli": 1, "transport": "websocket", "lossless": true}'
TRANSLATION = {"type": "translation", "id": "s", "model": "m", "audio": {}, "expires_at": 1}
SESSION = "< session.created %s" % json.dumps({"session": TRANSLATION})
CLOSE = '- {"from": %s, "close": {"code": 1000}}'


def said(*lines):
    listener = Listener()
    entries = read(lines_of("\n".join([WHOLE, *lines])), listener)
    return [one for one in Check(RULES, listener).run(entries) if one.code.startswith("TRL")]


def found(*lines):
    return [(one.code, one.line) for one in said(*lines)]


def delta(kind="output_transcript", **fields):
    return "< session.%s.delta %s" % (kind, json.dumps({"delta": "AAAA", **fields}))


def test_only_what_the_client_sends_is_refused():
    assert found(SESSION, "> response.create {}", '< response.created {"response": {"id": "r"}}') == [("TRL01", 3)]
    unheard_of = '- {"from": "%s", "event": {"type": "vendor.ping"}}'
    assert found(SESSION, unheard_of % "client", unheard_of % "server") == [("TRL01", 3)]
    assert found(SESSION, "> session.close {}", "< session.closed {}") == []


@pytest.mark.parametrize(("sender", "side"), [('"client"', "client"), ('"server"', "server"), ("null", "client")])
def test_a_close_that_waits_for_nothing_is_told_of_whoever_closed(sender, side):
    (one,) = said(SESSION, CLOSE % sender)
    assert (one.code, one.side, one.lines) == ("TRL04", side, ())
    assert one.message.endswith("and without a session.close")


def test_a_close_that_does_not_wait_for_the_end_is_told_with_the_request_for_it_and_once():
    (one,) = said(SESSION, "> session.close {}", CLOSE % '"client"', CLOSE % '"server"')
    assert (one.code, one.line, one.lines) == ("TRL04", 4, (3,))
    assert one.message.endswith("to the session.close of line 3")


def test_each_stream_has_a_timeline_of_its_own_and_only_transcripts_have_a_grid():
    assert found(SESSION, delta(elapsed_ms=400), delta("output_audio", elapsed_ms=250), delta(elapsed_ms=400)) == []
    assert found(SESSION, delta(elapsed_ms=450)) == [("TRL05", 3)]
    assert found(SESSION, delta("output_audio", elapsed_ms=450), delta("output_audio", elapsed_ms=250)) == [
        ("TRL05", 4)
    ]
    (one,) = said(SESSION, delta(elapsed_ms=400), delta(elapsed_ms=200))
    assert one.lines == (3,)
    assert found(SESSION, delta(), delta(elapsed_ms=None)) == []


@pytest.mark.parametrize(
    ("fields", "codes"),
    [
        ({"session": {"model": "another"}}, ["TRL06"]),
        ({"session": {"type": "realtime", "model": "another"}}, ["TRL06", "TRL06"]),
        ({"session": {"model": "m", "type": "translation"}}, []),
        ({"session": {"mood": "good"}}, []),
        ({"session": {}, "model": "another"}, []),
    ],
)
def test_a_model_and_a_type_may_be_said_again_and_not_be_changed(fields, codes):
    line = "> session.update %s" % json.dumps(fields)
    assert [one.code for one in said(SESSION, line)] == codes


def test_a_source_is_transcribed_where_it_was_asked_for_or_nobody_knows():
    asked = TRANSLATION | {"audio": {"input": {"transcription": {"model": "w"}}}}
    other = TRANSLATION | {"audio": {"input": {"transcription": None}}}
    assert found("< session.created %s" % json.dumps({"session": asked}), delta("input_transcript")) == []
    assert found("< session.created %s" % json.dumps({"session": other}), delta("input_transcript")) == [("TRL07", 3)]


def append(t, ms=0):
    sound = base64.b64encode(bytes(ms * 48)).decode() or "AAAA"
    return f'{t} > session.input_audio_buffer.append {{"audio": "{sound}"}}'


@pytest.mark.parametrize(("t", "codes"), [(3.0, []), (60.0, ["TRL08"])])
def test_a_gap_is_told_with_how_long_it_was(t, codes):
    gaps = said(f"0.0 {SESSION}", append(1.0), append(t))
    assert [one.code for one in gaps] == codes
    assert all("59.0 s" in one.message and one.lines == (3,) for one in gaps)


def test_audio_that_was_sent_ahead_leaves_no_gap_while_it_lasts():
    """2,000 ms of PCM16 at 24 kHz, sent ten times at once."""
    ahead = [append(1.0, 2000)] * 10
    assert found(f"0.0 {SESSION}", *ahead, append(20.0)) == []
    assert found(f"0.0 {SESSION}", *ahead, append(60.0)) == [("TRL08", 13)]


@pytest.mark.parametrize(
    ("first", "then", "paths"),
    [
        ({"sample_rate": 24000}, {"sample_rate": 24000, "channels": 1}, []),
        ({"sample_rate": 24000}, {"sample_rate": 16000}, ["$.sample_rate"]),
        ({"channels": 1}, {"channels": 2, "sample_rate": 24000}, ["$.channels"]),
        ({"sample_rate": 24000, "channels": 1}, {}, []),
    ],
)
def test_a_format_changes_only_where_both_are_told(first, then, paths):
    changes = said(SESSION, delta("output_audio", **first), delta("output_audio", **then))
    assert [(one.code, one.path) for one in changes] == [("TRL09", path) for path in paths]


def test_of_a_session_that_was_not_seen_nobody_knows_how_it_is_configured():
    header = WHOLE.replace("{", '{"url": "wss://api.openai.com/v1/realtime/translations?model=m", ', 1)

    def found_there(*lines):
        listener = Listener()
        told = Check(RULES, listener).run(read(lines_of("\n".join([header, *lines])), listener))
        return [(one.code, one.line) for one in told if one.code.startswith("TRL")]

    update = '> session.update {"session": {"model": "another"}}'
    assert found_there(SESSION, update, delta("input_transcript")) == [("TRL06", 3), ("TRL07", 4)]
    assert found_there(update, delta("input_transcript")) == []


def test_a_pause_of_two_seconds_is_no_gap_and_one_of_three_is():
    """An append without samples takes no time."""

    def silence(t):
        return f'{t} > session.input_audio_buffer.append {{"audio": ""}}'

    assert found(f"0.0 {SESSION}", silence(1.0), silence(3.0)) == []
    assert found(f"0.0 {SESSION}", silence(1.0), silence(3.5)) == [("TRL08", 4)]


def test_audio_without_a_time_says_nothing_of_a_gap():
    untimed = '- {"from": "client", "event": {"type": "session.input_audio_buffer.append", "audio": "AAAA"}}'
    assert found(f"0.0 {SESSION}", append(1.0), untimed) == []


def test_a_client_may_ask_for_the_end_when_it_has_just_come():
    assert found(SESSION, "< session.closed {}", "> session.close {}") == []
    assert found(SESSION, "< session.closed {}", delta()) == [("TRL03", 4)]
