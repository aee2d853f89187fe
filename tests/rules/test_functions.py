"""What the rules about function calls say where their pages do not show it."""

from __future__ import annotations

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
