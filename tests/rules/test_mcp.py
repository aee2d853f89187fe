"""Tools that the server calls itself: what the pages do not show."""

from __future__ import annotations

import json

import pytest
from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.mcp import RULES

WHOLE = '- {"rtcli": 1, "transport": "websocket", "lossless": true}'
SESSION = '< session.created {"session": {"type": "realtime"}}'
CLOSE = '- {"close": {"code": 1000}}'
LISTING = {step: '< mcp_list_tools.%s {"item_id": "l"}' % step for step in ("in_progress", "completed", "failed")}
PLACE = '"output_index": 0, "item_id": "m"'
OUTCOME = {step: "< response.mcp_call.%s {%s}" % (step, PLACE) for step in ("in_progress", "completed", "failed")}
CALL = '< conversation.item.added {"item": {"type": "mcp_call", "id": "m", "server_label": "s", "name": "n", "arguments": "{}"}}'
REQUEST = '< conversation.item.added {"item": {"type": "mcp_approval_request", "id": "q", "server_label": "s", "name": "n", "arguments": "{}"}}'
APPROVAL = '> conversation.item.create {"item": {"type": "mcp_approval_response", "id": "a", "approval_request_id": "%s", "approve": true}}'
MESSAGE = '> conversation.item.create {"item": {"type": "message", "id": "x", "role": "user", "content": []}}'
CREATED = '< response.created {"response": {"id": "r"}}'
DONE = '< response.done {"response": {"id": "r"}}'


def said(*lines):
    return [one for one in Check(RULES).run(entries_of("\n".join([WHOLE, *lines]))) if one.code.startswith("MCP")]


def found(*lines):
    return [(one.code, one.line) for one in said(*lines)]


@pytest.mark.parametrize("end", ["completed", "failed"])
def test_a_listing_begins_once_and_ends_once(end):
    others = [("MCP02", line) for line in (4,) if end == "failed"]
    assert found(SESSION, LISTING["in_progress"], LISTING[end], CLOSE) == others
    assert ("MCP01", 3) in found(SESSION, LISTING[end], CLOSE)
    (again,) = (
        one for one in said(SESSION, LISTING["in_progress"], LISTING["completed"], LISTING[end]) if one.code == "MCP01"
    )
    assert (again.line, again.lines) == (5, (4,))


def test_a_listing_that_never_ends_is_told_where_it_began_and_only_at_the_end():
    assert found(SESSION, LISTING["in_progress"], CLOSE) == [("MCP01", 3)]
    assert found(SESSION, LISTING["in_progress"]) == []


def test_a_call_has_one_outcome():
    assert found(SESSION, CALL, OUTCOME["in_progress"], OUTCOME["completed"]) == []
    assert found(SESSION, OUTCOME["completed"]) == []
    (again,) = said(SESSION, CALL, OUTCOME["in_progress"], OUTCOME["completed"], OUTCOME["completed"])
    assert (again.code, again.line, again.lines) == ("MCP03", 6, (5,))


def test_a_request_for_approval_waits_until_the_connection_is_closed():
    assert found(SESSION, REQUEST, CLOSE) == [("MCP04", 3)]
    assert found(SESSION, REQUEST) == []
    assert found(SESSION, REQUEST, APPROVAL % "q", CLOSE) == []


def test_an_approval_answers_a_request_that_was_made_and_answers_it_once():
    assert found(SESSION, APPROVAL % "y") == [("MCP05", 3)]
    assert found(SESSION, MESSAGE) == []
    (again,) = said(SESSION, REQUEST, APPROVAL % "q", (APPROVAL % "q").replace('"a"', '"b"'))
    assert (again.code, again.line, again.lines) == ("MCP06", 5, (4,))


def test_only_the_output_of_a_call_that_the_server_makes_is_not_the_clients():
    output = '> conversation.item.create {"item": {"type": "function_call_output", "call_id": "%s", "output": ""}}'
    assert found(SESSION, CALL, output % "m") == [("MCP08", 4)]
    assert found(SESSION, CALL, output % "c") == []
    assert found(SESSION, CALL, MESSAGE.replace('"x"', '"m"')) == []


def server(label="a", **fields):
    return {
        "type": "mcp",
        "server_label": label,
        **({} if "connector_id" in fields else {"server_url": "https://h"}),
        **fields,
    }


@pytest.mark.parametrize(
    ("tools", "paths"),
    [
        ([server("a"), server("b")], []),
        ([server("a"), {"type": "function", "name": "a"}], []),
        (
            [server("a"), {"type": "function", "name": "f"}, server("a")],
            ["tools[0].server_label", "tools[2].server_label"],
        ),
        ([server(connector_id="connector_gmail")], []),
        ([server(connector_id="connector_gmail", server_url="https://h")], ["tools[0]"]),
        ([server(authorization="k")], []),
        ([server(headers={"Authorization": "k"})], []),
        ([server(authorization="k", headers={"X-Other": "k"})], []),
        ([server(authorization="k", headers={"AUTHORIZATION": "k"})], ["tools[0]"]),
    ],
)
def test_a_server_has_one_label_one_way_to_it_and_one_authorization(tools, paths):
    for line, name in (
        ("> session.update %s" % json.dumps({"session": {"type": "realtime", "tools": tools}}), "session"),
        ("> response.create %s" % json.dumps({"response": {"tools": tools}}), "response"),
    ):
        assert [(one.code, one.path) for one in said(SESSION, line)] == [
            ("MCP09", f"$.{name}.{path}") for path in paths
        ]


def test_a_response_begins_before_the_tools_are_there_only_while_they_are_listed():
    (early,) = said(SESSION, LISTING["in_progress"], CREATED, DONE, LISTING["completed"])
    assert (early.code, early.line, early.lines) == ("MCP10", 4, (3,))
    assert found(SESSION, LISTING["in_progress"], LISTING["completed"], CREATED, DONE) == []


def test_a_listing_that_never_began_is_told_as_such_however_often_it_ends():
    twice = said(SESSION, LISTING["completed"], LISTING["completed"])
    assert [(one.code, one.lines) for one in twice] == [("MCP01", ()), ("MCP01", ())]
    assert all("never began" in one.message for one in twice)


@pytest.mark.parametrize(("before", "behind", "codes"), [(2, 1, []), (0, 2, ["MCP04"]), (2, 2, ["MCP04"])])
def test_a_request_for_approval_is_passed_over_when_two_responses_are_done_behind_it(before, behind, codes):
    """The first is the one that asks."""
    lines = [*[CREATED, DONE] * before, REQUEST, *[CREATED, DONE] * behind]
    assert [code for code, _ in found(SESSION, *lines)] == codes
