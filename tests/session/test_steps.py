"""The fast way through a response takes nothing that would have to be looked at."""

from __future__ import annotations

import pytest
from notation import entries_of

from rtcli.rules import RULES, Check
from rtcli.session.written import PARTS_AT_MOST

SESSION = '< session.created {"session":{"type":"realtime","id":"s"}}\n'
CREATE = '> conversation.item.create {"item":{"type":"message","role":"user","content":[{"type":"input_audio","audio":"%s"}]}}\n'
ITEM = '"output_index":0,"item":{"type":"message","id":"i","role":"assistant","status":"%s","content":[%s]}'
BEGUN = (
    '< response.created {"response":{"object":"realtime.response","id":"r","conversation_id":"c",'
    '"status":"in_progress","output":[]}}\n'
    f'< response.output_item.added {{"response_id":"r",{ITEM % ("in_progress", "")}}}\n'
)


def written(audio):
    part = '{"type":"output_audio","audio":"%s"}' % audio
    return f'{BEGUN}< response.output_item.done {{"response_id":"r",{ITEM % ("completed", part)}}}\n'


def faults_of_audio(script):
    return [one.line for one in Check(RULES).run(entries_of(SESSION + script)) if one.code == "AUD01"]


def message(kind, name, part):
    head = "> conversation.item.create" if kind == "create" else f"< conversation.item.{kind}"
    item = f'{{"type":"message",{name}"role":"user","content":[{part}]}}'
    return f'{head} {{"item":{item}}}\n'


@pytest.mark.parametrize("kind", ["create", "added"])
def test_audio_behind_messages_in_text_is_looked_at(kind):
    text, audio = '{"type":"input_text","text":"Hi"}', '{"type":"input_audio","audio":"A!A"}'
    named = [f'"id":"{name}",' if kind == "added" else "" for name in "abc"]
    script = message(kind, named[0], text) + message(kind, named[1], text) + message(kind, named[2], audio)
    assert faults_of_audio(script) == [4]
    assert faults_of_audio(script.replace("A!A", "AAAA")) == []


@pytest.mark.parametrize(("item", "line"), [(CREATE.__mod__, 2), (written, 4)])
def test_audio_inside_of_an_item_is_looked_at(item, line):
    assert faults_of_audio(item("A!A")) == [line]
    assert faults_of_audio(item("AAAA")) == []


def test_of_an_item_with_very_many_parts_no_more_streams_are_kept_than_parts():
    place = '"response_id":"r","item_id":"i","output_index":0,"content_index":%d'
    script = SESSION + BEGUN
    for index in range(PARTS_AT_MOST // 2 + 1):
        here = place % index
        script += f'< response.content_part.added {{{here},"part":{{"type":"text","text":""}}}}\n'
        script += f'< response.output_text.delta {{{here},"delta":"x"}}\n'
        script += f'< response.output_audio_transcript.delta {{{here},"delta":"x"}}\n'
    check = Check(RULES)
    list(check.run(entries_of(script)))
    assert len(check.ledgers.lifecycle.responses["r"].items["i"].streams) <= PARTS_AT_MOST
