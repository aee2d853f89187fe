"""The functions of a connection: what was called, and what the last response left to answer."""

from __future__ import annotations

from notation import entries_of

from rtcli.session.ledgers import Ledgers

BEGUN = '< response.created {"response":{"id":"r","status":"in_progress","conversation_id":"c"}}\n'
NAMED = '{"type":"function_call","id":"f","call_id":"call_1","name":"f","arguments":"{}","status":"completed"}'
UNNAMED = '{"type":"function_call","id":"g","name":"g","arguments":"{}","status":"completed"}'


def done(*items):
    told = f'"id":"r","status":"completed","conversation_id":"c","output":[{",".join(items)}]'
    return f'< response.done {{"response":{{{told}}}}}\n'


def calls(script):
    ledgers = Ledgers()
    for entry in entries_of(script):
        ledgers.apply(entry)
    return ledgers.calls


def test_a_call_without_an_id_cannot_be_answered_and_hides_none_that_can():
    """The id may be missing: no output can say that it is for such a call."""
    told = calls(BEGUN + done(UNNAMED, NAMED))
    assert [(one.call_id, one.settled) for one in told.known.values()] == [("call_1", True)]
    assert told.last == ("call_1",)
    alone = calls(BEGUN + done(UNNAMED))
    assert (dict(alone.known), alone.last) == ({}, ())
