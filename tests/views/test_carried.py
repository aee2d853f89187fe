from __future__ import annotations

import json

import pytest
from notation import entries_of

from rtcli.events import DIALECTS, REALTIME, decode
from rtcli.events.example import example
from rtcli.formats.rtcli import read
from rtcli.views.carried import carried, kind_of

MESSAGE = '{"id":"i","type":"message","role":"user","content":[{"type":"input_text","text":"Hi"},{"type":"input_image"},{"type":"input_audio","audio":"AAAA"}]}'


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            f'> conversation.item.create {{"previous_item_id":"p","item":{MESSAGE}}}',
            "i  user  “Hi”  image  3 B of audio  behind p",
        ),
        (
            '> conversation.item.create {"item":{"type":"function_call_output","call_id":"c","output":"fog"}}',
            "c  “fog”",
        ),
        ('< conversation.item.done {"item":{"id":"i","type":"function_call","name":"f","arguments":"{}"}}', "i  f({})"),
        (
            '< conversation.item.done {"item":{"id":"i","type":"mcp_list_tools","server_label":"docs","tools":[]}}',
            "i  docs  0 tools",
        ),
        (
            '> conversation.item.create {"item":{"id":"i","type":"mcp_approval_response","approval_request_id":"q","approve":true}}',
            "i  approved",
        ),
        ('> conversation.item.delete {"item_id":"i"}', "i"),
        ('> response.create {"response":{"conversation":"none","output_modalities":["text"]}}', "out of band  text"),
        ("> response.create {}", ""),
        ('> response.cancel {"response_id":"r"}', "r"),
        (
            '< response.done {"response":{"id":"r","status":"cancelled","status_details":{"reason":"turn_detected"}}}',
            "r  cancelled  (turn_detected)",
        ),
        (
            '< error {"error":{"type":"t","code":"c","message":"m","param":"p","event_id":"e"}}',
            "t c: m (param p, for e)",
        ),
        (
            '< rate_limits.updated {"rate_limits":[{"name":"tokens","limit":4000,"remaining":1000}]}',
            "tokens 1,000 of 4,000",
        ),
        (
            '< input_audio_buffer.timeout_triggered {"item_id":"i","audio_start_ms":0,"audio_end_ms":6000}',
            "i  at 0.00 s to 6.00 s",
        ),
        ('< beep {"message":"boop"}', "unknown type  “boop”"),
        ('< beep {"error":{"message":"boop"}}', "unknown type  “boop”"),
        ('- {"t":1,"from":"server","close":{"code":1000,"reason":"bye"}}', "1000  bye"),
        ('- {"t":1,"from":"server","binary":"AAAA"}', "3 B"),
        ('- {"t":1,"from":"server","ping":"AAAA"}', "3 B"),
        ('- {"t":1,"from":"client","pong":""}', ""),
        ('- {"t":1,"something":"else"}', "a record of a kind that this version does not know"),
    ],
)
def test_what_each_carries(line, words):
    (entry,) = entries_of(line)
    assert carried(entry.event) == words


def test_every_type_has_something_to_say_or_nothing_but_never_fails(shared):
    seen = set()
    for path in sorted((shared / "traffic").glob("*/*.jsonl")):
        for entry in read(path.read_bytes().splitlines(keepends=True)):
            assert "\n" not in carried(entry.event)
            seen.add(kind_of(entry.event))
    assert len(seen & set(REALTIME.types)) > 25


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS)
def test_every_event_of_every_dialect_has_words_whatever_field_is_missing_or_null(dialect):
    for kind in dialect.types.values():
        whole = example(kind)
        for name in [*whole, "none of them"]:
            missing = {key: value for key, value in whole.items() if key != name}
            for body in (missing, missing | ({name: None} if name in whole else {})):
                event = decode(json.dumps(body), dialect)
                assert isinstance(carried(event), str), body
