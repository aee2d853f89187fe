"""Outputs that are the business of another rule, or that come in another order than usual."""

from __future__ import annotations

from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.outputs import RULES

WHOLE = '- {"rtcli": 1, "transport": "websocket", "handshake": true, "lossless": true}'
SESSION = '< session.created {"session": {"type": "realtime"}}'
OUTPUT = '> conversation.item.create {"item": {"type": "function_call_output", "call_id": "%s", "output": ""}}'
ITEM = '{"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}'


def found(*lines):
    check = Check(RULES)
    return [(one.code, one.line) for one in check.run(entries_of("\n".join([WHOLE, *lines]))) if one.code[:3] == "FUN"]


def test_an_output_of_a_call_that_the_server_makes_is_another_rules():
    tool = '{"type": "mcp_call", "id": "m", "server_label": "s", "name": "n", "arguments": "{}"}'
    added = '< conversation.item.added {"item": %s}' % tool
    assert found(SESSION, added, OUTPUT % "m") == []
    assert found(SESSION, added, OUTPUT % "c") == [("FUN01", 4)]


def test_an_output_that_was_sent_before_its_call_is_an_output():
    """Nobody knows how its sender knew the call, which is told of the output."""
    called = [
        '< response.created {"response": {"id": "r", "conversation_id": "v"}}',
        '< response.output_item.done {"response_id": "r", "output_index": 0, "item": %s}' % ITEM,
        '< response.done {"response": {"id": "r", "conversation_id": "v", "status": "completed", "output": [%s]}}'
        % ITEM,
        '- {"close": {"code": 1000}}',
    ]
    assert found(*called) == [("FUN10", 3)]
    assert found(OUTPUT % "c", *called) == []
