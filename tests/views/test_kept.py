"""How a client kept to a recording, for a person and for a program."""

from __future__ import annotations

import msgspec

from rtcli.script.outcome import Came, Divergence, Outcome
from rtcli.views.kept import kept, kept_as_json

QUESTION = Came(6, "conversation.item.create", '{"type":"conversation.item.create"}')


def test_a_client_that_kept_to_the_script_takes_two_lines():
    outcome = Outcome(
        expected=3, same=2, alike=1, released=21, audio_bytes_expected=48_000, audio_bytes=24_000, per_ms=48
    )
    assert kept(1, outcome).plain.splitlines() == [
        "client 1: it kept to the script",
        "  3 of 3 client events matched, 1 with other values, 500 ms of 1.00 s of audio, 21 of 21 server events sent",
    ]


def test_where_the_two_went_apart_both_lines_are_shown():
    came = Came(2, "x", '{"type":"x"}')
    outcome = Outcome(expected=1, off_script=1, unmatched=[came], missing=[QUESTION], first=Divergence(QUESTION, came))
    text = kept(7, outcome).plain
    assert "client 7: it left the script" in text
    assert '    recorded  line 6: {"type":"conversation.item.create"}\n    came      frame 2: {"type":"x"}\n' in text
    assert text.endswith("not sent: line 6 conversation.item.create")


def test_what_was_spoilt_on_purpose_is_not_told_as_sent():
    assert kept(1, Outcome(released=21, troubled=9)).plain.endswith(
        "21 of 21 server events sent, 9 of these dropped, doubled or spoilt on purpose"
    )


def test_what_did_not_come_is_said():
    assert "came      nothing" in kept(1, Outcome(first=Divergence(QUESTION, None))).plain
    assert "recorded  nothing" in kept(1, Outcome(first=Divergence(None, QUESTION))).plain
    assert "too little audio" in kept(1, Outcome(first=Divergence(QUESTION, None, "audio"))).plain


def test_what_a_client_sent_moves_no_cursor():
    came = Came(1, "\x1b[2J", "\x1b[2J" + "x" * 1000)
    text = kept(1, Outcome(unmatched=[came], missing=[came], first=Divergence(None, came))).plain
    assert "\x1b" not in text
    assert len(max(text.splitlines(), key=len)) < 300


def test_many_that_were_not_sent_are_counted():
    assert kept(1, Outcome(missing=[QUESTION] * 8)).plain.endswith("and 3 more events")


def test_a_program_gets_numbers_and_names():
    outcome = Outcome(
        expected=1, missing=[QUESTION], audio_bytes_expected=4800, per_ms=48, first=Divergence(QUESTION, None)
    )
    body = msgspec.json.decode(msgspec.json.encode(kept_as_json(2, outcome)))
    assert body["schema"] == "rtcli.replay/1"
    assert (body["client"], body["diverged"], body["audio_ms_expected"]) == (2, True, 100.0)
    assert body["first_divergence"] == {
        "expected": {"line": 6, "type": QUESTION.type, "text": QUESTION.text},
        "came": None,
        "lacks": "",
    }
    assert not any(name.endswith("bytes") for name in body)
