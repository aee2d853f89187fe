"""A server that takes over in the middle."""

from __future__ import annotations

import json

from performed import FOLDER, frames_by, script_of

from rtcli.script.understudy import Understudy
from rtcli.standin import Standin

PAST = frames_by(script_of(FOLDER / "text.jsonl"), "client")


def ask(item_id):
    return json.dumps({"type": "conversation.item.retrieve", "item_id": item_id})


def events(understudy, now):
    return [json.loads(line) for line in understudy.due(now)]


def test_it_says_nothing_about_what_is_over():
    understudy = Understudy(Standin(seed=1), [*PAST, ask("nothing")], 1000.0)
    (error,) = events(understudy, 1000.0)
    assert (error["type"], error["error"]["code"]) == ("error", "item_retrieve_invalid_item_id")
    assert understudy.next_at is None


def test_it_goes_on_in_its_own_time():
    understudy = Understudy(Standin(seed=1), [*PAST, json.dumps({"type": "response.create"})], 1000.0)
    assert events(understudy, 1000.0)[0]["type"] == "response.created"
    assert 1000.0 < understudy.next_at < 1001.0
    types = []
    while understudy.next_at is not None:
        types += [event["type"] for event in events(understudy, understudy.next_at + 1e-6)]
    assert types[-2:] == ["response.done", "rate_limits.updated"]


def test_silence_that_never_ends_does_not_keep_it():
    vad = {"type": "server_vad", "idle_timeout_ms": 5000}
    session = {"type": "realtime", "audio": {"input": {"turn_detection": vad}}}
    update = json.dumps({"type": "session.update", "session": session})
    understudy = Understudy(Standin(seed=1), [update, ask("nothing")], 5.0)
    assert "error" in [event["type"] for event in events(understudy, 5.0)]
