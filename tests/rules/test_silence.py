"""Which rules could not be judged is told with the reason, and of the others nothing."""

from __future__ import annotations

import json

import pytest

from rtcli.events import Event, Listener
from rtcli.formats.rtcli import read
from rtcli.rules import Check, Rule
from rtcli.rules.rule import End
from rtcli.rules.silence import WHY, Silence, Watch, folded, silent
from rtcli.session.context import Need

CREATED = {"type": "session.created", "event_id": "e", "session": {"type": "realtime", "id": "sess_1"}}
CREATE = {"type": "response.create"}


def nothing(_event, _entry, _ledgers):
    """Nothing is ever wrong."""
    return ()


def rule(code, *needs, **more):
    return Rule(code, "error", nothing, (Event, End), frozenset(needs), **more)


def header(**more):
    return {"rtcli": 1, "transport": "websocket", "lossless": True, "handshake": True} | more


def frame(event, sender, **more):
    return {"t": 1.0, "from": sender, "event": event} | more


def rows(rules, *recordings):
    silence = Silence()
    for records in recordings:
        listener = Listener()
        check = Check(rules, listener)
        watch = Watch(check, listener.detector)
        lines = [json.dumps(record).encode() + b"\n" for record in records]
        assert [one for one in check.run(watch.entries(read(lines, listener))) if not one.code.startswith("SCH")] == []
        told = silent(rules, watch.connections)
        if told is not None:
            silence.note(told)
    return {(row.reason, code): row.files for row in silence.rows() for code in row.codes}


WHOLE = [header(), frame(CREATED, "server"), frame(CREATE, "client"), {"t": 2.0, "from": "server", "close": {}}]


def test_where_everything_is_recorded_no_rule_is_silent():
    assert rows([rule(f"XXX{number:02}", need) for number, need in enumerate(WHY)], WHOLE) == {}


@pytest.mark.parametrize(
    ("need", "records"),
    [
        ("times", [CREATED, CREATE]),
        ("client", [CREATED]),
        ("start", [header(), frame(CREATE, "client")]),
        ("end", WHOLE[:-1]),
        ("lossless", [header(lossless=False), *WHOLE[1:]]),
        ("audio", [CREATED, CREATE]),
        ("websocket", [header(transport="webrtc"), *WHOLE[1:]]),
        ("handshake", [header(handshake=False), *WHOLE[1:]]),
    ],
)
def test_a_rule_is_silent_where_what_it_needs_is_missing(need, records):
    rules = [rule("XXX01", need), rule("XXX02")]
    assert rows(rules, records) == {(need, "XXX01"): 1}


def test_every_need_is_put_into_words():
    assert set(WHY) == set(Need.__args__)


def test_a_rule_that_was_judged_on_one_connection_of_a_file_was_not_silent():
    rules = [rule("XXX01", "handshake"), rule("XXX02", "end")]
    other = [header(handshake=False), *WHOLE[1:]]
    assert rows(rules, WHOLE + other) == {}
    assert rows(rules, other + other) == {("handshake", "XXX01"): 1}
    assert rows(rules, other + WHOLE[:-1]) == {}


def test_connections_without_headers_are_told_apart_too():
    again = CREATED | {"session": {"type": "realtime", "id": "sess_2"}}
    assert rows([rule("XXX01", "client")], [CREATED, CREATE, again]) == {}
    assert rows([rule("XXX01", "client")], [CREATED, again, CREATE]) == {}


def test_a_rule_that_is_about_another_dialect_or_vendor_was_silent():
    rules = [rule("XXX01", dialects=frozenset({"translation"})), rule("XXX02", openai_only=True), rule("XXX03")]
    assert rows(rules, [CREATED]) == {("dialect", "XXX01"): 1}
    assert rows(rules, [header(url="wss://api.x.ai/v1/realtime"), *WHOLE[1:]])[("vendor", "XXX02")] == 1


def test_files_are_counted_and_an_empty_one_says_nothing():
    rules = [rule("XXX01", "times"), rule("XXX02", "client")]
    assert rows(rules, [CREATED], [CREATED, CREATE], WHOLE, []) == {("times", "XXX01"): 2, ("client", "XXX02"): 1}


def test_neighbours_are_folded():
    assert folded(["SEQ02", "SEQ01", "SEQ03", "SEQ09", "AUD04", "AUD03"]) == ["AUD03-04", "SEQ01-03", "SEQ09"]
    assert folded([]) == []
