"""Which rules are asked, of what, and when what they find is told; it is settled anew for each connection of a file."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from rtcli.events import Event, Listener, Malformed, build, encode, input_audio_buffer, response, session
from rtcli.events.objects import Response
from rtcli.events.vendors import XAI
from rtcli.formats import Entry
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check, Rule
from rtcli.rules.rule import NEEDS_CLIENT, Backwards, End, First, Reversed, Verdict

SPOKEN = Path(__file__).parents[2] / "recordings" / "spoken.jsonl"
DONE = json.loads(encode(build.response("r").done(Response(status="completed"))))


def header(host="api.openai.com"):
    return {"rtcli": 1, "transport": "websocket", "lossless": True, "url": f"wss://{host}/v1/realtime"}


def served(event):
    return {"t": 1.0, "from": "server", "event": event}


def told(*hosts):
    return found([record for host in hosts for record in (header(host), served(DONE))])


def found(records):
    listener = Listener()
    lines = (json.dumps(record).encode() + b"\n" for record in records)
    return [(one.code, one.line) for one in Check(RULES, listener).run(read(lines, listener))]


def test_what_a_vendor_is_known_to_do_otherwise_is_judged_again_when_another_server_follows():
    assert ("USE05", 2) in told("api.openai.com")
    assert ("USE05", 2) not in told("api.x.ai")
    assert ("USE05", 4) in told("api.x.ai", "api.openai.com")
    assert ("USE05", 4) not in told("api.openai.com", "api.x.ai")


def test_the_end_of_a_connection_is_judged_by_what_was_spoken_there():
    listing = {"type": "mcp_list_tools.in_progress", "event_id": "e", "item_id": "m"}
    session = {"type": "session.created", "event_id": "s"}
    end = {"t": 2.0, "from": "server", "close": {"code": 1000}}

    def ended(spoken, *then):
        return [
            code
            for code, _ in found([header(), served(session | {"session": spoken}), served(listing), end, *then])
            if code.startswith("MCP")
        ]

    assert ended({"type": "realtime"}) == ["MCP01"]
    assert ended({"type": "realtime"}, header()) == ["MCP01"]
    assert ended({"modalities": ["text"]}) == []
    assert ended({"modalities": ["text"]}, header()) == []


def test_what_a_client_speaks_is_known_from_an_event_of_a_kind_that_told_nothing_before():
    """The last of its items alone tells it, and the server's first event contradicts it."""

    def item(role, kind):
        return {"type": "message", "role": role, "content": [{"type": kind, "text": "x"}]}

    def sent(role, kind):
        return {"t": 2.0, "from": "client", "event": {"type": "conversation.item.create", "item": item(role, kind)}}

    user, assistant = sent("user", "input_text"), sent("assistant", "output_text")
    created = {"type": "conversation.item.created", "event_id": "e", "item": {"id": "i"} | item("user", "input_text")}
    answered = {"t": 3.0, "from": "server", "event": created}
    assert ("SCH14", 5) in found([header(), user, user, assistant, answered])
    assert "SCH14" not in dict(found([header(), user, user, user, answered]))
    assert ("SCH14", 5) in found([header(), answered, user, user, assistant])


CREATED = {"type": "session.created", "event_id": "e1", "session": {"type": "realtime", "id": "sess_1"}}
CLEARED = {"type": "input_audio_buffer.cleared", "event_id": "e2"}
COMMITTED = {"type": "input_audio_buffer.committed", "event_id": "e3", "item_id": "i", "previous_item_id": None}
ASKED = {"type": "response.create", "event_id": "c1"}


HERE = Verdict(message="Here.")


def rule(code, *types, needs=(), verdict=HERE, **more):
    """A rule that finds something wherever it is asked."""
    return Rule(code, "error", lambda _event, _entry, _ledgers: [verdict], types, frozenset(needs), **more)


def at(t, event, sender="server"):
    return {"t": t, "from": sender, "event": event}


def check_of(rules, records):
    listener = Listener()
    check = Check(rules, listener)
    lines = [json.dumps(record).encode() + b"\n" for record in records]
    return check, list(check.run(read(lines, listener)))


def places(rules, *records):
    """Code and line of all that is found."""
    return [(one.code, one.line) for one in check_of(rules, records)[1]]


def test_events_are_counted_and_headers_and_ends_are_not():
    close = {"t": 4.0, "from": "server", "close": {"code": 1000}}
    for rules in ((), [rule("A01", Event)], RULES):
        check, _ = check_of(rules, [header(), at(1, CREATED), at(2, ASKED, "client"), at(3, CLEARED), close])
        assert check.events == 3


def test_what_is_no_event_in_order_is_counted_too():
    check, found = check_of((), [header(), at(1, CREATED), at(2, {"type": "x.y"}), at(3, CLEARED | {"event_id": 7})])
    assert check.events == 3
    assert sorted((one.code, one.line) for one in found) == [("SCH04", 3), ("SCH06", 4)]


def test_a_rule_is_asked_of_the_classes_that_it_names_and_of_those_that_extend_them_in_the_order_of_the_table():
    rules = [rule("B01", input_audio_buffer.Cleared), rule("A01", Event), rule("C01", response.Done)]
    told = places(rules, header(), at(1, CREATED), at(2, CLEARED), at(3, COMMITTED), at(4, CLEARED))
    assert told == [("A01", 2), ("B01", 3), ("A01", 3), ("A01", 4), ("B01", 5), ("A01", 5)]


def test_a_rule_on_a_damaged_event_is_asked_of_it():
    assert ("A01", 2) in places([rule("A01", Malformed)], header(), at(1, CLEARED | {"event_id": 7}))


def test_first_last_reversed_and_late_lines_are_judged_as_such():
    rules = [rule("FIR01", First), rule("END01", End), rule("REV01", Reversed), rule("LAT01", Backwards)]
    records = [header(), at(1, ASKED, "client"), at(2, CREATED), at(3, CLEARED), at(2, CLEARED), at(2, CLEARED)]
    assert places(rules, *records, at(4, ASKED)) == [("FIR01", 3), ("LAT01", 5), ("REV01", 7), ("END01", 7)]
    assert places(rules, *records[:3], header(), at(1, CREATED)) == [
        *(("FIR01", 3), ("END01", 3)),
        *(("FIR01", 5), ("END01", 5)),
    ]
    assert places(rules) == []


def test_the_end_of_a_part_after_which_the_connection_went_on_is_none():
    assert places([rule("END01", End)], header() | {"cut": ["end"]}, at(1, CREATED)) == []
    assert places([rule("END01", End)], header() | {"cut": ["start"]}, at(1, CREATED)) == [("END01", 2)]


def test_what_needs_the_clients_events_is_told_as_soon_as_there_is_one():
    rules = [rule("CLI01", input_audio_buffer.Cleared, needs=NEEDS_CLIENT), rule("A01", response.Create)]
    served = [CREATED, CLEARED, CLEARED]
    assert places(rules, *served) == []
    assert places(rules, *served, ASKED) == [("CLI01", 2), ("CLI01", 3), ("A01", 4)]
    assert places(rules, *served, ASKED, CLEARED)[-1] == ("CLI01", 5)
    other = CREATED | {"session": {"type": "realtime", "id": "sess_2"}}
    assert places(rules, *served, other, ASKED) == [("A01", 5)], (
        "the client's of another connection tells nothing of it"
    )


def test_a_thousand_findings_wait_for_the_client_and_no_more():
    rules = [rule("CLI01", input_audio_buffer.Cleared, needs=NEEDS_CLIENT)]
    assert [line for _, line in places(rules, CREATED, *[CLEARED] * 1200, ASKED)] == list(range(2, 1002))


def test_what_needs_what_a_recording_has_not_is_never_told():
    needs = [rule(f"{need[:3].upper()}01", Event, needs=[need]) for need in ("lossless", "handshake", "times", "end")]
    whole = header() | {"handshake": True}
    assert {code for code, _ in places(needs, whole, at(1, CREATED))} == {"LOS01", "HAN01", "TIM01"}
    assert {code for code, _ in places(needs, whole | {"lossless": False}, at(1, CREATED))} == {"HAN01", "TIM01"}
    assert {code for code, _ in places(needs, header(), at(None, CREATED))} == {"LOS01"}


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        (Verdict("$.a", "Here.", "Mend it.", (2,)), (3, "server", "input_audio_buffer.cleared", "e2", "$.a", (2,))),
        (Verdict(line=3), (3, "server", "input_audio_buffer.cleared", "e2", "", ())),
        (Verdict(line=2, side="client"), (2, "client", "", "", "", ())),
    ],
)
def test_a_finding_names_the_event_that_it_is_about_unless_it_is_about_another_line(verdict, told):
    rules = [rule("A01", input_audio_buffer.Cleared, verdict=verdict)]
    (found,) = check_of(rules, [header(), at(1, CREATED), at(2, CLEARED)])[1]
    assert (found.line, found.side, found.type, found.event_id, found.path, found.lines) == told
    assert (found.severity, found.message, found.remedy) == ("error", verdict.message, verdict.remedy)


def test_where_nobody_knows_who_sent_a_line_nobody_is_to_blame():
    (found,) = check_of([rule("A01", End)], [header(), at(1, CREATED)])[1]
    assert (found.side, found.type, found.event_id) == ("unknown", "", "")


def test_rules_are_asked_where_their_dialect_is_spoken():
    rules = [rule("GA01", End, dialects=frozenset({"realtime"})), rule("BE01", End, dialects=frozenset({"beta"}))]
    beta = CREATED | {"session": {"modalities": ["text"]}}
    assert places(rules, header(), at(1, CREATED)) == [("GA01", 2)]
    assert [code for code, _ in places(rules, header(), at(1, beta)) if not code.startswith("SCH")] == ["BE01"]


def test_some_rules_can_be_asked_what_they_would_say_of_an_event_that_is_not_taken_in():
    rules = [
        rule("A01", Event),
        rule("B01", Event),
        rule("C01", Event, needs=["handshake"]),
        rule("D01", response.Done),
    ]
    listener = Listener()
    check = Check(rules, listener)
    entries = list(
        read([json.dumps(one).encode() + b"\n" for one in (header(), at(1, CREATED), at(2, CLEARED))], listener)
    )
    for entry in entries[:2]:
        check.feed(entry)
    found = check.suspected(entries[2], ("B01", "C01", "D01"))
    assert [(one.code, one.line) for one in found] == [("B01", 3)]
    assert check.events == 1


def test_a_check_needs_nobody_who_listens():
    entries = read([json.dumps(one).encode() + b"\n" for one in (header(), at(1, CREATED))])
    assert [one.code for one in Check([rule("A01", Event)]).run(entries)] == ["A01"]


def test_the_end_is_at_the_last_line_however_alike_the_lines_before_it_are():
    assert places([rule("END01", End)], header(), at(1, CREATED), *[at(2, CLEARED)] * 5) == [("END01", 7)]


def test_who_feeds_a_check_line_by_line_is_told_of_the_end_once():
    listener = Listener()
    check = Check([rule("END01", End)], listener)
    records = [header(), at(1, CREATED), at(2, {"type": "x.y"})]
    for entry in read([json.dumps(one).encode() + b"\n" for one in records], listener):
        assert not check.feed(entry)
    assert [(one.code, one.line) for one in check.finish()] == [("END01", 3), ("SCH04", 3)]
    assert [one.code for one in check.finish()] == ["SCH04"]


def test_a_rule_that_looks_into_an_event_by_itself_is_asked_of_every_one():
    records = [json.loads(line) for line in SPOKEN.read_text().splitlines()]
    kind = response.OutputAudioDelta
    name = kind.__struct_config__.tag
    lines = [line for line, one in enumerate(records, 1) if one.get("event", {}).get("type") == name]
    assert len(lines) > 10
    assert places([rule("A01", kind, by_itself=True)], *records) == [("A01", line) for line in lines]


def test_other_rules_hold_as_soon_as_another_dialect_is_heard():
    beta = CREATED | {"session": {"modalities": ["text"]}}
    rules = [rule("BE01", input_audio_buffer.Cleared, dialects=frozenset({"beta"}))]
    told = places(rules, header(), at(1, CLEARED), at(2, CLEARED), at(3, beta), at(4, CLEARED), at(5, CLEARED))
    assert [one for one in told if one[0] == "BE01"] == [("BE01", 5), ("BE01", 6)]


def test_rules_are_told_which_vendors_server_it_is():
    for host, vendor in (("api.x.ai", "xAI"), ("api.openai.com", "")):
        assert check_of([], [header(host), at(1, CREATED)])[0].ledgers.context.vendor == vendor


def test_an_event_of_which_nobody_knows_who_sent_it_came_from_no_wrong_side():
    listener = Listener()
    check = Check([rule("REV01", Reversed)], listener)
    event = listener.decode(json.dumps(ASKED), 1)
    assert not check.feed(Entry(1, 1.0, None, event))
    assert [one.code for one in check.feed(Entry(2, 2.0, "server", event))] == ["REV01"]


def test_a_vendors_way_that_a_rule_finds_is_told_once_as_a_remark_and_what_else_it_finds_each_time():
    way = next(one for one in XAI.known if one.path == "$.session.turn_detection.type")
    for path, told in ((way.path, [("info", 2, f"xAI: {way.what}")]), ("$.session.id", [("error", 1, "")] * 2)):
        rules = [rule("A01", session.Updated, verdict=Verdict(path, "Here."))]
        updated = {"type": "session.updated", "event_id": "e", "session": {"type": "realtime"}}
        _, found = check_of(rules, [header("api.x.ai"), at(1, CREATED), at(2, updated), at(3, updated)])
        assert [(one.severity, one.count, one.remedy) for one in found] == told


def test_what_is_odd_is_counted_each_time_and_an_event_from_the_wrong_side_is_told_each_time():
    odd = CLEARED | {"mood": 1}
    rules = [rule("REV01", Reversed), rule("END01", End)]
    _, found = check_of(rules, [header(), at(1, CREATED), *[at(2, odd)] * 4, *[at(3, ASKED)] * 3])
    assert [one.count for one in found if one.code == "SCH09"] == [4]
    assert [one.line for one in found if one.code == "REV01"] == [7, 8, 9]


def test_most_rules_hold_for_every_vendor_and_some_for_openais_own_servers():
    rules = [rule("ALL01", End), rule("OWN01", End, openai_only=True)]
    assert [code for code, _ in places(rules, header("api.x.ai"), at(1, CREATED))] == ["ALL01"]
    assert [code for code, _ in places(rules, header("api.openai.com"), at(1, CREATED))] == ["ALL01", "OWN01"]


def test_a_rule_that_needs_all_that_there_is_is_asked():
    records = [header(), at(1, CREATED), at(2, CLEARED)]
    kept = check_of([], records)[0].ledgers.context.kept
    rules = [rule("A01", input_audio_buffer.Cleared, needs=kept)]
    assert places(rules, *records) == [("A01", 3)]
    listener = Listener()
    check = Check(rules, listener)
    entries = list(read([json.dumps(one).encode() + b"\n" for one in records], listener))
    for entry in entries:
        check.feed(entry)
    assert [one.code for one in check.suspected(entries[2], ("A01",))] == ["A01"]
