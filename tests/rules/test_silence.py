"""Which rules could not be judged is told with the reason, and of the others nothing."""

from __future__ import annotations

import json

import pytest

from rtcli.events import Event, Listener
from rtcli.formats.rtcli import read
from rtcli.rules import Check, Rule
from rtcli.rules.rule import End
from rtcli.rules.silence import WHY, Row, Silence, Watch, folded, silent
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
    assert folded(["SEQ11", "SEQ10", "SEQ09", "TRN10"]) == ["SEQ09-11", "TRN10"]
    assert folded(["AAA01", "BBB02", "BBB04"]) == ["AAA01", "BBB02", "BBB04"]


def test_of_each_reason_the_rules_come_first_that_were_silent_in_most_files_and_the_reasons_by_name():
    silence = Silence()
    times, client = ("times", WHY["times"]), ("client", WHY["client"])
    silence.note([(*times, "XXX03"), (*times, "XXX02"), (*times, "XXX01")])
    silence.note([(*times, "XXX03"), (*client, "XXX02")])
    silence.note([])
    assert silence.rows() == [
        Row("client", WHY["client"], ["XXX02"], 1, 3),
        Row("times", WHY["times"], ["XXX03"], 2, 3),
        Row("times", WHY["times"], ["XXX01", "XXX02"], 1, 3),
    ]


def test_a_row_is_told_in_one_line_with_the_files_where_there_are_several():
    assert str(Row("times", "no times", ["XXX02", "XXX01"], 1, 1)) == "times: no times: XXX01-02"
    assert str(Row("times", "no times", ["XXX01"], 1, 2)) == "times: no times (1 of 2 files): XXX01"
    assert str(Row("times", "no", ["XXX01"], 1234, 5678)) == "times: no (1,234 of 5,678 files): XXX01"


def told(rules, *recordings):
    """Reason, words and code of what was silent in one file."""
    listener = Listener()
    check = Check(rules, listener)
    watch = Watch(check, listener.detector)
    lines = [json.dumps(record).encode() + b"\n" for record in recordings]
    list(check.run(watch.entries(read(lines, listener))))
    return silent(rules, watch.connections), watch.connections


def test_each_reason_of_each_connection_is_told_with_its_words():
    rules = [rule("XXX01", "handshake", "end"), rule("XXX02")]
    other = [header(handshake=False), *WHOLE[1:]]
    found, _ = told(rules, *other, *WHOLE[:-1])
    assert found == [("end", WHY["end"], "XXX01"), ("handshake", WHY["handshake"], "XXX01")]
    found, _ = told([rule("XXX01", dialects=frozenset({"live"}))], *WHOLE)
    assert [(reason, code) for reason, _, code in found] == [("dialect", "XXX01")]
    assert "realtime is spoken" in found[0][1]
    found, _ = told([rule("XXX01", openai_only=True)], header(url="wss://api.x.ai/v1/realtime"), *WHOLE[1:])
    assert found == [("vendor", "xAI is known to do it otherwise", "XXX01")]


def test_rules_about_openai_alone_are_judged_where_nobody_knows_the_vendor_and_at_azures_own():
    for url in ("wss://api.openai.com/v1/realtime", "wss://a.openai.azure.com/openai/realtime", "wss://example.org/"):
        assert told([rule("XXX01", openai_only=True)], header(url=url), *WHOLE[1:])[0] == []


def test_connections_that_are_alike_are_kept_once():
    assert len(told([], *WHOLE, *WHOLE, *WHOLE)[1]) == 1
    assert len(told([], *WHOLE, *WHOLE[:-1], *WHOLE)[1]) == 2
    assert (
        told(
            [],
        )[0]
        is None
    )


def test_rules_that_were_silent_in_more_files_come_first_whichever_were_noted_first():
    for codes in (["XXX03", "XXX01", "XXX02"], ["XXX01", "XXX02", "XXX03"]):
        silence = Silence()
        for length in (3, 2, 1):
            silence.note([("times", "no", code) for code in codes if int(code[-1]) <= length])
        assert [(row.codes, row.files) for row in silence.rows()] == [(["XXX01"], 3), (["XXX02"], 2), (["XXX03"], 1)]


def test_a_rule_that_holds_for_every_vendor_is_not_silent_and_each_vendors_connection_is_kept():
    other = [header(url="wss://api.x.ai/v1/realtime"), *WHOLE[1:]]
    found, connections = told([rule("XXX01"), rule("XXX02", openai_only=True)], *other, *WHOLE)
    assert found == []
    assert [one.vendor.name if one.vendor else "" for one in connections] == ["xAI", ""]
    assert told([rule("XXX01")], *other)[0] == []
