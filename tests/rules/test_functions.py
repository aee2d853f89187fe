"""What the rules about function calls say where their pages do not show it."""

from __future__ import annotations

import json

import pytest
from notation import entries_of

from rtcli.rules import Check, functions, outputs

RULES = (*functions.RULES, *outputs.RULES)
BEGUN = '< response.created {"response": {"id": "r"}}'
SAID = '< response.output_item.done {"response_id": "r", "output_index": 9, "item": {"type": "message", "id": "m", "role": "assistant", "content": []}}'


def call(number, arguments="{}"):
    item = f'{{"type": "function_call", "id": "i{number}", "call_id": "c{number}", "name": "f", "arguments": "{arguments}"}}'
    return f'< response.output_item.done {{"response_id": "r", "output_index": {number}, "item": {item}}}'


def repeated(*lines):
    found = Check(RULES).run(entries_of("\n".join([BEGUN, *lines])))
    return [(one.line, one.message.split(" times")[0][-1]) for one in found if one.code == "FUN09"]


def test_each_further_call_says_how_many_there_have_been():
    assert repeated(*map(call, range(5))) == [(4, "3"), (5, "4"), (6, "5")]


def test_another_call_or_a_word_between_begins_the_count_anew():
    assert repeated(call(0), call(1, "{ }"), call(2), call(3), call(4)) == [(6, "3")]
    assert repeated(call(0), call(1), SAID, call(2), call(3), call(4)) == [(7, "3")]


HEADER = '0 - {"rtcli": 1, "transport": "websocket", "handshake": true, "lossless": true}'
ITEM = '{"type": "function_call", "id": "i", "call_id": "c", "name": "f", "arguments": "{}"}'
CALLED = [
    HEADER,
    "0.1 > response.create {}",
    '0.2 < response.created {"response": {"id": "r", "conversation_id": "v"}}',
    f'0.3 < response.output_item.done {{"response_id": "r", "output_index": 0, "item": {ITEM}}}',
    f'1 < response.done {{"response": {{"id": "r", "conversation_id": "v", "status": "completed", "output": [{ITEM}]}}}}',
]


@pytest.mark.parametrize(("closed_at_s", "codes"), [(5.9, []), (6.1, ["FUN10"])])
def test_a_function_that_may_still_run_when_the_user_hangs_up_is_not_missed(closed_at_s, codes):
    lines = [*CALLED, f'{closed_at_s} - {{"from": "client", "close": {{"code": 1000}}}}']
    found = Check(RULES).run(entries_of("\n".join(lines)))
    assert [one.code for one in found] == codes


WHOLE = '- {"rtcli": 1, "transport": "websocket", "handshake": true, "lossless": true}'
OUTPUT = '> conversation.item.create {"item": {"type": "function_call_output", "call_id": "%s", "output": ""}}'
SESSION = '< session.created {"session": {"type": "realtime", "tools": [%s]}}'
TOOL = '{"type": "function", "name": "f", "parameters": {"type": "object", "required": ["a", "b"], "properties": {}}}'


def found(*lines):
    return [
        (one.code, one.line)
        for one in Check(RULES).run(entries_of("\n".join([WHOLE, *lines])))
        if one.code[:3] == "FUN"
    ]


def done(**fields):
    item = {"type": "function_call", "id": "i0", "call_id": "c0", "name": "f", "arguments": "{}", **fields}
    return "< response.output_item.done %s" % json.dumps({"response_id": "r", "output_index": 0, "item": item})


@pytest.mark.parametrize(
    ("status", "arguments", "codes"),
    [
        ("completed", "{'a': 1}", ["FUN04"]),
        ("completed", "", ["FUN04"]),
        ("completed", "{}", []),
        ("incomplete", '{"a": ', []),
        ("in_progress", '{"a": ', []),
    ],
)
def test_arguments_are_to_be_json_only_once_the_call_is_complete(status, arguments, codes):
    assert [code for code, _ in found(BEGUN, done(status=status, arguments=arguments))] == codes


def test_a_name_changes_only_where_both_are_told():
    """Early beta did not tell the name with the arguments."""
    ended = '< response.function_call_arguments.done {"response_id": "r", "item_id": "i0", "output_index": 0, "call_id": "c0", "name": "%s", "arguments": "{}"}'
    added = done().replace("item.done", "item.added")
    assert found(BEGUN, added, ended % "f", done()) == []
    assert found(BEGUN, added, ended % "", done()) == []
    assert found(BEGUN, added, ended % "g", done()) == [("FUN05", 4)]
    assert found(BEGUN, added.replace('"f"', '""'), ended % "g", done()) == []


PARALLEL = [
    '> conversation.item.create {"item": {"type": "message", "role": "user", "content": []}}',
    BEGUN,
    call(0),
    call(1),
    '< response.done {"response": {"id": "r", "conversation_id": "v", "output": [%s]}}'
    % ", ".join(ITEM.replace('"i"', f'"i{n}"').replace('"c"', f'"c{n}"') for n in range(2)),
]


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ("{}", ["FUN06"]),
        ('{"response": {"instructions": "x"}}', ["FUN06"]),
        ('{"response": {"conversation": "none"}}', []),
        ('{"response": {"input": [{"type": "message", "role": "user", "content": []}]}}', []),
    ],
)
def test_an_answer_that_looks_at_the_conversation_waits_for_every_output(asked, codes):
    lines = [*PARALLEL, OUTPUT % "c0"]
    assert [code for code, _ in found(*lines, f"> response.create {asked}", OUTPUT % "c1") if code == "FUN06"] == codes
    assert ("FUN06", 9) not in found(*lines, OUTPUT % "c1", "> response.create {}")


def test_who_asks_before_the_first_output_leaves_the_calls_open_and_does_not_mix_them():
    assert [
        code for code, _ in found(*PARALLEL, "> response.create {}", OUTPUT % "c0", OUTPUT % "c1") if code == "FUN06"
    ] == []


@pytest.mark.parametrize(
    ("tools", "fields", "codes"),
    [
        (TOOL, {"arguments": '{"a": 1, "b": 2}'}, []),
        (TOOL, {"arguments": '{"a": 1}'}, ["FUN08"]),
        (TOOL, {"arguments": '{"a": 1}', "status": "incomplete"}, []),
        (TOOL, {"arguments": "[1]"}, []),
        (TOOL, {"name": "g"}, ["FUN07"]),
        (TOOL, {"name": "g", "status": "incomplete"}, []),
    ],
)
def test_a_call_is_of_what_was_offered_and_has_what_is_required(tools, fields, codes):
    assert [code for code, _ in found(SESSION % tools, BEGUN, done(**fields))] == codes


def test_what_is_missing_is_told_by_name_and_in_order():
    tool = TOOL.replace('"a", "b"', ", ".join(f'"{name}"' for name in "hcgbfaed"))
    check = Check(RULES).run(entries_of("\n".join([WHOLE, SESSION % tool, BEGUN, done()])))
    (one,) = (one for one in check if one.code == "FUN08")
    assert one.message == "the call of f lacks a, b, c, d, e, f, g, h"


def test_what_is_no_output_of_a_function_answers_no_call():
    message = '> conversation.item.create {"item": {"type": "message", "id": "c0", "role": "user", "content": []}}'
    assert found(BEGUN, done(), message, message.replace("c0", "x")) == []
    lines = [SESSION % TOOL.replace('"a", "b"', ""), BEGUN, done(), '< response.done {"response": {"id": "r"}}']
    assert "FUN01" in [code for code, _ in found(*lines, OUTPUT % "i0")]
    assert "FUN02" in [code for code, _ in found(*lines, OUTPUT % "c0", OUTPUT % "c0")]
    assert not {"FUN01", "FUN02"} & {code for code, _ in found(*lines, OUTPUT % "c0")}


def test_a_call_that_only_the_end_of_its_response_or_of_its_arguments_tells_can_be_answered():
    place = '"response_id": "r", "item_id": "i", "output_index": 0'
    ended = f'< response.done {{"response": {{"id": "r", "status": "completed", "output": [{ITEM}]}}}}'
    whole = f'< response.function_call_arguments.done {{{place}, "call_id": "c", "name": "f", "arguments": "{{}}"}}'
    for told in (ended, whole):
        codes = found(SESSION % TOOL, BEGUN, told, OUTPUT % "c", OUTPUT % "d")
        assert [one for one in codes if one[0] == "FUN01"] == [("FUN01", 6)]


def test_where_tools_are_offered_that_nobody_sees_any_function_may_be_called():
    server = '{"type": "mcp", "server_label": "s", "server_url": "https://h"}'
    assert found(SESSION % f"{TOOL}, {server}", BEGUN, done(name="g", arguments="{}")) == []
    assert found(SESSION % TOOL, BEGUN, done(name="g", arguments="{}")) == [("FUN07", 4)]


@pytest.mark.parametrize(("tools", "codes"), [("", []), (', "tools": null', []), (', "tools": []', ["FUN07"])])
def test_a_session_that_does_not_say_what_it_offers_may_offer_anything(tools, codes):
    session = '< session.created {"session": {"type": "realtime"%s}}' % tools
    assert [code for code, _ in found(session, BEGUN, done())] == codes
    assert [
        code
        for code, _ in found(session, '> response.create {"response": {"tools": [%s]}}' % TOOL, BEGUN, done(name="g"))
    ] == ["FUN07"]
