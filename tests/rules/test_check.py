"""Which rules hold on a connection is settled anew for each connection of a file."""

from __future__ import annotations

import json

from rtcli.events import Listener, build, encode
from rtcli.events.objects import Response
from rtcli.formats.rtcli import read
from rtcli.rules import RULES, Check

DONE = json.loads(encode(build.response("r").done(Response(status="completed"))))


def connection(host):
    header = {"rtcli": 1, "transport": "websocket", "lossless": True, "url": f"wss://{host}/v1/realtime"}
    return [header, {"t": 1.0, "from": "server", "event": DONE}]


def told(*hosts):
    listener = Listener()
    records = [record for host in hosts for record in connection(host)]
    lines = (json.dumps(record).encode() + b"\n" for record in records)
    return [(one.code, one.line) for one in Check(RULES, listener).run(read(lines, listener))]


def test_what_a_vendor_is_known_to_do_otherwise_is_judged_again_when_another_server_follows():
    assert ("USE05", 2) in told("api.openai.com")
    assert ("USE05", 2) not in told("api.x.ai")
    assert ("USE05", 4) in told("api.x.ai", "api.openai.com")
    assert ("USE05", 4) not in told("api.openai.com", "api.x.ai")
