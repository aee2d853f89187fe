"""What a recording can be relied on for, as far as it has been read."""

from __future__ import annotations

import json

import pytest
from notation import entries_of

from rtcli.events import REALTIME
from rtcli.events.event import ServerEvent
from rtcli.rules import RULES, Check
from rtcli.session.context import UNHEEDED
from rtcli.session.ledgers import Ledgers

HEADER = '- {"rtcli": 1, "lossless": true, "handshake": true, "transport": "websocket"}\n'
SESSION = '< session.created {"session": {"type": "realtime"}}\n'
FAULTY_DONE = '< response.done {"response": 7}\n'


def kept(script):
    ledgers = Ledgers()
    for entry in entries_of(script):
        ledgers.context.note(entry)
        ledgers.apply(entry)
    return ledgers.context.kept


def codes(script):
    return [one.code for one in Check(RULES).run(entries_of(script)) if not one.code.startswith("SCH")]


def test_a_log_without_a_header_is_taken_for_whole():
    assert kept(SESSION) == {"lossless", "start"}


def test_where_a_note_says_that_something_is_missing_nothing_is_concluded_from_what_is_not_there():
    gap = '- {"note": "left out: half a line", "missing": true}\n'
    assert "lossless" not in kept(HEADER + SESSION + gap)
    assert "lossless" in kept(HEADER + SESSION + '- {"note": "the caller heard a click"}\n')
    ends = '< response.created {"response": {"id": "resp_1", "object": "realtime.response"}}\n- {"t": 9, "close": {}}\n'
    assert "SEQ03" not in codes(HEADER + SESSION + gap + ends)


def test_a_header_says_what_was_seen():
    assert kept(HEADER) == {"client", "lossless", "audio", "handshake", "websocket"}


def test_an_event_of_the_server_that_cannot_be_understood_is_missing():
    assert "lossless" in kept(HEADER + SESSION)
    assert "lossless" not in kept(HEADER + SESSION + FAULTY_DONE)
    assert "lossless" not in kept(HEADER + SESSION + '- {"t": 1.0, "from": "server", "text": "no event"}\n')


@pytest.mark.parametrize(
    ("event", "understood"),
    [
        ({"type": "response.done", "response": {"id": "r"}}, True),
        ({"type": "response.done", "event_id": 7, "response": {"id": "r", "object": "x"}}, True),
        ({"type": "response.done", "response": {"id": 7}}, False),
        ({"type": "response.done", "response": {"id": "r", "status": "over"}}, False),
        ({"type": "response.done"}, False),
        ({"type": "response.created", "response": {"id": "r", "output": [{"object": 7}]}}, False),
    ],
)
def test_an_event_is_understood_where_only_what_nobody_reads_is_faulty(event, understood):
    damaged = json.dumps({"t": 1.0, "from": "server", "event": event})
    assert ("lossless" in kept(HEADER + SESSION + f"- {damaged}\n")) == understood


def test_a_damaged_first_event_is_the_first():
    created = {"type": "session.created", "session": {"type": "realtime", "id": "s"}}
    for first in (created, {"type": "session.created", "session": 7}):
        script = HEADER + f"- {json.dumps({'t': 1.0, 'from': 'server', 'event': first})}\n"
        assert "start" in kept(script)
        assert "SEQ01" not in codes(script + '< session.updated {"session": {"type": "realtime"}}\n')


def test_what_was_missed_stays_missed_until_the_next_connection():
    assert "lossless" not in kept(HEADER + FAULTY_DONE + SESSION)
    assert "lossless" in kept(HEADER + FAULTY_DONE + HEADER)


def test_a_faulty_event_of_the_client_is_the_servers_to_refuse():
    assert "lossless" in kept(HEADER + SESSION + '> response.create {"response": 7}\n')


@pytest.mark.parametrize("kind", sorted(UNHEEDED))
def test_what_nobody_heeds_is_not_missed(kind):
    record = {"t": 1.0, "from": "server", "event": {"type": kind, "event_id": 7}}
    assert "lossless" in kept(HEADER + SESSION + f"- {json.dumps(record)}\n")


def test_what_nobody_heeds_is_what_moves_no_ledger():
    moving = {kind for ledger in Ledgers()._ledgers for kind in ledger.HANDLERS} - {ServerEvent}
    served = [kind for kind in REALTIME.types.values() if issubclass(kind, ServerEvent)]
    assert len(served) > 40
    still = {kind.__struct_config__.tag for kind in served if not moving.intersection(kind.__mro__)}
    assert still == UNHEEDED


def test_no_rule_relies_on_what_was_missed_from_the_next_event_on():
    begun = '< response.created {"response": {"id": "r", "conversation_id": "c"}}\n'
    assert codes(HEADER + SESSION + begun) == ["SEQ21"]
    assert codes(HEADER + SESSION + begun + FAULTY_DONE) == []
