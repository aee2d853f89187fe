"""What the schema says of one line, and what is told once with a count: how many are told apart."""

from __future__ import annotations

import json

import pytest

from rtcli.events import BETA, REALTIME, Listener, Unknown, decode
from rtcli.events.vendors import XAI, Deviation, Vendor
from rtcli.formats import Entry
from rtcli.recording import Binary, Torn
from rtcli.rules.schema import TITLES, Oddities, disagreement, findings, is_odd


def entry(event, line=1):
    return Entry(line, None, "server", event)


def full():
    oddities = Oddities()
    for number in range(Oddities.LIMIT):
        oddities.note(entry(Unknown(f"x.{number}", {})))
    assert oddities.is_full
    return oddities


def counts(oddities):
    return {(one.code, one.type, one.path): one.count for one in oddities.findings()}


def often(**body):
    """An event as it is when it has come often enough to be learned."""
    listener = Listener(REALTIME)
    return [listener.decode(json.dumps(body), line) for line in range(30)][-1]


def learned(**fields):
    """An event of a class that has learned these fields."""
    event = often(type="rate_limits.updated", event_id="e", rate_limits=[], **fields)
    assert len(type(event).learned_fields) == len(fields)
    return event


def test_a_learned_field_is_counted_where_it_is_known_and_told_where_it_is_not():
    event, oddities, many = learned(mood=1), Oddities(), full()
    for _ in range(3):
        oddities.note(entry(event))
        many.note(entry(event))
    assert counts(oddities) == {("SCH09", "rate_limits.updated", "$.mood"): 3}
    assert len(many.findings()) == Oddities.LIMIT
    assert oddities.taking(type(event))(event)
    assert not many.taking(type(event))(event)


def test_a_learned_field_is_not_counted_in_an_event_that_does_not_have_it():
    listener, oddities = Listener(REALTIME), Oddities()
    plain = {"type": "rate_limits.updated", "event_id": "e", "rate_limits": []}
    moody, calm = (
        [listener.decode(json.dumps(plain | more), line) for line in range(30)][-1] for more in ({"mood": 1}, {})
    )
    assert type(calm) is type(moody)
    oddities.note(entry(moody))
    takes = oddities.taking(type(moody))
    for event in (calm, moody, calm):
        assert takes(event)
    assert counts(oddities) == {("SCH09", "rate_limits.updated", "$.mood"): 2}


def test_an_event_with_learned_fields_is_taken_in_when_all_of_them_are_known():
    event, oddities = learned(mood=1, pace=2), Oddities()
    takes = oddities.taking(type(event))
    assert not takes(event)
    oddities.note(entry(event))
    assert takes(event)
    assert set(counts(oddities).values()) == {2}


def test_what_was_told_of_later_lines_is_added_as_long_as_there_is_room():
    later = Oddities()
    for name in ("x.7", "y.1"):
        later.note(entry(Unknown(name, {}), 5))
    for oddities, is_new in ((full(), False), (Oddities(), True)):
        known = counts(oddities).get(("SCH04", "x.7", ""), 0)
        oddities.merge(later.findings())
        assert counts(oddities)["SCH04", "x.7", ""] == known + 1
        assert (("SCH04", "y.1", "") in counts(oddities)) is is_new


def test_a_vendors_way_is_no_error_even_where_no_more_can_be_told_apart():
    way = next(one for one in XAI.known if not one.adds and "*" not in one.types + one.path)
    faulty = decode(json.dumps({"type": way.types, "event_id": "e"}), REALTIME)
    found = findings(entry(faulty))[0]
    found.path = way.path
    for oddities, told in ((full(), Oddities.LIMIT), (Oddities(), 1)):
        assert oddities.known(found, XAI)
        assert len(oddities.findings()) == told


def decoded(dialect=REALTIME, **body):
    return decode(json.dumps(body), dialect)


TRUNCATED = {"type": "conversation.item.truncated", "event_id": "e7", "item_id": "i"}
DELTA = {"event_id": "e", "response_id": "r", "item_id": "i", "output_index": 0, "content_index": 0, "delta": "x"}


@pytest.mark.parametrize("sender", ["client", "server", None])
def test_each_fault_of_an_event_is_a_finding_that_says_what_was_found_and_what_was_expected(sender):
    event = decoded(**TRUNCATED, content_index="x", audio_end_ms=-1)
    one, other = findings(Entry(5, None, sender, event))
    assert (one.code, one.path, one.found) == ("SCH08", "$.audio_end_ms", "-1")
    assert (other.code, other.path, other.found, other.expected) == ("SCH06", "$.content_index", '"x"', "an integer")
    for found in (one, other):
        assert (found.line, found.type, found.event_id, found.severity) == (5, TRUNCATED["type"], "e7", "error")
        assert found.side == (sender or "unknown")
        assert found.message


@pytest.mark.parametrize(
    ("text", "code", "event_id"),
    [
        ("{", "SCH01", ""),
        ("[]", "SCH02", ""),
        ("7", "SCH02", ""),
        ('{"event_id":"e"}', "SCH03", "e"),
        ('{"event_id":7}', "SCH03", ""),
    ],
)
def test_what_is_no_event_at_all_is_a_finding_too(text, code, event_id):
    (found,) = findings(entry(decode(text, REALTIME)))
    assert (found.code, found.type, found.event_id) == (code, "", event_id)


def test_what_was_probably_meant_is_the_remedy():
    (found,) = findings(entry(decoded(typ="response.create")))
    assert '"typ"' in found.remedy


def test_a_torn_record_is_the_recorders_fault_and_a_binary_frame_the_senders():
    (torn,) = findings(Entry(9, None, None, Torn(37)))
    assert (torn.code, torn.severity, torn.side, torn.line) == ("SCH11", TITLES["SCH11"][0], "recorder", 9)
    assert "37" in torn.message
    for sender in ("client", None):
        (binary,) = findings(Entry(8, None, sender, Binary(None, sender, b"x")))
        assert (binary.code, binary.side, binary.line) == ("SCH12", sender or "unknown", 8)
        assert binary.severity == TITLES["SCH12"][0]
        assert binary.message


def test_of_an_event_in_order_the_schema_says_nothing():
    event = decoded(**TRUNCATED, content_index=0, audio_end_ms=1)
    assert findings(entry(event)) == []
    assert not is_odd(type(event))


def test_events_of_another_dialect_with_unknown_fields_or_of_learned_classes_are_odd():
    assert is_odd(type(decoded(type="response.text.delta", **DELTA)))
    assert is_odd(type(decoded(**TRUNCATED, content_index=0, audio_end_ms=1, mood=1)))
    assert is_odd(type(learned(mood=1)))
    assert is_odd(type(often(type="response.text.delta", **DELTA)))
    assert not is_odd(type(often(type="response.output_text.delta", **DELTA)))


def once(event, vendor=None, sender="server"):
    oddities = Oddities()
    for line in (3, 4):
        oddities.note(Entry(line, None, sender, event), vendor)
    return oddities.findings()


@pytest.mark.parametrize(
    ("event", "code", "severity", "path", "remedy"),
    [
        (decoded(type="response.creat"), "SCH04", "info", "", '"response.create"'),
        (decoded(type="zzz"), "SCH04", "info", "", ""),
        (decoded(type="response.text.delta", **DELTA), "SCH13", "error", "$.type", "response.output_text.delta"),
        (decoded(BETA, type="response.output_text.delta", **DELTA), "SCH13", "info", "$.type", ""),
        (decoded(type="session.update", session={"type": "realtime", "instruction": ""}), "SCH09", "info", "$.session.instruction", '"instructions"'),
        (decoded(type="session.update", session={"type": "realtime", "modalities": []}), "SCH09", "info", "$.session.modalities", "output_modalities"),
        (decoded(type="session.update", session={"type": "realtime", "qqqq": 1}), "SCH09", "info", "$.session.qqqq", ""),
    ],
)  # fmt: skip
def test_what_is_odd_is_told_once_with_where_it_was_seen_first_and_what_was_meant(event, code, severity, path, remedy):
    for sender in ("client", None):
        (found,) = once(event, sender=sender)
        assert (found.code, found.severity, found.path, found.line) == (code, severity, path, 3)
        assert (found.count, found.type, found.side) == (2, event.type, sender or "unknown")
        assert found.message
        assert remedy in found.remedy
        assert bool(found.remedy) is bool(remedy)


def test_the_entries_of_a_list_are_one_place():
    tools = [{"type": "function", "name": "f", "mood": 1}] * 3
    (found,) = once(decoded(type="session.update", session={"type": "realtime", "tools": tools}))
    assert (found.path, found.count) == ("$.session.tools[*].mood", 6)


def test_what_a_vendor_adds_is_a_remark_with_its_name_and_what_it_does_otherwise_too():
    event = decoded(type="session.update", session={"type": "realtime", "qqqq": 1})
    way = next(one for one in XAI.known if one.path == "$.session.*")
    (found,) = once(event, XAI)
    assert (found.severity, found.remedy) == ("info", f"{XAI.name}: {way.what}")
    kind = next(one for one in XAI.known if one.types == "ping")
    for name, remedy in (("ping", f"{XAI.name}: {kind.what}"), ("zzz", "")):
        (found,) = once(Unknown(name, {}), XAI)
        assert (found.severity, found.remedy) == ("info", remedy)


def test_that_a_vendor_speaks_in_part_as_in_another_dialect_is_its_way():
    event = decoded(type="response.text.delta", **DELTA)
    voice = Vendor("Acme", (), "", frozenset(), (), (Deviation("response.text.*", "$.type", "has the old names"),))
    (found,) = once(event, voice)
    assert (found.code, found.severity, found.remedy) == ("SCH13", "info", "Acme: has the old names")


def test_a_vendors_way_is_told_once_with_its_name_and_every_other_fault_each_time():
    way = next(one for one in XAI.known if not one.adds and "*" not in one.types + one.path)
    faulty = decode(json.dumps({"type": way.types, "event_id": 7}), REALTIME)
    oddities = Oddities()
    for line in (1, 2):
        for found in findings(entry(faulty, line)):
            other = found.path != way.path
            assert oddities.known(found, XAI) is not other
    found = findings(entry(faulty))[0]
    found.path = way.path
    assert oddities.known(found, XAI)
    told = [one for one in oddities.findings() if one.path == way.path]
    assert told[0].severity == "info"
    assert told[0].remedy == f"{XAI.name}: {way.what}"


@pytest.mark.parametrize(("client_line", "server_line"), [(2, 5), (5, 2)])
@pytest.mark.parametrize("beta_client", [True, False])
def test_that_two_languages_are_spoken_is_told_at_the_later_of_the_two_clues(client_line, server_line, beta_client):
    def clue(is_beta):
        return {"modalities": ["text"]} if is_beta else {"type": "realtime"}

    heard = [
        (client_line, "client", {"type": "session.update", "session": clue(beta_client)}),
        (server_line, "server", {"type": "session.created", "event_id": "e", "session": clue(not beta_client)}),
    ]
    listener = Listener()
    for line, sender, body in sorted(heard, key=lambda one: one[0]):
        listener.decode(json.dumps(body), line, sender)
    assert listener.detector.disagree
    found = disagreement(listener.detector)
    assert (found.code, found.severity, found.side) == ("SCH14", "error", "client")
    assert (found.line, found.lines) == (5, (2,))
    assert ("migrate" in found.remedy) is beta_client
    assert "beta" in found.message


def test_only_of_a_learned_class_of_todays_dialect_events_are_taken_in_where_they_are_read():
    roomy = decoded(**TRUNCATED, content_index=0, audio_end_ms=1, mood=1)
    plain = decoded(**TRUNCATED, content_index=0, audio_end_ms=1)
    foreign = decoded(type="response.text.delta", **DELTA)
    assert [Oddities().taking(type(one)) for one in (roomy, plain, foreign)] == [None] * 3
    assert Oddities().taking(type(learned(mood=1)))


def test_each_of_several_learned_fields_is_counted_where_all_are_known_already():
    event, oddities = learned(mood=1, pace=2), Oddities()
    oddities.note(entry(event))
    assert oddities.taking(type(event))(event)
    assert counts(oddities) == {("SCH09", "rate_limits.updated", f"$.{name}"): 2 for name in ("mood", "pace")}


def test_of_an_event_only_the_learned_fields_that_it_has_are_counted_and_it_is_refused_with_one_that_is_new():
    listener = Listener(REALTIME)
    plain = {"type": "rate_limits.updated", "event_id": "e", "rate_limits": []}
    for line in range(30):
        both = listener.decode(json.dumps(plain | {"mood": 1, "pace": 2}), line)
    moody = listener.decode(json.dumps(plain | {"mood": 1}), 31)
    assert type(moody) is type(both)
    oddities = Oddities()
    oddities.note(entry(moody))
    takes = oddities.taking(type(both))
    assert not takes(both)
    oddities.note(entry(both))
    assert takes(moody)
    assert counts(oddities) == {
        ("SCH09", "rate_limits.updated", "$.mood"): 3,
        ("SCH09", "rate_limits.updated", "$.pace"): 1,
    }


def test_of_a_faulty_event_what_the_schema_does_not_know_is_told_too():
    oddities = Oddities()
    (fault,) = oddities.judged(
        entry(decoded(**TRUNCATED | {"event_id": 7}, content_index=0, audio_end_ms=1, mood=1)), None
    )
    assert (fault.code, fault.path) == ("SCH06", "$.event_id")
    assert counts(oddities) == {("SCH09", TRUNCATED["type"], "$.mood"): 1}


def test_a_fault_that_is_a_vendors_way_is_counted_and_told_as_a_remark_and_another_is_told_each_time():
    body = {"type": "realtime", "audio": {"input": {"turn_detection": {"type": "zzz"}}}, "turn_detection": {"type": 7}}
    event = decoded(type="session.updated", event_id=7, session=body)
    way = findings(entry(event))
    assert {one.path for one in way} >= {"$.event_id"}
    voice = Vendor("Acme", (), "", frozenset(), (), (Deviation("session.*", "$.event_id", "numbers its events"),))
    for vendor, told, count in ((voice, set(), 3), (None, {"$.event_id"}, 0)):
        oddities = Oddities()
        for line in (1, 2, 3):
            found = {one.path for one in oddities.judged(entry(event, line), vendor)}
            assert found & {"$.event_id"} == told
            assert found - {"$.event_id"} == {one.path for one in way} - {"$.event_id"}
        known = [one for one in oddities.findings() if one.path == "$.event_id"]
        assert [(one.severity, one.count, one.remedy) for one in known] == (
            [("info", count, "Acme: numbers its events")] if vendor else []
        )
