"""What the rules about function calls say where their pages do not show it."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.rules import Check
from rtcli.rules.functions import RULES

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
