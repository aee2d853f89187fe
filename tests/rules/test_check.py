"""Which rules hold on a connection is settled anew for each connection of a file."""

from __future__ import annotations

import json

from rtcli.events import Listener, build, encode
from rtcli.events.objects import Response
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check

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
